// The operator's door, for people and for tests in another process: look at everything, switch faults,
// start scenarios, move markets through their life, make a trade. Not part of the real API; plain JSON
// under /admin, without authentication, on loopback only.

import {
  formatMoney,
  formatPrice,
  formatQuantity,
  parsePrice,
  parseQuantity,
} from '../src/core/units.ts'
import type { Account } from './account.ts'
import type { Kind } from './call.ts'
import type { Crowd } from './crowd.ts'
import type { Exchange } from './exchange.ts'
import type { Faults, Kinds } from './faults.ts'
import type { ReadModel } from './read-model.ts'
import { type Answer, isRefusal } from './refusal.ts'
import type { RequestLog } from './request-log.ts'
import { runScenario } from './scenarios.ts'
import { orderRow, type Row, wireTop } from './wire.ts'

export interface AdminParts {
  readonly exchange: Exchange
  readonly faults: Faults
  readonly reads: ReadModel
  readonly requests: RequestLog
  readonly crowds: readonly Crowd[]
  readonly connections: () => number
}

/** What the operator asked for cannot be done; the text says why. */
class AdminError extends Error {
  override readonly name = 'AdminError'
}

type Body = Readonly<Record<string, unknown>>

const textIn = (body: Body, key: string, fallback?: string): string => {
  const value = body[key] ?? fallback
  if (typeof value === 'string') return value
  throw new AdminError(`Admin request failed: ${key} was ${JSON.stringify(value)}, wanted a string`)
}

const numberIn = (body: Body, key: string, fallback?: number): number => {
  const value = body[key] ?? fallback
  if (typeof value === 'number' && Number.isFinite(value)) return value
  // Infinity cannot be written in JSON: an absent count means "until it is turned off".
  if (value === Number.POSITIVE_INFINITY) return value
  throw new AdminError(`Admin request failed: ${key} was ${JSON.stringify(value)}, wanted a number`)
}

const oneOf = <T extends string | number>(body: Body, key: string, of: readonly T[]): T => {
  const value = (body[key] ?? of[0]) as T
  if (of.includes(value)) return value
  throw new AdminError(
    `Admin request failed: ${key} was ${JSON.stringify(value)}, wanted ${of.join(' or ')}`,
  )
}

const kindsIn = (body: Body): Kinds => {
  const { kinds } = body
  if (kinds === undefined || kinds === 'any') return 'any'
  if (Array.isArray(kinds)) return kinds as Kind[]
  throw new AdminError('Admin request failed: kinds was neither "any" nor a list')
}

const forever = Number.POSITIVE_INFINITY

export class Admin {
  readonly #parts: AdminParts
  readonly #ends = new Map<string, () => void>()

  constructor(parts: AdminParts) {
    this.#parts = parts
  }

  /** Carries out a request whose path begins with /admin. */
  handle(method: string, path: string, text: string): Answer {
    try {
      const body = (text === '' ? {} : JSON.parse(text)) as Body
      const done = { status: 200, body: { ok: true } }
      switch (`${method} ${path}`) {
        case 'GET /admin/state':
          return { status: 200, body: this.#state() }
        case 'GET /admin/requests':
          return { status: 200, body: this.#requests() }
        case 'POST /admin/fault':
          this.#fault(textIn(body, 'fault'), body)
          return done
        case 'POST /admin/scenario':
          this.#scenario(body)
          return done
        case 'POST /admin/market':
          this.#market(body)
          return done
        case 'POST /admin/trade':
          return { status: 200, body: this.#trade(body) }
        default:
          return { status: 404, body: { error: `No ${method} ${path} here` } }
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return { status: 400, body: { error: reason } }
    }
  }

  #state(): Row {
    const { exchange, connections, crowds } = this.#parts
    const accounts = [...exchange.accounts.values()].filter((account) => !account.anonymous)
    return {
      now: exchange.now(),
      connections: connections(),
      trading_paused: exchange.tradingPaused,
      fair: crowds.map((crowd) => crowd.fair / 10_000),
      markets: [...exchange.listings.values()].map((listing) => {
        const top = wireTop(listing)
        return {
          ticker: listing.ticker,
          status: listing.status,
          close_at: listing.closeAt,
          bid: formatPrice(top.bid),
          ask: formatPrice(top.ask),
          bid_size: top.sizes[0],
          ask_size: top.sizes[1],
          last_price: formatPrice(listing.lastPrice),
          volume: formatQuantity(listing.volume),
          result: listing.result,
        }
      }),
      accounts: accounts.map((account) => this.#account(account)),
    }
  }

  #account(account: Account): Row {
    const { exchange } = this.#parts
    const rows = [...account.orders.values()].map((order) =>
      orderRow(order, account, exchange.listing(order.ticker).exchangeIndex),
    )
    const holdings = [...account.holdings.values()]
    const fees = holdings.reduce((sum, holding) => sum + holding.fees, 0)
    const realized = holdings.reduce((sum, holding) => sum + holding.realized, 0)
    return {
      id: account.id,
      deposited: formatMoney(account.deposited),
      cash: formatMoney(account.cash),
      locked: formatMoney(account.locked()),
      realized: formatMoney(realized),
      fees: formatMoney(fees),
      fills: account.fills.length,
      resting: rows.filter((row) => row.status === 'resting'),
      orders: rows,
      positions: holdings.map((holding) => ({
        ticker: holding.ticker,
        position: formatQuantity(holding.position),
        cost: formatMoney(holding.cost),
        realized: formatMoney(holding.realized),
        fees: formatMoney(holding.fees),
      })),
    }
  }

  #requests(): Row {
    const { requests } = this.#parts
    return {
      total: requests.total,
      by_kind: Object.fromEntries(requests.byKind),
      by_status: Object.fromEntries(requests.byStatus),
      too_many: requests.byStatus.get(429) ?? 0,
      recent: requests.recent.slice(-200),
    }
  }

  #fault(name: string, body: Body): void {
    const { faults, reads } = this.#parts
    const on = body.off !== true
    const times = (fallback: number): number => numberIn(body, 'times', fallback)
    const when = (): 'before' | 'after' => oneOf(body, 'when', ['before', 'after'])
    // A fault given again replaces the one of the same name.
    this.#ends.get(name)?.()
    this.#ends.delete(name)
    const keep = (end: () => void): unknown => this.#ends.set(name, end)
    switch (name) {
      case 'refuse-writes':
        if (on) keep(faults.refuseWrites(times(forever)))
        return
      case 'fail':
        if (!on) return
        keep(
          faults.fail(kindsIn(body), oneOf(body, 'status', [500, 502, 503, 504]), {
            when: when(),
            times: times(forever),
          }),
        )
        return
      case 'lose':
        if (on)
          keep(
            faults.loseAnswers(
              kindsIn(body),
              oneOf(body, 'how', ['hang', 'destroy'] as const),
              times(1),
            ),
          )
        return
      case 'delay':
        if (!on) return
        keep(
          faults.delay(kindsIn(body), numberIn(body, 'ms'), {
            when: when(),
            times: times(forever),
          }),
        )
        return
      case 'refuse-dials':
        if (on) keep(faults.refuseDials(oneOf(body, 'status', [502, 401]), times(forever)))
        return
      case 'silent':
        faults.silent = on
        return
      case 'mute-book':
        faults.muteBook = on
        return
      case 'skip-frames':
        faults.skipFrames = on ? times(1) : 0
        return
      case 'duplicate-frames':
        faults.duplicateFrames = on ? times(1) : 0
        return
      case 'delay-fills':
        faults.delayFillsMs = on ? numberIn(body, 'ms') : 0
        return
      case 'read-lag':
        reads.lagMs = on ? numberIn(body, 'ms') : 0
        return
      case 'rate-limit-body':
        faults.rateLimitBody = oneOf(body, 'form', ['string', 'object'])
        return
      case 'raw':
        faults.sendRaw(textIn(body, 'text'))
        return
      case 'close-sockets':
        faults.closeSockets()
        return
      case 'end-subscription':
        faults.endSubscription(textIn(body, 'channel'), oneOf(body, 'code', [25, 10]))
        return
      case 'clear':
        faults.clear()
        reads.lagMs = 0
        this.#ends.clear()
        return
      default:
        throw new AdminError(
          `Fault failed: found "${name}", which is not one of ${FAULTS.join(', ')}`,
        )
    }
  }

  #scenario(body: Body): void {
    const { crowds, exchange } = this.#parts
    if (crowds.length === 0) throw new AdminError('Scenario failed: there is no crowd to direct')
    for (const crowd of crowds) runScenario(textIn(body, 'scenario'), crowd, exchange.now())
  }

  #market(body: Body): void {
    const { lifecycle } = this.#parts.exchange
    const ticker = this.#ticker(body)
    const action = oneOf(body, 'action', [
      'deactivate',
      'activate',
      'open',
      'close',
      'determine',
      'settle',
    ])
    if (action === 'determine') lifecycle.determine(ticker, oneOf(body, 'result', ['yes', 'no']))
    else if (action === 'settle') {
      if (body.result !== undefined)
        lifecycle.determine(ticker, oneOf(body, 'result', ['yes', 'no']))
      lifecycle.settle(ticker)
    } else lifecycle[action](ticker)
  }

  #trade(body: Body): Row {
    const { exchange } = this.#parts
    const side = oneOf(body, 'side', ['bid', 'ask'])
    const count = parseQuantity(textIn(body, 'count'))
    const price = parsePrice(textIn(body, 'price', side === 'bid' ? '0.9900' : '0.0100'))
    const order = exchange.place(exchange.stranger('operator'), {
      ticker: this.#ticker(body),
      side,
      price,
      quantity: count,
      timeInForce: 'immediate_or_cancel',
    })
    if (isRefusal(order)) throw new AdminError(`Trade failed: ${order.code} ${order.details ?? ''}`)
    return { ok: true, filled: formatQuantity(order.filled) }
  }

  /** The market named, or the only one there is. */
  #ticker(body: Body): string {
    const { listings } = this.#parts.exchange
    const only = listings.size === 1 ? [...listings.keys()][0] : undefined
    const ticker = textIn(body, 'ticker', only)
    if (!listings.has(ticker)) throw new AdminError(`Admin request failed: no market ${ticker}`)
    return ticker
  }
}

/** Names for POST /admin/fault. */
export const FAULTS = [
  'refuse-writes',
  'fail',
  'lose',
  'delay',
  'refuse-dials',
  'silent',
  'mute-book',
  'skip-frames',
  'duplicate-frames',
  'delay-fills',
  'read-lag',
  'rate-limit-body',
  'raw',
  'close-sockets',
  'end-subscription',
  'clear',
] as const
