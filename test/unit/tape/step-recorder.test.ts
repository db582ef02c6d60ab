// The recorder of steps: what it copies, when it encodes, and that its lines are the same bytes as
// if each event had been encoded before its step and each decision right after it.

import { afterEach, describe, expect, it, vi } from 'vitest'
import { runSeed } from '../../../sim/runs/run.ts'
import { Engine } from '../../../src/core/maker/engine.ts'
import { encodeEvent, Fingerprint } from '../../../src/core/record/journal.ts'
import type { DeltaFrame, Effect, Event } from '../../../src/core/vocabulary/events.ts'
import { defaultParameters } from '../../../src/core/vocabulary/parameters.ts'
import { StepRecorder } from '../../../src/tape/step-recorder.ts'
import { T0, TICKER } from '../../helpers/core.ts'

const delta = (seq: number, at = T0): DeltaFrame => ({
  ...{ type: 'delta', at, sid: 1, seq, ticker: TICKER, side: 'bid', price: 4400, delta: 100 },
  ...{ clientOrderId: '', venueAt: at },
})

const setup = () => {
  const lines: string[] = []
  const recorder = new StepRecorder(
    (line) => lines.push(line),
    () => lines.push('end'),
  )
  return { lines, recorder }
}

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('the recorder of steps', () => {
  it('encodes nothing before its own turn, and then everything in order', () => {
    vi.useFakeTimers()
    const { lines, recorder } = setup()
    const effect: Effect = { type: 'ask', what: 'queue', since: 0 }
    const stringify = vi.spyOn(JSON, 'stringify')
    recorder.event(delta(1))
    recorder.effects([effect])
    recorder.event(delta(2))
    recorder.encodeSoon()
    recorder.encodeSoon()
    expect([stringify.mock.calls.length, lines]).toEqual([0, []])
    stringify.mockRestore()
    vi.runAllTimers()
    const print = new Fingerprint()
    print.add([effect])
    expect(lines).toEqual([encodeEvent(delta(1)), `=${print}`, encodeEvent(delta(2))])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('keeps a frame as it was, although the decoder fills the same object again', () => {
    const { lines, recorder } = setup()
    const frames: Event[] = [
      delta(1),
      { type: 'snapshot', at: T0, sid: 1, seq: 2, ticker: TICKER, bids: [4400, 5], asks: [] },
      { type: 'other', at: T0, sid: 1, seq: 3, what: 'news' },
    ]
    const wanted = frames.map(encodeEvent)
    for (const frame of frames) recorder.event(frame)
    for (const frame of frames) {
      frame.at = 0
      if (frame.type === 'snapshot') frame.bids.length = 0
    }
    recorder.encode()
    expect(lines).toEqual(wanted)
  })

  it('uses the records of deltas again, and mixes no two of them', () => {
    const { lines, recorder } = setup()
    for (let round = 0; round < 3; round++) {
      for (let seq = 0; seq < 5; seq++) recorder.event(delta(10 * round + seq))
      recorder.event({ type: 'clock', at: T0 + round })
      recorder.encode()
    }
    const wanted = [0, 1, 2].flatMap((round) => [
      ...[0, 1, 2, 3, 4].map((seq) => encodeEvent(delta(10 * round + seq))),
      encodeEvent({ type: 'clock', at: T0 + round }),
    ])
    expect(lines).toEqual(wanted)
  })

  it('ends with the event that switches the journal off', () => {
    const { lines, recorder } = setup()
    const { strategy, limits } = defaultParameters()
    const parameters = { strategy: { ...strategy, journal: 'off' as const }, limits }
    const off: Event = { type: 'configure', at: T0, parameters }
    recorder.event(off)
    recorder.event(delta(1))
    recorder.encode()
    recorder.event(delta(2))
    recorder.effects([{ type: 'ask', what: 'queue', since: 0 }])
    recorder.encode()
    expect(lines).toEqual([encodeEvent(off), 'end'])
  })

  it('writes the same bytes in storms as an encoding before and right after each step', async () => {
    const early = new Map<Engine, string[]>()
    const late = new Map<Engine, ReturnType<typeof setup>>()
    const prints = new Map<Engine, Fingerprint>()
    const step = Engine.prototype.step
    vi.spyOn(Engine.prototype, 'step').mockImplementation(function (this: Engine, event) {
      if (!early.has(this)) {
        early.set(this, [])
        late.set(this, setup())
        prints.set(this, new Fingerprint())
      }
      const lines = early.get(this)!
      const { recorder } = late.get(this)!
      recorder.event(event)
      lines.push(encodeEvent(event))
      const effects = step.call(this, event)
      // Frozen: whoever changed an effect afterwards would fail here.
      for (const effect of effects) {
        Object.freeze(effect)
        if (effect.type === 'send') Object.freeze(effect.intent)
        if (effect.type === 'row') Object.freeze(effect.row)
      }
      recorder.effects(effects.slice())
      const print = prints.get(this)!
      if (print.add(effects)) lines.push(`=${print}`)
      return effects
    })
    for (const seed of [1, 2, 3]) {
      expect((await runSeed(seed, { minutes: 2 })).broken).toBeNull()
    }
    expect(early.size).toBeGreaterThan(2)
    for (const [engine, lines] of early) {
      late.get(engine)!.recorder.encode()
      expect(late.get(engine)!.lines).toEqual(lines)
    }
    expect([...early.values()].flat().length).toBeGreaterThan(1000)
  })
})
