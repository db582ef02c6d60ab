// What one contract is worth by the book alone, in cents of YES.
//
// Both estimates need a book with two sides; whether there is one, and whether it may be believed,
// is the book's business. Our own orders are to be left out of prices and sizes, or we would follow
// ourselves.

import { PRICE_CENT, type Price, type Quantity } from '../vocabulary/units.ts'

/** Halfway between best bid and best ask, in cents. */
export const midCents = (bid: Price, ask: Price): number => (bid + ask) / (2 * PRICE_CENT)

/**
 * The mid weighted by the size of the opposite side, in cents: it leans toward the side that is
 * likely to be eaten first. Equals the mid where both sizes are equal or nothing is offered.
 * Source: the "weighted mid" of Gatheral and Oomen (2010); Stoikov, "The micro-price" (2018).
 */
export const microCents = (
  bid: Price,
  bidQuantity: Quantity,
  ask: Price,
  askQuantity: Quantity,
): number => {
  const total = bidQuantity + askQuantity
  if (!(total > 0)) return midCents(bid, ask)
  return (bid * askQuantity + ask * bidQuantity) / (total * PRICE_CENT)
}
