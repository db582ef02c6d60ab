// What must hold after every step of the engine, whatever has happened to it, worked out from its
// orders and its ledger alone.

import type { Engine } from '../../src/core/maker/engine.ts'
import { undelivered } from '../../src/core/orders/inferred-end.ts'
import { isOver } from '../../src/core/orders/lifecycle.ts'
import type { Order } from '../../src/core/orders/orders.ts'
import type { Effect } from '../../src/core/vocabulary/events.ts'
import type { Millis, Side } from '../../src/core/vocabulary/units.ts'

type Law = (holds: boolean, law: string) => void

export const isExposed = (order: Order): boolean => !isOver(order.status)
export const largest = (order: Order): number => Math.max(order.remaining, order.next.remaining)

/**
 * Calls `law` with each thing that must hold after a step.
 * @param pausedUntil until when a 429 forbids everything but cancels
 */
export const checkLaws = (
  engine: Engine,
  effects: readonly Effect[],
  at: Millis,
  pausedUntil: Millis,
  law: Law,
): void => {
  const exposed = engine.state.execution.orders.live.filter(isExposed)
  // What seemed gone and rests after all is on its way out, like what was found.
  const own = exposed.filter(({ adopted, revivedAt }) => !adopted && revivedAt === 0)
  const bids = own.filter(({ side }) => side === 'bid')
  const asks = own.filter(({ side }) => side === 'ask')
  law(bids.length <= 1 && asks.length <= 1, 'at most one exposed order a side')
  const [bid] = bids
  const [ask] = asks
  if (bid !== undefined && ask !== undefined) {
    const highest = Math.max(bid.price, bid.next.price)
    const lowest = Math.min(ask.price, ask.next.price)
    law(highest < lowest, `own bid ${highest} below own ask ${lowest}`)
  }
  law(!Number.isNaN(engine.wakeAt), 'wakeAt is a time')
  for (const effect of effects) {
    if (effect.type !== 'send' || effect.intent.kind === 'cancel') continue
    const { intent } = effect
    law(engine.decider.phase === 'quoting', `${intent.kind} only while quoting`)
    law(at >= pausedUntil, `${intent.kind} not within a pause`)
    if (intent.kind !== 'decrease') withinLimits(engine, intent.side, intent.clientOrderId, law)
  }
}

// What could be held if every exposed order of the side filled, counted from the orders alone.
const withinLimits = (engine: Engine, side: Side, id: string, law: Law): void => {
  const { ledger, parameters, execution } = engine.state
  const { limits } = parameters
  const order = execution.orders.byClient(id)
  if (order === undefined) return
  // A renewal changes nothing, so that it is allowed where a new order would not be.
  if (
    order.next.price === order.price &&
    order.next.remaining <= order.remaining &&
    order.requests.amended
  )
    return
  const sign = side === 'bid' ? 1 : -1
  let position = sign * ledger.position
  let outlay = 0
  for (const other of execution.orders.live) {
    if (other.side !== side) continue
    const late = other.adopted ? 0 : undelivered(other)
    // What an amend takes away was there before it: limits may have been lowered since.
    const shrinks = other === order && order.next.remaining <= order.remaining
    const size = shrinks ? order.next.remaining : largest(other)
    const quantity = (isExposed(other) ? size : 0) + late
    const now = side === 'bid' ? other.price : 10_000 - other.price
    const next = side === 'bid' ? other.next.price : 10_000 - other.next.price
    position += quantity
    outlay += late * now
    if (!isExposed(other)) continue
    // What fills before an amend takes hold does so at the old price, the rest at the new one.
    const before = Math.min(other.remaining, other.next.remaining)
    const amended = before * Math.max(now, next) + (other.next.remaining - before) * next
    outlay += shrinks ? size * next : Math.max(other.remaining * now, amended)
  }
  law(position <= limits.max_position, `${side} position ${position} within limits`)
  const lossNow = side === 'bid' ? ledger.cost : ledger.cost - ledger.position * 10_000
  const loss = (lossNow + outlay) / 1_000_000
  law(loss <= limits.max_dollars_at_risk + 1e-9, `${side} loss ${loss} within limits`)
  law(order.next.remaining <= limits.max_order_size, 'size within limits')
}
