// The types that all external sources share: values, states, decisions.
//
// A value is a probability of YES on our venue, already turned to the right side. Two times are
// kept apart: when the value last changed, and when it was last proved to still stand. Data only:
// this file must not know the sockets and requests that feed it.

import type { Millis, Side } from '../../core/vocabulary/units.ts'

/** Families of sources, each with its own uncertainty and its own patience (see `freshness.ts`). */
export type SourceKind = 'polymarket' | 'sportsbook' | 'exchange' | 'research'

/**
 * off: not asked. starting: asked, nothing yet. live: a value stands. quiet: alive, but asleep
 * while our venue moved. stale: too old. suspended: no two-sided price. blocked: the host refuses
 * us. closed: finished, resolved or started. error: the answer or the mapping cannot be trusted.
 */
export type SourceState =
  | 'off'
  | 'starting'
  | 'live'
  | 'quiet'
  | 'stale'
  | 'suspended'
  | 'blocked'
  | 'closed'
  | 'error'

/** One source's opinion of one of our tickers. */
export interface ExternalValue {
  /** 'polymarket', 'oddsapi:draftkings', 'draftkings:US-NJ-SB', ... */
  readonly source: string
  readonly kind: SourceKind
  /** The external ids; never a secret. */
  readonly key: string
  /** Probability that our market resolves YES, in (0, 1). */
  readonly pYes: number
  /**
   * Standard deviation in logit units; includes the spread and the de-vig methods' disagreement.
   */
  readonly sigma: number
  /** When the value last changed: the venue's clock where it has one, else ours. */
  readonly changedAt: Millis
  /** OUR clock: when the venue last proved that the value still stands. */
  readonly confirmedAt: Millis
  readonly spreadCents?: number
  /** Shares within 2 cents of the best, on the thinner side. */
  readonly depth?: number
  readonly methodSpreadCents?: number
  readonly raw: { readonly bid?: string; readonly ask?: string; readonly odds?: readonly string[] }
}

/**
 * What a source answers when it is asked about a ticker. `value` is null in every state but live.
 */
export interface SourceReading {
  readonly state: SourceState
  /** Why it is not live; '' when it is. */
  readonly reason: string
  readonly value: ExternalValue | null
}

/** A reading without a value. */
export const silent = (state: Exclude<SourceState, 'live'>, reason: string): SourceReading => ({
  state,
  reason,
  value: null,
})

/** A reading with one. */
export const live = (value: ExternalValue): SourceReading => ({ state: 'live', reason: '', value })

/** The external outcome is our YES, or its complement (legal for two outcomes only). */
export type MappedSide = 'same' | 'inverse'

export type AlphaMode = 'off' | 'shadow' | 'live'

/** 0: no licence. 1: granted once (1 cent). 2: confirmed on a second window (2 cents). */
export type LicenceLevel = 0 | 1 | 2

/** Why a skew is exactly zero; '' when it is not forced to be. */
export type ZeroReason =
  | ''
  | 'killed'
  | 'mode'
  | 'unlicensed'
  | 'mapping'
  | 'shock'
  | 'no-source'
  | 'disagree'
  | 'extreme'
  | 'kalshi-one-sided'
  | 'kalshi-wide'
  | 'started'
  | 'closing'
  | 'basis-warming'
  | 'basis-cap'
  | 'unreadable'

/** One decision about one ticker, complete enough to be a row of the shadow log. */
export interface SkewDecision {
  readonly at: Millis
  /** Cents to add to the fair value. Exactly 0 whenever `reason` is not ''. */
  readonly alpha: number
  /** What alpha would be with the first licence (1 cent): for the log, never for a quote. */
  readonly shadow: number
  /** The first hard zero that applied. */
  readonly reason: ZeroReason
  /** The first that would have applied to a licensed, live source: why `shadow` is 0. */
  readonly shadowReason: ZeroReason
  /** Pooled external probability; null when there was none. */
  readonly pExt: number | null
  /** Sum of precisions, 1/logit^2. */
  readonly weight: number
  /** Cents: external minus fair, and that minus the basis. */
  readonly gap: number
  readonly x: number
  /** The gain that was used, 0..1. */
  readonly gain: number
  /** The formula's gain, whichever was used: what a learned one is drawn to. */
  readonly formula: number
  readonly capCents: number
}

/** Which of our quotes a shock asks to pull. */
export type PullSide = Side | 'both'

/** A payload, or a part of one, that does not say what it should. Never thrown. */
export interface Malformed {
  readonly kind: 'malformed'
  readonly detail: string
}

export const malformed = (detail: string): Malformed => ({ kind: 'malformed', detail })
