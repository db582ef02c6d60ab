// A maker that cannot know its own orders, fills and position is blind: it leaves the market, says
// why, and comes back by a good read of all three.

import { describe, expect, it } from 'vitest'
import { sendsOf } from '../../../../sim/transcript.ts'
import { unknown } from '../../../../src/core/vocabulary/outcome.ts'
import { CANCELED_BOTH, quoting, type Timeless } from '../../../helpers/engine-transcript.ts'

const PERIOD = 60_000

/** Lets time pass in which every question fails with this status; returns what was sent. */
const failing = (t: ReturnType<typeof quoting>, ms: number, status: number): string[] => {
  const sent: string[] = []
  const end = t.at + ms
  while (t.at < end) {
    t.at = Math.min(end, t.at + 1000)
    sent.push(...sendsOf(t.life()))
    for (const what of t.open) {
      const outcome =
        status >= 500
          ? unknown(`HTTP ${status}`)
          : { kind: 'rejected', status, code: 'authentication_error', detail: 'NOT_FOUND' }
      const event = { type: 'answer', askedAt: t.at, what, outcome } as Timeless
      sent.push(...sendsOf(t.hear(event)))
    }
  }
  return sent
}

describe('reads that fail', () => {
  it('blind the maker after ten seconds in which nothing was answered', () => {
    const t = quoting()
    t.sleepAlive(PERIOD)
    failing(t, 9_000, 503)
    expect(t.phase).toBe('quoting')
    expect(failing(t, 12_000, 503)).toEqual(CANCELED_BOTH)
    expect(t.phase).toBe('blind: requests-failing')
  })

  it('let it quote again once orders, fills and position have all been read anew', () => {
    const t = quoting()
    t.sleepAlive(PERIOD)
    failing(t, 30_000, 503)
    t.accept('cancel', 'kmm-n-1')
    expect(t.phase).toBe('blind: requests-failing')
    t.accept('cancel', 'kmm-n-2')
    t.sleepAlive(8_000)
    t.answerUntil('position')
    expect(t.phase).toBe('blind: requests-failing')
    t.answerAll()
    expect(t.phase).toBe('quoting')
  })
})

describe('without a good comparison', () => {
  it('the maker is blind after three periods, at that very moment, by itself', () => {
    const t = quoting()
    const from = t.at
    // The questions are lost: no answer at all.
    t.sleepAlive(3 * PERIOD - 4_000)
    expect(t.phase).toBe('quoting')
    t.sleepAlive(8_000)
    expect(t.phase).toBe('blind: no-reconcile')
    expect(t.engine.decider.tracker.since - from).toBeLessThanOrEqual(3 * PERIOD)
  })
})

describe('a key that is refused', () => {
  it('blinds the maker at once, and halts it after ten seconds until a person releases it', () => {
    const t = quoting()
    t.sleepAlive(PERIOD)
    expect(failing(t, 2_000, 401)).toEqual(CANCELED_BOTH)
    expect(t.phase).toBe('blind: key-refused')
    failing(t, 15_000, 401)
    expect(t.phase).toBe('halted: key-refused')
    expect(t.text).toContain('! halted-itself')
    failing(t, 60_000, 401)
    t.hear({ type: 'command', command: 'release', reason: 'operator' })
    expect(t.phase).toBe('blind: key-refused')
  })
})
