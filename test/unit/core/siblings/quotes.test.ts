// A maker that hears of the other markets of its event: what it quotes, says and tells.

import { describe, expect, it } from 'vitest'
import { Engine } from '../../../../src/core/maker/engine.ts'
import { riskReport } from '../../../../src/core/maker/limits/risk-report.ts'
import {
  decodeLine,
  encodeEvent,
  encodeHead,
  Fingerprint,
  JOURNAL_VERSION,
} from '../../../../src/core/record/journal.ts'
import { replayLines } from '../../../../src/core/status/replay.ts'
import { statusOf } from '../../../../src/core/status/view.ts'
import type { Event } from '../../../../src/core/vocabulary/events.ts'
import type { SiblingsView, Strikes } from '../../../../src/core/vocabulary/siblings.ts'
import { openingOf, parametersOf, quotingEngine, T0, TICKER } from '../../../helpers/core.ts'

const other = (bid: number, ask: number, position = 0) => ({
  ...{ ticker: 'OTHER', at: T0, bid: bid * 100, ask: ask * 100, position: position * 100 },
})
const view = (...others: SiblingsView['others'][number][]): SiblingsView => ({
  ...{ others, low: null, high: null },
})
const FULL = { model: 'full', gamma: 0.01, sigma: 0.05 } as const
const BOOK = { bids: [3000, 5000], asks: [4000, 5000] }
const hear = (engine: Engine, told: SiblingsView, at = T0 + 1): Engine => {
  engine.step({ type: 'siblings', at, view: told })
  return engine
}

describe('a maker that hears of the other outcomes', () => {
  it('scales its fair value back, and says so in a part that adds up', () => {
    const engine = hear(quotingEngine(BOOK, { strategy: FULL }), view(other(74, 76)))
    const { explain, siblings } = statusOf(engine, T0 + 1)
    // 35 c of 110.
    const event = (35 * 100) / 110 - 35
    expect(engine.state.quoter.input.fair).toBeCloseTo(35 + event, 9)
    expect(explain?.bid.fair).toBe(35)
    expect(explain?.bid.event).toBeCloseTo(event, 3)
    expect(siblings).toEqual({
      ...{ age_ms: 0, mids: 1, bids: 0, sum_cents: 110, low_cents: null, high_cents: null },
      ...{ event_cents: Number(event.toFixed(4)), skewed_for: 0 },
    })
    for (const why of [explain!.bid, explain!.ask]) {
      const half = why.half_spread.total * (why === explain!.bid ? -1 : 1)
      expect(why.fair + why.event + why.flow + why.external + why.skew + half).toBeCloseTo(
        why.raw,
        3,
      )
    }
  })

  it('leans by what is held in them', () => {
    const flat = hear(quotingEngine(BOOK, { strategy: FULL }), view(other(40, 42)))
    expect(flat.state.quoter.pricing.skew).toBeCloseTo(0, 12)
    const held = hear(quotingEngine(BOOK, { strategy: FULL }), view(other(40, 42, 30)))
    expect(held.state.quoter.pricing.skew).toBeGreaterThan(0.01)
    expect(statusOf(held, T0 + 1).siblings?.skewed_for).toBeCloseTo(-15 * (0.41 / 0.65), 3)
    expect(held.state.ledger.position).toBe(0)
  })

  it('quotes as without them where the strategy wants that, and says nothing of them', () => {
    const off = { strategy: { ...FULL, event_fair: 'off' } } as const
    const told = hear(quotingEngine(BOOK, off), view(other(74, 76, 30)))
    expect(told.state.quoter.input.fair).toBe(35)
    expect(told.state.quoter.pricing.skew).toBe(0)
    expect(statusOf(told, T0 + 1).siblings).toBeNull()
    expect(statusOf(quotingEngine(), T0 + 1).siblings).toBeNull()
  })

  it('forgets them a minute after the desk has fallen silent', () => {
    const engine = hear(quotingEngine(BOOK, { strategy: FULL }), view(other(74, 76, 30)))
    const { quoter, grid } = engine.state
    const price = (at: number) => {
      quoter.configure(engine.state.parameters, engine.state.market!, grid)
      quoter.price(0, 0, engine.decider.tracker.calendar.state, at)
      return [quoter.input.fair, quoter.pricing.skew]
    }
    expect(price(T0 + 60_000)[0]).toBeLessThan(35)
    expect(price(T0 + 60_002)).toEqual([35, 0])
  })

  it('decides the same when its journal is replayed', () => {
    const parameters = parametersOf({ strategy: FULL })
    const engine = new Engine(TICKER, parameters)
    const head = { journal: JOURNAL_VERSION, ticker: TICKER, at: T0, parameters, memory: null }
    const print = new Fingerprint()
    const lines = [encodeHead(head)]
    const events: Event[] = [
      ...openingOf(),
      { type: 'siblings', at: T0 + 1, view: view(other(74, 76, 30)) },
      { ...{ type: 'snapshot', at: T0 + 5, sid: 1, seq: 1, ticker: TICKER }, ...BOOK },
      { type: 'siblings', at: T0 + 4000, view: { ...view(), low: { at: T0, price: 3900 } } },
    ]
    for (const event of events) {
      lines.push(encodeEvent(event))
      expect(decodeLine(lines.at(-1)!)).toEqual({ kind: 'event', event })
      if (print.add(engine.step(event))) lines.push(`=${print}`)
    }
    const { difference, decisions, unreadable } = replayLines(lines)
    expect({ difference, unreadable }).toEqual({ difference: null, unreadable: 0 })
    expect(decisions).toBeGreaterThan(2)
    const without = lines.filter((line) => !line.includes('"siblings"'))
    expect(replayLines(without).difference).not.toBeNull()
  })
})

describe('what a maker tells the others', () => {
  const strikes: Strikes = { type: 'greater', floor: 50, cap: null }
  const topOf = (engine: Engine, at = T0 + 1) =>
    riskReport(engine.state, engine.decider, at)?.top ?? null

  it('is the best prices of others, what it holds, and its strikes', () => {
    const engine = quotingEngine(BOOK, { market: { strikes } })
    expect(topOf(engine)).toEqual({ bid: 3000, ask: 4000, position: 0, strikes })
    expect(topOf(quotingEngine(BOOK))?.strikes).toBeNull()
  })

  it('has no price while the book cannot be seen', () => {
    const unseen = { bid: 0, ask: 10_000, position: 0, strikes: null }
    expect(topOf(quotingEngine(BOOK), T0 + 6000)).toEqual(unseen)
    const cut = quotingEngine(BOOK)
    cut.step({ type: 'link-down', at: T0 + 1, reason: 'test' })
    expect(topOf(cut)).toEqual(unseen)
  })

  it('has no ask where the book is not credible', () => {
    const book = { bids: [3000, 5000], asks: [6000, 5000] }
    const wide = quotingEngine(book, { strategy: { max_credible_spread: 20 } })
    expect(wide.decider.reason).toBe('market-not-credible')
    expect(topOf(wide)).toMatchObject({ bid: 3000, ask: 10_000 })
  })
})
