// What GET requests about an account see. On the real exchange reads trail the writes (a cancel
// acknowledged, and 360 ms later GET still called the order resting), so the view can be made to lag
// by a number of milliseconds. Socket frames and answers to writes never lag.

import type { Millis } from '../src/core/units.ts'
import type { Account, Fill } from './account.ts'
import type { Exchange } from './exchange.ts'
import type { Fact } from './facts.ts'
import type { Order } from './order.ts'
import { fillRow, orderRow, positionRow, type Row, settlementRow } from './wire.ts'

/** A row with what lists sort and filter by. The row is written only when it is shown. */
export interface Listed {
  readonly number: number
  readonly ticker: string
  readonly shard: number
  readonly at: Millis
  readonly row: () => Row
}

export interface ListedOrder extends Listed {
  readonly status: string
}

export interface ListedFill extends Listed {
  readonly orderId: string
}

export interface ListedPosition extends Listed {
  readonly settled: boolean
  readonly held: boolean
  readonly traded: boolean
}

interface Past {
  readonly at: Millis
  readonly apply: (view: View) => void
}

/** Everything one account can read, as of some moment. */
export interface View {
  readonly orders: Map<string, ListedOrder>
  readonly fills: ListedFill[]
  readonly positions: Map<string, ListedPosition>
  cash: number
  locked: number
}

/** Keeps a lagging view per account while a lag is set; otherwise reads the accounts as they are. */
export class ReadModel {
  readonly #exchange: Exchange
  readonly #views = new Map<Account, View>()
  readonly #past: Past[] = []
  #lagMs = 0
  #stop: (() => void) | null = null

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  get lagMs(): Millis {
    return this.#lagMs
  }

  /** Sets how far reads trail behind, from now on. 0 = not at all. */
  set lagMs(lag: Millis) {
    this.#lagMs = lag
    if (lag > 0 && this.#stop === null) {
      for (const account of this.#exchange.accounts.values()) {
        if (!account.anonymous) this.#views.set(account, this.#present(account))
      }
      this.#stop = this.#exchange.on((fact) => this.#record(fact))
    }
    if (lag === 0 && this.#stop !== null) {
      this.#stop()
      this.#stop = null
      this.#views.clear()
      this.#past.length = 0
    }
  }

  /** What the account may see now. */
  view(account: Account): View {
    if (this.#lagMs === 0) return this.#present(account)
    const until = this.#exchange.now() - this.#lagMs
    let done = 0
    while (done < this.#past.length && this.#past[done]!.at <= until) {
      const past = this.#past[done++]!
      for (const view of this.#views.values()) past.apply(view)
    }
    this.#past.splice(0, done)
    let view = this.#views.get(account)
    if (view === undefined) this.#views.set(account, (view = this.#present(account)))
    return view
  }

  #present(account: Account): View {
    const view: View = {
      orders: new Map(),
      fills: [],
      positions: new Map(),
      cash: account.cash,
      locked: account.locked(),
    }
    for (const order of account.orders.values()) {
      view.orders.set(order.id, this.#order(account, order))
    }
    for (const fill of account.fills) view.fills.push(this.#fill(fill))
    for (const ticker of account.holdings.keys()) {
      view.positions.set(ticker, this.#position(account, ticker))
    }
    return view
  }

  #record(fact: Fact): void {
    if (fact.kind !== 'order' && fact.kind !== 'fill' && fact.kind !== 'position') return
    const { account } = fact
    if (account.anonymous) return
    // Other accounts' views ignore the change: each entry knows whose it is.
    const mine = (change: (view: View) => void) => (view: View) => {
      if (this.#views.get(account) === view) change(view)
    }
    if (fact.kind === 'order') {
      const listed = frozen(this.#order(account, fact.order))
      const locked = account.locked()
      this.#past.push({
        at: fact.at,
        apply: mine((view) => {
          if (account.orders.has(fact.order.id)) view.orders.set(fact.order.id, listed)
          view.locked = locked
        }),
      })
    } else if (fact.kind === 'fill') {
      const listed = this.#fill(fact.fill)
      this.#past.push({ at: fact.at, apply: mine((view) => view.fills.push(listed)) })
    } else {
      const position = frozen(this.#position(account, fact.listing.ticker))
      const cash = account.cash
      this.#past.push({
        at: fact.at,
        apply: mine((view) => {
          view.positions.set(fact.listing.ticker, position)
          view.cash = cash
        }),
      })
    }
  }

  #order(account: Account, order: Order): ListedOrder {
    const shard = this.#shard(order.ticker)
    const { number, ticker, status, createdAt } = order
    return {
      number,
      ticker,
      shard,
      status,
      at: createdAt,
      row: () => orderRow(order, account, shard),
    }
  }

  #fill(fill: Fill): ListedFill {
    const { number, at, order } = fill
    const shard = this.#shard(order.ticker)
    const row = (): Row => fillRow(fill, shard)
    return { number, ticker: order.ticker, shard, at, orderId: order.id, row }
  }

  #position(account: Account, ticker: string): ListedPosition {
    const holding = account.holding(ticker)
    const shard = this.#shard(ticker)
    return {
      number: 0,
      ticker,
      shard,
      at: holding.updatedAt,
      row: () => positionRow(holding, shard),
      settled: holding.settled,
      held: holding.position !== 0,
      traded: holding.volume > 0,
    }
  }

  #shard(ticker: string): number {
    return this.#exchange.listings.get(ticker)?.exchangeIndex ?? 0
  }

  /** Settlement rows, newest first. They do not lag: they are minutes old when they matter. */
  settlements(account: Account): Listed[] {
    return account.settlements
      .map((settlement, index) => {
        const { ticker, at } = settlement
        const shard = this.#shard(ticker)
        return { number: index + 1, ticker, shard, at, row: () => settlementRow(settlement, shard) }
      })
      .reverse()
  }
}

/** The same entry with its row as it is now, whatever becomes of the object behind it. */
const frozen = <T extends Listed>(listed: T): T => {
  const row = listed.row()
  return { ...listed, row: () => row }
}
