// What is heard from outside the exchange: cents to add to the fair value, and quotes to take away.
//
// The shell decides both. Here they are only made safe: a number that is none counts as no signal, and
// a sender whose clock is wrong cannot take quotes away for long.

import type { ControlEvent } from '../vocabulary/events.ts'
import type { MakerState } from './state.ts'

/** Twice the hold of a shock. */
const LONGEST_PULL_MS = 120_000

/** Takes in one word from outside; it replaces the one before. */
export const applyExternalSignal = (
  state: MakerState,
  { cents, pull, until, at }: Extract<ControlEvent, { type: 'alpha' }>,
): void => {
  const { pulled } = state
  state.alphaCents = Number.isFinite(cents) ? cents : 0
  const side = until > at ? pull : 'none'
  if (side !== 'none' && side !== pulled.side) state.log('warn', 'external-shock', { pull: side })
  pulled.side = side
  pulled.until = Math.min(until, at + LONGEST_PULL_MS)
}
