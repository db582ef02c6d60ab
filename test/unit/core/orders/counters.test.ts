// Contracts placed: what counts, what is taken back, and that no more is ever filled.

import { describe, expect, it } from 'vitest'
import { countContracts, zeroCounters } from '../../../../src/core/orders/counters.ts'
import { statusOf } from '../../../../src/core/status/view.ts'
import { placing, quoting, type Transcript } from '../../../helpers/engine-transcript.ts'

const placed = (t: Transcript): number => t.engine.state.execution.counters.contracts_placed

describe('contracts placed', () => {
  it('count from when they are sent, because they can fill before the answer comes', () => {
    const t = placing()
    expect(placed(t)).toBe(20)
    t.fill('kmm-n-1', 10)
    t.accept('place', 'kmm-n-1', { filled: 10, remaining: 0 })
    t.accept('place', 'kmm-n-2')
    // The bid was replaced when it was filled.
    expect(placed(t)).toBe(30)
    expect(statusOf(t.engine, t.at).counters.contracts_placed).toBe(30)
  })

  it('that the exchange refused are taken back, whatever the reason', () => {
    const t = placing()
    t.refuse('place', 'kmm-n-1', 400, 'invalid_order')
    expect(placed(t)).toBe(10)
    t.refuse('place', 'kmm-n-2', 429, 'too_many_requests')
    expect(placed(t)).toBe(0)
  })

  it('that perhaps arrived, or surely did though it said no, stay counted', () => {
    const t = placing()
    t.lose('place', 'kmm-n-1')
    t.refuse('place', 'kmm-n-2', 409, 'order_already_exists')
    expect(placed(t)).toBe(20)
  })

  it('grow by what an amend adds to what is left, unless it is refused', () => {
    const t = quoting()
    expect(placed(t)).toBe(20)
    t.fill('kmm-n-1', 5)
    t.fill('kmm-n-1', 1)
    // Four were left, ten are wanted.
    expect(t.text).toContain('< amend kmm-n-1 bid 16 at 43')
    expect(placed(t)).toBe(26)
    t.refuse('amend', 'kmm-n-1', 400, 'invalid_price')
    expect(placed(t)).toBe(20)
  })

  it('do not change with a move, a renewal, a decrease or a cancel, taken or refused', () => {
    const t = quoting()
    t.moveTop([44, 46], [47, 49])
    t.refuse('amend', 'kmm-n-1', 429, 'too_many_requests')
    t.accept('amend', 'kmm-n-2')
    expect(placed(t)).toBe(20)
    const renewed = quoting()
    while (renewed.engine.state.execution.counters.renewed < 2) {
      renewed.sleepAlive(1000).answerAll()
    }
    expect(placed(renewed)).toBe(20)
    const less = quoting()
    less.configure({ strategy: { size: 500 } })
    less.refuse('decrease', 'kmm-n-1', 400, 'invalid_order')
    less.accept('decrease', 'kmm-n-2')
    less.command('pause')
    expect(less.engine.state.execution.counters).toMatchObject({ decreased: 2, canceled: 2 })
    expect(placed(less)).toBe(20)
  })

  it('are whole hundredths, however many are added and taken back', () => {
    const counters = zeroCounters()
    for (let n = 0; n < 1000; n++) countContracts(counters, 10)
    expect(counters.contracts_placed).toBe(100)
    for (let n = 0; n < 7; n++) countContracts(counters, 1)
    expect(String(counters.contracts_placed)).toBe('100.07')
    countContracts(counters, -10_007)
    expect(counters.contracts_placed).toBe(0)
  })
})
