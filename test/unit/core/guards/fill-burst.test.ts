// Fill bursts: which fills pull a side, for how long, and which are one fill in pieces.

import { describe, expect, it } from 'vitest'
import { FillBurst } from '../../../../src/core/guards/fill-burst.ts'
import type { Side } from '../../../../src/core/vocabulary/units.ts'

const T0 = 1_790_000_000_000

/**
 * Fills of quotes of 10 contracts, each as "side contracts order ms-after-T0", with a "!" where the
 * touch went with it. Returns until when bid and ask are pulled, in ms after T0; 0 where they are
 * not.
 */
const pulled = (fills: string, burst = new FillBurst()): number[] => {
  for (const fill of fills.split(', ')) {
    const [side, contracts, orderKey = '', ms, touch] = fill.split(' ')
    burst.onFill({
      ...{ side: side as Side, contracts: Number(contracts), orderKey, at: T0 + Number(ms) },
      ...{ touchGone: touch === '!', lotContracts: 10 },
    })
  }
  return [burst.until('bid'), burst.until('ask')].map((at) => at && at - T0)
}

describe('burst', () => {
  it.each<[string, string, number[]]>([
    ['does not pull for one fill', 'bid 3 a 0', [0, 0]],
    ['pulls for 5 s after two fills within 2 s', 'bid 3 a 0, bid 3 b 2000', [7000, 0]],
    ['ignores two fills that are further apart', 'bid 3 a 0, bid 3 b 2001', [0, 0]],
    ['does not mistake a fill on each side for a burst', 'bid 3 a 0, ask 3 b 100', [0, 0]],
    ['pulls at once when the whole lot goes together with the touch', 'ask 10 a 0 !', [0, 5000]],
    ['does not pull for the whole lot alone', 'ask 10 a 0', [0, 0]],
    ['does not pull for a part with the touch gone', 'ask 10 a 0, bid 9 b 0 !', [0, 0]],
    ['counts pieces of an order within 50 ms as one fill', 'bid 2 a 0, bid 2 a 50', [0, 0]],
    ['counts later pieces apart', 'bid 2 a 0, bid 2 a 50, bid 2 a 51', [5051, 0]],
    ['counts fills of one millisecond as one, of any orders', 'bid 2 a 0, bid 2 b 0', [0, 0]],
    ['counts the millisecond after apart', 'bid 2 a 0, bid 2 b 0, bid 2 c 1', [5001, 0]],
    ['adds the pieces up to a whole lot', 'bid 6 a 0, bid 4 a 10 !', [5010, 0]],
    ['does not add up separate fills', 'bid 6 a 0 !, bid 6 b 3000 !', [0, 0]],
    ['forgets an earlier touch', 'bid 6 a 0 !, bid 6 b 3000 !, bid 10 c 6000', [0, 0]],
    // The clock steps back: the third fill is of the same moment as b, so one fill with it.
    ['takes a step back as no time', 'bid 1 a 0, bid 1 b 3000, bid 1 c -60000', [0, 0]],
    ['ignores a fill of 0', 'bid 1 a 0, bid 1 b 3000, bid 1 c -60000, bid 0 d 3100 !', [0, 0]],
  ])('%s', (_, fills, until) => {
    expect(pulled(fills)).toEqual(until)
  })

  it('counts a pull once, from the latest fill, and a longer pause as the same pull', () => {
    const once = new FillBurst()
    pulled('bid 3 a 0, bid 3 b 2000', once)
    expect(once.count).toBe(1)
    const burst = new FillBurst(1000)
    expect(pulled('bid 1 a 0, bid 1 b 500, bid 1 c 1400', burst)).toEqual([2400, 0])
    expect(burst.count).toBe(1)
    pulled('bid 1 d 2400', burst)
    expect(burst.count).toBe(2)
  })
})
