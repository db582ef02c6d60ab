// Every code that the maker can give has words on the page and, where a person can do something
// about it, a line in the runbook. The codes come from the one typed list that the engine uses
// itself.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { clampWords, phaseWord, placeWords, reasonSentence } from '../../../dashboard/reasons.js'
import { CLAMPS } from '../../../src/core/vocabulary/price-reasons.ts'
import {
  CALENDAR_REASONS,
  PHASES,
  PLACE_REASONS,
  PROFIT_REASONS,
  REASON_CODES,
  REFUSAL_CODES,
  SIDE_REASONS,
} from '../../../src/core/vocabulary/reason-codes.ts'

describe('every reason code', () => {
  it.each(REASON_CODES)('%s has a sentence for people', (code) => {
    const sentence = reasonSentence(code)
    expect(sentence).not.toBe(code)
    expect(sentence).toMatch(/^[A-Z].*\.$/)
  })

  it('of a rejection keeps what the exchange said, or has a sentence for it', () => {
    expect(reasonSentence('rejected:post_only')).toMatch(/^[A-Z].*\. \(post_only\)$/)
    expect(reasonSentence('rejected:killed-on-arrival')).toBe(reasonSentence('killed-on-arrival'))
  })
})

describe('every phase, clamp and place', () => {
  it.each(PHASES)('the phase %s has a mark and a word', (phase) => {
    expect(phaseWord(phase)).toMatchObject({ known: true, mark: expect.stringMatching(/^\S$/) })
  })
  it.each(Object.keys(CLAMPS))('the clamp %s has a word and a meaning', (code) => {
    const [word, meaning] = clampWords(code)
    expect(word.length).toBeLessThanOrEqual(16)
    expect(meaning).toMatch(/^[A-Z].*\.$/)
  })
  it.each(PLACE_REASONS)('the place %s has words', (code) => {
    expect(placeWords(code)).toMatch(/ /)
  })
  it('that is not known is shown as it is', () => {
    expect(clampWords('constructor')[0]).toBe('constructor')
    expect(placeWords('brand-new')).toBe('brand-new')
    expect(phaseWord('brand-new')).toMatchObject({ known: false, word: 'brand-new' })
  })
})

describe('the runbook', () => {
  const runbook = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8')
  /**
   * What a side or the whole maker is silent for; other codes pass by themselves within moments.
   */
  const codes = [
    ...new Set([...SIDE_REASONS, ...CALENDAR_REASONS, ...PROFIT_REASONS, ...REFUSAL_CODES]),
  ]
  it.each(codes)('says what %s means and what to do', (code) => {
    expect(runbook).toContain(`\`${code}\``)
  })
})
