// Paired comparisons whose means, errors and limits were worked out by hand.

import { describe, expect, it } from 'vitest'
import { pairedOf, pairedText } from '../../../../research/backtest/results/paired.ts'
import { netLine } from '../../../../research/backtest/results/report.ts'
import { triedLimits, triedText } from '../../../../research/backtest/results/tried.ts'
import type { Result } from '../../../../research/backtest/runs/result.ts'

/** A session that earned `net`, its contracts `cents` each until 30 s after their fills. */
const session = (net: number, cents: number | null, contracts: number): Result =>
  ({
    ticker: `S${net}`,
    net,
    netAtMid: net / 2,
    markouts: [
      { after: 5, cents: 99, contracts: 1 },
      { after: 30, cents, contracts },
    ],
  }) as unknown as Result

const BEFORE = [session(1, 1, 10), session(2, -1, 10), session(3, 0, 10)]
const AFTER = [session(2, 2, 10), session(4, 0, 20), session(3, -1, 10)]

it('a sum over sessions has the error of its parts', () => {
  // Variance 1 of three values: 1.73 of their sum.
  expect(netLine(BEFORE)).toBe('Net of 3 sessions: 6.00 $ (s.e. 1.73)')
})

describe('a paired comparison', () => {
  it('has the mean of the differences and its standard error', () => {
    const { sessions, net, atMid } = pairedOf(BEFORE, AFTER)
    expect(sessions.map(({ difference }) => difference)).toEqual([1, 2, 0])
    // Variance 1 of three values: error 1/sqrt(3).
    expect(net).toEqual({ mean: 1, error: Math.sqrt(1 / 3), t: 1 / Math.sqrt(1 / 3) })
    expect(atMid.mean).toBe(0.5)
    expect(atMid.t).toBeCloseTo(Math.sqrt(3), 12)
  })

  it('compares means over contracts, with the error of a ratio over sessions', () => {
    // From 0 of 30 contracts to 10 cents of 40. Shares in the error: 1/3, -1/3, 0 and .4375, -.125,
    // -.3125; the squares of their differences sum to .15191.
    const { cents } = pairedOf(BEFORE, AFTER)
    expect(cents).toMatchObject({ before: 0, after: 0.25, mean: 0.25 })
    expect(cents?.error).toBeCloseTo(Math.sqrt(0.15191 * 1.5), 5)
    expect(cents?.t).toBeCloseTo(0.25 / Math.sqrt(0.15191 * 1.5), 4)
  })

  it('knows no error from one session, and no t where nothing differs', () => {
    expect(pairedOf([BEFORE[0]!], [AFTER[0]!]).net).toEqual({ mean: 1, error: null, t: null })
    const same = pairedOf(BEFORE, BEFORE)
    expect(same.net).toEqual({ mean: 0, error: 0, t: null })
    expect(same.cents).toMatchObject({ mean: 0, error: 0, t: null })
    expect(pairedOf([BEFORE[0]!], [session(0, null, 0)]).cents).toBe(null)
  })

  it('is told session by session', () => {
    const text = pairedText(pairedOf(BEFORE, AFTER))
    expect(text).toContain('+1.0000 (s.e. 0.5774, t 1.73), in all +3.00 (s.e. 1.73)')
    expect(text).toContain('+0.25 (s.e. 0.48, t 0.52), from 0.00 to 0.25')
    expect(text.split('\n')[2]).toMatch(/^S2 +2\.0000 +4\.0000 +\+2\.0000 +\+1\.0000$/)
    const silent = [session(0, null, 0)]
    expect(pairedText(pairedOf(silent, silent))).toContain('one of the two has not traded')
  })
})

describe('many settings on the same sessions', () => {
  it('ask for more than one does', () => {
    // 15 sessions, 10 settings: the table has 2.1448 for 5 % and 3.3257 for half a percent.
    const { alone, sidak, bonferroni } = triedLimits(10, 15)
    expect(alone).toBeCloseTo(2.1448, 4)
    expect(bonferroni).toBeCloseTo(3.3257, 4)
    expect(sidak).toBeGreaterThan(3.3)
    expect(sidak).toBeLessThan(bonferroni)
    expect(triedLimits(1, 15)).toEqual({ alone, sidak: alone, bonferroni: alone })
  })

  it('are warned of from the fourth on', () => {
    expect(triedText(3, 15)).toBe(null)
    expect(triedText(10, 15)).toMatch(
      /^10 settings .* at least 3\.31 .*Bonferroni 3\.33.* not 2\.14/,
    )
    expect(triedText(4, 1)).toContain('one session can tell none')
  })
})
