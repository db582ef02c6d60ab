// Statements about one level of the book that are judged a moment later: prints, refusals, and our
// own orders that ought to have appeared.
//
// In: a level, since when it may have changed, and when it was heard of. Out: a verdict for each
// statement whose time has come. One that the book cannot explain is a suspicion; several in a row
// are a proof. One that it can explain settles those before it.

import type { Millis, Price, Side } from '../vocabulary/units.ts'
import { HOLD_MS, Testimony, type Verdict } from './testimony.ts'

interface Claim {
  readonly side: Side
  readonly price: Price
  readonly from: Millis
  readonly dueAt: Millis
}

/** More at once say nothing new: the oldest are judged, later ones are dropped. */
const MOST_PENDING = 64
/** Suspicions further apart than this are not in a row. */
const IN_A_ROW_MS = 60_000

export class Claims {
  readonly testimony = new Testimony()
  readonly #proofAfter: number
  #pending: Claim[] = []
  #unexplained = 0
  #firstFrom: Millis = 0
  #lastAt: Millis = 0

  /** @param proofAfter this many unexplained statements in a row are a proof */
  constructor(proofAfter: number) {
    this.#proofAfter = proofAfter
  }

  /** When the next statement is to be judged; Infinity while none waits. */
  get dueAt(): Millis {
    return this.#pending[0]?.dueAt ?? Number.POSITIVE_INFINITY
  }

  /** Since when the statements that nothing explains have gone on. */
  get unexplainedSince(): Millis {
    return this.#firstFrom
  }

  restart(): void {
    this.#pending.length = 0
    this.#unexplained = 0
  }

  /** @param from since when the book may have shown what explains it */
  add(side: Side, price: Price, from: Millis, at: Millis): void {
    if (this.#pending.length >= MOST_PENDING) return
    this.#pending.push({ side, price, from, dueAt: at + HOLD_MS })
  }

  /**
   * Judges what is due; the worst verdict of all.
   * @param explains whether the book has shown what explains a statement; null: it cannot be told
   */
  judge(at: Millis, explains: (claim: Claim) => boolean | null): Verdict {
    let worst: Verdict = 'open'
    while (this.#pending.length > 0 && at >= this.#pending[0]!.dueAt) {
      const claim = this.#pending.shift()!
      const explained = explains(claim)
      if (explained === null) continue
      const verdict = explained ? this.#explained(at) : this.#strike(claim, at)
      if (worst !== 'proof' && verdict !== 'agrees') worst = verdict
      else if (worst === 'open') worst = verdict
    }
    return worst
  }

  #explained(at: Millis): Verdict {
    this.#unexplained = 0
    return this.testimony.note('agrees', at)
  }

  #strike({ from }: Claim, at: Millis): Verdict {
    if (this.#unexplained === 0 || at - this.#lastAt > IN_A_ROW_MS) {
      this.#unexplained = 0
      this.#firstFrom = from
    }
    this.#lastAt = at
    return this.testimony.note(++this.#unexplained >= this.#proofAfter ? 'proof' : 'suspect', at)
  }
}
