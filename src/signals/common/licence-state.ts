// The state of a licence: what is kept between looks, and which level holds at a moment.
//
// Plain data that makers and feeds exchange. It must not know how a licence is granted or ended:
// that stands in `licence/`.

import type { Millis } from '../../core/vocabulary/units.ts'
import type { LicenceLevel } from './types.ts'

export type LicenceReason =
  | 'no-observations'
  | 'too-few-clusters'
  | 'look-already-used'
  | 'bound-includes-zero'
  | 'wrong-sign'
  | 'beta-out-of-range'
  | 'scores-veto'
  | 'harmful'
  | 'markout-worse'
  | 'mapping-failed-twice'
  | 'expired'

/**
 * What is kept of a licence between looks; plain data. One per (set of sources, series, regime).
 */
export interface LicenceState {
  readonly level: LicenceLevel
  readonly looksUsed: number
  readonly grantedAt: Millis
  /** Times of failed mapping checks within the last day. */
  readonly failedChecks: readonly Millis[]
  /** Why the last licence ended; '' when none has. */
  readonly ended: LicenceReason | ''
  /** The learned gain, 0..0.5; null until one is learned, and without a licence. */
  readonly gain: number | null
}

export const UNLICENSED: LicenceState = {
  level: 0,
  looksUsed: 0,
  grantedAt: 0,
  failedChecks: [],
  ended: '',
  gain: null,
}

const VALID_FOR: Millis = 30 * 86_400_000

/** The level that holds at `now`: a licence lasts 30 days, or until the season ends. */
export const levelAt = (state: LicenceState, now: Millis, seasonEndsAt: Millis): LicenceLevel =>
  state.level > 0 &&
  now >= state.grantedAt &&
  now - state.grantedAt <= VALID_FOR &&
  now < seasonEndsAt
    ? state.level
    : 0
