// A journal is the run itself: every event comes back as it was, and a new engine that hears them
// decides the same, to the last order. A changed parameter, a changed event or a lost line does not
// go unnoticed.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Engine } from '../../../../src/core/maker/engine.ts'
import {
  decodeLine,
  encodeEvent,
  encodeHead,
  Fingerprint,
  JOURNAL_VERSION,
} from '../../../../src/core/record/journal.ts'
import { replayLines } from '../../../../src/core/status/replay.ts'
import type { Effect, Event } from '../../../../src/core/vocabulary/events.ts'
import { accepted } from '../../../../src/core/vocabulary/outcome.ts'
import type { Parameters } from '../../../../src/core/vocabulary/parameters.ts'
import { defaultParameters } from '../../../../src/core/vocabulary/parameters.ts'
import { marketOf, T0, TICKER } from '../../../helpers/core.ts'

/** Writes down what an engine hears and decides, as the maker's object does. */
class Kept {
  readonly lines: string[] = []
  readonly engine: Engine
  readonly #print = new Fingerprint()

  constructor(parameters: Parameters) {
    this.engine = new Engine(TICKER, parameters)
    const head = { journal: JOURNAL_VERSION, ticker: TICKER, at: T0, parameters, memory: null }
    this.lines.push(encodeHead(head))
  }

  hear(event: Event): readonly Effect[] {
    this.lines.push(encodeEvent(event))
    const effects = [...this.engine.step(event)]
    if (this.#print.add(effects)) this.lines.push(`=${this.#print}`)
    return effects
  }
}

/** A maker from its start through a few hundred changes of the book, each order answered. */
const session = (seed: number, parameters = defaultParameters()): string[] => {
  const kept = new Kept(parameters)
  const answer = { type: 'answer', at: T0, askedAt: T0 } as const
  const none = { position: 0, realized: 0, fees: 0, exposure: 0 }
  const cost = { place: 10, amend: 10, decrease: 10, cancel: 2 }
  const bucket = { refill: 200, capacity: 400, cost }
  let at = T0
  let named = 0
  const hear = (event: Event): void => {
    for (const effect of kept.hear(event)) {
      if (effect.type !== 'send') continue
      const { kind, clientOrderId } = effect.intent
      const orderId = 'orderId' in effect.intent ? effect.intent.orderId : `x-${++named}`
      const value = { orderId, filled: null, remaining: null, venueAt: at }
      hear({ type: 'reply', at, kind, clientOrderId, outcome: accepted(value) })
    }
  }
  hear({ type: 'start', at: T0 - 60_000, nonce: 'n' })
  hear({ type: 'lease', at: T0 - 60_000, lease: bucket })
  hear({ type: 'link-up', at: T0 })
  hear({ ...answer, what: 'market', outcome: accepted(marketOf()) })
  hear({ ...answer, what: 'orders', outcome: accepted([]) })
  hear({ ...answer, what: 'fills', outcome: accepted([]) })
  hear({ ...answer, what: 'position', outcome: accepted(none) })
  hear({ type: 'subscribed', at: T0, sid: 1, seq: 0, id: 1, channel: 'orderbook_delta' })
  hear({ type: 'subscribed', at: T0, sid: 3, seq: 0, id: 3, channel: 'fill' })
  hear({ type: 'subscribed', at: T0, sid: 4, seq: 0, id: 4, channel: 'user_orders' })
  const bids = [4400, 5000, 4300, 9000, 4200, 9000]
  const asks = [4600, 5000, 4700, 9000, 4800, 9000]
  hear({ type: 'snapshot', at: T0, sid: 1, seq: 1, ticker: TICKER, bids, asks })
  let state = seed
  const next = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % below
  }
  for (let seq = 2; seq < 400; seq++) {
    at += 20 + next(300)
    const side = next(2) === 0 ? 'bid' : 'ask'
    const price = side === 'bid' ? 4200 + 100 * next(3) : 4600 + 100 * next(3)
    const size = kept.engine.state.book.sizeAt(side, price)
    const delta = next(3) === 0 && size > 0 ? -size : 100 * (1 + next(50))
    const frame = { at, ticker: TICKER, venueAt: at }
    hear({ type: 'delta', ...frame, sid: 1, seq, side, price, delta, clientOrderId: '' })
    if (next(20) === 0) {
      const taker = next(2) === 0 ? 'bid' : 'ask'
      const traded = { tradeId: `t${seq}`, price, quantity: 100 * (1 + next(9)), taker } as const
      hear({ type: 'trade', ...frame, sid: 2, seq: 0, ...traded })
    }
  }
  return kept.lines
}

describe('a journal', () => {
  it('gives every event back as it was, also what JSON has no number for but in a delta', () => {
    const number = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN),
    )
    fc.assert(
      fc.property(
        number,
        fc.string(),
        fc.constantFrom('bid' as const, 'ask' as const),
        (n, text, side) => {
          const events: Event[] = [
            {
              ...{ type: 'delta', at: Number.isFinite(n) ? n : T0, sid: 1, seq: 2, ticker: text },
              ...{ side, price: 4500, delta: Number.isFinite(n) ? n : 100 },
              ...{ clientOrderId: text, venueAt: 0 },
            },
            { type: 'alpha', at: T0, cents: n } as Event,
            { type: 'command', at: T0, command: 'pause', reason: text },
            { type: 'command', at: T0, command: 'pause', reason: `#${text}` },
            { type: 'command', at: T0, command: 'halt', reason: '#inf' },
          ]
          for (const event of events) {
            const line = decodeLine(encodeEvent(event))
            // JSON writes -0 as 0, which no sum of ours tells apart.
            expect(line.kind).toBe('event')
            if (line.kind === 'event') expect(positive(line.event)).toEqual(positive(event))
          }
        },
      ),
      { seed: 11, numRuns: 300 },
    )
  })

  it('says what it cannot read, and never throws', () => {
    const texts = ['', 'x', '[1,2]', '{}', 'null', '7', '{"journal":99}', '{"type":', '=', '=0123']
    for (const text of texts) {
      expect(decodeLine(text).kind).toBe('unreadable')
    }
  })
})

const positive = (event: Event): unknown =>
  JSON.parse(
    JSON.stringify(event, (_key, value: unknown) =>
      typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
    ),
  )

describe('a run that is replayed', () => {
  it('decides the same, every time', () => {
    for (const seed of [1, 2, 3]) {
      const result = replayLines(session(seed))
      expect(result).toMatchObject({ lives: 1, difference: null, unreadable: 0 })
      expect(result.decisions).toBeGreaterThan(30)
      expect(result.equal).toBe(result.decisions)
    }
  })

  it('of several lives counts them all', () => {
    const one = session(4)
    const two = session(5)
    const both = replayLines([...one, ...two])
    expect(both.lives).toBe(2)
    expect(both.equal).toBe(replayLines(one).equal + replayLines(two).equal)
  })

  it('notices one changed parameter', () => {
    const result = replayLines(session(6), {
      change: ({ strategy, limits }) => ({
        strategy: { ...strategy, k: strategy.k * 1.3 },
        limits,
      }),
    })
    expect(result.difference).not.toBeNull()
    expect(result.equal).toBeLessThan(result.decisions)
  })

  it('notices one changed event and one lost line', () => {
    const lines = session(7)
    const index = lines.findIndex((line, at) => at > 60 && line.startsWith('['))
    const delta = JSON.parse(lines[index]!) as unknown[]
    delta[6] = Number(delta[6]) + 100_000
    delta[5] = 4500
    const changed = [...lines]
    changed[index] = JSON.stringify(delta)
    expect(replayLines(changed).difference).not.toBeNull()
    const lost = lines.filter((_, at) => at !== index)
    expect(replayLines(lost).difference).not.toBeNull()
  })

  it('of a journal that was cut off is the run as far as it goes', () => {
    const text = session(8).join('\n')
    const cut = replayLines(text.slice(0, text.length * 0.7).split('\n'))
    expect(cut.unreadable).toBeLessThanOrEqual(1)
    expect(cut.difference).toBeNull()
    expect(cut.equal).toBeGreaterThan(20)
  })

  it('hands every step to whoever wants to see it', () => {
    const lines = session(9)
    let rows = 0
    const result = replayLines(lines, {
      onStep: (_, effects) => {
        for (const effect of effects) if (effect.type === 'row') rows++
      },
    })
    expect(rows).toBeGreaterThan(10)
    expect(result.events).toBe(lines.filter((line) => !line.startsWith('=')).length - 1)
  })

  it('of a journal that was cut off anywhere never takes the cut for a difference', () => {
    const text = session(10).join('\n')
    for (let at = 1; at <= text.length; at += 997) {
      const cut = replayLines(text.slice(0, at).split('\n'))
      expect([at, cut.difference]).toEqual([at, null])
      expect(cut.equal).toBe(cut.decisions)
      for (const life of cut.each) expect(life.equal).toBe(life.decisions)
    }
  })

  it('does not go on after a line that it cannot read, until another life begins', () => {
    const lines = session(11)
    const whole = replayLines(lines)
    const result = replayLines([...lines.slice(0, 100), '{"ty', ...lines.slice(101), ...lines])
    expect(result).toMatchObject({ lives: 2, difference: null, unreadable: 1 })
    expect(result.each[0]!.broken).toContain('not JSON')
    expect(result.each[1]!.equal).toBe(whole.equal)
  })

  it('ends where the engine fails, as the first one did', () => {
    const lines = session(12)
    const bad = '{"type":"fill","at":1,"sid":0,"seq":0,"fill":null}'
    const result = replayLines([...lines, bad, ...lines])
    expect(result).toMatchObject({ lives: 2, difference: null })
    expect(result.equal).toBe(2 * replayLines(lines).equal)
    // But not where the first one went on.
    const went = replayLines([...lines.slice(0, -1), bad, ...lines.slice(-1)])
    expect(went.difference?.failure).toContain('TypeError')
  })
})
