// The operator API, for people and for tests in another process: shows the state and carries out
// operator requests. Not part of the real API; plain JSON under /admin, without authentication, on
// loopback only.

import { formatMoney, formatPrice, formatQuantity } from '../../../src/core/vocabulary/units.ts'
import type { Body } from '../../common/operator-input.ts'
import type { Crowd } from '../crowd/crowd.ts'
import type { Account } from '../exchange/account.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Answer } from '../exchange/refusal.ts'
import { orderRow, type Row, wireTop } from '../protocol/rows.ts'
import type { RequestLog } from '../rest/request-log.ts'
import { ACTS, type ActName, type Operator } from './operator.ts'
import type { Script } from './scenario-file.ts'

export interface AdminParts {
  readonly exchange: Exchange
  readonly operator: Operator
  readonly requests: RequestLog
  readonly crowds: readonly Crowd[]
  readonly connections: () => number
  readonly script: Script | null
}

export class Admin {
  readonly #parts: AdminParts

  constructor(parts: AdminParts) {
    this.#parts = parts
  }

  /** Carries out a request whose path begins with /admin. */
  handle(method: string, path: string, text: string): Answer {
    try {
      if (method === 'GET' && path === '/admin/state') return { status: 200, body: this.#state() }
      if (method === 'GET' && path === '/admin/requests') {
        return { status: 200, body: this.#requests() }
      }
      const act = path.slice('/admin/'.length) as ActName
      if (method !== 'POST' || !ACTS.includes(act)) {
        return { status: 404, body: { error: `No ${method} ${path} here` } }
      }
      const body = (text === '' ? {} : JSON.parse(text)) as Body
      return { status: 200, body: this.#parts.operator.act(act, body) }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return { status: 400, body: { error: reason } }
    }
  }

  #state(): Row {
    const { exchange, connections, crowds, script } = this.#parts
    const accounts = [...exchange.accounts.values()].filter((account) => !account.anonymous)
    return {
      now: exchange.now(),
      connections: connections(),
      trading_paused: exchange.tradingPaused,
      shards_paused: [...exchange.shards].filter((shard) => exchange.pauses.isPaused(shard)),
      fair: crowds.map((crowd) => crowd.fair / 10_000),
      scenario: script === null ? null : { done: script.done, failures: script.failures },
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
    const holdings = [...account.holdings()]
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
      funds: account.purses.flatMap((purse) =>
        purse.cash.map((cash, shard) => ({
          subaccount: purse.number,
          shard,
          cash: formatMoney(cash ?? 0),
        })),
      ),
      order_groups: exchange.groups.of(account).map((group) => ({
        id: group.id,
        limit: formatQuantity(group.limit),
        triggered: group.triggered,
        orders: group.orders.size,
      })),
      resting: rows.filter((row) => row.status === 'resting'),
      orders: rows,
      positions: holdings.map((holding) => ({
        ticker: holding.ticker,
        subaccount: holding.subaccount,
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
}
