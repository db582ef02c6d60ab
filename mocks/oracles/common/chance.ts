// The only source of chance in the mock oracles: mulberry32, which a seed decides completely. Each
// event and each source has a stream of its own, so that looking at one does not disturb another,
// and a demo that went wrong can be played again.

import { createHash } from 'node:crypto'

/** A seeded random generator. */
export class Chance {
  #state: number

  /** `seed` is any integer; `stream` names one of the generators made from it. */
  constructor(seed: number, stream: string) {
    this.#state = createHash('sha256').update(`${seed}/${stream}`).digest().readInt32BE(0)
  }

  /** Uniform in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  /** Standard normal (Box and Muller, 1958). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()))
    return radius * Math.cos(2 * Math.PI * this.next())
  }

  /** Exponential with the given mean. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next())
  }
}
