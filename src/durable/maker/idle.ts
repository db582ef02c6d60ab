// When a maker may let go of its socket and sleep until its alarm: when its market takes no orders and
// no frame will say that it does again. Opening and closing on schedule send none, so such a market is
// looked at now and then. A paused one announces its return, so its maker stays and listens.

import type { Phase } from '../../core/vocabulary/phase.ts'

/** How often a market that takes no orders is looked at again, ms. */
export const LOOK_AGAIN_MS = 60_000
/** The same for one that never will, ms. */
const OVER_MS = 3_600_000

/** How long an idle maker may sleep, ms; null while it has work or something to listen for. */
export const asleepMs = (phase: Phase, reason: string): number | null => {
  if (phase !== 'idle' || !reason.startsWith('market-') || reason === 'market-inactive') return null
  const over = reason === 'market-finalized' || reason === 'market-not-binary'
  return over ? OVER_MS : LOOK_AGAIN_MS
}
