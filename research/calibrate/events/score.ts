// How much nearer to the outcome the scaled prices of an event are than the mids.
//
// Every five minutes the mid of each market, and its fair value by src/core/siblings with the
// others' books, are compared with the outcome: (price - outcome)^2, summed over the markets, is
// the Brier score of the event. Samples of one event share one outcome, so only events are
// independent: standard errors are over events.

import { EventFair } from '../../../src/core/siblings/event-fair.ts'
import type { Sibling, SiblingsView } from '../../../src/core/vocabulary/siblings.ts'
import { type Millis, PRICE_CENT } from '../../../src/core/vocabulary/units.ts'
import type { Quote, RecordedEvent } from './books.ts'

const EVERY_MS = 300_000
const HOUR_MS = 3_600_000
/** Hours since the first prices at which a span begins. */
export const SPANS = [0, 4, 12, 20] as const
/** A wider book has no mid that anybody would quote around, cents. */
const WIDEST = 20

/** Means over the samples of an event. */
export interface EventScore {
  samples: number
  /** Sum of all mids, cents, and the share of samples in which it is above 100. */
  sum: number
  above: number
  /** Brier scores: of the mids, and how much less the fair values have. */
  mid: number
  gain: number
  /** The same for mid x 100 / sum, whatever the spreads and whatever the sum. */
  plain: number
}

const emptyScore = (): EventScore => ({
  ...{ samples: 0, sum: 0, above: 0, mid: 0, gain: 0, plain: 0 },
})

export const midOf = ({ bid, ask }: Quote): number => (bid + ask) / 2

const siblingOf = ({ ticker, bid, ask }: Quote, at: Millis): Sibling => ({
  ...{ ticker, at, position: 0 },
  ...{ bid: Math.round(bid * PRICE_CENT), ask: Math.round(ask * PRICE_CENT) },
})

/** What the desk would tell the maker of `own`, if every other market had one. */
export const siblingsOf = (own: Quote, quotes: readonly Quote[], at: Millis): SiblingsView => {
  const others = quotes.filter(({ ticker }) => ticker !== own.ticker)
  return { others: others.map((other) => siblingOf(other, at)), low: null, high: null }
}

/** Adds what one moment says. @param last the newest quote of every market */
const sample = (
  last: ReadonlyMap<string, Quote>,
  at: Millis,
  winner: string,
  into: EventScore,
): void => {
  const quotes = [...last.values()]
  const sum = quotes.reduce((total, quote) => total + midOf(quote), 0)
  const event = new EventFair()
  into.samples++
  into.sum += sum
  if (sum > 100) into.above++
  for (const quote of quotes) {
    const { ticker, bid, ask } = quote
    if (ask - bid > WIDEST) continue
    const mid = midOf(quote)
    event.hear(siblingsOf(quote, quotes, at), at)
    const fair = mid + event.adjustment(mid, bid, ask, at)
    const outcome = ticker === winner ? 100 : 0
    const miss = (price: number): number => ((price - outcome) / 100) ** 2
    into.mid += miss(mid)
    into.gain += miss(mid) - miss(fair)
    into.plain += miss(mid) - miss((mid * 100) / sum)
  }
}

const meansOf = (score: EventScore): EventScore => {
  const { samples, ...sums } = score
  const means = Object.entries(sums).map(([key, value]) => [key, value / Math.max(samples, 1)])
  return { samples, ...Object.fromEntries(means) } as EventScore
}

/** The whole event, and each span of SPANS. Needs a winner. */
export const scoreOf = ({
  quotes,
  tickers,
  winner,
}: RecordedEvent): { whole: EventScore; spans: EventScore[] } => {
  const whole = emptyScore()
  const spans = SPANS.map(emptyScore)
  const last = new Map<string, Quote>()
  const opened = quotes[0]?.at ?? 0
  let next = opened + EVERY_MS
  for (const quote of quotes) {
    for (; quote.at > next; next += EVERY_MS) {
      if (last.size < tickers.length || winner === null) continue
      const hours = (next - opened) / HOUR_MS
      const span = SPANS.findLastIndex((from) => hours >= from)
      sample(last, next, winner, whole)
      sample(last, next, winner, spans[span]!)
    }
    last.set(quote.ticker, quote)
  }
  return { whole: meansOf(whole), spans: spans.map(meansOf) }
}

/** Mean over events and its standard error; NaN for fewer than two. */
export const overEvents = (values: readonly number[]): { mean: number; error: number } => {
  const n = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, error: n < 2 ? Number.NaN : Math.sqrt(squares / (n - 1) / n) }
}
