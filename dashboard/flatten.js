// The button that takes a position off: first the quote, then the question, then the command.

/** @typedef {import('../src/core/status/status.ts').FlattenQuote} FlattenQuote */
/** @typedef {import('../src/core/status/status.ts').FlattenAnswer} FlattenAnswer */

import { cents, contracts, micros, signedDollars } from './view.js'

/** The whole of a quote as sentences, for the person who has to decide. */
export const quoteText = (/** @type {FlattenQuote} */ quote) => {
  const { side, fills, remains, average_price: average, limit_price: limit } = quote
  const verb = side === 'ask' ? 'Sells' : 'Buys back'
  if (average === null) return `Nobody takes anything at ${cents(limit)} ¢ or better now.`
  const parts = [
    `${verb} ${contracts(fills)} contracts at ${cents(average)} ¢ on average, limit ${cents(limit)} ¢:`,
    `${signedDollars(micros(quote.cash))} less ${signedDollars(micros(quote.fees))} of fees.`,
  ]
  if (quote.cost_against_mark !== null) {
    parts.push(`Against the mark that gives up ${signedDollars(micros(quote.cost_against_mark))}.`)
  }
  if (Number(remains) > 0) parts.push(`${contracts(remains)} contracts find nobody and stay open.`)
  parts.push('The quotes are pulled first, and the maker stays paused afterwards.')
  return parts.join(' ')
}

/** What came of it, as one sentence; '' where everything did. */
export const resultText = (/** @type {FlattenAnswer['result']} */ result) => {
  if (result === null || result.state === 'flat') return ''
  const held = `${contracts(result.position, { sign: true })} contracts are still held`
  return `Flattening: ${result.state}, ${contracts(result.filled)} taken off, ${held}.`
}
