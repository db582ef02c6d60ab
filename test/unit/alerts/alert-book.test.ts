// Each alert is told once, and once more when it is over, whatever is repeated or lost in between.

import { describe, expect, it } from 'vitest'
import {
  type Alert,
  type AlertState,
  noAlerts,
  report,
  taken,
  waitingFor,
} from '../../../src/alerts/alert-book.ts'
import { lineOf, textOf } from '../../../src/alerts/alert-text.ts'

const CHANNELS = ['webhook', 'email']
const DARK: Alert = { code: 'dark', reason: 'stale' }
const HALTED: Alert = { code: 'halted', reason: 'operator' }

const told = (state: AlertState): string[] =>
  state.messages.map(({ source, code, over }) => `${source} ${code}${over ? ' over' : ''}`)

const stateAfter = (...steps: [source: string, alerts: Alert[], at: number][]): AlertState =>
  steps.reduce(
    (state, [source, alerts, at]) => report(state, source, alerts, at, CHANNELS),
    noAlerts(),
  )

describe('the book of alerts', () => {
  it('tells an alert once, however often it is reported, and its end once', () => {
    const state = stateAfter(
      ['A', [DARK], 0],
      ['A', [DARK], 1_000],
      ['B', [], 1_500],
      ['A', [DARK, HALTED], 2_000],
      ['A', [HALTED], 3_000],
      ['A', [], 9_000],
      ['A', [], 10_000],
    )
    expect(told(state)).toEqual(['A dark', 'A halted', 'A dark over', 'A halted over'])
    expect(state.messages.map(({ lasted }) => lasted)).toEqual([0, 0, 3_000, 7_000])
    expect(state.open).toEqual({})
  })

  it('keeps sources apart', () => {
    expect(told(stateAfter(['A', [DARK], 0], ['B', [DARK], 1], ['A', [], 2]))).toEqual([
      'A dark',
      'B dark',
      'A dark over',
    ])
  })

  it('tells what happens once by its own time, and never that it is over', () => {
    const restarted = (at: number): Alert => ({ code: 'restarted', reason: '', at })
    const state = stateAfter(
      ['A', [restarted(5)], 10],
      ['A', [restarted(5)], 20],
      ['A', [], 30],
      ['A', [restarted(5)], 40],
      ['A', [restarted(50)], 60],
    )
    expect(told(state)).toEqual(['A restarted', 'A restarted'])
  })

  it('says nothing of a reason that changes while the alert is open, but shows it', () => {
    const state = stateAfter(['A', [DARK], 0], ['A', [{ code: 'dark', reason: 'gap' }], 1])
    expect(told(state)).toEqual(['A dark'])
    expect(state.open.A).toEqual([{ code: 'dark', reason: 'gap', since: 0 }])
  })

  it('returns the same state when nothing is new, so that nothing is stored', () => {
    const state = stateAfter(['A', [DARK], 0])
    expect(report(state, 'A', [DARK], 5, CHANNELS)).toBe(state)
    expect(report(state, 'B', [], 5, CHANNELS)).toBe(state)
  })

  it('keeps for each channel what that one has not taken', () => {
    let state = stateAfter(['A', [DARK], 0])
    state = taken(state, 'webhook', waitingFor(state, 'webhook'))
    expect(waitingFor(state, 'webhook')).toEqual([])
    expect(waitingFor(state, 'email')).toHaveLength(1)
  })

  it('is bounded, and counts what no channel took', () => {
    let state = noAlerts()
    for (let at = 0; at < 150; at++) {
      state = report(state, `S${at}`, [{ code: 'restarted', reason: '', at }], at, CHANNELS)
    }
    expect([state.messages.length, state.dropped]).toEqual([100, 50])
  })
})

describe('the text of an alert', () => {
  const [first, last] = stateAfter(['KXA', [DARK], 0], ['KXA', [], 300_000]).messages

  it('names who, what, why and the cure; and at the end, how long it was', () => {
    expect(lineOf(first!)).toMatch(/^KXA: cannot trust its book \(stale\)\. It quotes nothing/)
    expect(lineOf(last!)).toBe('KXA: over after 5 min: cannot trust its book (stale)')
  })

  it('keeps the newest lines where not all find room, and says how many it left out', () => {
    const text = textOf([first!, first!, first!, last!], 120)
    expect(text).toBe(`… and 3 earlier\n${lineOf(last!)}`)
    expect(textOf([first!], 20)).toHaveLength(20)
  })
})
