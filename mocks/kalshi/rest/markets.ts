// The public half of the REST API: markets, books, trades, events, series, fees and incentives.
// Books are always on the NO price scale here, ascending with the best price last, without a
// sequence number.

import { CONTRACT, formatQuantity } from '../../../src/core/vocabulary/units.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { EventEntry, Listing, Trade } from '../exchange/listing.ts'
import { type Answer, bare, nested, refuse } from '../exchange/refusal.ts'
import { type Call, invalid, limitIn, page, Refused, wholeIn } from '../protocol/call.ts'
import {
  eventRow,
  isoSeconds,
  marketRow,
  type Row,
  seconds,
  seriesRow,
  tradeRow,
  wireBook,
} from '../protocol/rows.ts'

const MOST = 1_000
const DEEPEST = 100
const DEEPEST_EVENTS = 200

/** The filter words of GET /markets and the statuses that they stand for. */
const FILTERS: Readonly<Record<string, readonly string[]>> = {
  unopened: ['initialized'],
  open: ['active'],
  paused: ['inactive'],
  closed: ['closed', 'determined', 'disputed', 'amended'],
  settled: ['finalized'],
}

/** The handlers of market data. */
export class MarketReads {
  readonly #exchange: Exchange

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  markets = (call: Call): Answer => {
    const { query } = call
    const status = query.get('status') ?? ''
    const statuses = FILTERS[status]
    if (status !== '' && statuses === undefined) {
      return nested(refuse(400, 'bad_request', 'invalid status filter'))
    }
    const tickers = (query.get('tickers') ?? '').split(',').filter(Boolean)
    const event = query.get('event_ticker') ?? ''
    const series = query.get('series_ticker') ?? ''
    const rows = [...this.#exchange.listings.values()]
      .filter(
        (listing) =>
          !this.#isHidden(listing) &&
          (statuses === undefined || statuses.includes(listing.status)) &&
          (tickers.length === 0 || tickers.includes(listing.ticker)) &&
          (event === '' || listing.event.ticker === event) &&
          (series === '' || listing.event.series.ticker === series),
      )
      .map((listing, index) => ({ listing, number: 1_000_000 - index }))
    const shown = page(rows, limitIn(query, MOST), query.get('cursor'))
    const markets = shown.rows.map(({ listing }) => marketRow(listing))
    return { status: 200, body: { cursor: shown.cursor, markets } }
  }

  market = (call: Call): Answer => ({
    status: 200,
    body: { market: marketRow(this.#listing(call.params[0]!)) },
  })

  orderbook = (call: Call): Answer => {
    const listing = this.#listing(call.params[0]!)
    const depth = wholeIn(call.query, 'depth') ?? 0
    if (depth < 0 || depth > DEEPEST) return bare(400, 'depth out of range')
    return { status: 200, body: { orderbook_fp: bookRow(listing, depth) } }
  }

  orderbooks = (call: Call): Answer => {
    const tickers = call.query.getAll('tickers')
    if (tickers.length < 1 || tickers.length > 100) throw invalid('tickers: wanted 1 to 100')
    const orderbooks = tickers.map((ticker) => ({
      orderbook_fp: bookRow(this.#listing(ticker), 0),
      ticker,
    }))
    return { status: 200, body: { orderbooks } }
  }

  trades = (call: Call): Answer => {
    const { query } = call
    const ticker = query.get('ticker') ?? ''
    const from = wholeIn(query, 'min_ts')
    const to = wholeIn(query, 'max_ts')
    const listings = ticker === '' ? [...this.#exchange.listings.values()] : [this.#listing(ticker)]
    const trades: Trade[] = []
    for (const listing of listings) {
      for (const trade of listing.trades) {
        if (from !== undefined && seconds(trade.at) < from) continue
        if (to !== undefined && seconds(trade.at) > to) continue
        trades.push(trade)
      }
    }
    trades.sort((a, b) => b.number - a.number)
    const shown = page(trades, limitIn(query, MOST), query.get('cursor'))
    return { status: 200, body: { cursor: shown.cursor, trades: shown.rows.map(tradeRow) } }
  }

  event = (call: Call): Answer => {
    const event = this.#exchange.events.get(call.params[0]!)
    if (event === undefined) return nested(refuse(404, 'not_found'))
    const markets = this.#marketsOf(event)
    // Nested markets move into the event when asked for; otherwise they lie beside it.
    return call.query.get('with_nested_markets') === 'true'
      ? { status: 200, body: { event: { ...eventRow(event), markets } } }
      : { status: 200, body: { event: eventRow(event), markets } }
  }

  series = (call: Call): Answer => {
    const series = this.#exchange.series.get(call.params[0]!)
    if (series === undefined) return nested(refuse(404, 'not_found'))
    return { status: 200, body: { series: seriesRow(series) } }
  }

  allSeries = (call: Call): Answer => {
    const category = call.query.get('category') ?? ''
    const series = [...this.#exchange.series.values()]
      .filter((one) => category === '' || one.category === category)
      .map(seriesRow)
    return { status: 200, body: { series } }
  }

  events = (call: Call): Answer => {
    const { query } = call
    const series = query.get('series_ticker') ?? ''
    const nested = query.get('with_nested_markets') === 'true'
    const rows = [...this.#exchange.events.values()]
      .filter((event) => series === '' || event.series.ticker === series)
      .map((event, index) => ({ event, number: 1_000_000 - index }))
    const shown = page(rows, limitIn(query, DEEPEST_EVENTS), query.get('cursor'))
    const events = shown.rows.map(({ event }) =>
      nested ? { ...eventRow(event), markets: this.#marketsOf(event) } : eventRow(event),
    )
    return { status: 200, body: { cursor: shown.cursor, events } }
  }

  /** Combos: there are none. */
  multivariate = (): Answer => ({ status: 200, body: { cursor: '', events: [] } })

  seriesFeeChanges = (): Answer => {
    const series_fee_change_arr = this.#exchange.lifecycle.fees.scheduled
      .filter(({ of }) => of === 'series')
      .map((change) => ({
        fee_multiplier: change.feeMultiplier,
        fee_type: change.feeType,
        id: change.id,
        scheduled_ts: isoSeconds(change.at),
        series_ticker: change.ticker,
      }))
    return { status: 200, body: { series_fee_change_arr } }
  }

  eventFeeChanges = (): Answer => {
    const event_fee_changes = this.#exchange.lifecycle.fees.scheduled
      .filter(({ of }) => of === 'event')
      .map((change) => ({
        event_ticker: change.ticker,
        series_ticker: this.#exchange.events.get(change.ticker)?.series.ticker ?? '',
        fee_multiplier_override: change.feeMultiplier,
        fee_type_override: change.feeType,
        id: change.id,
        scheduled_ts: isoSeconds(change.at),
      }))
    return { status: 200, body: { cursor: '', event_fee_changes } }
  }

  incentives = (call: Call): Answer => {
    const { at } = this.#exchange
    const status = call.query.get('status') ?? 'all'
    const type = call.query.get('type') ?? 'liquidity'
    const incentive_programs = [...this.#exchange.listings.values()].flatMap((listing) => {
      const { incentive } = listing
      if (incentive === null || (type !== 'liquidity' && type !== 'all')) return []
      const phase = at < incentive.startAt ? 'upcoming' : at < incentive.endAt ? 'active' : 'closed'
      if (status !== 'all' && status !== phase) return []
      const row: Row = {
        discount_factor_bps: incentive.discountBps,
        end_date: isoSeconds(incentive.endAt),
        id: `liquidity-${listing.ticker}`,
        incentive_description: 'Liquidity program of the mock exchange',
        incentive_type: 'liquidity',
        market_id: listing.marketId,
        market_ticker: listing.ticker,
        paid_out: false,
        period_reward: Math.round(incentive.rewardDollars * 10_000),
        start_date: isoSeconds(incentive.startAt),
        target_size_fp: formatQuantity(incentive.targetContracts * CONTRACT),
      }
      return [row]
    })
    return { status: 200, body: { incentive_programs, next_cursor: '' } }
  }

  #marketsOf(event: EventEntry): Row[] {
    return [...this.#exchange.listings.values()]
      .filter((listing) => listing.event === event && !this.#isHidden(listing))
      .map(marketRow)
  }

  #isHidden(listing: Listing): boolean {
    return this.#exchange.now() - listing.createdAt < this.#exchange.knobs.newMarketHiddenMs
  }

  #listing(ticker: string): Listing {
    const listing = this.#exchange.listings.get(ticker)
    if (listing === undefined || this.#isHidden(listing))
      throw new Refused(nested(refuse(404, 'not_found')))
    return listing
  }
}

const bookRow = (listing: Listing, depth: number): Row => {
  const book = wireBook(listing, depth === 0 ? Number.POSITIVE_INFINITY : depth, false)
  return { no_dollars: book.no, yes_dollars: book.yes }
}
