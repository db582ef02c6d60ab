// A position that grows beyond its limit halts the maker, by whatever path it got there.

import { describe, expect, it } from 'vitest'
import { PositionWire } from '../../../../src/core/guards/position-wire.ts'
import { CONTRACT } from '../../../../src/core/vocabulary/units.ts'

const TEN = 10 * CONTRACT

describe('position wire', () => {
  it.each([
    [0, 10, false],
    [0, 11, true],
    [0, -11, true],
    [20, 15, false],
    [20, 21, true],
    [20, -15, false],
    [12, -13, true],
  ])('from %d to %d contracts: crossed %s', (before, after, crossed) => {
    const wire = new PositionWire(TEN)
    expect(wire.isCrossed(before * CONTRACT, after * CONTRACT, 0)).toBe(crossed)
  })

  it('excuses for ten seconds what was on its way under the limit before', () => {
    const wire = new PositionWire(TEN)
    wire.setLimit(TEN / 2, 1_000)
    expect(wire.isCrossed(TEN / 2, TEN, 10_999)).toBe(false)
    expect(wire.isCrossed(TEN / 2, TEN + 1, 10_999)).toBe(true)
    expect(wire.isCrossed(TEN / 2, TEN, 11_000)).toBe(true)
  })

  it('excuses the highest of several limits that were lowered within that time', () => {
    const wire = new PositionWire(TEN)
    wire.setLimit(TEN / 2, 0)
    wire.setLimit(TEN / 5, 5_000)
    expect(wire.isCrossed(0, TEN, 9_000)).toBe(false)
    expect(wire.isCrossed(0, TEN / 2, 15_000)).toBe(true)
  })
})
