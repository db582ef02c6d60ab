// What a feed sends to a maker: a ticker's external values, whether its mapping holds, and any
// shock.
//
// Plain data that survives the crossing. Feed and maker live in different objects, perhaps on
// different machines, so times travel as ages and are turned into the receiver's own clock.

import type { Millis } from '../../core/vocabulary/units.ts'
import type { LicenceState } from '../common/licence-state.ts'
import type { ExternalValue, PullSide, SourceState } from '../common/types.ts'
import type { ShockState } from './shock.ts'

/** Where prices are looked at; each has one object for all makers. */
export const FEEDS = ['polymarket', 'odds-api', 'draftkings'] as const
export type FeedName = (typeof FEEDS)[number]

export const isFeed = (text: unknown): text is FeedName => FEEDS.some((name) => name === text)

/** What a ticker can listen to: one feed, or two together. A licence is for one of these. */
export const SOURCE_SETS = [...FEEDS, 'polymarket+odds-api', 'polymarket+draftkings'] as const
export type SourceSet = (typeof SOURCE_SETS)[number]

export const isSourceSet = (text: unknown): text is SourceSet =>
  SOURCE_SETS.some((name) => name === text)

/** The feeds of a set; the first one keeps the set's licences. */
export const feedsOf = (set: SourceSet): readonly [FeedName, ...FeedName[]] =>
  set.split('+') as [FeedName, ...FeedName[]]

/** Before the start, or in play: who leads differs, so a licence is for one of the two. */
export const REGIMES = ['before', 'play'] as const
export type Regime = (typeof REGIMES)[number]

export const isRegime = (text: unknown): text is Regime => REGIMES.some((name) => name === text)

/** A value whose times are ages, ms, at the moment of sending. */
export interface AgedValue extends Omit<ExternalValue, 'changedAt' | 'confirmedAt'> {
  readonly changedAgo: Millis
  readonly confirmedAgo: Millis
}

/** How one mapped source fares. */
interface SourceSummary {
  /** As in a value: 'polymarket', 'oddsapi:draftkings', ... */
  readonly source: string
  readonly state: SourceState
  readonly reason: string
}

/** Why quotes are pulled, and for how much longer. */
interface ShockUpdate {
  readonly pull: PullSide | null
  /** No external value is to be trusted. */
  readonly holding: boolean
  readonly reason: ShockState['reason']
  /** What is left of the pull, ms. */
  readonly forMs: Millis
  /** The jump, cents, positive upward. */
  readonly cents: number
}

export interface SignalUpdate {
  readonly feed: FeedName
  readonly state: SourceState
  /** Why it is not live; '' when it is. */
  readonly reason: string
  readonly values: readonly AgedValue[]
  /** Each mapped source of this feed; the live ones are `values`, in the same order. */
  readonly sources: readonly SourceSummary[]
  readonly shock: ShockUpdate
  /** null before the mapping has been looked at. */
  readonly verified: boolean | null
  /** What is wrong with the mapping, each with its code. */
  readonly failures: readonly string[]
  readonly licence: Readonly<Record<Regime, LicenceState>>
}

/** For sending. */
export const aged = (value: ExternalValue, now: Millis): AgedValue => {
  const { changedAt, confirmedAt, ...rest } = value
  return { ...rest, changedAgo: now - changedAt, confirmedAgo: now - confirmedAt }
}

/** On receipt: in the receiver's clock. */
export const dated = (value: AgedValue, now: Millis): ExternalValue => {
  const { changedAgo, confirmedAgo, ...rest } = value
  return { ...rest, changedAt: now - changedAgo, confirmedAt: now - confirmedAgo }
}
