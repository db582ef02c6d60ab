// External signals: cents for the fair value, and quotes that a shock takes away at once.

import { describe, expect, it } from 'vitest'
import { sendsOf } from '../../../../sim/transcript.ts'
import type { Pull } from '../../../../src/core/vocabulary/events.ts'
import { CANCELED_BOTH, quoting, type Transcript } from '../../../helpers/engine-transcript.ts'

const pull = (t: Transcript, side: Pull, ms: number, cents = 0) =>
  t.hear({ type: 'alpha', cents, pull: side, until: t.at + ms })

describe('a shock', () => {
  it('takes both quotes away in the step that receives it, before the book has moved', () => {
    const t = quoting()
    expect(sendsOf(pull(t, 'both', 60_000))).toEqual(CANCELED_BOTH)
    expect(t.engine.state.quoter.silence).toEqual({ bid: 'shock', ask: 'shock' })
    expect(t.phase).toBe('quoting')
  })

  it.each([
    ['bid', 'cancel kmm-n-1 bid'],
    ['ask', 'cancel kmm-n-2 ask'],
  ] as const)('that concerns the %s leaves the other side', (side, wanted) => {
    const t = quoting()
    expect(sendsOf(pull(t, side, 60_000))).toEqual([wanted])
  })

  it('ends by itself, and the engine wakes for it', () => {
    const t = quoting()
    pull(t, 'both', 60_000)
    t.acceptBoth('cancel')
    t.sleepAlive(59_000)
    expect(t.engine.state.quoter.silence.bid).toBe('shock')
    expect(t.engine.wakeAt).toBeLessThanOrEqual(t.at + 1_000)
    t.sleepAlive(1_500)
    expect(t.engine.state.pulled.side).toBe('none')
    expect(t.orders.slot('bid')?.status).toBe('submitting')
    expect(t.orders.slot('ask')?.status).toBe('submitting')
  })

  it('that ends within the second wakes the engine for its end', () => {
    const t = quoting()
    pull(t, 'ask', 300)
    expect(t.engine.wakeAt).toBeLessThanOrEqual(t.at + 300)
  })

  it('is called off by the next signal', () => {
    const t = quoting()
    pull(t, 'both', 60_000)
    pull(t, 'none', 0)
    expect(t.engine.state.pulled.side).toBe('none')
  })

  it('of a sender whose clock is a day ahead ends after two minutes', () => {
    const t = quoting()
    pull(t, 'both', 86_400_000)
    expect(t.engine.state.pulled.until).toBe(t.at + 120_000)
  })

  it('that is over when it arrives takes nothing away', () => {
    const t = quoting()
    expect(sendsOf(pull(t, 'both', 0))).toEqual([])
  })

  it('takes quotes away while the book is crossed for a moment', () => {
    const t = quoting()
    t.delta('bid', 48, 5)
    expect(t.engine.state.book.isCrossed).toBe(true)
    expect(sendsOf(pull(t, 'both', 60_000)).sort()).toEqual(CANCELED_BOTH)
  })
})

describe('cents from outside', () => {
  it('move the fair value by exactly as much, and no number moves it by nothing', () => {
    const t = quoting()
    pull(t, 'none', 0, 0.75)
    expect(t.engine.state.quoter.input.signal).toBeCloseTo(0.75, 9)
    pull(t, 'none', 0, Number.NaN)
    expect(t.engine.state.quoter.input.signal).toBe(0)
    expect(t.engine.state.quoter.silence).toEqual({ bid: null, ask: null })
  })
})
