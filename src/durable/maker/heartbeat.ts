// How often a maker checks itself, when it asks a quiet exchange for a sign of life, and how long
// it may sleep.
//
// In: the strategy, the engine's phase and reason. Out: milliseconds. A quiet market must not look
// like a dead line, so check and ping both come well before silence would count as stale.

import type { Strategy } from '../../core/vocabulary/parameters.ts'
import type { Phase } from '../../core/vocabulary/reason-codes.ts'

const EVERY_MS = 1_000
const SHORTEST_MS = 50
const PING_AFTER_MS = 2_000
const DEFAULT_STALE_SECONDS = 5

/** The pause between alarms: the longest that orders rest unattended after the object is lost. */
export const ALARM_MS = 5_000
/** How often a market that takes no orders is read again, ms. */
export const MARKET_RECHECK_MS = 60_000
/** Such a market never will again. */
const FINAL = ['market-finalized', 'market-not-binary', 'market-settled-scalar']
/** The pause between two looks at one of those, ms. */
const FINAL_RECHECK_MS = 3_600_000

/** @returns everyMs, the pause between two checks; pingMs, the silence after which to ping */
export const heartbeatOf = (
  strategy: Pick<Strategy, 'stale_after_seconds'> | undefined,
): { readonly everyMs: number; readonly pingMs: number } => {
  const staleMs = (strategy?.stale_after_seconds ?? DEFAULT_STALE_SECONDS) * 1000
  return {
    everyMs: Math.min(EVERY_MS, Math.max(SHORTEST_MS, staleMs / 4)),
    pingMs: Math.min(PING_AFTER_MS, staleMs / 3),
  }
}

/**
 * How long an idle maker may let go of its socket and sleep, ms; null while it has work or
 * something to listen for. Opening and closing on schedule send no frame, so such a market is read
 * now and then. A paused market announces its return, so its maker stays and listens.
 * @param isOwed a payout is awaited: the exchange is asked for it as often as an open market
 */
export const idleMs = (phase: Phase, reason: string, isOwed = false): number | null => {
  if (phase !== 'idle' || !reason.startsWith('market-') || reason === 'market-inactive') return null
  const over = FINAL.includes(reason)
  return over && !isOwed ? FINAL_RECHECK_MS : MARKET_RECHECK_MS
}
