// Sends requests to Kalshi over REST, each answered by an Outcome. Knows nothing of strategy.
//
// One private call signs, sends, reads and judges. An answer that does not prove what happened
// (timeout, 5xx, unreadable) is 'unknown', never 'rejected': the order may exist. Where a signature
// is ready, fetch is called in the caller's own turn, because every await on the order path is
// latency.

import type {
  Ack,
  BookReport,
  CancelIntent,
  CashReport,
  ExchangeReport,
  Fill,
  Intent,
  OrderReport,
  PositionReport,
  Programme,
  QueueReport,
  SettlementReport,
} from '../../core/vocabulary/events.ts'
import type { Market } from '../../core/vocabulary/market.ts'
import { accepted, type Outcome, rejected, unknown } from '../../core/vocabulary/outcome.ts'
import type { Millis } from '../../core/vocabulary/units.ts'
import type { HeaderPool } from '../auth/sign.ts'
import { describe, readError, readErrorItem } from '../common/errors.ts'
import { asObject, asText, type Json } from '../common/fields.ts'
import {
  BATCH_PATH,
  batchCancelBody,
  type MarketRef,
  ORDERS_PATH,
  orderPath,
  orderRequest,
  query,
} from '../common/requests.ts'
import { inOwnTime, inVenueTime } from '../common/venue-time.ts'
import { correctClock, type Fetcher } from '../feed/dial.ts'
import { FeeReader } from './event-fees.ts'
import {
  isExchangeStatus,
  readExchangeStatus,
  STATUS_PATH,
  StatusReader,
} from './exchange-status.ts'
import { type AccountBudget, DEFAULT_COST, readEndpointCosts, readLimits } from './limits.ts'
import { eventTickerOf, readMarket } from './market-terms.ts'
import { readBook } from './order-book.ts'
import { GroupCalls } from './order-groups.ts'
import type { Page } from './payload.ts'
import {
  ownRows,
  QUEUE_PATH,
  readAck,
  readBalance,
  readFills,
  readOrders,
  readPosition,
  readQueue,
  readSettlements,
  readSingleOrder,
  SETTLEMENTS_PATH,
} from './portfolio.ts'
import { PROGRAMS_PATH, readPrograms } from './programs.ts'
import { alone, type Sharing } from './sharing.ts'

interface RestOptions {
  /** How long to wait for one answer, ms. */
  readonly timeoutMs: number
  /** The same for a read, where it is to be shorter, ms. */
  readonly readTimeoutMs?: number
  readonly subaccount: number
  /** Called when the exchange found our clock wrong: what must be added to it, ms. */
  readonly onClockSkew?: (ms: number) => void
  /** Called just before each read is sent. */
  readonly onRead?: () => void
  /** Called when a list asked for our subaccount had rows of others, which are left out. */
  readonly onOtherSubaccount?: (rows: number) => void
  /** With whom fees and the exchange's status are shared; nobody where left out. */
  readonly sharing?: Sharing
}

/** A body that was received with a 2xx status, or why there is none. */
type Received = Outcome<unknown>
type Query = Parameters<typeof query>[0]
type PageReader<T> = (body: unknown) => Page<T> | string

/** Rows per page: the most that orders and fills give, and a body that is read in milliseconds. */
const PAGE_ROWS = 1000
/** A list longer than this many full pages is a mistake of the exchange or of ours. */
const MAX_PAGES = 100

export class KalshiRest {
  readonly #origin: string
  /** '/trade-api/v2': part of what is signed. */
  readonly #root: string
  readonly #pool: HeaderPool
  readonly #fetcher: Fetcher
  readonly #options: RestOptions
  /** The calls about order groups. */
  readonly groups: GroupCalls
  readonly #fees: FeeReader
  readonly #status: StatusReader

  /**
   * @param config `baseUrl`: the API's root, without a slash at the end (https://host/trade-api/v2)
   */
  constructor(
    config: { readonly baseUrl: string },
    pool: HeaderPool,
    fetcher: Fetcher,
    options: RestOptions,
  ) {
    const url = new URL(config.baseUrl)
    this.#origin = url.origin
    this.#root = url.pathname.replace(/\/+$/, '')
    this.#pool = pool
    // The runtime's fetch refuses to be called as a method of another object.
    this.#fetcher = (input, init) => fetcher(input, init)
    this.#options = options
    this.groups = new GroupCalls(options.subaccount, (method, path, search, body) => {
      if (method === 'GET') options.onRead?.()
      return this.#call(method, path, search, body)
    })
    const now = () => pool.now()
    const sharing = options.sharing ?? alone(now)
    this.#fees = new FeeReader((path) => this.#get(path), sharing, now)
    const status = async () => read(await this.#get(STATUS_PATH), readExchangeStatus)
    this.#status = new StatusReader(status, sharing, now)
  }

  // --- Orders -----------------------------------------------------------------------------------

  /** Sends the request of an intent; where headers were signed ahead, fetch is called at once. */
  async send(intent: Intent, market: MarketRef): Promise<Outcome<Ack>> {
    const timed = inVenueTime(intent, this.#pool.clockOffset)
    const request = orderRequest(timed, market, this.#options.subaccount)
    const { method, path, query: search, body } = request
    return read(await this.#call(method, path, search, body), readAck)
  }

  /**
   * Cancels several orders of one market in one request. The outcomes are in the order of the
   * intents; when the request as a whole failed, each has that outcome.
   */
  async cancelMany(intents: readonly CancelIntent[], market: MarketRef): Promise<Outcome<Ack>[]> {
    if (intents.length === 0) return []
    const body = batchCancelBody(intents, market, this.#options.subaccount)
    const answer = await this.#call('DELETE', BATCH_PATH, '', body)
    if (answer.kind !== 'accepted') return intents.map(() => answer)
    const list = asObject(answer.value)?.orders
    const rows = new Map<string, Json>()
    for (const item of Array.isArray(list) ? list : []) {
      const row = asObject(item)
      if (row !== null) rows.set(asText(row.order_id), row)
    }
    return intents.map(({ orderId }): Outcome<Ack> => {
      const row = rows.get(orderId)
      if (row === undefined) return unknown('batch cancel: the answer does not mention this order')
      if (row.error === undefined || row.error === null) return read(accepted(row), readAck)
      const { code, detail } = readErrorItem(row.error, 'batch_item_failed')
      return rejected(code.startsWith('not_found') ? 404 : 400, code, detail)
    })
  }

  /**
   * Has the exchange cancel every resting order of our subaccount, on all shards, whoever placed
   * it. What is placed within the next minute may be canceled too.
   */
  cancelAll(): Promise<Outcome<unknown>> {
    const search = query({ subaccount: this.#options.subaccount })
    return this.#call('DELETE', ORDERS_PATH, search, null)
  }

  // --- Signatures in advance
  // ----------------------------------------------------------------------

  /** Keeps `count` signatures ready for new orders. */
  keepPlace(count: number): void {
    this.#pool.keep('POST', this.#root + ORDERS_PATH, count)
  }

  /**
   * Keeps signatures ready for the calls on a resting order: several for amends, because a moving
   * market asks for the next before the last is answered.
   */
  keepOrder(orderId: string): void {
    for (const [method, path, count] of this.#orderCalls(orderId)) {
      this.#pool.keep(method, path, count)
    }
  }

  dropOrder(orderId: string): void {
    for (const [method, path] of this.#orderCalls(orderId)) this.#pool.drop(method, path)
  }

  #orderCalls(orderId: string): [method: string, path: string, count: number][] {
    return [
      ['DELETE', this.#root + orderPath(orderId, 'cancel'), 1],
      ['POST', this.#root + orderPath(orderId, 'amend'), 3],
      ['POST', this.#root + orderPath(orderId, 'decrease'), 1],
    ]
  }

  // --- Account ----------------------------------------------------------------------------------

  /** Our resting orders in a market. Reads may lag behind writes by a second. */
  async orders(ticker: string): Promise<Outcome<OrderReport[]>> {
    const filter = { ticker, status: 'resting' }
    const answer = await this.#ownPages('/portfolio/orders', filter, readOrders)
    const { clockOffset } = this.#pool
    if (answer.kind === 'accepted') for (const row of answer.value) inOwnTime(row, clockOffset)
    return answer
  }

  /** One order, resting or not, as long as the exchange keeps it (about three months). */
  async order(orderId: string): Promise<Outcome<OrderReport>> {
    const answer = await this.#get(`/portfolio/orders/${encodeURIComponent(orderId)}`)
    return read(answer, readSingleOrder)
  }

  /** Our fills in a market since `since` (ms; 0 = all), oldest first. */
  async fills(ticker: string, since: Millis): Promise<Outcome<Fill[]>> {
    const min_ts = since > 0 ? Math.floor(since / 1000) : undefined
    const answer = await this.#ownPages('/portfolio/fills', { ticker, min_ts }, readFills)
    // Newest first on the wire; the sort is stable, so fills of one millisecond keep their order.
    if (answer.kind === 'accepted') answer.value.reverse().sort((a, b) => a.venueAt - b.venueAt)
    return answer
  }

  async position(ticker: string): Promise<Outcome<PositionReport>> {
    const { subaccount } = this.#options
    const answer = await this.#get('/portfolio/positions', { ticker, subaccount })
    return read(answer, (body) => this.#own(body, (rows) => readPosition(rows, ticker)))
  }

  /** How many contracts stand before each of our resting orders in a market. */
  async queue(ticker: string): Promise<Outcome<QueueReport[]>> {
    const { subaccount } = this.#options
    return read(await this.#get(QUEUE_PATH, { market_tickers: ticker, subaccount }), readQueue)
  }

  /** How a market was paid out: one row for each subaccount that held any; none before. */
  settlement(ticker: string): Promise<Outcome<SettlementReport[]>> {
    const { subaccount } = this.#options
    const read = (body: unknown) => readSettlements(body, subaccount)
    return this.#ownPages(SETTLEMENTS_PATH, { ticker }, read)
  }

  /** Cash over all shards and of each shard, of which each order can only use its own. */
  async cash(): Promise<Outcome<CashReport>> {
    const { subaccount } = this.#options
    return read(await this.#get('/portfolio/balance', { subaccount }), readBalance)
  }

  /** Limits and costs together. Unreadable costs are taken as published; limits must be read. */
  async accountBudget(): Promise<Outcome<AccountBudget>> {
    // One after the other: together they would take two of the object's few connections.
    const limits = read(await this.#get('/account/limits'), readLimits)
    if (limits.kind !== 'accepted') return limits
    const costs = read(await this.#get('/account/endpoint_costs'), readEndpointCosts)
    const cost = costs.kind === 'accepted' ? costs.value : DEFAULT_COST
    return accepted({ ...limits.value, cost })
  }

  // --- Market data ------------------------------------------------------------------------------

  /** Whether the exchange and its shards take orders. */
  exchange(): Promise<Outcome<ExchangeReport>> {
    return this.#status.ask()
  }

  /** A market's terms with its fees; fees that cannot be read are assumed at their dearest. */
  async market(ticker: string): Promise<Outcome<Market>> {
    const answer = await this.#get(`/markets/${encodeURIComponent(ticker)}`)
    if (answer.kind !== 'accepted') return answer
    const { terms, exclusive } = await this.#fees.of(eventTickerOf(answer.value))
    const at = this.#pool.now() + this.#pool.clockOffset
    const market = read(answer, (body) => readMarket(body, terms, at))
    if (market.kind !== 'accepted' || !exclusive) return market
    return accepted({ ...market.value, exclusive: true })
  }

  /** Every level of a market's book, our own orders included. Costs ten read tokens. */
  async book(ticker: string): Promise<Outcome<BookReport>> {
    return read(await this.#get(`/markets/${encodeURIComponent(ticker)}/orderbook`), readBook)
  }

  /** Fees have changed (an event_fee_update): the next `market`, of any maker, reads them again. */
  forgetFees(): void {
    this.#fees.forget()
  }

  /** Changes may have been missed: the next `market` asks those with whom fees are shared. */
  askFeesAgain(): void {
    this.#fees.askAgain()
  }

  /** The liquidity programs that run on a market. One read for each thousand of all markets. */
  programmes(ticker: string): Promise<Outcome<Programme[]>> {
    const filter = { status: 'active', type: 'liquidity', limit: PAGE_ROWS }
    return this.#pages(PROGRAMS_PATH, filter, (body) => readPrograms(body, ticker))
  }

  // --- One call ---------------------------------------------------------------------------------

  #ownPages<T>(path: string, filter: Query, readPage: PageReader<T>): Promise<Outcome<T[]>> {
    const { subaccount } = this.#options
    const filtered = { ...filter, limit: PAGE_ROWS, subaccount }
    return this.#pages(path, filtered, (body) => this.#own(body, readPage))
  }

  /** Reads a list without rows that name another subaccount. */
  #own<T>(body: unknown, readRows: (body: unknown) => T | string): T | string {
    const own = ownRows(body, this.#options.subaccount)
    if (typeof own === 'string') return own
    if (own.others > 0) this.#options.onOtherSubaccount?.(own.others)
    return readRows(own.body)
  }

  async #pages<T>(path: string, filter: Query, readPage: PageReader<T>): Promise<Outcome<T[]>> {
    const items: T[] = []
    const seen = new Set<string>()
    let cursor = ''
    for (let page = 0; page < MAX_PAGES; page++) {
      const answer = await this.#get(path, { ...filter, cursor })
      const outcome = read(answer, readPage)
      if (outcome.kind !== 'accepted') return outcome
      for (const item of outcome.value.items) items.push(item)
      cursor = outcome.value.cursor
      if (cursor === '') return accepted(items)
      if (seen.has(cursor)) return unknown(`GET ${path}: the exchange gave the same cursor twice`)
      seen.add(cursor)
    }
    return unknown(`GET ${path}: found more than ${MAX_PAGES} pages`)
  }

  #get(path: string, values: Query = {}): Promise<Received> {
    this.#options.onRead?.()
    return this.#call('GET', path, query(values), null)
  }

  async #call(
    method: string,
    path: string,
    search: string,
    body: string | null,
  ): Promise<Received> {
    const signedPath = this.#root + path
    // A ready signature is not awaited: fetch must happen in the caller's turn.
    const ready = method === 'GET' ? null : this.#pool.take(method, signedPath)
    const signed = ready ?? (await this.#pool.fresh(method, signedPath))
    let response: Response
    let text: string
    try {
      response = await this.#fetcher(this.#origin + signedPath + search, {
        method,
        headers: body === null ? signed : { ...signed, 'Content-Type': 'application/json' },
        ...(body === null ? {} : { body }),
        // A write that is redirected would be sent twice, or as a GET.
        redirect: 'manual',
        signal: AbortSignal.timeout(this.#timeoutOf(method)),
      })
      // Read whole: draining a body as a stream has been seen to close other sockets (workerd
      // #6774).
      text = await response.text()
    } catch (error) {
      return unknown(`${method} ${path}: ${describe(error)}`)
    }
    return this.#judge(method, path, response, text)
  }

  #timeoutOf(method: string): Millis {
    const { timeoutMs, readTimeoutMs = timeoutMs } = this.#options
    return method === 'GET' ? readTimeoutMs : timeoutMs
  }

  #judge(method: string, path: string, response: Response, text: string): Received {
    const { status } = response
    if (status === 204) return accepted(null)
    if (status >= 200 && status < 300) {
      try {
        return accepted(JSON.parse(text))
      } catch {
        return unknown(`${method} ${path}: found HTTP ${status} with a body that is not JSON`)
      }
    }
    const { code, detail } = readError(status, text)
    // In a pause the status itself may come with a 503 or 504.
    if (path === STATUS_PATH && status >= 500) {
      const body = jsonOf(text)
      if (isExchangeStatus(body)) return accepted(body)
    }
    if (code === 'header_timestamp_expired') {
      const offset = correctClock(response, this.#pool)
      if (offset !== null) this.#options.onClockSkew?.(offset)
    }
    // 408 means that the exchange stopped waiting, not that it did nothing.
    if (status >= 400 && status < 500 && status !== 408) return rejected(status, code, detail)
    return unknown(`${method} ${path}: found HTTP ${status} ${code} ${detail}`.trimEnd())
  }
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Applies a reader to an accepted body; what it cannot read is unknown. */
const read = <T>(answer: Received, reader: (body: unknown) => T | string): Outcome<T> => {
  if (answer.kind !== 'accepted') return answer
  const value = reader(answer.value)
  return typeof value === 'string' ? unknown(`Unreadable answer: ${value}`) : accepted(value)
}
