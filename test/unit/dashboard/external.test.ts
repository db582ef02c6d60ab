// The page's words for prices elsewhere: the sum from the gap to what is added, why it counts for
// nothing, and what it may do.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { externalWords, sourceName } from '../../../dashboard/external.js'
import type { ExternalStatus } from '../../../src/core/status/status.ts'

type Source = ExternalStatus['sources'][number]
type Told = Parameters<typeof externalWords>[0]

const POLYMARKET: Source & Pick<ExternalStatus, 'source' | 'state'> = {
  source: 'polymarket',
  state: 'live',
  reason: '',
  value_cents: 52.5,
  age_ms: 2_400,
}
const LIVE: ExternalStatus = {
  ...POLYMARKET,
  ...{ mode: 'shadow', pull: 'none', licence: 0, verified: true, failures: [] },
  ...{ skew_would_be: 0.12, skew_cents: 0, gap_cents: 1.5 },
  basis: { cents: -0.25, observations: 40, seconds: 7_200, ready: true },
  gain: 0.0123,
  learned_gain: null,
  sources: [],
}
const LEARNING: ExternalStatus = {
  ...LIVE,
  reason: 'basis-warming',
  skew_would_be: 0,
  basis: { cents: 1.4, observations: 3, seconds: 299, ready: false },
}
const DRAFTKINGS: Source = {
  source: 'oddsapi:draftkings',
  state: 'suspended',
  reason: 'event is off the board',
  value_cents: null,
  age_ms: null,
}

const fact = (status: Told, name: string) => {
  const found = externalWords(status).facts.find((each) => each.name === name)
  if (found === undefined) throw new Error(`Finding the fact ${name} failed: there is none`)
  return found
}
const shown = (status: Told, name: string): string => fact(status, name).value
const under = (status: Told, name: string): string => fact(status, name).under

describe('the external signal', () => {
  it('in shadow say their value and age, and that they move nothing', () => {
    const words = externalWords(LIVE)
    expect(words).toMatchObject({
      source: 'Polymarket',
      standing: 'in shadow',
      word: 'live',
      tone: 'good',
      sentence: 'It is recorded and moves nothing.',
    })
    expect([shown(LIVE, 'value'), under(LIVE, 'value')]).toEqual(['52.50 ¢', '2 s ago'])
  })

  it('show the sum from the gap to what is added, in its order', () => {
    const chain = externalWords(LIVE).facts.map(({ name, value }) => `${name} ${value}`)
    expect(chain).toEqual([
      'value 52.50 ¢',
      'gap +1.50 ¢',
      'usual gap −0.25 ¢',
      'beyond it +1.75 ¢',
      'share taken 1.23 %',
      'would add +0.12 ¢',
      'adds 0.00 ¢',
      'mapping proved',
    ])
    expect(under(LIVE, 'gap')).toBe('to our 51.00 ¢')
    expect(under(LIVE, 'usual gap')).toBe('learnt')
    expect(under(LIVE, 'adds')).toBe('in shadow')
  })

  it('give a skew its sign and its unit, and four places when two would show nothing', () => {
    const would = (skew: number) => shown({ ...LIVE, skew_would_be: skew }, 'would add')
    expect([0.5, -0.5, 0, 0.01, 0.0031, -0.0004].map(would).join()).toBe(
      '+0.50 ¢,−0.50 ¢,0.00 ¢,+0.01 ¢,+0.0031 ¢,−0.0004 ¢',
    )
    expect(fact({ ...LIVE, skew_cents: -0.3 }, 'adds')).toMatchObject({
      value: '−0.30 ¢',
      tone: 'strong',
    })
  })

  it('say whether the share was learnt or comes from the formula', () => {
    expect(under(LIVE, 'share taken')).toBe('by formula')
    expect(under({ ...LIVE, learned_gain: 0.0123 }, 'share taken')).toBe('learnt')
  })

  it('say what the licence allows, and that shadow leaves it unused', () => {
    const licensed: ExternalStatus = { ...LIVE, mode: 'licensed' }
    const one: ExternalStatus = { ...licensed, licence: 1, skew_cents: 0.12 }
    expect(externalWords(licensed)).toMatchObject({
      standing: 'without a licence',
      sentence: 'It has no licence and moves nothing.',
    })
    expect(under(licensed, 'adds')).toBe('no licence')
    expect(externalWords(one)).toMatchObject({
      standing: 'licence 1 ¢',
      sentence: 'It moves the quotes within its licence.',
    })
    expect(under(one, 'adds')).toBe('licence: 1 ¢')
    expect(externalWords({ ...one, mode: 'shadow' }).standing).toBe('in shadow, licence unused')
  })

  it('say why they count for nothing, and a reason that is not known as it is', () => {
    expect(externalWords({ ...LIVE, reason: 'disagree' }).sentence).toBe(
      'It counts for nothing: two sources disagree.',
    )
    expect(externalWords({ ...LIVE, reason: 'moon' }).sentence).toContain('moon')
    expect(under({ ...LIVE, reason: 'disagree' }, 'would add')).toBe('held at zero')
  })

  it('shout when a jump has pulled quotes', () => {
    const words = externalWords({ ...LIVE, pull: 'ask', reason: 'shock' })
    expect(words.tone).toBe('bad')
    expect(words.sentence).toBe('An external price has jumped: the ask is pulled for a minute.')
  })

  it('name the failures of a mapping once, and not in the sentence', () => {
    const failure = 'M7: the external rules changed'
    const failed = { reason: failure, verified: false, failures: [failure] }
    const status: ExternalStatus = { ...LIVE, state: 'error', ...failed }
    const words = externalWords(status)
    expect(words).toMatchObject({
      tone: 'bad',
      sentence: 'It counts for nothing: the mapping does not hold.',
    })
    expect(fact(status, 'mapping')).toMatchObject({ value: 'does not hold', tone: 'bad' })
    expect(fact(status, 'mapping').note).toContain('M7')
  })
})

describe('the usual gap, while it is being learnt,', () => {
  it('is the reason why nothing would be added, with how far the learning is', () => {
    expect(externalWords(LEARNING).sentence).toBe(
      'It would add 0.00 ¢ so far, learning the usual gap: 3 of 8 looks, 4 of 30 min.',
    )
    expect(fact(LEARNING, 'usual gap')).toMatchObject({
      value: '+1.40 ¢',
      under: '3/8 looks, 4/30 min',
      tone: 'faint',
    })
    expect(shown(LEARNING, 'would add')).toBe('0.00 ¢')
    expect(under(LEARNING, 'would add')).toBe('still learning')
  })

  it('leaves no signal beyond it', () => {
    expect(shown(LEARNING, 'gap')).toBe('+1.50 ¢')
    expect(shown(LEARNING, 'beyond it')).toBe('–')
  })

  it('shows its progress behind another reason too, and never more than all of it', () => {
    const basis = { cents: 1, observations: 25, seconds: 1_799, ready: false }
    const late: ExternalStatus = { ...LEARNING, reason: 'kalshi-wide', basis }
    expect(externalWords(late).sentence).toBe('It counts for nothing: our own book is too wide.')
    expect(under(late, 'usual gap')).toBe('8/8 looks, 29/30 min')
  })

  it('is not there before the first look, and may be too large', () => {
    const nothing = { cents: null, observations: 0, seconds: 0, ready: false }
    const none: ExternalStatus = { ...LEARNING, basis: nothing }
    expect(shown(none, 'usual gap')).toBe('–')
    expect(externalWords(none).sentence).toContain('0 of 8 looks, 0 of 30 min')
    const wide = { ...LIVE.basis, cents: 4.2 }
    const large: ExternalStatus = { ...LIVE, reason: 'basis-cap', basis: wide }
    expect(under(large, 'usual gap')).toBe('too large to be one')
  })

  it('counts as learnt after as many looks and minutes as the worker wants', () => {
    const code = readFileSync(
      new URL('../../../src/signals/signal/basis.ts', import.meta.url),
      'utf8',
    )
    const looks = /READY_COUNT = (\d+)/.exec(code)?.[1]
    const minutes = /READY_SPAN: Millis = (\d+) \* 60_000/.exec(code)?.[1]
    expect(externalWords(LEARNING).sentence).toContain(`of ${looks} looks`)
    expect(externalWords(LEARNING).sentence).toContain(`of ${minutes} min`)
  })
})

describe('the sources', () => {
  it('have a row each where there is more than one, and none where there is one', () => {
    const pair: ExternalStatus = {
      ...LIVE,
      source: 'polymarket+odds-api',
      sources: [POLYMARKET, DRAFTKINGS],
    }
    expect(externalWords(pair).source).toBe('Polymarket + The Odds API')
    const read = { value: '52.50 ¢', age: '2 s ago', word: 'live', tone: 'good', why: '' }
    expect(externalWords(pair).rows).toEqual([
      { id: 'polymarket', name: 'Polymarket', ...read },
      {
        id: 'oddsapi:draftkings',
        name: 'DraftKings via The Odds API',
        value: '–',
        age: '',
        word: 'no price there',
        tone: 'warn',
        why: 'event is off the board',
      },
    ])
    expect(externalWords({ ...LIVE, sources: [POLYMARKET] }).rows).toEqual([])
  })

  it('are named as a person would, or as they are', () => {
    const sources = ['polymarket+draftkings', 'draftkings:US-NJ-SB', 'oddsapi:pinnacle', 'moon']
    expect(sources.map(sourceName).join('; ')).toBe(
      'Polymarket + DraftKings; DraftKings US-NJ-SB; pinnacle via The Odds API; moon',
    )
  })
})

describe('what is not known', () => {
  it('is not said', () => {
    const nothing = { value_cents: null, age_ms: null, gap_cents: null, gain: 0 }
    const status: ExternalStatus = { ...LIVE, state: 'stale', ...nothing }
    for (const name of ['value', 'gap', 'beyond it', 'share taken']) {
      expect(shown(status, name), name).toBe('–')
    }
    expect([under(status, 'value'), under(status, 'gap')]).toEqual(['', ''])
    expect(shown(status, 'usual gap')).toBe('−0.25 ¢')
  })

  it('by a worker older than the page leaves the rest as it is, with every line in its place', () => {
    const { gap_cents, basis, gain, learned_gain, sources, ...old } = LEARNING
    const words = externalWords(old)
    expect(words.sentence).toBe('It would add 0.00 ¢ so far, learning the usual gap.')
    expect(words.rows).toEqual([])
    expect(words.facts.map(({ name }) => name)).toEqual(
      externalWords(LEARNING).facts.map(({ name }) => name),
    )
    for (const name of ['gap', 'usual gap', 'beyond it', 'share taken']) {
      expect(shown(old, name), name).toBe('–')
    }
    expect(shown(old, 'value')).toBe('52.50 ¢')
    expect(under(old, 'usual gap')).toBe('')
    expect(words.facts.flatMap((each) => Object.values(each)).join()).not.toMatch(/NaN|undefined/)
  })

  it('of a mapping is not called being checked where the source is off', () => {
    const status: ExternalStatus = { ...LIVE, verified: null, state: 'starting' }
    expect(shown(status, 'mapping')).toBe('being checked')
    expect(shown({ ...status, state: 'off' }, 'mapping')).toBe('–')
  })
})
