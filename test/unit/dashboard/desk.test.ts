// The page's words, bars and changes for the desk.

import { describe, expect, it } from 'vitest'
import {
  type DeskView,
  deskBars,
  deskSentence,
  limitChanges,
  limitMeaning,
  limitsQuestion,
  stateQuestion,
} from '../../../dashboard/desk.js'
import { DESK_LIMITS, defaultDeskLimits } from '../../../src/core/vocabulary/desk-limits.ts'

const view = (changes: Partial<DeskView>): DeskView => ({
  ...{ state: 'active', limits: { ...defaultDeskLimits() }, day: '2026-11-24' },
  ...{ day_gain: '-80.000000', at_risk: '12.400000', granted: '50.000000' },
  events: [{ event: 'KXA', at_risk: '12.400000' }],
  tickers: [
    { shard: 0, cash: '400.000000' },
    { shard: 0, cash: '399.000000' },
    { shard: 1, cash: null },
  ],
  ...changes,
})
const barOf = (desk: DeskView, name: string) => deskBars(desk).find((bar) => bar.name === name)

describe('the desk on the page', () => {
  it('has a bar for the day, for all at risk and for each event', () => {
    expect(deskBars(view({})).map(({ name, text, tone }) => [name, text, tone])).toEqual([
      ['lost today', '$80.00 of $100.00', 'warn'],
      ['at risk, with orders', '$50.00 of $250.00', 'good'],
      ['KXA, held', '$12.40 of $100.00', 'good'],
    ])
    expect(barOf(view({ day_gain: '5.000000' }), 'lost today')).toMatchObject({
      ...{ full: 0, text: '$0.00 of $100.00' },
    })
    expect(barOf(view({ granted: '300' }), 'at risk, with orders')).toMatchObject({
      ...{ full: 1, tone: 'bad' },
    })
  })

  it('shows the cash of a shard once it has a minimum', () => {
    const limits = { ...defaultDeskLimits(), min_cash: 100 }
    expect(barOf(view({ limits }), 'cash, shard 0')?.text).toBe('$399.00, at least $100.00')
    expect(barOf(view({ limits }), 'cash, shard 1')).toBeUndefined()
    expect(barOf(view({ limits: { ...limits, min_cash: 399 } }), 'cash, shard 0')?.tone).toBe('bad')
  })

  it('says what the state means and what the day has brought', () => {
    expect(deskSentence(view({}))).toBe(
      'Every ticker may quote, unless its own state is stricter. Gained on 2026-11-24 (UTC): −$80.00.',
    )
    expect(stateQuestion('halted').text).toContain('cancelled')
    expect(stateQuestion('reducing').text).toBe(
      'Every ticker quotes only what reduces its position.',
    )
  })

  it('knows every limit of the desk', () => {
    for (const key of Object.keys(DESK_LIMITS)) expect(limitMeaning(key)).not.toBe('')
  })
})

describe('a change of limits', () => {
  it('sends what was typed anew, and nothing else', () => {
    const fields = [
      { key: 'max_daily_loss', shown: '100', typed: ' 200 ' },
      { key: 'min_cash', shown: '0', typed: '0' },
    ]
    expect(limitChanges(fields)).toEqual({ max_daily_loss: 200 })
  })

  it.each(['', 'many', '1e'])('lets the API say what is wrong with "%s"', (typed) => {
    const fields = [{ key: 'min_cash', shown: '0', typed }]
    expect(limitChanges(fields)).toEqual({ min_cash: typed })
  })

  it('asks with the old number and the new', () => {
    const { text } = limitsQuestion({ max_daily_loss: 200 }, defaultDeskLimits())
    expect(text).toBe('max daily loss: 100 becomes 200 dollars.')
  })
})
