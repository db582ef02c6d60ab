// How often a maker looks after itself, and when it asks a quiet exchange for a sign of life.
//
// A quiet market must not look like a dead line, so both come well before silence would be believed.

import type { Strategy } from '../../core/vocabulary/parameters.ts'

const EVERY_MS = 1_000
const SHORTEST_MS = 50
const PING_AFTER_MS = 2_000
const DEFAULT_STALE_SECONDS = 5

export interface Beat {
  readonly everyMs: number
  /** Silence after which a round trip is asked for. */
  readonly pingMs: number
}

export const beatOf = (strategy: Pick<Strategy, 'stale_after_seconds'> | undefined): Beat => {
  const staleMs = (strategy?.stale_after_seconds ?? DEFAULT_STALE_SECONDS) * 1000
  return {
    everyMs: Math.min(EVERY_MS, Math.max(SHORTEST_MS, staleMs / 4)),
    pingMs: Math.min(PING_AFTER_MS, staleMs / 3),
  }
}
