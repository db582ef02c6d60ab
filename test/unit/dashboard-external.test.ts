// The page's words for prices elsewhere: what is so, why it counts for nothing, and what it may do.

import { describe, expect, it } from 'vitest'
import { externalWords } from '../../dashboard/external.js'
import type { ExternalStatus } from '../../src/core/status.ts'

const LIVE: ExternalStatus = {
  source: 'polymarket',
  mode: 'shadow',
  state: 'live',
  reason: '',
  value_cents: 52.5,
  age_ms: 2_400,
  skew_would_be: 0.12,
  skew_cents: 0,
  pull: 'none',
  licence: 0,
  verified: true,
  failures: [],
}
const fact = (status: ExternalStatus, name: string): string | undefined =>
  externalWords(status, 51).facts.find(([each]) => each === name)?.[1]

describe('prices elsewhere', () => {
  it('in shadow say their value, their age, the gap, and that they move nothing', () => {
    const words = externalWords(LIVE, 51)
    expect(words).toMatchObject({ source: 'Polymarket', word: 'live', tone: 'good' })
    expect(words.sentence).toBe('It is written down and moves nothing.')
    expect(fact(LIVE, 'value')).toBe('52.50 ¢')
    expect(fact(LIVE, 'age')).toBe('2 s')
    expect(fact(LIVE, 'gap')).toBe('+1.50 ¢')
    expect(fact(LIVE, 'would add')).toBe('+0.12 ¢')
    expect(fact(LIVE, 'adds')).toBe('0.00 ¢')
  })

  it('say why they count for nothing, and a reason that is not known as it is', () => {
    expect(externalWords({ ...LIVE, reason: 'disagree' }, 51).sentence).toBe(
      'It counts for nothing: two sources disagree.',
    )
    expect(externalWords({ ...LIVE, reason: 'moon' }, 51).sentence).toContain('moon')
  })

  it('shout when a jump has pulled quotes', () => {
    const words = externalWords({ ...LIVE, pull: 'ask', reason: 'shock' }, 51)
    expect(words.tone).toBe('bad')
    expect(words.sentence).toBe('A jump elsewhere has taken the ask away for a minute.')
  })

  it('name the failures of a mapping', () => {
    const status: ExternalStatus = {
      ...LIVE,
      state: 'error',
      verified: false,
      failures: ['M7: the external rules changed'],
    }
    expect(externalWords(status, null).tone).toBe('bad')
    expect(fact(status, 'mapping')).toBe('does not hold')
    expect(externalWords(status, null).facts.at(-1)?.[2]).toContain('M7')
  })

  it('say nothing of what is not known', () => {
    const status: ExternalStatus = { ...LIVE, value_cents: null, age_ms: null, state: 'stale' }
    expect([fact(status, 'value'), fact(status, 'age'), fact(status, 'gap')]).toEqual([
      '–',
      '–',
      '–',
    ])
  })
})
