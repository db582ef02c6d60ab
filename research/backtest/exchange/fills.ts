// Three models of when a resting order of ours would have traded.
//
// The recording was made without us, so nobody knows. 'strict' is the least that must have
// happened, 'optimistic' the most that can have, 'queue' the best guess between. What they agree
// on: a trade beyond our price would have been ours first.

import type { Price, Quantity, Side } from '../../../src/core/vocabulary/units.ts'
import type { PrintItem } from '../sessions/items.ts'
import type { PaperPlace } from './queue.ts'

export const FILL_MODELS = ['strict', 'queue', 'optimistic'] as const
export type FillModel = (typeof FILL_MODELS)[number]

/** Whether `price` lies strictly beyond an order of ours: below a bid, above an ask. */
export const isThrough = (side: Side, ours: Price, price: Price): boolean =>
  side === 'bid' ? price < ours : price > ours

/**
 * How much of a trade would have reached an order of ours.
 * @param print its taker is who came for it; a buyer ('bid') trades with asks
 * @param others what others show at our price
 */
export const reached = (
  model: FillModel,
  order: { readonly side: Side; readonly price: Price; readonly place: PaperPlace },
  { price, quantity, taker, at }: Omit<PrintItem, 'kind'>,
  others: Quantity,
): Quantity => {
  const { side } = order
  if (isThrough(side, order.price, price)) return quantity
  if (price !== order.price || model === 'strict') return 0
  if (model === 'optimistic') return quantity
  return taker === side ? 0 : order.place.trade(quantity, others, at)
}
