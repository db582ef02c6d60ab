// When the page offers a release, and what it asks before.

import { describe, expect, it } from 'vitest'
import { mayRelease, releaseAllQuestion, releaseQuestion } from '../../../dashboard/release.js'

describe('a release', () => {
  it.each([
    ['halted', 'session-loss', true],
    ['halted', 'drill', true],
    ['halted', 'ticker-halted', false],
    ['halted', 'desk-halted', false],
    ['paused', 'operator', false],
  ])('of a maker that is %s by %s is offered: %s', (phase, reason, offered) => {
    expect(mayRelease({ phase, reason })).toBe(offered)
  })

  it('asks with the sentence of the reason', () => {
    const asked = releaseQuestion({ ticker: 'KXA', reason: 'session-loss', state: 'active' })
    expect(asked.title).toBe('Release KXA?')
    expect(asked.text).toMatch(/^More than max_session_loss was lost/)
    expect(asked.text).not.toContain('state')
    expect(asked.mayWriteOff).toBe(false)
  })

  it('quotes what a person gave as the reason, and names a state that stays', () => {
    const { text } = releaseQuestion({ ticker: 'KXA', reason: 'drill', state: 'reducing' })
    expect(text).toContain('by a person: “drill”')
    expect(text).toContain('Its state stays reducing.')
  })

  it('offers to write off the lost day, without which it would halt again', () => {
    const lost = { ticker: 'KXB', phase: 'halted', reason: 'daily-loss' }
    expect(releaseQuestion({ ...lost, state: 'active' }).mayWriteOff).toBe(true)
    const other = { ticker: 'KXA', phase: 'halted', reason: 'drawdown' }
    const quoting = { ticker: 'KXC', phase: 'quoting', reason: 'quoting' }
    expect(releaseAllQuestion([other, lost, quoting]).mayWriteOff).toBe(true)
    const { text, mayWriteOff } = releaseAllQuestion([other, quoting])
    expect(mayWriteOff).toBe(false)
    expect(text).toMatch(/^KXA: Equity fell/)
    expect(text).not.toContain('KXC')
  })
})
