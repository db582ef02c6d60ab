// The public half of the REST API: markets, books, trades, events, series and the exchange's status.
// Books are always on the NO price scale here, ascending with the best price last, without a
// sequence number.

import { type Call, invalid, limitIn, page, Refused, wholeIn } from './call.ts'
import type { Exchange } from './exchange.ts'
import type { Trade } from './facts.ts'
import type { Listing } from './listing.ts'
import { type Answer, bare, nested, refuse } from './refusal.ts'
import { eventRow, marketRow, type Row, seconds, seriesRow, tradeRow, wireBook } from './wire.ts'

const MOST = 1_000
const DEEPEST = 100

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
    const markets = [...this.#exchange.listings.values()]
      .filter((listing) => listing.event === event)
      .map(marketRow)
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

  seriesFeeChanges = (): Answer => ({ status: 200, body: { series_fee_change_arr: [] } })

  eventFeeChanges = (): Answer => ({ status: 200, body: { cursor: '', event_fee_changes: [] } })

  status = (): Answer => {
    const trading_active = !this.#exchange.tradingPaused
    const state = {
      exchange_active: true,
      intra_exchange_transfers_active: true,
      trading_active,
    }
    const shards = new Set([0])
    for (const listing of this.#exchange.listings.values()) shards.add(listing.exchangeIndex)
    const exchange_index_statuses = [...shards].sort().map((exchange_index) => ({
      description: exchange_index === 0 ? 'Default' : `Shard ${exchange_index}`,
      exchange_index,
      ...state,
    }))
    return {
      status: 200,
      body: { ...state, exchange_estimated_resume_time: null, exchange_index_statuses },
    }
  }

  #listing(ticker: string): Listing {
    const listing = this.#exchange.listings.get(ticker)
    if (listing === undefined) throw new Refused(nested(refuse(404, 'not_found')))
    return listing
  }
}

const bookRow = (listing: Listing, depth: number): Row => {
  const book = wireBook(listing, depth === 0 ? Number.POSITIVE_INFINITY : depth, false)
  return { no_dollars: book.no, yes_dollars: book.yes }
}
