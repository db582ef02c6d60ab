// When a person is called, and when not.

import { describe, expect, it } from 'vitest'
import { MakerConditions, type MakerView, PATIENCE_MS } from '../../../src/alerts/conditions.ts'

const view = (phase: MakerView['phase'], reason: string = phase): MakerView => ({
  ...{ phase, reason, isStarved: false, dropped: 0 },
})

const codes = (conditions: MakerConditions, of: MakerView, at: number): string[] =>
  conditions.open(of, at).map(({ code, reason }) => (reason === '' ? code : `${code} ${reason}`))

describe('conditions of a maker', () => {
  it('are none while it quotes, pauses or sleeps', () => {
    const conditions = new MakerConditions()
    for (const phase of ['quoting', 'paused', 'idle'] as const) {
      expect(codes(conditions, view(phase), 1e9)).toEqual([])
    }
  })

  it.each([
    ['operator', 'halted operator'],
    ['position-beyond-limit', 'brake position-beyond-limit'],
    ['invariant', 'brake invariant'],
    ['key-refused', 'key-refused key-refused'],
    ['desk-unreachable', 'desk-unreachable desk-unreachable'],
  ])('a halt for %s is told at once', (reason, told) => {
    expect(codes(new MakerConditions(), view('halted', reason), 0)).toEqual([told])
  })

  it('a trouble is told after a minute, under the name that it had then, until it ends', () => {
    const conditions = new MakerConditions()
    expect(codes(conditions, view('dark', 'gap'), 0)).toEqual([])
    expect(codes(conditions, view('recovering', 'connecting'), 30_000)).toEqual([])
    expect(codes(conditions, view('dark', 'no-snapshot'), PATIENCE_MS - 1)).toEqual([])
    expect(codes(conditions, view('blind', 'no-reconcile'), PATIENCE_MS)).toEqual([
      'blind no-reconcile',
    ])
    expect(codes(conditions, view('dark', 'gap'), PATIENCE_MS + 5)).toEqual(['blind gap'])
    expect(codes(conditions, view('quoting'), PATIENCE_MS + 6)).toEqual([])
    expect(codes(conditions, view('dark', 'gap'), PATIENCE_MS + 7)).toEqual([])
  })

  it('a budget that carries no order for a minute is told', () => {
    const conditions = new MakerConditions()
    const starved = { ...view('quoting'), isStarved: true }
    expect(codes(conditions, starved, 0)).toEqual([])
    expect(codes(conditions, starved, PATIENCE_MS)).toEqual(['budget-refused'])
  })

  it('a desk that is away for a minute is told', () => {
    const conditions = new MakerConditions()
    const alone = view('paused', 'desk-unreachable')
    codes(conditions, alone, 0)
    expect(codes(conditions, alone, PATIENCE_MS)).toEqual(['desk-unreachable desk-unreachable'])
  })

  it('a storage that refuses writes for a minute is told, and that it is over', () => {
    const conditions = new MakerConditions()
    const failing = view('paused', 'storage-failing')
    expect(codes(conditions, failing, 0)).toEqual([])
    expect(codes(conditions, failing, PATIENCE_MS - 1)).toEqual([])
    expect(codes(conditions, failing, PATIENCE_MS)).toEqual(['storage-failing'])
    expect(codes(conditions, view('paused', 'operator'), PATIENCE_MS + 1)).toEqual([])
  })

  it('lost lines are told when more are lost', () => {
    const conditions = new MakerConditions()
    expect(conditions.open({ ...view('quoting'), dropped: 3 }, 7)).toEqual([
      { code: 'records-dropped', reason: '3 lines', at: 7 },
    ])
    expect(conditions.open({ ...view('quoting'), dropped: 3 }, 9)[0]?.at).toBe(7)
    expect(conditions.open({ ...view('quoting'), dropped: 4 }, 11)[0]?.at).toBe(11)
  })

  it('a restart is told by a maker that quotes again, not by one that sleeps', () => {
    const conditions = new MakerConditions()
    conditions.happened('restarted', '', 5)
    expect(codes(conditions, view('idle', 'market-closed'), 6)).toEqual([])
    expect(codes(conditions, view('recovering'), 7)).toEqual([])
    expect(codes(conditions, view('quoting'), 8)).toEqual(['restarted'])
  })
})
