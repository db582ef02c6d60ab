// What a feed tells a maker: the external values of one ticker, whether its mapping holds, and whether
// something has just jumped.
//
// The two live in different objects, perhaps on different machines, so times travel as ages and are
// turned into the receiver's own clock. Plain data that survives the crossing.

import type { Millis } from '../core/units.ts'
import type { LicenceState } from './licence.ts'
import type { ShockState } from './shock.ts'
import type { ExternalValue, PullSide, SourceState } from './types.ts'

/** Where prices are looked at; each has one object for all makers. */
export const FEEDS = ['polymarket', 'odds-api', 'draftkings'] as const
export type FeedName = (typeof FEEDS)[number]

export const isFeed = (text: unknown): text is FeedName => FEEDS.some((name) => name === text)

/** A value whose times are ages, ms, at the moment of sending. */
export interface AgedValue extends Omit<ExternalValue, 'changedAt' | 'confirmedAt'> {
  readonly changedAgo: Millis
  readonly confirmedAgo: Millis
}

/** Why quotes are pulled, and for how much longer. */
export interface ShockNews {
  readonly pull: PullSide | null
  /** No external value is to be trusted. */
  readonly holding: boolean
  readonly reason: ShockState['reason']
  /** What is left of the pull, ms. */
  readonly forMs: Millis
  /** The jump, cents, positive upward. */
  readonly cents: number
}

export interface ExternalNews {
  readonly feed: FeedName
  readonly state: SourceState
  /** Why it is not live; '' when it is. */
  readonly reason: string
  readonly values: readonly AgedValue[]
  readonly shock: ShockNews
  /** null before the mapping has been looked at. */
  readonly verified: boolean | null
  /** What is wrong with the mapping, each with its code. */
  readonly failures: readonly string[]
  readonly licence: LicenceState
}

export const CALM: ShockNews = { pull: null, holding: false, reason: '', forMs: 0, cents: 0 }

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
