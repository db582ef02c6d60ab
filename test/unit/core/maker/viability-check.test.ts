// When the market is judged, and what follows from the verdict.

import { describe, expect, it } from 'vitest'
import { statusOf } from '../../../../src/core/status/view.ts'
import { defaultParameters } from '../../../../src/core/vocabulary/parameters.ts'
import { fillOf, T0 } from '../../../helpers/core.ts'
import { quoting, Transcript } from '../../../helpers/engine-transcript.ts'

/** Costs of two cents a contract each way: a spread of two is not worth it, one of twelve is. */
const DEAR = {
  market: { fees: { maker: 80_000, taker: 80_000, source: 'quadratic_with_maker_fees' } },
  strategy: { admission: 'enforce' },
} as const

const begun = (options: ConstructorParameters<typeof Transcript>[0] = {}): Transcript =>
  new Transcript(options).begin().connect().answerAll()

describe('the verdict', () => {
  it('is there before the first quote goes out, and not before a book has been seen', () => {
    const t = begun()
    expect(t.engine.decider.tracker.viability.verdict).toBeNull()
    expect(statusOf(t.engine, t.at).worth).toBeNull()
    const effects = t.snapshot()
    expect(effects.some(({ type }) => type === 'send')).toBe(true)
    expect(t.engine.decider.tracker.viability.verdict).not.toBeNull()
    expect(statusOf(t.engine, t.at).worth).toMatchObject({ ok: true, reasons: [] })
  })

  it('waits for a book with two sides, without letting a quote out first', () => {
    const t = begun(DEAR)
    t.snapshot([44, 50], [])
    expect(t.engine.decider.tracker.viability.verdict).toBeNull()
    t.pass(500)
    t.delta('ask', 46, 50)
    expect([t.phase, t.orders.exposedCount]).toEqual(['paused: not-worth-it', 0])
  })

  it('is renewed every ten seconds and not more often', () => {
    const t = quoting()
    t.sleepAlive(10_000)
    const { verdict, nextAt } = t.engine.decider.tracker.viability
    t.sleepAlive(nextAt - t.at - 1)
    expect(t.engine.decider.tracker.viability.verdict).toBe(verdict)
    t.sleepAlive(1)
    expect(t.engine.decider.tracker.viability.verdict).not.toBe(verdict)
    expect(t.engine.decider.tracker.viability.nextAt).toBe(nextAt + 10_000)
  })

  it('only advises where that is asked for', () => {
    const t = begun({ ...DEAR, strategy: { admission: 'advise' } })
    t.snapshot()
    expect(t.phase).toBe('quoting')
    expect(statusOf(t.engine, t.at).worth).toMatchObject({
      ok: false,
      reasons: ['spread-below-cost'],
    })
  })

  it('keeps out where it is enforced, and lets in again by the clock alone', () => {
    const t = begun(DEAR)
    t.snapshot()
    expect(t.phase).toBe('paused: not-worth-it')
    expect(statusOf(t.engine, t.at).worth?.sentence).toContain('does not pay')
    t.delta('bid', 44, -50)
    t.delta('bid', 38, 50)
    t.delta('ask', 46, -50)
    t.delta('ask', 52, 50)
    expect(t.phase).toBe('paused: not-worth-it')
    t.sleepAlive(10_000)
    expect(t.phase).toBe('quoting')
    expect(t.text).toContain('< place kmm-n-1 bid')
  })

  it('takes quotes down again when the market stops being worth it', () => {
    const t = begun(DEAR)
    t.snapshot([38, 50], [52, 50])
    expect(t.phase).toBe('quoting')
    t.acceptBoth('place')
    t.delta('bid', 44, 50)
    t.delta('ask', 46, 50)
    t.sleepAlive(10_000)
    expect(t.phase).toBe('paused: not-worth-it')
    expect(t.text).toContain('< cancel kmm-n-1 bid')
  })

  it('is not asked for over and over while the book cannot be read', () => {
    const t = begun(DEAR)
    t.snapshot()
    t.delta('bid', 44, -50)
    expect(t.engine.state.quoter.observed.mid).toBeNull()
    for (let second = 0; second < 60; second++) t.sleepAlive(1000).answerAll()
    expect(t.phase).toBe('paused: not-worth-it')
    expect(t.engine.wakeAt).toBeGreaterThan(t.at)
  })
  it('does not keep a position from being reduced in the last minutes', () => {
    const closeAt = T0 + 250_000
    const t = new Transcript({
      strategy: { admission: 'enforce', reduce_only_seconds: 300 },
      market: { closeAt, expectedAt: closeAt },
    })
    t.begin().connect()
    t.hear({ type: 'fill', sid: 9, seq: 0, fill: fillOf({ quantity: 500, venueAt: T0 }) })
    t.answerAll()
    t.snapshot()
    expect(t.text).toContain('< place kmm-n-1 ask 5 at 47')
  })

  it('holds by default as advice', () => {
    expect(defaultParameters().strategy.admission).toBe('advise')
  })
})
