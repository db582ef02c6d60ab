// A desk that falls silent: after a minute nobody could tell the maker of a halt, so it stands
// still by itself, and goes on by itself once the desk has answered.

import { describe, expect, it } from 'vitest'
import type { Engine } from '../../../../src/core/maker/engine.ts'
import { HALT_UNKNOWN_MS } from '../../../../src/core/maker/limits/desk-watch.ts'
import { FIRST_LEASE } from '../../../../src/core/orders/rate-budget.ts'
import type { Effect } from '../../../../src/core/vocabulary/events.ts'
import { listedAt, quotingEngine, T0 } from '../../../helpers/core.ts'

const lease = { ...FIRST_LEASE, refill: 100, capacity: 100 }

/** A sign of life a second, so that only the desk is silent. */
const trade = (engine: Engine, at: number): readonly Effect[] => engine.step(listedAt(at))

/** An engine whose desk was last asked at T0, and whose quotes rest. */
const asked = (): Engine => {
  const engine = quotingEngine()
  engine.step({ type: 'lease', at: T0, lease, notHaltedAt: T0 })
  const { orders } = engine.state.execution
  for (const { clientOrderId, remaining } of [...orders.live]) {
    const ack = { orderId: `x-${clientOrderId}`, filled: 0, remaining, venueAt: T0 }
    const outcome = { kind: 'accepted', value: ack } as const
    engine.step({ type: 'reply', at: T0, kind: 'place', clientOrderId, outcome })
  }
  return engine
}

const isCancel = (effect: Effect): boolean =>
  effect.type === 'send' && effect.intent.kind === 'cancel'

describe('a silent desk', () => {
  it('ends the quotes a minute after it was last asked, not before', () => {
    const engine = asked()
    for (let at = T0 + 1_000; at < T0 + HALT_UNKNOWN_MS; at += 1_000) {
      trade(engine, at)
      expect(engine.decider.phase).toBe('quoting')
    }
    expect(engine.wakeAt).toBeLessThanOrEqual(T0 + HALT_UNKNOWN_MS)
    const effects = engine.step({ type: 'clock', at: T0 + HALT_UNKNOWN_MS })
    expect(effects.filter(isCancel)).toHaveLength(2)
    expect(engine.decider).toMatchObject({ phase: 'paused', reason: 'desk-unreachable' })
  })

  it('counts from the question, because the answer is no younger than that', () => {
    const engine = asked()
    const at = T0 + 30_000
    trade(engine, at)
    engine.step({ type: 'lease', at, lease, notHaltedAt: T0 + 10_000 })
    expect(engine.state.desk.until).toBe(T0 + 10_000 + HALT_UNKNOWN_MS)
  })

  it('is not excused by a lease that does not say whether the account is halted', () => {
    const engine = asked()
    for (let at = T0 + 1_000; at <= T0 + HALT_UNKNOWN_MS; at += 1_000) {
      trade(engine, at)
      engine.step({ type: 'lease', at, lease: FIRST_LEASE })
    }
    expect(engine.decider.reason).toBe('desk-unreachable')
  })

  it('is over with the next answer', () => {
    const engine = asked()
    for (let at = T0 + 1_000; at <= T0 + 70_000; at += 1_000) trade(engine, at)
    expect(engine.decider.reason).toBe('desk-unreachable')
    engine.step({ type: 'lease', at: T0 + 70_500, lease, notHaltedAt: T0 + 70_400 })
    expect(engine.decider.phase).toBe('quoting')
  })

  it('does not count for an engine that was never told: journals of earlier versions', () => {
    const engine = quotingEngine()
    for (let at = T0 + 1_000; at <= T0 + 70_000; at += 1_000) trade(engine, at)
    expect(engine.decider.phase).toBe('quoting')
  })
})
