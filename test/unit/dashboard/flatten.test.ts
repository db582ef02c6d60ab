// What the page says before and after a position is taken off.

import { describe, expect, it } from 'vitest'
import { quoteText, resultText } from '../../../dashboard/flatten.js'
import type { FlattenQuote, FlattenStatus } from '../../../src/core/status/status.ts'

const QUOTE: FlattenQuote = {
  ...{ side: 'ask', position: '4.00', limit_price: '0.4100', fills: '3.00', remains: '1.00' },
  ...{ average_price: '0.440000', worst_price: '0.4400', orders: 1, cash: '1.320000' },
  ...{ fees: '0.051800', cost_against_mark: '0.081800' },
}
const RESULT: FlattenStatus = {
  ...{ state: 'limit-reached', side: 'ask', limit_price: '0.4100', asked: '4.00' },
  ...{ filled: '3.00', position: '1.00', average_price: '0.440000', fees: '0.051800' },
  ...{ orders: 1, since: '2026-12-01T12:00:00.000Z', ended: null },
}

describe('the question before flattening', () => {
  it('names what is sold, for how much, what it gives up, and what stays', () => {
    const text = quoteText(QUOTE)
    for (const part of ['Sells 3', '44', 'limit 41', '1.32', '0.05', '0.08', '1 contracts find']) {
      expect(text).toContain(part)
    }
    expect(quoteText({ ...QUOTE, side: 'bid', remains: '0.00' })).toContain('Buys back')
    expect(quoteText({ ...QUOTE, remains: '0.00' })).not.toContain('stay open')
  })

  it('says that nobody takes anything within the limit', () => {
    expect(quoteText({ ...QUOTE, fills: '0.00', average_price: null })).toContain('Nobody takes')
  })
})

describe('the sentence after flattening', () => {
  it('is empty where everything went, and else says what is held', () => {
    expect(resultText({ ...RESULT, state: 'flat' })).toBe('')
    expect(resultText(RESULT)).toContain('limit-reached, 3')
    expect(resultText(RESULT)).toContain('+1')
  })
})
