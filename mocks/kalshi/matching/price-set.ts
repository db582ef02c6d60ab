// The prices of one side of a book that hold orders, as bits. It finds the best price and the next
// one without walking empty prices: 10,001 prices are 313 words, and ten more words say which of
// those are not zero.

import type { Price } from '../../../src/core/vocabulary/units.ts'

const WORDS = 313
const SUMMARY = 10

const lowestBit = (word: number): number => 31 - Math.clz32(word & -word)
const highestBit = (word: number): number => 31 - Math.clz32(word)

/** A set of prices 0..10000 with constant-time best, next and previous. */
export class PriceSet {
  readonly #words = new Int32Array(WORDS)
  readonly #summary = new Int32Array(SUMMARY)

  add(price: Price): void {
    const word = price >> 5
    this.#words[word]! |= 1 << (price & 31)
    this.#summary[word >> 5]! |= 1 << (word & 31)
  }

  remove(price: Price): void {
    const word = price >> 5
    this.#words[word]! &= ~(1 << (price & 31))
    if (this.#words[word] === 0) this.#summary[word >> 5]! &= ~(1 << (word & 31))
  }

  /** The lowest price at or above `from`, or -1. */
  atOrAbove(from: Price): Price {
    if (from > 10_000) return -1
    let word = from >> 5
    const here = this.#words[word]! & (-1 << (from & 31))
    if (here !== 0) return (word << 5) + lowestBit(here)
    word++
    let group = word >> 5
    if (group >= SUMMARY) return -1
    let rest = this.#summary[group]! & (-1 << (word & 31))
    while (rest === 0) {
      if (++group >= SUMMARY) return -1
      rest = this.#summary[group]!
    }
    word = (group << 5) + lowestBit(rest)
    return (word << 5) + lowestBit(this.#words[word]!)
  }

  /** The highest price at or below `from`, or -1. */
  atOrBelow(from: Price): Price {
    if (from < 0) return -1
    let word = from >> 5
    const here = this.#words[word]! & (-1 >>> (31 - (from & 31)))
    if (here !== 0) return (word << 5) + highestBit(here)
    word--
    if (word < 0) return -1
    let group = word >> 5
    let rest = this.#summary[group]! & (-1 >>> (31 - (word & 31)))
    while (rest === 0) {
      if (--group < 0) return -1
      rest = this.#summary[group]!
    }
    word = (group << 5) + highestBit(rest)
    return (word << 5) + highestBit(this.#words[word]!)
  }
}
