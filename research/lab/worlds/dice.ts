// Random numbers for the lab, by session and stream.
//
// Every session draws from its own streams, made of the experiment's seed, the session's number and
// the stream's number. So session 17 is the same whatever was simulated before it, and every maker
// of an experiment meets the same price path and the same takers.

import { quantile } from '../../../src/core/estimators/normal.ts'
import { Dice } from '../../../src/statistics/random.ts'

/** One round of a 32-bit mixer (murmur3's finaliser): neighbouring seeds become unrelated ones. */
const mix = (value: number): number => {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/** One generator, set anew for each session; drawing allocates nothing. */
export class SessionDice extends Dice {
  constructor() {
    super(0)
  }

  /** Starts the stream of (seed, session, stream); any integers. */
  start(seed: number, session: number, stream: number): this {
    const a = mix(seed + 0x9e3779b9)
    const b = mix(a ^ mix(session + 0x7f4a7c15))
    this.restart(a, b, mix(b ^ mix(stream + 0x6a09e667)), 12)
    return this
  }

  /** Uniform in (0,1), both ends excluded, in steps of 2^-32. */
  uniform(): number {
    return (this.bits() + 0.5) / 4294967296
  }

  /** Standard normal, by inversion: one draw each, so that streams stay in step. */
  override normal(): number {
    return quantile(this.uniform())
  }

  /** +1 or -1, evenly. */
  sign(): 1 | -1 {
    return this.bits() >>> 31 === 0 ? 1 : -1
  }

  /** Number of events of a Poisson process with this mean (a few tens at most). */
  override poisson(mean: number): number {
    const floor = Math.exp(-mean)
    let product = this.uniform()
    let count = 0
    while (product > floor) {
      product *= this.uniform()
      count++
    }
    return count
  }
}
