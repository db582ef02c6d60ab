// Virtual time: everything that is going to happen, ordered by when and then by who asked first.
//
// Nothing here waits. Taking a letter out of the box is what moves the clock, so ten minutes of a
// market pass as fast as their letters can be read, and a seed plays the same minutes every time.

import type { Millis } from '../../src/core/vocabulary/units.ts'

/** Something that is going to happen. */
export interface Letter {
  readonly at: Millis
  readonly number: number
  /** null once it has been taken back. */
  run: (() => void) | null
}

const before = (a: Letter, b: Letter): boolean =>
  a.at < b.at || (a.at === b.at && a.number < b.number)

export class Mailbox {
  now: Millis
  /** Letters read so far. */
  read = 0
  readonly #heap: Letter[] = []
  #number = 0

  constructor(now: Millis) {
    this.now = now
  }

  /** Asks for `run` in `ms`; what is asked for the past happens now. */
  post(ms: number, run: () => void): Letter {
    const at = this.now + Math.max(0, Math.round(ms))
    const letter: Letter = { at, number: this.#number++, run }
    const heap = this.#heap
    let index = heap.length
    heap.push(letter)
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (before(heap[parent]!, letter)) break
      heap[index] = heap[parent]!
      index = parent
    }
    heap[index] = letter
    return letter
  }

  /**
   * Takes the next letter that is due by `until` and sets the clock to it; null when there is none.
   */
  take(until: Millis): (() => void) | null {
    for (;;) {
      const first = this.#heap[0]
      if (first === undefined || first.at > until) {
        this.now = Math.max(this.now, until)
        return null
      }
      this.#pop()
      if (first.run === null) continue
      this.now = first.at
      this.read++
      return first.run
    }
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()!
    if (heap.length === 0) return
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++
      if (before(last, heap[child]!)) break
      heap[index] = heap[child]!
      index = child
    }
    heap[index] = last
  }
}
