// Ids of orders, trades and transfers, in the form of a UUID.

import type { Dice } from '../../../src/statistics/random.ts'

const hex = (value: number, digits: number): string =>
  value.toString(16).padStart(digits, '0').slice(-digits)

/** A random head for each exchange, then a counter, so that no id repeats. */
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
