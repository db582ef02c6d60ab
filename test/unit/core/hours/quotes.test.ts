// A maker that hears of the hours of its series: what it expects, says, tells and replays.

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
import { statusOf } from '../../../../src/core/status/view.ts'
import type { Event } from '../../../../src/core/vocabulary/events.ts'
import {
  listedAt,
  openingOf,
  parametersOf,
  quotingEngine,
  T0,
  TICKER,
} from '../../../helpers/core.ts'

const FULL = { model: 'full', gamma: 0.01 } as const
const BOOK = { bids: [3000, 5000], asks: [4000, 5000] }
const hours = (overall: number, at = T0 + 1): Event => ({
  ...{ type: 'hours', at, factors: { overall, byHour: new Array(24).fill(1) } },
})

describe('a maker that hears of the hours of its series', () => {
  it('begins with their variance instead of evenly coming information', () => {
    const even = quotingEngine(BOOK, { strategy: FULL })
    const quiet = quotingEngine(BOOK, { strategy: FULL })
    const time = T0 + 1
    even.step({ type: 'clock', at: time })
    quiet.step(hours(0.25, time))
    const [before, after] = [even, quiet].map((engine) => statusOf(engine, time).estimates!)
    expect(before!.hour_factor).toBeNull()
    expect(after!.hour_factor).toBe(0.25)
    expect(after!.sigma).toBeCloseTo(before!.sigma / 2, 4)
    expect(quiet.state.quoter.input.sigma2).toBeCloseTo(even.state.quoter.input.sigma2 / 4, 9)
  })

  it('tells what it has seen of its own', () => {
    const engine = quotingEngine(BOOK, { strategy: FULL })
    expect(engine.decider.hours.report).toBeNull()
    for (let second = 1; second <= 180; second++) {
      engine.step(listedAt(T0 + 1000 * second))
    }
    const { report } = engine.decider.hours
    expect(report?.totals.length).toBeGreaterThan(0)
    expect(report?.totals[0]?.[1]).toBe(0)
  })

  it('decides the same when its journal is replayed', () => {
    const parameters = parametersOf({ strategy: FULL })
    const engine = new Engine(TICKER, parameters)
    const head = { journal: JOURNAL_VERSION, ticker: TICKER, at: T0, parameters, memory: null }
    const print = new Fingerprint()
    const lines = [encodeHead(head)]
    const book = { type: 'snapshot', at: T0 + 5, sid: 1, seq: 1, ticker: TICKER } as const
    const events: Event[] = [
      ...openingOf(),
      hours(8),
      { ...book, ...BOOK },
      hours(0.125, T0 + 4000),
    ]
    for (const event of events) {
      lines.push(encodeEvent(event))
      expect(decodeLine(lines.at(-1)!)).toEqual({ kind: 'event', event })
      if (print.add(engine.step(event))) lines.push(`=${print}`)
    }
    const { difference, decisions, unreadable } = replayLines(lines)
    expect({ difference, unreadable }).toEqual({ difference: null, unreadable: 0 })
    expect(decisions).toBeGreaterThan(1)
    expect(replayLines(lines.filter((line) => !line.includes('"hours"'))).difference).not.toBeNull()
  })
})
