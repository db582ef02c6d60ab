// How long was quoted and why not: the maker's own sums, and the decider that keeps them.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Uptime } from '../../../../src/core/maker/uptime.ts'
import { statusOf } from '../../../../src/core/status/view.ts'
import { quotingEngine, T0 } from '../../../helpers/core.ts'

describe('uptime', () => {
  it('counts what was shown until the next look, each silent side by itself', () => {
    const uptime = new Uptime()
    uptime.update(T0, 'connecting', 'connecting')
    uptime.update(T0 + 2_000, null, null)
    uptime.update(T0 + 5_000, 'burst', null)
    uptime.update(T0 + 6_500, 'burst', 'limit')
    uptime.update(T0 + 7_000, null, null)
    expect(uptime.status(T0 + 8_000)).toEqual({
      two_sided_s: 4,
      one_sided_s: 1.5,
      none_s: 2.5,
      silence: { connecting: 4, burst: 2, limit: 0.5 },
    })
  })

  it('shows the time since the last look without keeping it', () => {
    const uptime = new Uptime()
    uptime.update(T0, 'dark', null)
    const wanted = { two_sided_s: 0, one_sided_s: 3, none_s: 0, silence: { dark: 3 } }
    expect(uptime.status(T0 + 3_000)).toEqual(wanted)
    expect(uptime.status(T0 + 3_000)).toEqual(wanted)
  })

  it('knows nothing before the first look', () => {
    const nothing = { two_sided_s: 0, one_sided_s: 0, none_s: 0, silence: {} }
    expect(new Uptime().status(T0)).toEqual(nothing)
  })

  it('takes a clock that runs backwards as no time', () => {
    const uptime = new Uptime()
    uptime.update(T0, null, null)
    uptime.update(T0 - 60_000, null, null)
    uptime.update(T0 + 1_000, null, null)
    expect(uptime.status(T0).two_sided_s).toBe(1)
  })

  it('puts reasons beyond the sixty-fourth together', () => {
    const uptime = new Uptime()
    for (let i = 0; i < 100; i++) uptime.update(T0 + i * 1_000, `reason-${i}`, null)
    const { silence } = uptime.status(T0 + 100_000)
    expect(Object.keys(silence)).toHaveLength(65)
    expect(silence.other).toBe(36)
  })

  it('adds up: all time has a number of sides, and every silent side a reason', () => {
    const reason = fc.constantFrom(null, 'a', 'b', 'c')
    const looks = fc.array(fc.tuple(fc.integer({ min: -500, max: 5_000 }), reason, reason))
    fc.assert(
      fc.property(looks, (list) => {
        const uptime = new Uptime()
        let [at, newest] = [T0, T0]
        uptime.update(at, null, 'a')
        for (const [ms, bid, ask] of list) {
          at += ms
          newest = Math.max(newest, at)
          uptime.update(at, bid, ask)
        }
        const { two_sided_s, one_sided_s, none_s, silence } = uptime.status(newest)
        expect(two_sided_s + one_sided_s + none_s).toBeCloseTo((newest - T0) / 1000, 6)
        const silent = Object.values(silence).reduce((sum, seconds) => sum + seconds, 0)
        expect(silent).toBeCloseTo(one_sided_s + 2 * none_s, 6)
      }),
    )
  })

  it('of a maker whose orders are not acknowledged yet is silence, and it says so', () => {
    const engine = quotingEngine()
    const { uptime } = statusOf(engine, T0 + 700)
    expect([uptime.two_sided_s, uptime.silence.waiting]).toEqual([0, 1.4])
  })
})
