// Keeps our quotes a tick away from foreign orders that are left alone.
//
// In: the quoter's prices and the orders of the account. Out: prices moved away from the market
// where a foreign order rests at them, or would be met; the outer ones stay outside. A side without
// a price left says `foreign-order`.

import { clearOf, isTaken } from '../orders/foreign.ts'
import type { Orders } from '../orders/orders.ts'
import type { Quoter } from '../pricing/quoter.ts'
import type { PriceGrid } from '../vocabulary/market.ts'
import { MOST_LEVELS } from '../vocabulary/parameter-table.ts'
import { CLAMPS } from '../vocabulary/price-reasons.ts'
import { PRICE_CENT, PRICE_ONE, type Side } from '../vocabulary/units.ts'

/** Needed only where foreign orders rest. */
export const standOff = (side: Side, quoter: Quoter, orders: Orders, grid: PriceGrid): void => {
  const { live } = orders
  const { quotes, sides, silence, reasons, band } = quoter
  const { price } = sides[side]
  let inner = side === 'bid' ? PRICE_ONE : 0
  for (let level = 0; level < MOST_LEVELS; level++) {
    const wanted = price[level]!
    if (wanted === 0) break
    const outside =
      side === 'bid' ? Math.min(wanted, grid.down(inner)) : Math.max(wanted, grid.up(inner))
    const next = clearOf(side, outside, live, grid)
    if (next < band.low || next > band.high || next <= 0 || next >= PRICE_ONE) {
      price.fill(0, level)
      if (level > 0) break
      quotes[side] = null
      silence[side] = 'foreign-order'
      return
    }
    // Nothing may stay where the model alone would let it.
    if (next !== wanted) sides[side].tolerance = Number.NaN
    price[level] = next
    inner = next
    if (level > 0 || next === wanted) continue
    quotes[side] = next
    reasons[side].price = next / PRICE_CENT
    reasons[side].clamps |= CLAMPS['foreign-order']
  }
  for (const order of live) {
    if (order.side !== side || order.foreign) continue
    if (isTaken(side, order.price, live)) sides[side].tolerance = Number.NaN
  }
}
