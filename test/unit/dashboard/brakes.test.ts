// The page's words and bars for the brakes.

import { describe, expect, it } from 'vitest'
import { brakeBar, brakesSentence } from '../../../dashboard/brakes.js'
import type { BrakesStatus, BrakeUse } from '../../../src/core/status/status.ts'

const use = (changes: Partial<BrakeUse>): BrakeUse => ({
  ...{ name: 'max_session_loss', code: 'session-loss', unit: 'dollars' },
  ...{ limit: 25, used: 5, left: 20, trips: true },
  ...changes,
})
const brakes = (changes: Partial<BrakesStatus>): BrakesStatus => ({
  ...{ state: 'active', ticker_state: 'active', desk_state: 'active', uses: [] },
  ...{ session_since: null, equity: '1.5', peak: '2', day_gain: '1', others_day_gain: '0' },
  price_age_ms: 0,
  ...changes,
})

describe('the brakes on the page', () => {
  it.each([
    [{}, 0.2, 'good', '$5.00 of $25.00'],
    [{ used: -3, left: 28 }, 0, 'good', '$0.00 of $25.00'],
    [{ used: 20 }, 0.8, 'warn', '$20.00 of $25.00'],
    [{ used: 30, left: 0 }, 1, 'bad', '$30.00 of $25.00'],
    [
      { name: 'max_reject_share', unit: 'share', limit: 0.5, used: 0.25 },
      0.5,
      'good',
      '25 % of 50 %',
    ],
    [{ unit: 'requests', limit: 600, used: 60 }, 0.1, 'good', '60 of 600'],
    [
      { name: 'min_cash', limit: 100, used: 400, left: 300 },
      0.25,
      'good',
      '$400.00, at least $100.00',
    ],
    [{ name: 'min_cash', limit: 100, used: 90, left: 0 }, 1, 'bad', '$90.00, at least $100.00'],
  ])('%j fills %d of its bar', (changes, full, tone, text) => {
    expect(brakeBar(use(changes))).toMatchObject({ full, tone, text })
  })

  it('marks the brake that has halted the maker, also when less is used by now', () => {
    const tripped = { full: 1, tone: 'bad', name: 'max session loss: has tripped' }
    expect(brakeBar(use({}), 'session-loss')).toMatchObject(tripped)
    expect(brakeBar(use({}), 'drawdown').tone).toBe('good')
  })

  it.each([
    [{}, 'Gained if closed now: +$1.50. Peak of the session: +$2.00.'],
    [{ equity: '-0.58', peak: '0' }, 'Gained if closed now: −$0.58. Peak of the session: $0.00.'],
    [
      { price_age_ms: 61_000 },
      'Gained if closed now, at a price 61 s old: +$1.50. Peak of the session: +$2.00.',
    ],
    [{ equity: null }, 'No session yet: the position has no price.'],
    [{ state: 'halted', ticker_state: 'halted' }, 'A person has halted this ticker.'],
    [{ state: 'reducing' }, 'A person lets the desk only reduce what is held.'],
  ] as const)('%j says "%s"', (changes, sentence) => {
    expect(brakesSentence(brakes(changes))).toBe(sentence)
  })
})
