// What one witness has said of the book so far: when it last agreed, when not, and how often.

import type { Millis } from '../vocabulary/units.ts'

/** Who can speak for or against the book. */
const WITNESSES = ['market-read', 'prints', 'refusals', 'own-orders', 'audit'] as const
export type WitnessName = (typeof WITNESSES)[number]

/**
 * The result of hearing a witness. 'suspect': it disagrees, and a second statement must confirm it.
 * 'proof': the book is wrong. 'open': nothing can be said, or not yet.
 */
export type Verdict = 'agrees' | 'suspect' | 'proof' | 'open'

export class Testimony {
  /** 0 before the first. */
  agreedAt: Millis = 0
  disagreedAt: Millis = 0
  /** Statements against the book, confirmed or not. */
  disagreements = 0

  note(verdict: Verdict, at: Millis): Verdict {
    if (verdict === 'agrees') this.agreedAt = at
    else if (verdict !== 'open') {
      this.disagreedAt = at
      this.disagreements++
    }
    return verdict
  }
}

/** Reads show what was up to this long before they were asked for (as READ_LAG_MS of recovery). */
export const LAG_MS = 2000
/**
 * And the feed may bring a change this long after a read or a reply has shown it: a statement that
 * contradicts the book is judged only then.
 */
export const HOLD_MS = 2000
