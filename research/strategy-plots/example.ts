// The worked example of docs/strategy.md, in numbers that the pricing code gives.

import { explainPrice } from '../../src/core/status/explain.ts'
import type { QuoteExplanation } from '../../src/core/status/status.ts'
import { type Given, quoterOf, shownOf } from './stand.ts'

/** A book of 48 to 52 c with equal sizes, a day to the close, every parameter at its default. */
const BOOK: Given = { bid: 48, ask: 52 }

const plain = (value: number): string => value.toFixed(2).replace('-', '−')

const rowOf = (held: number): string => {
  const given = { ...BOOK, position: held }
  const { pricing, reasons } = quoterOf(given)
  const { bid, ask } = shownOf(given)
  const quote = (shown: { price: number; size: number } | undefined): string =>
    shown === undefined ? 'nothing' : `${shown.size} at ${shown.price} c`
  return `| ${String(held).replace('-', '−')} | ${plain(pricing.skew)} | ${plain(reasons.bid.raw)} | ${plain(reasons.ask.raw)} | ${quote(bid[0])} | ${quote(ask[0])} |`
}

/** Rows of a table: what is held, the shift, both prices before rounding, and both quotes. */
export const exampleRows = (): string[] => [0, 30, 50, -30].map(rowOf)

/** The explanation of the ask of the maker who is long 30, as the status shows it. */
export const exampleWhy = (): QuoteExplanation =>
  explainPrice(quoterOf({ ...BOOK, position: 30 }).reasons.ask, null)
