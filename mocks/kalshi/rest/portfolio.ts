// REST calls that read an account: orders, queue positions, fills, positions and settlements. Lists
// come newest first, in pages, from the read model, which may lag. Where no subaccount is named,
// positions and queue positions are those of the primary one; everything else covers all.

import { formatMoney, formatQuantity, MONEY_CENT } from '../../../src/core/vocabulary/units.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { type Answer, bare, nested, refuse } from '../exchange/refusal.ts'
import {
  type Call,
  caller,
  invalid,
  limitIn,
  page,
  subaccountIn,
  wholeIn,
} from '../protocol/call.ts'
import { type Row, seconds } from '../protocol/rows.ts'
import type { Listed, ListedPosition, ReadModel } from './read-model.ts'

const MOST = 1_000

const newestFirst = (a: Listed, b: Listed): number => b.number - a.number

/** The handlers of account reads. */
export class PortfolioReads {
  readonly #exchange: Exchange
  readonly #reads: ReadModel

  constructor(exchange: Exchange, reads: ReadModel) {
    this.#exchange = exchange
    this.#reads = reads
  }

  orders = (call: Call): Answer => {
    const { query } = call
    const status = query.get('status') ?? ''
    if (status !== '' && !['resting', 'canceled', 'executed'].includes(status)) {
      throw invalid(`status: found "${status}", wanted resting, canceled or executed`)
    }
    const wanted = this.#filter(call)
    const rows = [...this.#reads.view(caller(call)).orders()]
      .filter((order) => (status === '' || order.status === status) && wanted(order))
      .sort(newestFirst)
    return this.#list('orders', rows, query)
  }

  order = (call: Call): Answer => {
    const listed = this.#reads.view(caller(call)).order(call.params[0]!)
    if (listed === undefined || !this.#mine(call, listed.subaccount))
      return nested(refuse(404, 'not_found'))
    return { status: 200, body: { order: listed.row() } }
  }

  queuePositions = (call: Call): Answer => {
    const tickers = (call.query.get('market_tickers') ?? '').split(',').filter(Boolean)
    const event = call.query.get('event_ticker') ?? ''
    if (tickers.length === 0 && event === '')
      return bare(400, 'Need to specify market_tickers or event_ticker')
    const queue_positions: Row[] = []
    const subaccount = subaccountIn(call, 0)
    for (const holding of caller(call).purses[subaccount]!.holdings.values()) {
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
    if (order === undefined || order.level === null || !this.#mine(call, order.subaccount)) {
      return nested(refuse(404, 'not_found'))
    }
    const ahead = this.#exchange.listing(order.ticker).book.ahead(order)
    return { status: 200, body: { queue_position_fp: formatQuantity(ahead) } }
  }

  fills = (call: Call): Answer => {
    const orderId = call.query.get('order_id')
    const wanted = this.#filter(call)
    const rows = this.#reads
      .view(caller(call))
      .fills()
      .filter((fill) => wanted(fill) && (orderId === null || fill.orderId === orderId))
      .sort(newestFirst)
    return this.#list('fills', rows, call.query)
  }

  positions = (call: Call): Answer => {
    const { query } = call
    const filters = (query.get('count_filter') ?? '').split(',').filter(Boolean)
    if (filters.some((name) => name !== 'position' && name !== 'total_traded')) {
      throw invalid(`count_filter: found "${filters.join(',')}", wanted position, total_traded`)
    }
    const settlement = query.get('settlement_status') ?? 'unsettled'
    if (!['unsettled', 'settled', 'all'].includes(settlement)) {
      throw invalid(`settlement_status: found "${settlement}", wanted unsettled, settled or all`)
    }
    const wanted = this.#filter(call, 0)
    const shown = [...this.#reads.view(caller(call)).positions()]
      .filter((position) => {
        if (!wanted(position)) return false
        if (settlement !== 'all' && position.settled !== (settlement === 'settled')) return false
        if (filters.length === 0) return position.held || position.traded
        return filters.some((name) => (name === 'position' ? position.held : position.traded))
      })
      .map((position, index) => ({ ...position, number: 1_000_000 - index }))
    const answer = this.#list('market_positions', shown, query)
    ;(answer.body as Row).event_positions = this.#byEvent(shown)
    return answer
  }

  settlements = (call: Call): Answer => {
    const wanted = this.#filter(call)
    const rows = this.#reads.settlements(caller(call)).filter(wanted)
    return this.#list('settlements', rows, call.query)
  }

  restingValue = (call: Call): Answer => {
    const locked = this.#reads
      .view(caller(call))
      .funds()
      .filter((funds) => this.#mine(call, funds.subaccount))
      .reduce((sum, funds) => sum + funds.locked, 0)
    return { status: 200, body: { total_resting_order_value: Math.trunc(locked / MONEY_CENT) } }
  }

  /** Whether a key that may be locked to a subaccount may see another's. */
  #mine({ key }: Call, subaccount: number): boolean {
    return key === null || key.subaccount === null || key.subaccount === subaccount
  }

  /** Keeps rows of the asked ticker, events, subaccount (undefined = all), shard and time. */
  #filter(call: Call, fallback?: number): (row: Listed) => boolean {
    const { query } = call
    const ticker = query.get('ticker') ?? ''
    const events = (query.get('event_ticker') ?? '').split(',').filter(Boolean)
    const shard = wholeIn(query, 'exchange_index')
    const from = wholeIn(query, 'min_ts')
    const to = wholeIn(query, 'max_ts')
    const subaccount = subaccountIn(call, fallback)
    return (row) =>
      (ticker === '' || row.ticker === ticker) &&
      (events.length === 0 || events.includes(this.#event(row.ticker))) &&
      (subaccount === undefined || row.subaccount === subaccount) &&
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

  #byEvent(shown: readonly ListedPosition[]): Row[] {
    const events = new Map<string, ListedPosition['sums'][]>()
    for (const { ticker, sums } of shown) {
      const event = this.#event(ticker)
      const all = events.get(event) ?? []
      all.push(sums)
      events.set(event, all)
    }
    return [...events].map(([event_ticker, all]) => {
      const sum = (pick: (sums: ListedPosition['sums']) => number): number =>
        all.reduce((total, sums) => total + pick(sums), 0)
      return {
        event_exposure_dollars: formatMoney(sum(({ cost }) => cost)),
        event_ticker,
        fees_paid_dollars: formatMoney(sum(({ fees }) => fees)),
        realized_pnl_dollars: formatMoney(sum(({ realized }) => realized)),
        total_cost_dollars: formatMoney(sum(({ traded }) => traded)),
        total_cost_shares_fp: formatQuantity(sum(({ volume }) => volume)),
      }
    })
  }
}
