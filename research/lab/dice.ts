// Random numbers for the lab: one small generator, seeded by numbers, the same on every machine.
//
// Every session draws from its own streams, made of the experiment's seed, the session's number and
// the stream's number. So session 17 is the same whatever was simulated before it, and every maker
// of an experiment meets the same price path and the same takers.

import { quantile } from '../../src/core/estimators/normal.ts'

/** One round of a 32-bit mixer (murmur3's finaliser): neighbouring seeds become unrelated ones. */
const mix = (value: number): number => {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/**
 * sfc32 by Chris Doty-Humphrey (PractRand): 128 bits of state, passes its own tests, four additions.
 * Holds its state in place; drawing allocates nothing.
 */
export class Dice {
  #a = 0
  #b = 0
  #c = 0
  #counter = 1

  /** Starts the stream of (seed, session, stream); any integers. */
  start(seed: number, session: number, stream: number): this {
    this.#a = mix(seed + 0x9e3779b9)
    this.#b = mix(this.#a ^ mix(session + 0x7f4a7c15))
    this.#c = mix(this.#b ^ mix(stream + 0x6a09e667))
    this.#counter = 1
    for (let i = 0; i < 12; i++) this.next()
    return this
  }

  /** 32 random bits, 0..2^32-1. */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** Uniform in (0,1), both ends excluded, in steps of 2^-32. */
  uniform(): number {
    return (this.next() + 0.5) / 4294967296
  }

  /** Standard normal, by inversion: one draw each, so that streams stay in step. */
  normal(): number {
    return quantile(this.uniform())
  }

  /** +1 or -1, evenly. */
  sign(): 1 | -1 {
    return this.next() >>> 31 === 0 ? 1 : -1
  }

  /** Number of events of a Poisson process with this mean (a few tens at most). */
  poisson(mean: number): number {
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
