// Random numbers that a seed decides completely, on every machine, so that a run can be replayed
// exactly.
//
// In: a seed. Out: numbers. There are two generators and no third: `Dice` for simulations, and the
// smaller mulberry32 for resampling, because published verdicts and intervals are drawn with it.

/** mulberry32 (Tommy Ettinger, 2017, public domain): uniform in [0, 1). */
export const mulberry32 = (seed: number): (() => number) => {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/**
 * sfc32 by Chris Doty-Humphrey (PractRand): 128 bits of state. Give each part of a program its own
 * stream, so that they do not disturb each other.
 */
export class Dice {
  #a = 0
  #b = 0
  #c = 0
  #d = 1

  /** `seed` is any integer; `stream` separates generators made from the same seed. */
  constructor(seed: number, stream = 0) {
    this.restart(seed, Math.floor(seed / 4_294_967_296), stream, 15)
  }

  /** Sets 96 bits of state. Neighbouring states draw alike until some rounds have stirred them. */
  protected restart(a: number, b: number, c: number, rounds: number): void {
    this.#a = a | 0
    this.#b = b | 0
    this.#c = c | 0
    this.#d = 1
    for (let round = 0; round < rounds; round++) this.bits()
  }

  /** 32 random bits as an unsigned integer. */
  bits(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#d) | 0
    this.#d = (this.#d + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** Uniform in [0, 1). */
  next(): number {
    return this.bits() / 4_294_967_296
  }

  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1))
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** Exponential with the given mean. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next())
  }

  /** Standard normal (Box-Muller). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()))
    return radius * Math.cos(2 * Math.PI * this.next())
  }

  /** How many events of a Poisson process with `mean` expected ones happen. */
  poisson(mean: number): number {
    const limit = Math.exp(-mean)
    let count = 0
    let product = this.next()
    while (product > limit) {
      count++
      product *= this.next()
    }
    return count
  }
}
