// Fill bursts: which fills pull a side, for how long, and which are one fill in pieces.

import { describe, expect, it } from 'vitest'
import { FillBurst } from '../../../../src/core/guards/fill-burst.ts'
import type { Millis, Side } from '../../../../src/core/vocabulary/units.ts'

const T0 = 1_790_000_000_000

/** A fill of a quote of 10 contracts. */
const fill = (side: Side, contracts: number, at: Millis, orderKey: string, touchGone = false) => ({
  ...{ side, contracts, at, orderKey, touchGone },
  lotContracts: 10,
})

describe('burst', () => {
  it('pulls a side for five seconds after two fills within two seconds', () => {
    const burst = new FillBurst()
    burst.onFill(fill('bid', 3, T0, 'a'))
    expect(burst.until('bid')).toBe(0)
    burst.onFill(fill('bid', 3, T0 + 2000, 'b'))
    expect(burst.until('bid')).toBe(T0 + 7000)
    expect(burst.until('ask')).toBe(0)
    expect(burst.count).toBe(1)
  })

  it('ignores two fills that are further apart', () => {
    const burst = new FillBurst()
    burst.onFill(fill('bid', 3, T0, 'a'))
    burst.onFill(fill('bid', 3, T0 + 2001, 'b'))
    expect(burst.until('bid')).toBe(0)
  })

  it('does not mistake one fill on each side for a burst', () => {
    const burst = new FillBurst()
    burst.onFill(fill('bid', 3, T0, 'a'))
    burst.onFill(fill('ask', 3, T0 + 100, 'b'))
    expect(burst.until('bid')).toBe(0)
    expect(burst.until('ask')).toBe(0)
  })

  it('pulls at once when the whole lot goes together with the touch', () => {
    const burst = new FillBurst()
    burst.onFill(fill('ask', 10, T0, 'a', true))
    expect(burst.until('ask')).toBe(T0 + 5000)
  })

  it('does not pull for the whole lot alone, nor for a part with the touch gone', () => {
    const burst = new FillBurst()
    burst.onFill(fill('ask', 10, T0, 'a'))
    burst.onFill(fill('bid', 9, T0, 'b', true))
    expect(burst.until('ask')).toBe(0)
    expect(burst.until('bid')).toBe(0)
  })

  it('counts pieces of one order within 50 ms as one fill', () => {
    const burst = new FillBurst()
    burst.onFill(fill('bid', 2, T0, 'a'))
    burst.onFill(fill('bid', 2, T0 + 50, 'a'))
    expect(burst.until('bid')).toBe(0)
    burst.onFill(fill('bid', 2, T0 + 51, 'a'))
    expect(burst.until('bid')).toBe(T0 + 5051)
  })

  it('counts fills of one millisecond as one, whichever order they met', () => {
    const burst = new FillBurst()
    burst.onFill(fill('bid', 2, T0, 'a'))
    burst.onFill(fill('bid', 2, T0, 'b'))
    expect(burst.until('bid')).toBe(0)
    burst.onFill(fill('bid', 2, T0 + 1, 'c'))
    expect(burst.until('bid')).toBe(T0 + 5001)
  })

  it('adds the pieces up to a whole lot', () => {
    const burst = new FillBurst()
    burst.onFill(fill('bid', 6, T0, 'a'))
    burst.onFill(fill('bid', 4, T0 + 10, 'a', true))
    expect(burst.until('bid')).toBe(T0 + 5010)
  })

  it('does not add up separate fills', () => {
    const burst = new FillBurst()
    burst.onFill(fill('bid', 6, T0, 'a', true))
    burst.onFill(fill('bid', 6, T0 + 3000, 'b', true))
    expect(burst.until('bid')).toBe(0)
    // Nor does the touch that went with an earlier one count for a later.
    burst.onFill(fill('bid', 10, T0 + 6000, 'c'))
    expect(burst.until('bid')).toBe(0)
  })

  it('counts the pause from the latest fill, and a longer pause as the same pull', () => {
    const burst = new FillBurst(1000)
    burst.onFill(fill('bid', 1, T0, 'a'))
    burst.onFill(fill('bid', 1, T0 + 500, 'b'))
    burst.onFill(fill('bid', 1, T0 + 1400, 'c'))
    expect(burst.until('bid')).toBe(T0 + 2400)
    expect(burst.count).toBe(1)
    burst.onFill(fill('bid', 1, T0 + 2400, 'd'))
    expect(burst.count).toBe(2)
  })

  it('treats a clock that steps back as no time passed', () => {
    const burst = new FillBurst()
    burst.onFill(fill('bid', 1, T0, 'a'))
    burst.onFill(fill('bid', 1, T0 + 3000, 'b'))
    burst.onFill(fill('bid', 1, T0 - 60_000, 'c'))
    // Same moment as b, so one fill with it.
    expect(burst.until('bid')).toBe(0)
    burst.onFill(fill('bid', 0, T0 + 3100, 'd', true))
    expect(burst.until('bid')).toBe(0)
  })
})
