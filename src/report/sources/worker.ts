// A running worker as the source: the tape's rows, the maker's status and the account at the
// exchange.

import type { ExchangeAccount } from '../../core/ledger/exchange-account.ts'
import { parseIso } from '../../core/record/tape.ts'
import type { MakerStatus } from '../../core/status/status.ts'
import type { TapeRow } from '../../core/vocabulary/events.ts'
import { CONTRACT, type Millis, PRICE_CENT, parsePrice } from '../../core/vocabulary/units.ts'
import { type AccountBody, holdingsOf, readExchange } from './account-body.ts'
import type { ReportCalls, ReportInput, ReportMarket } from './input.ts'
import { fromExchange, fromRows, TapeTable, truthOf } from './sources.ts'

/** The published cost of a call in write tokens: an order or a change of one, and a cancel. */
const WRITE = 10
const CANCEL = 2

/**
 * When the maker started: the account was asked just before the maker, and the maker says for how
 * long it has counted. null where no account says when it was asked.
 */
const startOf = ({ uptime }: MakerStatus, theirs: ExchangeAccount | null): Millis | null => {
  if (theirs === null) return null
  const { two_sided_s, one_sided_s, none_s } = uptime
  return Math.round(theirs.at - 1000 * (two_sided_s + one_sided_s + none_s))
}

/** All fills since the maker started, whatever the time of the report: as the calls count. */
const filledSince = (
  since: Millis | null,
  theirs: ExchangeAccount | null,
): ReportCalls['filled'] => {
  if (since === null || theirs === null) return null
  const fills = theirs.fills.filter(({ venueAt }) => venueAt >= since)
  const quantity = fills.reduce((sum, fill) => sum + fill.quantity, 0)
  return { fills: fills.length, contracts: quantity / CONTRACT }
}

const callsOf = ({ counters }: MakerStatus, filled: ReportCalls['filled']): ReportCalls => {
  const of = (name: string): number => counters[name] ?? 0
  const amend = of('amended') + of('renewed')
  const [place, decrease, cancel] = [of('placed'), of('decreased'), of('canceled')]
  return {
    place,
    amend,
    decrease,
    cancel,
    tokens: WRITE * (place + amend + decrease) + CANCEL * cancel,
    placedContracts: counters.contracts_placed ?? null,
    filled,
  }
}

const touchOf = ({ book }: MakerStatus): number | null =>
  book.bid === null || book.ask === null
    ? null
    : (parsePrice(book.ask) - parsePrice(book.bid)) / PRICE_CENT

const marketOf = ({ market }: AccountBody, to: Millis): ReportMarket => {
  const closeAt = parseIso(market.close_time)
  const { result } = market
  return {
    closeAt,
    // What is held at an earlier end counts at the mid of that time, whatever it came to be worth.
    result: (result === 'yes' || result === 'no') && to >= closeAt ? result : null,
    fees: {
      maker: Math.round(market.maker_fee * 1e6),
      taker: Math.round(market.taker_fee * 1e6),
    },
  }
}

/**
 * @param range of the report, epoch ms; `to` is exclusive
 * @param status body of GET /tickers/{ticker}, or null where no maker runs
 * @param account body of GET /tickers/{ticker}/account, or null where it could not be read
 */
export const fromAnswers = (
  ticker: string,
  tape: readonly TapeRow[] | TapeTable,
  range: { readonly from: Millis; readonly to: Millis },
  status: unknown,
  account: unknown,
): ReportInput => {
  const body = account as AccountBody | null
  const maker = status as MakerStatus | null
  const theirs = body === null ? null : readExchange(body)
  const ours = body?.ours == null ? null : holdingsOf(body.ours)
  const since = maker === null ? null : startOf(maker, theirs)
  const rows = tape instanceof TapeTable ? tape.rows : tape
  const base =
    theirs === null
      ? fromRows(ticker, tape)
      : fromExchange(ticker, rows, theirs.fills, range, truthOf(theirs, ours))
  return {
    ...base,
    // A maker that rests writes no rows, but its rest is part of the time.
    until: theirs === null ? null : Math.min(range.to, theirs.at),
    market: body === null ? null : marketOf(body, range.to),
    ...(maker !== null && {
      silence: maker.uptime.silence,
      calls: callsOf(maker, filledSince(since, theirs)),
      counted: { since },
      touchCents: touchOf(maker),
    }),
  }
}
