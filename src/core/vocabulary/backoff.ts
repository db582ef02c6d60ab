// Exponential back-off for everything that is retried: each wait is twice the last, up to a
// longest.
//
// It knows no clock and no random numbers: callers count their attempts and apply their own jitter.

import type { Millis } from './units.ts'

/**
 * The wait before the next attempt, ms: min(first * 2^attempt, longest).
 * @param attempt how many waits came before this one, 0 for the first
 */
export const backoffMs = (attempt: number, first: Millis, longest: Millis): Millis =>
  Math.min(first * 2 ** attempt, longest)
