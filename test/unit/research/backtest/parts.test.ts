// The parts that a backtest is made of, each by itself: the place in a queue, the account, the
// orders that the paper exchange takes, and the settings.

import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { Account } from '../../../../research/backtest/exchange/account.ts'
import { Agenda } from '../../../../research/backtest/exchange/agenda.ts'
import { Exchange } from '../../../../research/backtest/exchange/exchange.ts'
import { EXPLAINED_WITHIN_MS, PaperPlace } from '../../../../research/backtest/exchange/queue.ts'
import { equitySvg, heatMapSvg } from '../../../../research/backtest/results/pictures.ts'
import { drawdownOf, reconcile } from '../../../../research/backtest/runs/result.ts'
import { parametersOf, sweepOf } from '../../../../research/backtest/runs/settings.ts'
import type { Session } from '../../../../research/backtest/sessions/session.ts'
import { Book } from '../../../../src/core/book/book.ts'
import { Ledger } from '../../../../src/core/ledger/ledger.ts'
import { Engine } from '../../../../src/core/maker/engine.ts'
import type { Approved, Event, Intent } from '../../../../src/core/vocabulary/events.ts'
import { defaultParameters } from '../../../../src/core/vocabulary/parameters.ts'
import { fillOf, PAPER } from '../../../helpers/core.ts'

const LATER = EXPLAINED_WITHIN_MS + 1

describe('a place in the queue', () => {
  it('counts a trade once, whether the decrease comes before it or after', () => {
    const before = new PaperPlace(100, 'proportional')
    before.decrease(60, 40, 0)
    expect(before.trade(60, 40, 1)).toBe(0)
    expect(before.ahead).toBe(40)
    const after = new PaperPlace(100, 'proportional')
    expect(after.trade(60, 100, 0)).toBe(0)
    after.decrease(60, 40, 1)
    expect(after.trade(0, 40, LATER + 1)).toBe(0)
    expect(after.ahead).toBe(40)
  })

  it('holds each trade against one decrease only', () => {
    // 100 ahead, 40 of them left after a trade, and 100 behind. Then half of all others cancel.
    for (const decreasesFirst of [true, false]) {
      const place = new PaperPlace(100, 'proportional')
      if (decreasesFirst) place.decrease(60, 140, 0)
      place.trade(60, 140, 1)
      if (!decreasesFirst) place.decrease(60, 140, 2)
      place.decrease(70, 70, 3)
      place.trade(0, 70, 3 + LATER)
      expect(place.ahead).toBe(20)
    }
  })

  it('lets through what trades beyond those ahead', () => {
    const place = new PaperPlace(100, 'proportional')
    expect(place.trade(130, 100, 0)).toBe(30)
    expect(place.trade(5, 0, 1)).toBe(5)
  })

  it('takes unexplained decreases for cancels, ahead and behind in proportion', () => {
    const place = new PaperPlace(100, 'proportional')
    // 100 joined behind us; 80 of 200 go, so 40 of the 100 ahead.
    place.decrease(80, 120, 0)
    place.trade(0, 120, LATER)
    expect(place.ahead).toBe(60)
  })

  it('takes them all for cancels behind us when told so, as far as that is possible', () => {
    const place = new PaperPlace(100, 'behind')
    place.decrease(80, 120, 0)
    place.trade(0, 120, LATER)
    expect(place.ahead).toBe(100)
    place.decrease(50, 70, LATER)
    place.trade(0, 70, 2 * LATER)
    expect(place.ahead).toBe(70)
  })

  it('waits before it calls a decrease a cancel', () => {
    const place = new PaperPlace(100, 'proportional')
    place.decrease(100, 0, 0)
    expect(place.trade(100, 0, EXPLAINED_WITHIN_MS)).toBe(0)
    const late = new PaperPlace(100, 'proportional')
    late.decrease(100, 0, 0)
    expect(late.trade(10, 0, LATER)).toBe(10)
  })
})

describe('the account', () => {
  it("agrees with the engine's ledger after any fills, to the last millionth", () => {
    const trade = fc.tuple(
      fc.boolean(),
      fc.integer({ min: 1, max: 9999 }),
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: 0, max: 9999 }),
    )
    // A failure prints its seed.
    fc.assert(
      fc.property(fc.array(trade, { maxLength: 60 }), (trades) => {
        const account = new Account()
        const ledger = new Ledger()
        trades.forEach(([buys, price, quantity, fee], n) => {
          const side = buys ? 'bid' : 'ask'
          account.trade(side, price, quantity, fee)
          ledger.apply(fillOf({ tradeId: `${n}`, side, price, quantity, fee }))
        })
        const { position, realized, fees, cash } = ledger
        expect(account).toMatchObject({ position, realized, fees, cash })
        expect(account.worthAt(10_000)).toBe(ledger.cash + ledger.position * 10_000)
      }),
    )
  })

  it('is compared with the ledger, and a difference is an error that names it', () => {
    const engine = new Engine('T', defaultParameters())
    const account = new Account()
    expect(() => reconcile(engine, account)).not.toThrow()
    account.trade('bid', 4500, 300, 0)
    expect(() => reconcile(engine, account)).toThrow(/found position 0 .* wanted .* 300/)
  })
})

const T0 = 1_780_000_000_000
const SESSION: Session = {
  file: 'made',
  ticker: 'T',
  closeAt: T0 + 600_000,
  items: [],
  printsFrom: 'trades',
  volume: { seen: 0, placed: 0 },
}

/** An exchange with a book of 45 to 49, and everything that it has told the engine. */
const open = () => {
  const heard: Event[] = []
  const agenda = new Agenda()
  const exchange = new Exchange(
    SESSION,
    { ...PAPER, fills: 'queue' },
    agenda,
    // Frames are scratch.
    (event) => heard.push(structuredClone(event)),
    () => {},
  )
  exchange.up(T0)
  exchange.snapshot({ kind: 'snapshot', at: T0, bids: [4500, 10_000], asks: [4900, 10_000] })
  const ask = (intent: Intent, at: number): Event | undefined => {
    exchange.perform({ type: 'send', intent: intent as Approved }, at)
    while (agenda.nextAt <= at + 100) agenda.next()
    return heard.findLast(({ type }) => type === 'reply')
  }
  return { exchange, heard, ask, agenda }
}
let { exchange, heard, ask, agenda } = open()
beforeEach(() => {
  ;({ exchange, heard, ask, agenda } = open())
})

const BID = { kind: 'place', clientOrderId: 'a', side: 'bid', price: 4500, quantity: 1000 } as const
const place = { ...BID, expiresAt: T0 + 120_000 }
const amend = { ...place, kind: 'amend', orderId: 'paper-1', total: 1000 } as const

const DELTA = { kind: 'delta', side: 'bid', price: 4500, traded: 0 } as const

describe('the paper exchange', () => {
  it('puts our order into the book that the engine sees, marked as ours, without a gap', () => {
    ask(place, T0)
    ask({ ...amend, price: 4600 }, T0 + 200)
    ask({ ...BID, kind: 'decrease', orderId: 'paper-1', remaining: 400, by: 600 }, T0 + 400)
    exchange.delta({ ...DELTA, at: T0 + 600, price: 4400, change: 700 })
    ask({ ...BID, kind: 'cancel', orderId: 'paper-1' }, T0 + 700)
    const deltas = heard.flatMap((event) => (event.type === 'delta' ? [event] : []))
    expect(deltas.map(({ seq }) => seq)).toEqual([2, 3, 4, 5, 6, 7])
    expect(deltas.map(({ price, delta, clientOrderId }) => [price, delta, clientOrderId])).toEqual([
      [4500, 1000, 'a'],
      [4500, -1000, 'a'],
      [4600, 1000, 'a'],
      [4600, -600, 'a'],
      [4400, 700, ''],
      [4600, -400, 'a'],
    ])
  })

  it('takes what another would have met out of the book first, so that it is never crossed', () => {
    ask(place, T0)
    const meet = (change: number, at: number): void =>
      exchange.delta({ ...DELTA, at, side: 'ask', change })
    // In the recording nothing of ours was there, and the 45 of others has gone before.
    exchange.delta({ ...DELTA, at: T0 + 200, change: -10_000 })
    meet(400, T0 + 300)
    meet(-400, T0 + 400)
    while (agenda.nextAt <= T0 + 500) agenda.next()
    const book = new Book()
    for (const event of heard) {
      if (event.type === 'snapshot') book.snapshot(event.bids, event.asks)
      if (event.type === 'delta')
        expect(book.delta(event.side, event.price, event.delta)).toBe(true)
      expect(book.isCrossed).toBe(false)
    }
    expect(book.sizeAt('bid', 4500)).toBe(600)
    expect(exchange.account.position).toBe(400)
    expect(heard.filter(({ type }) => type === 'fill')).toHaveLength(1)
  })

  it('answers after the way there and the way back', () => {
    expect(ask(place, T0)).toMatchObject({
      at: T0 + 100,
      outcome: { kind: 'accepted', value: { filled: 0, remaining: 1000, venueAt: T0 + 50 } },
    })
  })

  it('is heard as late as the feed is, with its own times', () => {
    exchange.delta({ ...DELTA, at: T0 + 200, change: 700 })
    const told = () => heard.filter(({ type }) => type === 'delta')
    while (agenda.nextAt < T0 + 250) agenda.next()
    expect(told()).toEqual([])
    agenda.next()
    expect(told()).toMatchObject([{ at: T0 + 250, venueAt: T0 + 200, delta: 700 }])
  })

  it('refuses what would take from the book, and what it does not know', () => {
    expect(ask({ ...place, price: 4900 }, T0)).toMatchObject({ outcome: { status: 400 } })
    expect(ask(amend, T0 + 200)).toMatchObject({ outcome: { status: 404 } })
    expect(ask(place, T0 + 700_000)).toMatchObject({ outcome: { status: 409 } })
  })

  it('lets an order that takes have what rests at its price or better, once, and pays for it', () => {
    // Long 15, by somebody who came to our price after the rest had gone.
    ask({ ...place, quantity: 1500 }, T0)
    exchange.delta({ ...DELTA, at: T0 + 200, change: -10_000 })
    exchange.delta({ ...DELTA, at: T0 + 300, side: 'ask', change: 1500 })
    exchange.delta({ ...DELTA, at: T0 + 400, side: 'ask', change: -1500 })
    expect(exchange.account.position).toBe(1500)
    const levels = [
      { price: 4400, change: 600 },
      { price: 4300, change: 600 },
      { price: 4200, change: 600 },
    ]
    for (const level of levels) exchange.delta({ ...DELTA, at: T0 + 500, ...level })
    const take = (clientOrderId: string, quantity: number, at: number) => {
      const wish = { ...place, side: 'ask' as const, clientOrderId, quantity, price: 4300 }
      return ask({ ...wish, take: { limit: 4300 } }, at)
    }
    expect(take('b', 1000, T0 + 600)).toMatchObject({
      outcome: { kind: 'accepted', value: { filled: 1000, remaining: 0 } },
    })
    const sold = heard.flatMap((event) => (event.type === 'fill' ? [event.fill] : [])).slice(1)
    expect(
      sold.map(({ price, quantity, fee, isTaker }) => [price, quantity, fee, isTaker]),
    ).toEqual([
      // 0.07 x 6 x 0.44 x 0.56 = 0.103488 and 0.07 x 4 x 0.43 x 0.57 = 0.068628, each up to the next
      // 0.0001.
      [4400, 600, 103_500, true],
      [4300, 400, 68_700, true],
    ])
    // Five are left to sell, and two of 43: nothing rests of the order.
    expect(take('c', 1000, T0 + 900)).toMatchObject({ outcome: { value: { filled: 200 } } })
    expect(exchange.rests('ask')).toBe(false)
    // It may not turn the position around, and 42 is beyond its price.
    exchange.delta({ ...DELTA, at: T0 + 1100, price: 4300, change: 5000 })
    expect(take('d', 1000, T0 + 1200)).toMatchObject({ outcome: { value: { filled: 300 } } })
    expect(exchange.account.position).toBe(0)
    expect(take('e', 1000, T0 + 1400)).toMatchObject({ outcome: { value: { filled: 0 } } })
  })

  it('sends a moved or grown order to the back, and leaves a shrunk or renewed one in its place', () => {
    ask(place, T0)
    const joins = (change: number, at: number): void => exchange.delta({ ...DELTA, at, change })
    joins(5000, T0 + 150)
    expect(exchange.orders[0]?.place.ahead).toBe(10_000)
    ask({ ...amend, total: 800 }, T0 + 200)
    ask({ ...amend, total: 800, expiresAt: T0 + 300_000 }, T0 + 400)
    expect(exchange.orders[0]?.place.ahead).toBe(10_000)
    ask({ ...amend, total: 1000 }, T0 + 600)
    expect(exchange.orders[0]?.place.ahead).toBe(15_000)
  })

  it('lets an order expire unless it has been renewed, and says so', () => {
    ask(place, T0)
    ask({ ...amend, expiresAt: T0 + 200_000 }, T0 + 60_000)
    while (agenda.nextAt <= T0 + 150_000) agenda.next()
    expect(exchange.rests('bid')).toBe(true)
    while (agenda.nextAt <= T0 + 200_000) agenda.next()
    expect(exchange.rests('bid')).toBe(false)
    while (agenda.nextAt <= T0 + 200_050) agenda.next()
    expect(heard.at(-1)).toMatchObject({ type: 'order', order: { status: 'canceled' } })
  })
})

describe('settings', () => {
  it('are read as request bodies are, and refused by name', () => {
    const { strategy, limits } = parametersOf(['gamma=0.05', 'max_position=30'], 'full')
    expect(strategy).toMatchObject({ gamma: 0.05, model: 'full' })
    expect(limits.max_position).toBe(3000)
    expect(() => parametersOf(['gama=1'], null)).toThrow(/found "gama=1"/)
    expect(() => parametersOf(['gamma=-1'], null)).toThrow(/strategy\.gamma/)
    expect(sweepOf('gamma=0.1,0.2')).toEqual({ key: 'gamma', values: ['0.1', '0.2'] })
    expect(() => sweepOf('gamma')).toThrow(/wanted KEY=VALUE/)
  })
})

describe('figures', () => {
  it('show the deepest fall below the highest point', () => {
    const points = [3, 1, 4, -2, 5].map((value, at) => [at, value] as const)
    expect(drawdownOf(points)).toBe(6)
    expect(drawdownOf([])).toBe(0)
  })

  it('are drawn for gains and for losses, and not at all when nothing has happened', () => {
    const curve = (values: number[]) => ({
      panel: 'queue',
      name: 'a < b',
      equity: values.map((value, at) => [at * 1000, value] as const),
    })
    expect(equitySvg('t', [curve([0, 0])])).toBe(null)
    for (const values of [
      [0, 1],
      [0, -1],
      [-2, -1],
    ]) {
      const svg = equitySvg('t', [curve(values)])
      expect(svg).toContain('a &lt; b')
      expect(svg).not.toContain('NaN')
    }
    const map = { title: 't', x: 'x', y: 'y', columns: ['1', '2'], rows: ['3'], values: [[0, -4]] }
    expect(heatMapSvg(map)).toContain('>-4.00</text>')
    expect(heatMapSvg(map)).not.toContain('NaN')
  })
})
