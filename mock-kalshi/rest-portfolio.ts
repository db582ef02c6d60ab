// The account half of the REST API: orders, queue positions, fills, positions, balance, settlements
// and rate limits. Lists come newest first, in pages. They read through the read model, which may lag.

import { formatMoney, formatQuantity, type Money, PRICE_ONE } from '../src/core/units.ts'
import type { Account, Holding } from './account.ts'
import { type Call, caller, checkSubaccount, invalid, limitIn, page, wholeIn } from './call.ts'
import type { Exchange } from './exchange.ts'
import type { Listed, ReadModel } from './read-model.ts'
import { type Answer, bare, nested, refuse } from './refusal.ts'
import type { TokenBuckets } from './token-buckets.ts'
import { dollars4, type Row, seconds } from './wire.ts'

const MOST = 1_000
const V2 = '/trade-api/v2'

const newestFirst = (a: Listed, b: Listed): number => b.number - a.number

/** The handlers of account reads. */
export class PortfolioReads {
  readonly #exchange: Exchange
  readonly #reads: ReadModel
  readonly #buckets: TokenBuckets

  constructor(exchange: Exchange, reads: ReadModel, buckets: TokenBuckets) {
    this.#exchange = exchange
    this.#reads = reads
    this.#buckets = buckets
  }

  orders = (call: Call): Answer => {
    const { query } = call
    const status = query.get('status') ?? ''
    if (status !== '' && !['resting', 'canceled', 'executed'].includes(status)) {
      throw invalid(`status: found "${status}", wanted resting, canceled or executed`)
    }
    const wanted = this.#filter(call)
    const rows = [...this.#reads.view(caller(call)).orders.values()]
      .filter((order) => (status === '' || order.status === status) && wanted(order))
      .sort(newestFirst)
    return this.#list('orders', rows, query)
  }

  order = (call: Call): Answer => {
    const listed = this.#reads.view(caller(call)).orders.get(call.params[0]!)
    if (listed === undefined) return nested(refuse(404, 'not_found'))
    return { status: 200, body: { order: listed.row() } }
  }

  queuePositions = (call: Call): Answer => {
    const tickers = (call.query.get('market_tickers') ?? '').split(',').filter(Boolean)
    const event = call.query.get('event_ticker') ?? ''
    if (tickers.length === 0 && event === '')
      return bare(400, 'Need to specify market_tickers or event_ticker')
    const queue_positions: Row[] = []
    for (const holding of caller(call).holdings.values()) {
      const listing = this.#exchange.listing(holding.ticker)
      if (!tickers.includes(listing.ticker) && listing.event.ticker !== event) continue
      for (const order of holding.resting) {
        queue_positions.push({
          market_ticker: listing.ticker,
          order_id: order.id,
          queue_position_fp: formatQuantity(listing.book.ahead(order)),
        })
      }
    }
    return { status: 200, body: { queue_positions } }
  }

  queuePosition = (call: Call): Answer => {
    const order = caller(call).orders.get(call.params[0]!)
    if (order === undefined || order.level === null) return nested(refuse(404, 'not_found'))
    const ahead = this.#exchange.listing(order.ticker).book.ahead(order)
    return { status: 200, body: { queue_position_fp: formatQuantity(ahead) } }
  }

  fills = (call: Call): Answer => {
    const orderId = call.query.get('order_id')
    const wanted = this.#filter(call)
    const rows = this.#reads
      .view(caller(call))
      .fills.filter((fill) => wanted(fill) && (orderId === null || fill.orderId === orderId))
      .sort(newestFirst)
    return this.#list('fills', rows, call.query)
  }

  positions = (call: Call): Answer => {
    const { query } = call
    checkSubaccount(wholeIn(query, 'subaccount'))
    const filters = (query.get('count_filter') ?? '').split(',').filter(Boolean)
    if (filters.some((name) => name !== 'position' && name !== 'total_traded')) {
      throw invalid(`count_filter: found "${filters.join(',')}", wanted position, total_traded`)
    }
    const settlement = query.get('settlement_status') ?? 'unsettled'
    const wanted = this.#filter(call)
    const shown = [...this.#reads.view(caller(call)).positions.values()]
      .filter((position) => {
        if (!wanted(position)) return false
        if (settlement !== 'all' && position.settled !== (settlement === 'settled')) return false
        if (filters.length === 0) return position.held || position.traded
        return filters.some((name) => (name === 'position' ? position.held : position.traded))
      })
      .map((position, index) => ({ ...position, number: 1_000_000 - index }))
    const answer = this.#list('market_positions', shown, query)
    ;(answer.body as Row).event_positions = this.#byEvent(caller(call), shown)
    return answer
  }

  balance = (call: Call): Answer => {
    checkSubaccount(wholeIn(call.query, 'subaccount'))
    const account = caller(call)
    const view = this.#reads.view(account)
    // What an order can use: resting orders have their share locked.
    const available = view.cash - view.locked
    const body = {
      balance: Math.trunc(available / 10_000),
      balance_breakdown: [{ balance: dollars4(available), exchange_index: 0 }],
      balance_dollars: dollars4(available),
      portfolio_value: Math.trunc(this.#worth(account) / 10_000),
      updated_ts: seconds(this.#exchange.now()),
    }
    return { status: 200, body }
  }

  settlements = (call: Call): Answer => {
    const wanted = this.#filter(call)
    const rows = this.#reads.settlements(caller(call)).filter(wanted)
    return this.#list('settlements', rows, call.query)
  }

  limits = (): Answer => ({ status: 200, body: this.#buckets.describe() })

  costs = (): Answer => ({
    status: 200,
    body: {
      default_cost: 10,
      endpoint_costs: [
        { cost: 2, method: 'DELETE', path: `${V2}/portfolio/events/orders` },
        { cost: 2, method: 'DELETE', path: `${V2}/portfolio/events/orders/:order_id` },
        { cost: 2, method: 'DELETE', path: `${V2}/portfolio/events/orders/batched` },
        { cost: 2, method: 'GET', path: `${V2}/portfolio/orders/:order_id` },
      ],
    },
  })

  /** Keeps rows of the asked ticker, events, shard and time. */
  #filter(call: Call): (row: Listed) => boolean {
    const { query } = call
    const ticker = query.get('ticker') ?? ''
    const events = (query.get('event_ticker') ?? '').split(',').filter(Boolean)
    const shard = wholeIn(query, 'exchange_index')
    const from = wholeIn(query, 'min_ts')
    const to = wholeIn(query, 'max_ts')
    checkSubaccount(wholeIn(query, 'subaccount'))
    return (row) =>
      (ticker === '' || row.ticker === ticker) &&
      (events.length === 0 || events.includes(this.#event(row.ticker))) &&
      (shard === undefined || shard < 0 || row.shard === shard) &&
      (from === undefined || seconds(row.at) >= from) &&
      (to === undefined || seconds(row.at) <= to)
  }

  #list(name: string, rows: readonly Listed[], query: URLSearchParams): Answer {
    const shown = page(rows, limitIn(query, MOST), query.get('cursor'))
    const body: Row = { cursor: shown.cursor, [name]: shown.rows.map((listed) => listed.row()) }
    return { status: 200, body }
  }

  #event(ticker: string): string {
    return this.#exchange.listings.get(ticker)?.event.ticker ?? ''
  }

  #byEvent(account: Account, shown: readonly Listed[]): Row[] {
    const events = new Map<string, Holding[]>()
    for (const { ticker } of shown) {
      const event = this.#event(ticker)
      const holdings = events.get(event) ?? []
      holdings.push(account.holding(ticker))
      events.set(event, holdings)
    }
    return [...events].map(([event_ticker, holdings]) => {
      const sum = (pick: (holding: Holding) => number): number =>
        holdings.reduce((total, holding) => total + pick(holding), 0)
      return {
        event_exposure_dollars: formatMoney(sum((holding) => holding.cost)),
        event_ticker,
        fees_paid_dollars: formatMoney(sum((holding) => holding.fees)),
        realized_pnl_dollars: formatMoney(sum((holding) => holding.realized)),
        total_cost_dollars: formatMoney(sum((holding) => holding.traded)),
        total_cost_shares_fp: formatQuantity(sum((holding) => holding.volume)),
      }
    })
  }

  /** Positions at the price for which the book would take them now. */
  #worth(account: Account): Money {
    let sum = 0
    for (const holding of account.holdings.values()) {
      const { book } = this.#exchange.listing(holding.ticker)
      const bid = Math.max(0, book.best('bid'))
      const ask = book.best('ask')
      sum +=
        holding.position > 0
          ? holding.position * bid
          : -holding.position * (PRICE_ONE - (ask < 0 ? PRICE_ONE : ask))
    }
    return sum
  }
}

/** A route that does not exist. */
export const noRoute = (): Answer => nested(refuse(404, 'not_found'))
