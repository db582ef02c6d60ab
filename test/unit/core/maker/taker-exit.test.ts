// The exit before the close: one lot at a time, only where taking beats holding, and only while the
// maker may quote.

import { describe, expect, it } from 'vitest'
import { accepted } from '../../../../src/core/vocabulary/outcome.ts'
import type { Strategy } from '../../../../src/core/vocabulary/parameters.ts'
import { T0 } from '../../../helpers/core.ts'
import { quoting, type Transcript } from '../../../helpers/engine-transcript.ts'

interface Given {
  readonly strategy?: Partial<Strategy>
  /** Contracts held. */
  readonly held?: number
}

const LEFT = 250_000
const EXIT: Partial<Strategy> = {
  ...{ exit: 'taker', model: 'full', sigma: 2, gamma: 0.01, intensity: 'fixed', max_markout: 0 },
  ...{ reduce_only_seconds: 0, order_ttl_seconds: 300, longshot_cents: 0, size: 2000 },
  ...{ burst_pause_seconds: 0, jump_pause_seconds: 0 },
}

/**
 * A maker that has bought 20, four minutes before the close, and is then told to reduce; others bid
 * 50 at 44 and ask 50 at 46. At 2 c per root second a contract held is a coin toss.
 */
const nearClose = ({ strategy = {}, held = 20 }: Given = {}): Transcript => {
  const closeAt = T0 + LEFT
  const t = quoting({
    strategy: EXIT,
    limits: { max_order_size: 2000, max_position: 10_000, max_dollars_at_risk: 1000 },
    market: { closeAt, expectedAt: closeAt, canCloseEarly: false },
  })
  if (held > 0) t.fill('kmm-n-1', held)
  t.answerAll()
  settle(t)
  const after = { ...EXIT, reduce_only_seconds: 300, size: 1000, ...strategy }
  const parameters = { ...t.parameters, strategy: { ...t.parameters.strategy, ...after } }
  t.hear({ type: 'configure', parameters })
  return t
}

/** The exchange has done what was asked of every quote. */
const settle = (t: Transcript): void => {
  for (const { status, clientOrderId, take } of [...t.orders.live]) {
    if (take) continue
    if (status === 'submitting') t.accept('place', clientOrderId)
    else if (status === 'canceling') t.accept('cancel', clientOrderId)
    else if (status === 'amending') t.accept('amend', clientOrderId)
  }
}

/** The orders that take and are on their way. */
const taking = (t: Transcript) =>
  t.orders.live.filter(({ take, status }) => take && status === 'submitting')
/** Our quotes make room, and the first order that takes is on its way. */
const first = (t: Transcript) => {
  settle(t)
  settle(t)
  const [order, ...more] = taking(t)
  expect(more).toEqual([])
  if (order === undefined) throw new Error(`Nothing was taken: ${t.text}`)
  return order
}
const exit = (t: Transcript) => t.engine.state.takerExit

const ended = (t: Transcript, { clientOrderId }: { clientOrderId: string }, contracts: number) =>
  t.reply(
    'place',
    clientOrderId,
    accepted({
      orderId: `x-${clientOrderId}`,
      filled: contracts * 100,
      remaining: 0,
      venueAt: t.at,
    }),
  )

/** Everything of the life that went out as an order that takes. */
const none = (t: Transcript): void => {
  settle(t)
  t.life()
  t.sleepAlive(5_000)
  expect(taking(t)).toEqual([])
  expect(exit(t).orders).toBe(0)
}

describe('the exit before the close', () => {
  it('pulls our quote, and takes one lot at the best price of others', () => {
    const t = nearClose()
    expect(t.engine.state.quoter.silence.ask).toBe('taker-exit')
    expect(taking(t)).toEqual([])
    const order = first(t)
    expect(order).toMatchObject({ side: 'ask', price: 4400, remaining: 1000 })
    expect(exit(t).gain).toBeGreaterThan(0)
    expect(t.text).toContain('< place kmm-n-4 ask 10 at 44')
  })

  it('sends the next only when the end and the fills of the last are known', () => {
    const t = nearClose()
    const order = first(t)
    t.sleepAlive(3_000)
    expect(taking(t)).toEqual([order])
    ended(t, order, 10)
    // Ended, but what it has sold is not in the ledger yet.
    expect(exit(t).orders).toBe(1)
    t.fill(order.clientOrderId, 10, { price: 4400, isTaker: true, side: 'ask', fee: 20_000 })
    expect(exit(t)).toMatchObject({ orders: 2, filled: 1000, fees: 20_000, turnover: 4_400_000 })
    expect(taking(t)).toHaveLength(1)
    expect(taking(t)[0]!.clientOrderId).not.toBe(order.clientOrderId)
  })

  it('waits a second after one that took nothing, and our quote may stand meanwhile', () => {
    const t = nearClose()
    ended(t, first(t), 0)
    expect([exit(t).orders, taking(t).length]).toEqual([1, 0])
    t.pass(900).life()
    expect(exit(t).orders).toBe(1)
    t.sleep(200)
    settle(t)
    t.life()
    settle(t)
    expect(exit(t).orders).toBe(2)
  })

  it('takes no more than is held, is shown, or an order may be', () => {
    const small = nearClose({ held: 4, strategy: { gamma: 0.1 } })
    expect(first(small).remaining).toBe(400)
    const thin = nearClose()
    thin.delta('bid', 44, -47)
    expect(first(thin).remaining).toBe(300)
  })

  it('asks the mid of the lot, and whether the spread and the fee are less than the skew', () => {
    const t = nearClose()
    const { input, pricing } = t.engine.state.quoter
    first(t)
    const skewed = (position: number): number => {
      const v = 45 * 55
      const skew =
        (2 / input.k) * Math.asinh((input.k * position * 0.01 * pricing.holdingVariance) / 2)
      return 100 / (1 + Math.exp(-Math.log(45 / 55) + (skew * 100) / v))
    }
    expect(exit(t).gain).toBeCloseTo(44 - 7 * 0.44 * 0.56 - skewed(20 - 5), 9)
  })

  it('does not take where holding is worth more than the spread and the fee', () => {
    const t = nearClose({ strategy: { sigma: 0.01, gamma: 1e-5 } })
    none(t)
    expect(exit(t).gain).toBeLessThan(0)
    expect(t.engine.state.quoter.silence.ask).toBeNull()
  })

  it.each([
    ['exit is maker', { exit: 'maker' }],
    ['the model is linear', { model: 'linear' }],
    ['the close is far', { reduce_only_seconds: 100 }],
    ['quotes have stopped', { stop_before_close_seconds: 300 }],
  ] as const)('does not take where %s', (_, strategy) => {
    none(nearClose({ strategy }))
  })

  it('does not take flat, paused, halted, while the book is dark, or where it says nothing', () => {
    none(nearClose({ held: 0 }))
    const paused = nearClose()
    paused.hear({ type: 'command', command: 'pause', reason: 'operator' })
    none(paused)
    const halted = nearClose()
    halted.hear({ type: 'command', command: 'halt', reason: 'operator' })
    none(halted)
    const dark = nearClose()
    dark.hear({ type: 'link-down', reason: 'test' })
    none(dark)
    // Five contracts are no market; and so near its own cost it would pay to sell.
    const thin = nearClose({ strategy: { min_credible_depth: 1000 } })
    thin.delta('bid', 44, -45)
    thin.sleepAlive(2_000)
    expect(thin.engine.state.isCredible).toBe(false)
    none(thin)
  })

  it('does not take while an external shock pulls the side', () => {
    const t = nearClose()
    t.hear({ type: 'alpha', cents: 0, pull: 'ask', until: t.at + 20_000 })
    none(t)
  })

  it('leaves the fills of a flattening to that', () => {
    const t = nearClose({ strategy: { exit: 'maker' } })
    t.hear({ type: 'flatten', limit: 4000 })
    settle(t)
    const order = first(t)
    t.fill(order.clientOrderId, 10, { price: 4400, isTaker: true, side: 'ask' })
    expect(exit(t).filled).toBe(0)
    expect(t.engine.state.flatten.run?.filled).toBe(1000)
  })

  it('is the mirror image for a short position', () => {
    const t = nearClose({ held: 0, strategy: { reduce_only_seconds: 0 } })
    t.fill('kmm-n-2', 20)
    t.answerAll()
    settle(t)
    const { strategy } = t.engine.state.parameters
    const parameters = { ...t.parameters, strategy: { ...strategy, reduce_only_seconds: 300 } }
    t.hear({ type: 'configure', parameters })
    expect(t.engine.state.quoter.silence.bid).toBe('taker-exit')
    expect(first(t)).toMatchObject({ side: 'bid', price: 4600, remaining: 1000 })
  })
})

describe('the cap of the skew', () => {
  it('gives way as the close comes nearer than five minutes', () => {
    const t = nearClose({ strategy: { exit: 'maker' } })
    const capAt = (left: number): number => {
      t.at = T0 + LEFT - left * 1000
      t.life()
      t.delta('bid', 44, 1)
      return t.engine.state.quoter.input.maxSkew
    }
    expect(capAt(200)).toBeCloseTo(15, 9)
    expect(capAt(100)).toBeCloseTo(30, 9)
  })
})
