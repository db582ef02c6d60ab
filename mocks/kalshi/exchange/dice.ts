// The only source of chance in the mock exchange: a small fast generator (sfc32) that a seed decides
// completely. The same seed and the same questions in the same order give the same answers, so that
// a session that went wrong can be played again.

/** A seeded random generator. Give each part of the exchange its own, so that they do not disturb each other. */
export class Dice {
  #a: number
  #b: number
  #c: number
  #d = 1

  /** `seed` is any integer; `stream` separates generators made from the same seed. */
  constructor(seed: number, stream = 0) {
    this.#a = seed | 0
    this.#b = Math.floor(seed / 4_294_967_296) | 0
    this.#c = stream | 0
    // The first numbers of neighbouring seeds look alike until the state has been stirred.
    for (let round = 0; round < 15; round++) this.bits()
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

const hex = (value: number, digits: number): string =>
  value.toString(16).padStart(digits, '0').slice(-digits)

/** Makes ids in the form of a UUID: a random head per exchange, then a counter, so none repeats. */
export class Ids {
  readonly #head: string
  #count = 0

  constructor(dice: Dice) {
    this.#head = `${hex(dice.bits(), 8)}-${hex(dice.bits(), 4)}-4${hex(dice.bits(), 3)}-a${hex(dice.bits(), 3)}`
  }

  next(): string {
    return `${this.#head}-${hex(++this.#count, 12)}`
  }
}
