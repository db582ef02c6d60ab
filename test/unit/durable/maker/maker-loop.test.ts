// The loop of a maker with its world replaced: what happens between a frame and the requests that
// it leads to, and what happens only afterwards.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Engine } from '../../../../src/core/maker/engine.ts'
import type { Effect, Event } from '../../../../src/core/vocabulary/events.ts'
import { MakerLoop } from '../../../../src/durable/maker/maker-loop.ts'
import { StepRecorder } from '../../../../src/tape/step-recorder.ts'
import { openingOf, parametersOf, T0, TICKER } from '../../../helpers/core.ts'

/** A loop whose world notes, in order, what it was asked to do. */
const setup = () => {
  const done: string[] = []
  const lines: string[] = []
  const logged: string[] = []
  const parameters = parametersOf({})
  let recorders = 0
  const put = vi.fn(async (_key: string, _value: unknown) => true)
  const perform = vi.fn((effects: readonly Effect[]) => {
    for (const effect of effects) {
      if (effect.type === 'send') done.push(effect.intent.kind)
    }
  })
  const loop = new MakerLoop({
    tape: {
      journal: {
        begin: () => {
          recorders++
          return new StepRecorder(
            (line) => {
              done.push('encode')
              lines.push(line)
            },
            () => undefined,
          )
        },
      },
      push: () => done.push('row'),
      persist: () => done.push('persist'),
    },
    signals: { tick: () => undefined },
    checked: () => done.push('checked'),
    filled: () => done.push('filled'),
    live: { touch: () => undefined },
    store: { put, setAlarm: async () => true },
    log: (_level, event) => logged.push(event),
    configured: () => ({ ticker: TICKER, parameters }),
    latched: (code) => done.push(`latched ${code}`),
  })
  const connection = {
    isOpen: true,
    perform,
    resubscribe: () => undefined,
    reconnect: () => undefined,
    setMarket: () => undefined,
    connect: () => undefined,
    disconnect: () => done.push('disconnect'),
    check: () => undefined,
    close: () => done.push('close'),
  }
  loop.open(TICKER, parameters, connection)
  return { loop, done, lines, logged, perform, put, recorders: () => recorders }
}

const SNAPSHOT: Event = {
  ...{ type: 'snapshot', at: T0, sid: 1, seq: 1, ticker: TICKER },
  ...{ bids: [4400, 5000], asks: [4600, 5000] },
}
beforeEach(() => {
  vi.useFakeTimers({ now: T0 })
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe('the loop of a maker', () => {
  it('encodes nothing for the journal before the requests of a frame have been handed over', () => {
    const { loop, done, lines } = setup()
    for (const event of openingOf()) loop.step(event)
    vi.advanceTimersByTime(20)
    done.length = lines.length = 0
    const stringify = vi.spyOn(JSON, 'stringify')
    loop.step(SNAPSHOT)
    expect(stringify).not.toHaveBeenCalled()
    expect(done).toEqual(['place', 'place', 'row'])
    vi.advanceTimersByTime(20)
    expect(done.slice(0, 5)).toEqual(['place', 'place', 'row', 'encode', 'encode'])
    expect(lines[0]).toContain('"snapshot"')
    expect(lines[1]).toMatch(/^=[0-9a-f]{16}$/)
  })

  it('keeps the journal in the order of the steps where acting leads to another step', () => {
    const { loop, lines, perform } = setup()
    const nested: Event[] = [{ type: 'other', at: T0, sid: 0, seq: 0, what: 'within' }]
    perform.mockImplementation(() => {
      const event = nested.shift()
      if (event !== undefined) loop.step(event)
    })
    loop.step({ type: 'start', at: T0, nonce: 'n' })
    loop.step({ type: 'other', at: T0, sid: 0, seq: 0, what: 'after' })
    vi.advanceTimersByTime(20)
    const order = lines.map((line) => (line.startsWith('=') ? '=' : JSON.parse(line).what))
    expect(order).toEqual([undefined, '=', 'within', 'after'])
  })

  it('halts with a new engine when the old one fails, and asks for that to be kept', () => {
    const { loop, done, lines, logged, recorders } = setup()
    for (const event of openingOf()) loop.step(event)
    const before = loop.engine
    vi.spyOn(Engine.prototype, 'step').mockImplementationOnce(() => {
      throw new Error('wrong')
    })
    loop.step(SNAPSHOT)
    expect(loop.engine).not.toBe(before)
    expect(loop.engine?.state.operator).toBe('halt')
    expect([recorders(), done.at(-1), logged.includes('crash')]).toEqual([2, 'latched crash', true])
    expect(done).toContain('disconnect')
    vi.advanceTimersByTime(20)
    // The event at which it failed is the last of the journal before.
    expect(lines.some((line) => line.includes('"snapshot"'))).toBe(true)
  })

  it('writes again a memory that storage has refused, and not one that it has taken', async () => {
    const { loop, put } = setup()
    for (const event of openingOf()) loop.step(event)
    put.mockResolvedValueOnce(false).mockResolvedValueOnce(false)
    loop.startHeartbeat()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(put.mock.calls.map(([key]) => key)).toEqual(['memory', 'memory', 'memory'])
    loop.close()
  })
})
