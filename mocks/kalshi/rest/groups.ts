// REST calls about order groups. Only its owner finds a group, and only by the subaccount and the
// shard that the call names; both default to 0.

import {
  CONTRACT,
  formatQuantity,
  parseQuantity,
  type Quantity,
} from '../../../src/core/vocabulary/units.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { OrderGroup } from '../exchange/facts.ts'
import { type Answer, nested, refuse } from '../exchange/refusal.ts'
import {
  accept,
  type Call,
  caller,
  Fields,
  invalid,
  Refused,
  subaccountIn,
  subaccountOf,
  wholeIn,
} from '../protocol/call.ts'
import type { Row } from '../protocol/rows.ts'

/** The limit of a body, by either of its two keys. */
const limitOf = (fields: Fields): Quantity => {
  const whole = fields.whole('contracts_limit')
  const text = fields.text('contracts_limit_fp')
  if (whole === undefined && text === '') throw invalid('contracts_limit is required')
  const limit = text === '' ? whole! * CONTRACT : parseQuantity(text)
  if (Number.isNaN(limit)) throw invalid(`contracts_limit_fp: found "${text}"`)
  if (whole !== undefined && whole * CONTRACT !== limit) {
    throw invalid('contracts_limit and contracts_limit_fp differ')
  }
  return limit
}

const done: Answer = { status: 200, body: {} }

export class GroupCalls {
  readonly #exchange: Exchange

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  create = (call: Call): Answer => {
    const fields = new Fields(call.body, 'CreateOrderGroupRequest')
    const limit = limitOf(fields)
    const subaccount = subaccountOf(call, fields.whole('subaccount'), 0)
    const shard = Math.max(0, fields.whole('exchange_index') ?? 0)
    const id = this.#exchange.nextId()
    const terms = { subaccount, shard, limit }
    const group = accept(this.#exchange.groups.create(caller(call), id, terms))
    const body = { exchange_index: shard, order_group_id: group.id, subaccount }
    return { status: 201, body }
  }

  list = (call: Call): Answer => {
    const subaccount = subaccountIn(call, undefined)
    const order_groups = this.#exchange.groups
      .of(caller(call))
      .filter((group) => subaccount === undefined || group.subaccount === subaccount)
      .map((group): Row => ({ ...rowOf(group), id: group.id }))
    return { status: 200, body: { order_groups } }
  }

  get = (call: Call): Answer => {
    const group = this.#find(call, null)
    const orders = [...group.orders].map(({ id }) => id)
    return { status: 200, body: { ...rowOf(group), orders } }
  }

  trigger = (call: Call): Answer => {
    const group = this.#find(call)
    this.#exchange.groups.trigger(group)
    return done
  }

  reset = (call: Call): Answer => {
    this.#exchange.groups.reset(this.#find(call))
    return done
  }

  setLimit = (call: Call): Answer => {
    const group = this.#find(call)
    const limit = limitOf(new Fields(call.body, 'UpdateOrderGroupLimitRequest'))
    const refused = this.#exchange.groups.setLimit(group, limit)
    return refused === null ? done : nested(refused)
  }

  delete = (call: Call): Answer => {
    this.#exchange.groups.delete(this.#find(call))
    return done
  }

  /** `shard` null: a read, which finds the group wherever it is. */
  #find(
    call: Call,
    shard: number | null = Math.max(0, wholeIn(call.query, 'exchange_index') ?? 0),
  ): OrderGroup {
    const subaccount = subaccountIn(call, shard === null ? undefined : 0)
    const group = this.#exchange.groups.find(caller(call), call.params[0]!)
    if (
      group === undefined ||
      (shard !== null && group.shard !== shard) ||
      (subaccount !== undefined && group.subaccount !== subaccount)
    ) {
      throw new Refused(nested(refuse(404, 'not_found', 'order group')))
    }
    return group
  }
}

/**
 * A group that has tripped shows its automatic cancel as used up (the meaning of the flag is a
 * guess).
 */
const rowOf = (group: OrderGroup): Row => ({
  contracts_limit_fp: formatQuantity(group.limit),
  exchange_index: group.shard,
  is_auto_cancel_enabled: !group.triggered,
})
