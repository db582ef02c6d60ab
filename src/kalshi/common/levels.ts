// Reads one side of a book as Kalshi writes it, on the socket and over REST: a list of pairs price,
// count. By hand, because the hot decoder uses it.

import { PRICE_ONE, parsePrice, parseQuantity } from '../../core/vocabulary/units.ts'
import { show } from './fields.ts'

/** Prices index arrays in the book, so an illegal one must not get past the reader. */
export const isLevel = (price: number): boolean => price > 0 && price < PRICE_ONE

/**
 * Fills `into` with flat pairs price, quantity; returns '' or what was wrong. A side without levels
 * may be absent.
 * @param mirrored prices are those of NO: the YES price is a dollar less them
 */
export const readLevels = (levels: unknown, mirrored: boolean, into: number[]): string => {
  into.length = 0
  if (levels === undefined || levels === null) return ''
  if (!Array.isArray(levels)) return `levels: found ${show(levels)}, wanted a list`
  for (const level of levels) {
    if (!Array.isArray(level)) return `level: found ${show(level)}, wanted a price and a count`
    const price = parsePrice(level[0])
    const quantity = parseQuantity(level[1])
    if (!isLevel(price) || !(quantity >= 0)) return `level: found ${show(level)}`
    into.push(mirrored ? PRICE_ONE - price : price, quantity)
  }
  return ''
}
