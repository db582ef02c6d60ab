// Order groups, the exchange's own circuit breaker. The contracts matched by the orders of a group
// are summed over a rolling 15 seconds. When the sum reaches the group's limit, all its orders are
// canceled and new ones are refused until a reset. A group belongs to one subaccount on one shard.
//
// The guide says that a group trips when its total exceeds the limit, the API reference that it
// trips when the limit is hit; a knob decides. A group trips after the order that tripped it has
// been matched completely: the documentation does not say which of several orders still trade.

import { CONTRACT, type Millis, type Quantity } from '../../../src/core/vocabulary/units.ts'
import type { Order } from '../matching/order.ts'
import type { Account } from './account.ts'
import type { GroupEvent, OrderGroup } from './facts.ts'
import type { Hub } from './hub.ts'
import { type Refusal, refuse } from './refusal.ts'

const WINDOW_MS = 15_000
/** Contracts; the limit of a group is 1 to this many. */
const LARGEST_LIMIT = 1_000_000
const MOST_GROUPS = 100_000

/** All groups of all accounts. Reached as `exchange.groups`. */
export class OrderGroups {
  readonly #hub: Hub
  readonly #withdraw: (order: Order) => void
  readonly #groups = new Map<string, OrderGroup>()
  readonly #counts = new Map<Account, number>()
  readonly #tripped = new Set<OrderGroup>()

  /** `withdraw` cancels an order that rests. */
  constructor(hub: Hub, withdraw: (order: Order) => void) {
    this.#hub = hub
    this.#withdraw = withdraw
  }

  /** Creates a group. `limit` is a whole number of contracts, 1 to 1,000,000. */
  create(
    account: Account,
    id: string,
    terms: { readonly subaccount: number; readonly shard: number; readonly limit: Quantity },
  ): OrderGroup | Refusal {
    const count = this.#counts.get(account) ?? 0
    if (count >= MOST_GROUPS) return refuse(400, 'too_many_order_groups')
    const refused = checkLimit(terms.limit)
    if (refused !== null) return refused
    const group: OrderGroup = {
      id,
      account,
      ...terms,
      triggered: false,
      orders: new Set(),
      matched: [],
      total: 0,
    }
    this.#groups.set(id, group)
    this.#counts.set(account, count + 1)
    this.#announce(group, 'created')
    return group
  }

  /** The group of that id, if it is the account's. */
  find(account: Account, id: string): OrderGroup | undefined {
    const group = this.#groups.get(id)
    return group?.account === account ? group : undefined
  }

  /** The account's groups, oldest first. */
  of(account: Account): OrderGroup[] {
    return [...this.#groups.values()].filter((group) => group.account === account)
  }

  /** Why an order may not enter a group, or null. The code for a tripped group is a guess. */
  admit(account: Account, id: string, subaccount: number, shard: number): Refusal | null {
    const group = this.find(account, id)
    if (group === undefined || group.shard !== shard || group.subaccount !== subaccount) {
      return refuse(404, 'not_found', 'order group')
    }
    return group.triggered ? refuse(400, 'order_group_triggered') : null
  }

  /** Updates the group's set of resting orders. */
  track(order: Order): void {
    const orders = this.#groups.get(order.group)?.orders
    if (order.status === 'resting' && order.remaining > 0) orders?.add(order)
    else orders?.delete(order)
  }

  /** Adds what an order of a group traded. */
  count(order: Order, quantity: Quantity, at: Millis): void {
    const group = this.#groups.get(order.group)
    if (group === undefined) return
    group.matched.push({ at, quantity })
    group.total += quantity
    if (this.#isOver(group, at)) this.#tripped.add(group)
  }

  /** Trips the groups over their limit. Call after each request. */
  act(): void {
    if (this.#tripped.size === 0) return
    const tripped = [...this.#tripped]
    this.#tripped.clear()
    for (const group of tripped) if (!group.triggered) this.trigger(group)
  }

  /** Cancels everything in the group and refuses more until `reset`. */
  trigger(group: OrderGroup): void {
    group.triggered = true
    this.#cancelAll(group)
    this.#announce(group, 'triggered')
  }

  /** Restarts the count and accepts orders again. */
  reset(group: OrderGroup): void {
    group.triggered = false
    group.matched.length = 0
    group.total = 0
    this.#announce(group, 'reset')
  }

  /** Changes the limit; a group that is over the new one trips at once. */
  setLimit(group: OrderGroup, limit: Quantity): Refusal | null {
    const refused = checkLimit(limit)
    if (refused !== null) return refused
    group.limit = limit
    this.#announce(group, 'limit_updated')
    if (!group.triggered && this.#isOver(group, this.#hub.at)) this.trigger(group)
    return null
  }

  /** Removes the group and cancels its orders. */
  delete(group: OrderGroup): void {
    this.#cancelAll(group)
    this.#groups.delete(group.id)
    this.#counts.set(group.account, this.#counts.get(group.account)! - 1)
    this.#announce(group, 'deleted')
  }

  /** Contracts matched within the window that ends at `at`. */
  matchedIn(group: OrderGroup, at: Millis): Quantity {
    while (group.matched.length > 0 && group.matched[0]!.at <= at - WINDOW_MS) {
      group.total -= group.matched.shift()!.quantity
    }
    return group.total
  }

  #isOver(group: OrderGroup, at: Millis): boolean {
    const matched = this.matchedIn(group, at)
    // A limit is at least one contract, so an idle group is never over it.
    return this.#hub.knobs.groupTrips === 'reach' ? matched >= group.limit : matched > group.limit
  }

  #cancelAll(group: OrderGroup): void {
    for (const order of [...group.orders]) this.#withdraw(order)
  }

  #announce(group: OrderGroup, event: GroupEvent): void {
    this.#hub.emit({
      kind: 'group',
      at: this.#hub.at,
      account: group.account,
      group,
      event,
    })
  }
}

const checkLimit = (limit: Quantity): Refusal | null =>
  limit >= CONTRACT && limit <= LARGEST_LIMIT * CONTRACT && limit % CONTRACT === 0
    ? null
    : refuse(400, 'invalid_parameters', 'contracts_limit: wanted a whole number, 1 to 1000000')
