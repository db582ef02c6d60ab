// What GET requests about an account see. On the real exchange reads lag behind writes (360 ms
// after a cancel was acknowledged, GET still called the order resting), so this view can lag by a
// number of milliseconds. Socket frames and answers to writes never lag.

import type { Millis, Money } from '../../../src/core/vocabulary/units.ts'
import type { Account, Fill } from '../exchange/account.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Fact } from '../exchange/facts.ts'
import type { Holding } from '../exchange/holding.ts'
import type { Order } from '../matching/order.ts'
import { fillRow, orderRow, positionRow, type Row, settlementRow } from '../protocol/rows.ts'

/** A row with what lists sort and filter by. The row is written only when it is shown. */
export interface Listed {
  readonly number: number
  readonly ticker: string
  readonly shard: number
  readonly subaccount: number
  readonly at: Millis
  readonly row: () => Row
}

export interface ListedOrder extends Listed {
  readonly status: string
}

export interface ListedFill extends Listed {
  readonly orderId: string
}

/** With what the rows of events add up. */
export interface ListedPosition extends Listed {
  readonly settled: boolean
  readonly held: boolean
  readonly traded: boolean
  readonly sums: Pick<Holding, 'cost' | 'fees' | 'realized' | 'traded' | 'volume'>
}

/** Cash of one subaccount on one shard, and what of it is locked by resting orders. */
export interface Funds {
  readonly subaccount: number
  readonly shard: number
  readonly cash: Money
  readonly locked: Money
}

/** Everything one account can read, as of some moment. */
export interface View {
  order(id: string): ListedOrder | undefined
  orders(): Iterable<ListedOrder>
  fills(): readonly ListedFill[]
  positions(): Iterable<ListedPosition>
  funds(): readonly Funds[]
}

interface Past {
  readonly at: Millis
  readonly apply: () => void
}

/** A view that is updated explicitly. */
class Trailing implements View {
  readonly ordersById = new Map<string, ListedOrder>()
  readonly fillList: ListedFill[] = []
  readonly positionsByKey = new Map<string, ListedPosition>()
  fundsNow: readonly Funds[]

  constructor(present: View) {
    for (const order of present.orders()) this.ordersById.set(String(order.row().order_id), order)
    this.fillList.push(...present.fills())
    for (const one of present.positions()) this.positionsByKey.set(keyOf(one), frozen(one))
    this.fundsNow = present.funds()
  }

  order(id: string): ListedOrder | undefined {
    return this.ordersById.get(id)
  }

  orders(): Iterable<ListedOrder> {
    return this.ordersById.values()
  }

  fills(): readonly ListedFill[] {
    return this.fillList
  }

  positions(): Iterable<ListedPosition> {
    return this.positionsByKey.values()
  }

  funds(): readonly Funds[] {
    return this.fundsNow
  }
}

/**
 * Keeps a lagging view per account while a lag is set; otherwise reads the accounts as they are.
 */
export class ReadModel {
  readonly #exchange: Exchange
  readonly #views = new Map<Account, Trailing>()
  readonly #past: Past[] = []
  #lagMs = 0
  #stop: (() => void) | null = null

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  get lagMs(): Millis {
    return this.#lagMs
  }

  /** Sets the lag of reads from now on. 0 = none. */
  set lagMs(lag: Millis) {
    this.#lagMs = lag
    if (lag > 0 && this.#stop === null) {
      for (const account of this.#exchange.accounts.values()) {
        if (!account.anonymous) this.#views.set(account, new Trailing(this.#present(account)))
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
    while (done < this.#past.length && this.#past[done]!.at <= until) this.#past[done++]!.apply()
    this.#past.splice(0, done)
    return this.#trailing(account)
  }

  #trailing(account: Account): Trailing {
    let view = this.#views.get(account)
    if (view === undefined) this.#views.set(account, (view = new Trailing(this.#present(account))))
    return view
  }

  #present(account: Account): View {
    return {
      order: (id) => {
        const order = account.orders.get(id)
        return order === undefined ? undefined : this.#order(account, order)
      },
      orders: () => [...account.orders.values()].map((order) => this.#order(account, order)),
      fills: () => account.fills.map((fill) => this.#fill(fill)),
      positions: () => [...account.holdings()].map((holding) => this.#position(holding)),
      funds: () => fundsOf(account),
    }
  }

  #record(fact: Fact): void {
    if (!('account' in fact) || fact.kind === 'group' || fact.account.anonymous) return
    const { account, at } = fact
    const view = this.#trailing(account)
    const later = (apply: () => void): unknown => this.#past.push({ at, apply })
    if (fact.kind === 'fill') {
      const listed = this.#fill(fact.fill)
      later(() => view.fillList.push(listed))
      return
    }
    const funds = fundsOf(account)
    if (fact.kind === 'order') {
      const { order } = fact
      const listed = frozen(this.#order(account, order))
      later(() => {
        if (account.orders.has(order.id)) view.ordersById.set(order.id, listed)
        view.fundsNow = funds
      })
    } else if (fact.kind === 'position') {
      const listed = frozen(this.#position(fact.holding))
      later(() => {
        view.positionsByKey.set(keyOf(listed), listed)
        view.fundsNow = funds
      })
    } else later(() => (view.fundsNow = funds))
  }

  #order(account: Account, order: Order): ListedOrder {
    const shard = this.#shard(order.ticker)
    const { number, ticker, subaccount, status, createdAt } = order
    const row = (): Row => orderRow(order, account, shard)
    return { number, ticker, shard, subaccount, status, at: createdAt, row }
  }

  #fill(fill: Fill): ListedFill {
    const { number, at, order } = fill
    const { ticker, subaccount } = order
    const shard = this.#shard(ticker)
    const row = (): Row => fillRow(fill, shard)
    return { number, ticker, shard, subaccount, at, orderId: order.id, row }
  }

  #position(holding: Holding): ListedPosition {
    const { ticker, shard, subaccount, cost, fees, realized, traded, volume } = holding
    return {
      number: 0,
      ticker,
      shard,
      subaccount,
      at: holding.updatedAt,
      row: () => positionRow(holding, shard),
      settled: holding.settled,
      held: holding.position !== 0,
      traded: volume > 0,
      sums: { cost, fees, realized, traded, volume },
    }
  }

  #shard(ticker: string): number {
    return this.#exchange.listings.get(ticker)?.exchangeIndex ?? 0
  }

  /** Settlement rows, newest first. They do not lag: they matter only minutes later. */
  settlements(account: Account): Listed[] {
    return account.settlements
      .map((settlement, index) => {
        const { ticker, at, holding } = settlement
        const { shard, subaccount } = holding
        const row = (): Row => settlementRow(settlement, shard)
        return { number: index + 1, ticker, shard, subaccount, at, row }
      })
      .reverse()
  }
}

const fundsOf = (account: Account): Funds[] =>
  account.purses.flatMap((purse) =>
    purse.cash.flatMap((cash, shard) => {
      const locked = purse.lockedAt(shard)
      return [{ subaccount: purse.number, shard, cash: cash ?? 0, locked }]
    }),
  )

const keyOf = ({ subaccount, ticker }: Listed): string => `${subaccount} ${ticker}`

/** The same entry with its present row, independent of later changes. */
const frozen = <T extends Listed>(listed: T): T => {
  const row = listed.row()
  return { ...listed, row: () => row }
}
