// Flattening: the quotes go first, then orders that take, within the limit and slice by slice; and
// the maker does not buy back.

import { describe, expect, it } from 'vitest'
import { Engine } from '../../../../src/core/maker/engine.ts'
import { decodeLine, encodeEvent } from '../../../../src/core/record/journal.ts'
import type { Effect, Event, PlaceIntent } from '../../../../src/core/vocabulary/events.ts'
import { accepted } from '../../../../src/core/vocabulary/outcome.ts'
import { fillOf, TICKER } from '../../../helpers/core.ts'
import { quoting, Transcript } from '../../../helpers/engine-transcript.ts'

const PAUSED = { isTrading: false, shards: {} }

type Take = PlaceIntent & { take: { limit: number } }

const takesOf = (effects: readonly Effect[]): Take[] =>
  effects
    .filter((effect) => effect.type === 'send')
    .map(({ intent }) => intent as unknown as Take)
    .filter(({ take }) => take !== undefined)

/** Buys `contracts` at 43 while quoting; others bid 50 at 44 and ask 50 at 46. */
const long = (contracts = 4): Transcript => {
  const t = quoting()
  t.fill('kmm-n-1', contracts)
  t.answerAll()
  void t.text
  return t
}
const ask = (t: Transcript, limit = 4200) => t.hear({ type: 'flatten', limit })
const run = (t: Transcript) => t.engine.state.flatten.run

/** Both quotes are canceled, and the engine may take. */
const pulled = (t: Transcript): readonly Effect[] => {
  for (const order of t.orders.live) {
    if (order.status === 'canceling') t.accept('cancel', order.clientOrderId)
  }
  return t.hear({ type: 'other', sid: 0, seq: 0, what: 'pong' })
}

/** The order is on its way: the exchange says what it took, and the fill comes. */
const took = (t: Transcript, { clientOrderId, price }: Take, contracts: number) => {
  const ack = {
    orderId: `x-${clientOrderId}`,
    filled: contracts * 100,
    remaining: 0,
    venueAt: t.at,
  }
  t.hear({ type: 'reply', kind: 'place', clientOrderId, outcome: accepted(ack) })
  if (contracts === 0) return t.life()
  return t.fill(clientOrderId, contracts, { price, isTaker: true, side: 'ask', fee: 1_000 })
}
/** The quotes are gone, and the one order that takes is on its way. */
const taking = (t: Transcript): Take => {
  pulled(t)
  return only(sent(t))
}
const only = (takes: readonly Take[]): Take => {
  expect(takes).toHaveLength(1)
  return takes[0]!
}

describe('flattening', () => {
  it('pulls the quotes, takes the position off once they are gone, and stays paused', () => {
    const t = long()
    expect(takesOf(ask(t))).toEqual([])
    expect(t.phase).toBe('paused: flattening')
    expect(t.text).toContain('< cancel kmm-n-1 bid\n< cancel kmm-n-2 ask')
    t.accept('cancel', 'kmm-n-1')
    const order = only(takesOf(t.accept('cancel', 'kmm-n-2')))
    expect(order).toMatchObject({ side: 'ask', price: 4400, quantity: 400, take: { limit: 4200 } })
    took(t, order, 4)
    expect(run(t)).toMatchObject({ state: 'flat', filled: 400, turnover: 400 * 4400, fees: 1_000 })
    expect(t.engine.state.ledger.position).toBe(0)
    expect(t.phase).toBe('paused: flattened')
    t.sleepAlive(120_000)
    expect(t.phase).toBe('paused: flattened')
    t.command('resume')
    expect(t.phase).toBe('quoting')
  })

  it('buys a short back', () => {
    const t = quoting()
    t.fill('kmm-n-2', 4)
    ask(t, 4800)
    pulled(t)
    expect(only(sent(t))).toMatchObject({ side: 'bid', price: 4600, quantity: 400 })
  })

  it('never takes beyond its limit, and gives up after a few looks', () => {
    const t = long()
    ask(t, 4500)
    pulled(t)
    const all: Take[] = []
    for (let second = 0; second < 8; second++) all.push(...takesOf(t.sleepAlive(1_000).life()))
    expect(all).toEqual([])
    expect(run(t)).toMatchObject({ state: 'limit-reached', filled: 0, orders: 0 })
    expect(t.phase).toBe('paused: flattened')
  })

  it('slices by the largest order, each priced by the level that it needs', () => {
    const t = long()
    ask(t, 4100)
    t.configure({ limits: { max_order_size: 300 } })
    t.delta('bid', 44, -48)
    t.delta('bid', 42, 2)
    t.delta('bid', 41, 9)
    const first = taking(t)
    expect(first).toMatchObject({ quantity: 300, price: 4200 })
    t.delta('bid', 44, -2)
    t.delta('bid', 42, -1)
    took(t, first, 3)
    expect(only(sent(t))).toMatchObject({ quantity: 100, price: 4200 })
  })

  it('tries again where somebody was faster, and gives up in the end', () => {
    const t = long()
    ask(t)
    let order = taking(t)
    let orders = 0
    for (; orders < 20 && run(t)?.state === 'working'; orders++) {
      took(t, order, 0)
      t.sleepAlive(1_100)
      const next = t.orders.live.find(({ take, status }) => take && status !== 'done')
      if (next === undefined) break
      order = { ...order, clientOrderId: next.clientOrderId }
    }
    expect(run(t)).toMatchObject({ state: 'limit-reached', filled: 0, orders: 5 })
    expect(t.engine.state.ledger.position).toBe(400)
  })

  it('counts an order of unknown outcome as on its way, until the exchange has said', () => {
    const t = long()
    ask(t)
    const { clientOrderId } = taking(t)
    t.lose('place', clientOrderId)
    void t.text
    t.sleepAlive(2_000)
    expect(t.text).not.toContain('< place')
    expect(t.orders.exposedCount).toBe(1)
    // Two listings without it, asked late enough, and the fills: it was filled after all.
    for (let second = 0; second < 14; second++) {
      t.sleepAlive(1_000)
      if (t.open.has('orders')) t.answer('orders', [])
    }
    expect(t.orders.exposedCount).toBe(0)
    t.fill(clientOrderId, 4, { price: 4400, side: 'ask', isTaker: true })
    expect(run(t)).toMatchObject({ state: 'flat', filled: 400 })
  })

  it.each([
    ['what it took', 300],
    ['that it took nothing', 0],
  ])('a lost answer delays it until the reads have shown %s, and no longer', (_, traded) => {
    const t = long()
    ask(t)
    const order = taking(t)
    t.lose('place', order.clientOrderId)
    // Two listings without it, asked late enough: it is gone, and may have taken all.
    for (let second = 0; second < 9; second++) {
      t.sleepAlive(1_000)
      if (t.open.has('orders')) t.answer('orders', [])
    }
    expect(t.order(order.clientOrderId).status).toBe('presumed')
    t.sleepAlive(4_000)
    expect(sent(t)).toEqual([])
    const { clientOrderId } = order
    const fill = {
      clientOrderId,
      price: 4400,
      side: 'ask',
      isTaker: true,
      quantity: traded,
    } as const
    const fills =
      traded === 0 ? [] : [fillOf({ orderId: 'x-lost', ...fill, venueAt: t.at - 9_000 })]
    for (let second = 0; second < 6 && sent(t).length === 0; second++) {
      if (t.open.has('fills')) t.answer('fills', fills)
      // A part of it has traded, so the rest is canceled, and is not there.
      if (t.order(clientOrderId).status === 'canceling') {
        t.refuse('cancel', clientOrderId, 404, 'not_found')
      }
      t.sleepAlive(1_000)
    }
    expect(only(sent(t))).toMatchObject({ side: 'ask', quantity: 400 - traded })
    expect(run(t)?.state).toBe('working')
  })

  it('waits for a book that can be trusted, and not for ever', () => {
    const t = long()
    t.hear({ type: 'link-down', reason: 'test' })
    ask(t)
    expect(run(t)?.state).toBe('working')
    t.sleep(61_000)
    expect(run(t)?.state).toBe('timed-out')
    const stale = long()
    ask(stale)
    stale.sleep(6_000)
    stale.acceptBoth('cancel')
    expect(sent(stale)).toEqual([])
    stale.life()
    expect(sent(stale)).toHaveLength(1)
  })

  it('takes nothing into a pause of the exchange, and goes on after it', () => {
    const t = long()
    t.hear({ type: 'clock' })
    ask(t)
    const order = taking(t)
    t.refuse('place', order.clientOrderId, 409, 'exchange_is_paused')
    void t.text
    const { exchange } = t.engine.state
    expect(t.engine.state.flatten.refusal(t.at)).toBe('flattening')
    for (let second = 0; second < 20; second++) t.sleepAlive(1_000).answer('exchange', PAUSED)
    expect(exchange.isPaused).toBe(true)
    expect(t.text).not.toContain('< place')
    for (let second = 0; second < 5; second++) t.sleepAlive(1_000).answer('exchange')
    expect(exchange.isPaused).toBe(false)
    t.answerAll()
    t.sleepAlive(3_000)
    expect(sent(t)).toHaveLength(1)
  })

  it('says why it cannot begin', () => {
    const flat = quoting()
    expect(flat.engine.state.flatten.refusal(flat.at)).toBe('nothing-held')
    const t = long()
    const why = () => t.engine.state.flatten.refusal(t.at)
    expect(why()).toBe(null)
    t.sleep(6_000)
    expect(why()).toBe('book-stale')
    t.life()
    t.delta('bid', 44, -51)
    expect(why()).toBe('book-dark')
    t.hear({ type: 'link-down', reason: 'test' })
    expect(why()).toBe('book-dark')
    t.answer('market', { ...t.market, status: 'closed' })
    expect(why()).toBe('market-not-tradable')
    const twice = long()
    ask(twice)
    expect(twice.engine.state.flatten.refusal(twice.at)).toBe('flattening')
  })

  it('works in a halt, which it does not end', () => {
    const t = long()
    t.command('halt')
    pulled(t)
    t.answerAll()
    const order = only(takesOf(ask(t)))
    took(t, order, 4)
    expect(run(t)?.state).toBe('flat')
    expect(t.phase).toBe('halted: operator')
  })

  it('ends with the next command: what is on its way is all that there is', () => {
    const t = long()
    ask(t)
    t.command('pause')
    expect(run(t)?.state).toBe('interrupted')
    pulled(t)
    expect(sent(t)).toEqual([])
    expect(t.phase).toBe('paused: operator')
  })

  it('goes on through a pause that nobody has asked for anew', () => {
    const t = long()
    t.command('halt', 'desk-unreachable')
    ask(t)
    t.command('pause', 'flattened')
    expect(t.phase).toBe('paused: flattening')
    t.command('pause', 'storage-failing')
    expect(t.phase).toBe('paused: storage-failing')
    t.command('pause', 'flattened')
    t.answerAll()
    took(t, taking(t), 4)
    expect(run(t)?.state).toBe('flat')
    expect(t.phase).toBe('paused: flattened')
  })

  it('ends with a halt and with a resume', () => {
    for (const command of ['halt', 'resume', 'release'] as const) {
      const t = long()
      ask(t)
      t.command(command)
      expect([command, run(t)?.state]).toEqual([command, 'interrupted'])
    }
  })

  it('is done by a brake only where the strategy says so', () => {
    const t = long()
    t.engine.state.flatten.onBrake(t.at)
    expect(run(t)).toBe(null)
    t.configure({ strategy: { flatten_on_brake: 'on', flatten_slippage: 2 } })
    t.engine.state.flatten.onBrake(t.at)
    expect(run(t)).toMatchObject({ state: 'working', limit: 4200 })
  })

  it('says nothing about the quality of our quotes', () => {
    const t = long()
    const { markouts } = t.engine.state.quoter.estimators
    const before = JSON.stringify(markouts.snapshot())
    ask(t)
    const order = taking(t)
    took(t, order, 4)
    t.sleepAlive(10_000)
    const after = JSON.parse(JSON.stringify(markouts.snapshot()))
    expect(Object.keys(after)).toEqual(Object.keys(JSON.parse(before)))
    expect(t.engine.state.execution.counters.fills).toBe(2)
  })

  it('is replayed exactly', () => {
    const t = new Transcript().record().toQuoting()
    t.fill('kmm-n-1', 4)
    ask(t)
    const order = taking(t)
    took(t, order, 4)
    const takes = t.recorded.filter(({ effects }) => effects.includes('"take":{"limit":4200}'))
    expect(takes).toHaveLength(1)
    const again = new Engine(TICKER, t.parameters)
    for (const { event, effects } of t.recorded) {
      const line = decodeLine(encodeEvent(event)) as { event: Event }
      expect(JSON.stringify(again.step(line.event))).toBe(effects)
    }
  })
})

/** Orders that take and are not answered yet. */
const sent = (t: Transcript): Take[] =>
  t.orders.live
    .filter(({ take, status }) => take && status === 'submitting')
    .map(
      ({ clientOrderId, side, price, remaining }) =>
        ({
          ...{ kind: 'place', clientOrderId, side, price, quantity: remaining },
          take: { limit: 4200 },
        }) as unknown as Take,
    )
