// The engine against an exchange that tells the truth, late. What must hold is checked on the
// exchange's books; fast-check prints the seed of a world in which it does not.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SmallExchange } from '../../../helpers/engine-exchange.ts'

describe('against an exchange with lost answers, late reads and broken connections', () => {
  it('never shows two orders a side, never passes a limit, and agrees with it in the end', {
    timeout: 120_000,
  }, () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), (seed) => {
        const world = new SmallExchange(seed)
        world.run(60_000, 45_000)
        const { decider, state } = world.engine
        expect(`${decider.phase}: ${decider.reason}`, world.tail()).toBe('quoting: quoting')
        expect(state.ledger.position, world.tail()).toBe(world.position)
        const ours = state.execution.orders.live
          .filter(({ status }) => status !== 'done')
          .map(({ orderId, price, remaining }) => `${orderId} ${remaining} at ${price}`)
        const theirs = [...world.held.values()].map(
          ({ orderId, price, remaining }) => `${orderId} ${remaining} at ${price}`,
        )
        expect(ours.sort(), world.tail()).toEqual(theirs.sort())
      }),
      { numRuns: 300 },
    )
  })
})
