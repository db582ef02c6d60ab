// A maker that loses, or runs wild, halts itself; a person releases it.

import { describe, expect, it } from 'vitest'
import { sendsOf } from '../../../../sim/transcript.ts'
import { brakesStatus } from '../../../../src/core/status/brakes.ts'
import { DOLLAR } from '../../../../src/core/vocabulary/units.ts'
import { termsOf } from '../../../helpers/desk.ts'
import { CANCELED_BOTH, placing, quoting, Transcript } from '../../../helpers/engine-transcript.ts'

/** Closing costs no fee, so that losses can be worked out in the head. */
const FREE = { fees: { maker: 0, taker: 0, source: 'waived' } }
const LOSS = { max_session_loss: 1, max_drawdown: 100 }

/** Long 10 at 43 in a book of 44/46, and then the bids fall to `bid`. */
const fallen = (bid: number, options: ConstructorParameters<typeof Transcript>[0] = {}) => {
  const t = new Transcript({ limits: LOSS, market: FREE, ...options }).toQuoting()
  t.fill('kmm-n-1', 10)
  t.pass(1_000).delta('bid', bid, 50)
  return { t, effects: t.pass(1_000).delta('bid', 44, -50) }
}

const statusUse = (t: Transcript, name: string) =>
  brakesStatus(t.engine, t.at).uses.find((use) => use.name === name)

describe('a loss', () => {
  it('within the brake changes nothing; its use stands in the status', () => {
    const { t } = fallen(34)
    // Bought at 43, would fetch 34.
    expect(t.phase).not.toContain('halted')
    expect(statusUse(t, 'max_session_loss')).toMatchObject({ limit: 1, used: 0.9, left: 0.1 })
  })

  it('counts the fee of closing', () => {
    const { t } = fallen(34, { market: {} })
    expect(t.phase).toBe('halted: session-loss')
    // Ten at 34: 0.07 x 10 x 0.34 x 0.66 on top of 0.90.
    expect(statusUse(t, 'max_session_loss')?.used).toBeCloseTo(1.0571, 4)
  })

  it('beyond the brake halts in the same step: cancels, a listing, a latch', () => {
    const { t, effects } = fallen(32)
    expect(t.phase).toBe('halted: session-loss')
    expect(effects).toContainEqual({ type: 'latch', code: 'session-loss' })
    expect(sendsOf(effects).every((send) => send.startsWith('cancel'))).toBe(true)
    expect(sendsOf(effects).length).toBeGreaterThan(0)
    expect(effects.some((effect) => effect.type === 'ask' && effect.what === 'orders')).toBe(true)
  })

  it('counts at what the book pays for all of the position, not at its best price', () => {
    const t = new Transcript({ limits: LOSS, market: FREE }).toQuoting()
    t.pass(1_000).delta('bid', 20, 50)
    t.pass(1_000).delta('bid', 44, -49)
    t.fill('kmm-n-1', 10)
    // One contract at 44, nine at 20: 2.06 lost.
    expect(t.phase).toBe('halted: session-loss')
    expect(statusUse(t, 'max_session_loss')?.used).toBeCloseTo(4.3 - 0.44 - 1.8, 6)
  })

  it('is noticed at a fill, without waiting for the next second', () => {
    const t = new Transcript({ limits: { ...LOSS, max_session_loss: 0.01 } }).toQuoting()
    t.delta('bid', 42, 50)
    t.delta('bid', 44, -50)
    t.delta('bid', 42, -50)
    t.delta('bid', 40, 50)
    t.fill('kmm-n-1', 10)
    expect(t.phase).toBe('halted: session-loss')
  })

  it('keeps the last price while the book is dark, with its age', () => {
    const { t } = fallen(34)
    t.hear({ type: 'link-down', reason: 'test' })
    t.pass(30_000).connect(2).answerAll()
    expect(statusUse(t, 'max_session_loss')?.used).toBe(0.9)
    expect(brakesStatus(t.engine, t.at).price_age_ms).toBeGreaterThanOrEqual(30_000)
  })

  it('keeps the last price where nobody bids at all', () => {
    const { t } = fallen(34)
    t.pass(1_000).delta('bid', 34, -50)
    t.pass(1_500).delta('ask', 60, 5)
    expect(t.phase).not.toContain('halted')
    expect(statusUse(t, 'max_session_loss')?.used).toBe(0.9)
  })

  it('takes the position off where the strategy says so, and stays halted', () => {
    const { t, effects } = fallen(32, { strategy: { flatten_on_brake: 'on' } })
    expect(t.phase).toBe('halted: session-loss')
    expect(t.engine.state.flatten.run).toMatchObject({ state: 'working', side: 'ask', asked: 1000 })
    expect(sendsOf(effects).some((send) => send.startsWith('place'))).toBe(false)
    expect(fallen(32).t.engine.state.flatten.run).toBeNull()
  })

  it('from the peak is a drawdown', () => {
    const limits = { max_session_loss: 100, max_drawdown: 1 }
    const t = new Transcript({ limits, market: FREE }).toQuoting()
    t.fill('kmm-n-1', 10)
    t.pass(1_000).delta('bid', 45, 50)
    t.pass(1_000).delta('bid', 35, 50)
    t.pass(1_000).delta('bid', 44, -50)
    expect(t.phase).not.toContain('halted')
    t.pass(1_000).delta('bid', 45, -50)
    expect(t.phase).not.toContain('halted')
    t.pass(1_000).delta('bid', 34, 50)
    t.pass(1_000).delta('bid', 35, -50)
    expect(t.phase).toBe('halted: drawdown')
  })
})

describe('a brake with flatten_on_brake', () => {
  const tripped = (flatten_on_brake: 'on' | 'off') => {
    const { t, effects } = fallen(32, { strategy: { flatten_on_brake, flatten_slippage: 3 } })
    expect(t.phase).toBe('halted: session-loss')
    expect(sendsOf(effects).every((send) => send.startsWith('cancel'))).toBe(true)
    void t.text
    // The bid that was on its way goes last: until then it may still trade.
    t.accept('cancel', 'kmm-n-2')
    t.accept('place', 'kmm-n-3')
    expect(t.text).toContain('< cancel kmm-n-3 bid')
    t.accept('cancel', 'kmm-n-3')
    t.answerAll()
    return t
  }

  it('on takes the position off once the quotes are gone, and stays halted', () => {
    const t = tripped('on')
    const order = t.orders.live.find(({ take, status }) => take && status === 'submitting')!
    expect(order).toMatchObject({ side: 'ask', price: 3200, remaining: 1000 })
    t.accept('place', order.clientOrderId, { filled: 10, remaining: 0 })
    t.fill(order.clientOrderId, 10, { side: 'ask', price: 3200, isTaker: true })
    expect(t.engine.state.flatten.run).toMatchObject({ state: 'flat', filled: 1000, orders: 1 })
    expect(t.engine.state.ledger.position).toBe(0)
    t.sleepAlive(60_000)
    expect(t.phase).toBe('halted: session-loss')
    expect(t.text.match(/< place/g)).toHaveLength(1)
  })

  it('off leaves it where it is', () => {
    const t = tripped('off')
    t.sleepAlive(60_000)
    expect(t.engine.state.flatten.run).toBe(null)
    expect(t.engine.state.ledger.position).toBe(1000)
    expect(t.text).not.toContain('< place')
    expect(t.phase).toBe('halted: session-loss')
  })
})

describe('a release', () => {
  it('begins a new session with a new peak', () => {
    const { t } = fallen(32)
    t.acceptBoth('cancel')
    t.hear({ type: 'rearm' })
    t.command('resume')
    t.answerAll()
    t.pass(1_500).delta('ask', 60, 5)
    expect(t.phase).toBe('quoting')
    expect(statusUse(t, 'max_session_loss')?.used).toBe(0)
  })

  it('without it, the loss halts again', () => {
    const { t } = fallen(32)
    t.acceptBoth('cancel')
    t.command('resume')
    t.answerAll()
    t.pass(1_500).delta('ask', 60, 5)
    expect(t.phase).toBe('halted: session-loss')
  })

  it('survives a restart: the session goes on where it was', () => {
    const { t } = fallen(34)
    const memory = JSON.parse(JSON.stringify(t.engine.memory))
    const again = new Transcript({ limits: LOSS, market: FREE, memory })
      .begin()
      .connect()
      .answerAll()
    again.snapshot([31, 50], [46, 50])
    expect(again.phase).toBe('halted: session-loss')
  })
})

describe('the day of all tickers', () => {
  it('halts when this one and the others have lost too much together', () => {
    const { t } = fallen(34)
    const terms = termsOf({ maxDailyLoss: 5 * DOLLAR, othersGain: -4.05 * DOLLAR })
    t.hear({ type: 'desk', terms })
    expect(t.phase).not.toContain('halted')
    t.hear({ type: 'desk', terms: { ...terms, othersGain: -4.15 * DOLLAR } })
    expect(t.phase).toBe('halted: daily-loss')
  })

  it('is not forgotten by a release', () => {
    const { t } = fallen(34)
    t.hear({ type: 'desk', terms: termsOf({ maxDailyLoss: 0.5 * DOLLAR }) })
    t.hear({ type: 'rearm' })
    t.command('resume')
    t.pass(1_500).delta('ask', 60, 5)
    expect(t.phase).toBe('halted: daily-loss')
    // Raised by a person.
    t.hear({ type: 'desk', terms: termsOf({ maxDailyLoss: 5 * DOLLAR }) })
    t.hear({ type: 'rearm' })
    t.command('resume')
    t.answerAll()
    expect(t.phase).not.toContain('halted')
  })

  it('what others lost yesterday does not count today', () => {
    const { t } = fallen(34)
    const { day } = termsOf()
    t.hear({ type: 'desk', terms: termsOf({ day: day - 1, othersGain: -99 * DOLLAR }) })
    t.pass(1_500).delta('ask', 60, 5)
    expect(t.phase).not.toContain('halted')
  })

  it('leaves each ticker its share while the desk does not answer', () => {
    const share = { maxDailyLoss: 5 * DOLLAR, dayRoom: 0.5 * DOLLAR }
    const { t } = fallen(41)
    t.hear({ type: 'desk', terms: termsOf({ ...share, until: t.at + 10_000 }) })
    // 0.60 more is lost.
    t.delta('bid', 35, 50)
    t.pass(1_500).delta('bid', 41, -50)
    expect(t.phase).not.toContain('halted')
    t.pass(10_000).delta('ask', 60, 5)
    expect(t.phase).toBe('halted: daily-loss')
  })
})

describe('a maker that runs wild', () => {
  it('halts at too many orders in a minute', () => {
    const t = new Transcript({ limits: { max_orders_per_minute: 10 } }).toQuoting()
    t.delta('ask', 49, 50)
    for (let index = 0; index < 30 && t.phase === 'quoting'; index++) {
      t.pass(2_500)
      t.delta('ask', 46, index % 2 === 0 ? -50 : 50)
      for (const order of [...t.orders.live]) {
        if (order.status === 'amending') t.accept('amend', order.clientOrderId)
      }
    }
    expect(t.phase).toBe('halted: order-rate')
    const { placed, amended, renewed } = t.engine.state.execution.counters
    expect(placed + amended + renewed).toBeLessThanOrEqual(13)
  })

  it('halts when most orders are refused', () => {
    const t = placing()
    for (let index = 0; index < 60 && t.phase === 'quoting'; index++) {
      for (const order of [...t.orders.live]) {
        if (order.status === 'submitting') {
          t.refuse('place', order.clientOrderId, 400, 'insufficient_balance')
        }
      }
      t.answerAll()
      t.pass(11_000).hear({ type: 'clock' })
      t.life()
    }
    expect(t.phase).toBe('halted: reject-share')
  })

  it.each([
    [429, 'too_many_requests'],
    [409, 'market_closed'],
  ])('does not count what says nothing about the order: %d %s', (status, code) => {
    const t = placing()
    for (let index = 0; index < 60; index++) {
      for (const order of [...t.orders.live]) {
        if (order.status === 'submitting') t.refuse('place', order.clientOrderId, status, code)
      }
      t.answerAll()
      t.pass(4_000).hear({ type: 'clock' })
      t.life()
    }
    expect(t.phase).not.toContain('halted')
  })
})

describe('the states of trading', () => {
  it('halted shows nothing and proves it; active brings the quotes back', () => {
    const t = quoting()
    const effects = t.hear({ type: 'state', state: 'halted' })
    expect(t.phase).toBe('halted: ticker-halted')
    expect(sendsOf(effects)).toEqual(CANCELED_BOTH)
    t.acceptBoth('cancel')
    t.pass(30).answer('orders', [], 30)
    expect(t.engine.provenClean(t.at - 30)).toBe(true)
    t.hear({ type: 'state', state: 'active' })
    expect(t.phase).toBe('quoting')
  })

  it('reducing keeps only what reduces, with its own reason', () => {
    const t = quoting()
    t.fill('kmm-n-1', 4)
    t.hear({ type: 'state', state: 'reducing' })
    const { state } = t.engine
    expect(state.quoter.silence.bid).toBe('ticker-reducing')
    const ask = t.orders.slot('ask')!
    expect(Math.max(ask.next.remaining)).toBe(400)
  })

  it('the stricter of ticker and desk holds', () => {
    const t = quoting()
    t.hear({ type: 'desk', terms: termsOf({ state: 'reducing' }) })
    expect(t.engine.state.quoter.silence).toMatchObject({ bid: 'desk-reducing' })
    t.hear({ type: 'state', state: 'halted' })
    expect(t.phase).toBe('halted: ticker-halted')
    expect(brakesStatus(t.engine, t.at).state).toBe('halted')
    t.hear({ type: 'state', state: 'active' })
    expect(brakesStatus(t.engine, t.at).state).toBe('reducing')
    expect(t.engine.state.quoter.silence).toMatchObject({ bid: 'desk-reducing' })
    t.hear({ type: 'desk', terms: termsOf({ state: 'halted' }) })
    expect(t.phase).toBe('halted: desk-halted')
  })
})

describe('the room that the desk leaves', () => {
  it('bounds what may be lost by each answer, and what reduces always has room', () => {
    const t = quoting()
    t.fill('kmm-n-1', 4)
    // Four held at 43 may lose 1.72; up to 2.50 there is room for 1.81 more.
    const terms = termsOf({ most: { yes: -DOLLAR, no: 2.5 * DOLLAR }, by: 'desk-risk' })
    t.hear({ type: 'desk', terms })
    expect(t.orders.slot('bid')?.next.remaining).toBe(181)
    t.hear({ type: 'desk', terms: termsOf({ most: { yes: -DOLLAR, no: 0 }, by: 'event-risk' }) })
    expect(t.engine.state.quoter.silence.bid).toBe('event-risk')
    // Selling the four is allowed although nothing may be lost if the answer is yes.
    expect(t.orders.slot('ask')?.next.remaining).toBe(400)
  })

  it('keeps orders within the cash, and asks for it', () => {
    const t = quoting()
    const cash = { minCash: 100 * DOLLAR, cash: 4.3 * DOLLAR }
    const effects = t.hear({ type: 'desk', terms: termsOf(cash) })
    expect(effects).toContainEqual({ type: 'ask', what: 'cash', since: 0 })
    t.acceptBoth('cancel')
    t.pass(1_000).delta('ask', 60, 5)
    expect([t.orders.slot('bid'), t.orders.slot('ask')]).not.toContain(null)
    const bound = [...t.orders.live].reduce(
      (sum, { side, next }) =>
        sum + next.remaining * (side === 'bid' ? next.price : 10_000 - next.price),
      0,
    )
    expect(bound).toBeLessThanOrEqual(4.3 * DOLLAR)
    t.hear({ type: 'desk', terms: termsOf({ ...cash, cash: 0 }) })
    expect(t.engine.state.quoter.silence).toEqual({ bid: 'cash', ask: 'cash' })
    t.answer('cash', { total: 0, shards: [{ exchangeIndex: 0, cash: 7 * DOLLAR }] })
    expect(statusUse(t, 'min_cash')).toMatchObject({ limit: 100, used: 7, left: 0 })
  })
})
