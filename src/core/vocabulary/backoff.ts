// Exponential back-off: every wait is twice the one before, up to a longest.
//
// One rule for whatever is tried again: rejected orders, cancels, questions, sockets and polls. It knows
// no clock and no random numbers: the caller counts its attempts and multiplies by its own jitter.

import type { Millis } from './units.ts'

/**
 * The wait before the next attempt, ms: min(first * 2^attempt, longest).
 * @param attempt how many waits came before this one, 0 for the first
 */
export const backoffMs = (attempt: number, first: Millis, longest: Millis): Millis =>
  Math.min(first * 2 ** attempt, longest)
