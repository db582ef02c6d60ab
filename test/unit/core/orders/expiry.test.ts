// An order that would outlive its time is mended once, then canceled, and never in an endless loop.

import { describe, expect, it } from 'vitest'
import { sendsOf } from '../../../../sim/transcript.ts'
import { placing, quoting } from '../../../helpers/engine-transcript.ts'

const BID = 'kmm-n-1'
const MEND = ['amend kmm-n-1 bid 10 at 43']

describe('an order of ours that the exchange shows', () => {
  it.each([
    ['without an expiry', null],
    ['with an expiry of a day', 86_400_000],
  ])('%s is given the one it was asked for, by an amend of nothing else', (_, lasts) => {
    const t = quoting()
    const expiresAt = lasts === null ? null : t.at + lasts
    expect(sendsOf(t.report(BID, { expiresAt }))).toEqual(MEND)
    expect(t.order(BID).next.expiresAt).toBe(t.at + 120_000)
    t.accept('amend', BID)
    expect(sendsOf(t.report(BID, { expiresAt: t.at + 120_000 }))).toEqual([])
    expect(t.text).toContain('! expiry-mended')
    expect(t.engine.state.execution.counters.expiry_mended).toBe(1)
  })

  it('still without one after the amend is canceled, and replaced after a while', () => {
    const t = quoting()
    t.report(BID, { expiresAt: null })
    t.accept('amend', BID)
    expect(sendsOf(t.report(BID, { expiresAt: null }))).toEqual(['cancel kmm-n-1 bid'])
    expect(t.text).toContain('! expiry-not-kept')
    t.accept('cancel', BID)
    expect(t.text).not.toContain('< place')
    t.sleepAlive(1_000)
    expect(t.text).toContain('< place kmm-n-3 bid 10 at 43')
  })

  it('with an expiry a few seconds late is let be, because clocks differ', () => {
    const t = quoting()
    const expiresAt = t.at + 129_000
    expect(sendsOf(t.report(BID, { expiresAt }))).toEqual([])
  })

  it('rests after three have been canceled for nothing, where expiries are never reported', () => {
    const t = placing()
    t.acceptBoth('place')
    const silent = (id: string): string[] => sendsOf(t.report(id, { expiresAt: null }))
    let id = BID
    for (let turn = 0; turn < 3; turn++) {
      expect(silent(id)).toHaveLength(1)
      t.accept('amend', id)
      expect(silent(id)).toEqual([`cancel ${id} bid`])
      t.accept('cancel', id)
      t.sleepAlive(5_000)
      id = `kmm-n-${turn + 3}`
      t.accept('place', id)
    }
    expect(t.text).toContain('! expiry-not-reported')
    expect(silent(id)).toEqual([])
  })
})
