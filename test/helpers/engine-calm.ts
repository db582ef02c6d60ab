// The calm after a storm: an honest exchange answers everything. A maker that does not quote in the end,
// with exactly the orders that the exchange holds, is stuck.

import { expect } from 'vitest'
import type { OrderReport } from '../../src/core/vocabulary/events.ts'
import { accepted, rejected } from '../../src/core/vocabulary/outcome.ts'
import { marketOf, reportOf } from './core.ts'
import { isExposed } from './engine-laws.ts'
import type { Storm } from './engine-storm.ts'
import { LEASE, type Timeless } from './engine-transcript.ts'

/** Everything that an honest exchange would answer, until the maker should quote again. */
export const calm = (storm: Storm): void => {
  const { t } = storm
  t.at += 1_000_000
  const held = new Map<string, OrderReport>()
  const position = { position: 500, realized: 0, fees: 0, exposure: 22_500_000 }
  storm.hear({ type: 'command', command: 'resume', reason: 'operator' })
  storm.hear({ type: 'configure', parameters: t.parameters })
  storm.hear({ type: 'lease', lease: LEASE })
  storm.hear({ type: 'alpha', cents: 0, pull: 'none', until: 0 })
  storm.hear({ type: 'link-down', reason: 'calm' })
  storm.hear({ type: 'link-up' })
  t.sid = 77
  t.seq = 1
  storm.hear({ type: 'subscribed', sid: 77, seq: 0, id: 1, channel: 'orderbook_delta' })
  storm.snapshot(0, 0)
  const end = t.at + 120_000
  for (let turns = 0; t.at < end; turns++) {
    if (turns > 5000) throw new Error(`Busy loop in the calm:\n${storm.tail()}`)
    while (storm.pending.length > 0) {
      const { kind, id } = storm.pending.shift()!
      const order = t.order(id)
      if (kind === 'place') {
        const report = reportOf({
          orderId: `y-${id}`,
          clientOrderId: id,
          side: order.side,
          price: order.price,
          remaining: order.remaining,
          venueAt: t.at,
        })
        held.set(report.orderId, report)
        storm.reply(kind, id, accepted(storm.ack(report.orderId, 0, order.remaining)))
      } else if (!held.has(order.orderId)) {
        storm.reply(kind, id, rejected(404, 'not_found'))
      } else if (kind === 'cancel') {
        held.delete(order.orderId)
        storm.reply(kind, id, accepted(storm.ack(order.orderId, null, order.remaining)))
      } else {
        const { orderId } = order
        const { price, remaining } = order.next
        held.set(orderId, { ...held.get(orderId)!, price, remaining, venueAt: t.at })
        storm.reply(kind, id, accepted(storm.ack(orderId, null, remaining)))
      }
    }
    for (const what of [...t.open]) {
      const value = {
        market: { ...marketOf(), closeAt: t.at + 3_600_000, expectedAt: t.at + 3_600_000 },
        orders: [...held.values()],
        fills: [],
        position,
        queue: [],
        programmes: [],
      }[what]
      storm.hear({ type: 'answer', askedAt: t.at, what, outcome: accepted(value) } as Timeless)
    }
    if (storm.pending.length > 0 || t.open.size > 0) continue
    const wakeAt = Math.max(t.engine.wakeAt, t.at)
    t.at = Math.min(wakeAt, t.at + 1000)
    storm.hear({ type: 'other', sid: 0, seq: 0, what: 'pong' })
  }
  const { decider, state } = t.engine
  expect(`${decider.phase}: ${decider.reason}`, storm.tail()).toBe('quoting: quoting')
  const resting = state.execution.orders.live.filter(isExposed)
  expect(resting.map(({ status }) => status)).toEqual(['resting', 'resting'])
  expect(resting.every(({ adopted }) => !adopted)).toBe(true)
  expect(state.ledger.position).toBe(position.position)
  expect([...held.keys()].sort()).toEqual(resting.map(({ orderId }) => orderId).sort())
}
