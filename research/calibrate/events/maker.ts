// What a simple maker of every outcome would have earned against the recorded trades: around the
// mid, around the fair value of src/core/siblings, and around mid x 100 / sum whatever the spreads.
//
// It quotes a cent either way, in whole cents and never through the touch, ten contracts a side up
// to fifty held, and is served before all others: its profit is too high by far. What says
// something is the difference between two that differ by their fair value alone.

import { EventFair } from '../../../src/core/siblings/event-fair.ts'
import type { Quote, RecordedEvent } from './books.ts'
import { midOf, siblingsOf } from './score.ts'

const LOT = 10
const MOST = 50
const HALF = 1

interface Profit {
  /** Dollars, and contracts traded. */
  readonly dollars: number
  readonly contracts: number
}

const RULES = {
  mid: midOf,
  event: (own: Quote, all: readonly Quote[]): number => {
    const event = new EventFair()
    event.hear(siblingsOf(own, all, own.at), own.at)
    return midOf(own) + event.adjustment(midOf(own), own.bid, own.ask, own.at)
  },
  plain: (own: Quote, all: readonly Quote[]): number =>
    (midOf(own) * 100) / all.reduce((sum, quote) => sum + midOf(quote), 0),
}
type Rule = keyof typeof RULES

const play = ({ quotes, tickers, winner }: RecordedEvent, rule: Rule): Profit => {
  const last = new Map<string, Quote>()
  const held = new Map<string, number>()
  let [cents, contracts] = [0, 0]
  for (const quote of quotes) {
    const { ticker, print } = quote
    const before = last.get(ticker)
    if (before !== undefined && print !== undefined && last.size === tickers.length) {
      // As if everyone had told a moment ago, as makers do.
      const all = [...last.values()].map((one) => ({ ...one, at: quote.at }))
      const fair = RULES[rule]({ ...before, at: quote.at }, all)
      const bid = Math.min(Math.floor(fair - HALF), before.ask - 1)
      const ask = Math.max(Math.ceil(fair + HALF), before.bid + 1)
      const position = held.get(ticker) ?? 0
      const buys = print.taker === 'ask'
      const price = buys ? bid : ask
      const reached = buys ? print.price <= bid : print.price >= ask
      const room = MOST - (buys ? position : -position)
      const size = reached && price > 0 && price < 100 ? Math.min(LOT, print.contracts, room) : 0
      const signed = buys ? size : -size
      held.set(ticker, position + signed)
      cents -= signed * price
      contracts += size
    }
    last.set(ticker, quote)
  }
  return { dollars: (cents + 100 * (held.get(winner ?? '') ?? 0)) / 100, contracts }
}

/** By each rule; null where no trades were recorded, or no outcome. */
export const profitsOf = (event: RecordedEvent): Readonly<Record<Rule, Profit>> | null => {
  if (event.kind !== 'trades' || event.winner === null) return null
  return { mid: play(event, 'mid'), event: play(event, 'event'), plain: play(event, 'plain') }
}
