// The engine under random events: two thousand sequences of a hundred, and the laws that hold after
// every one of them. fast-check prints the seed of a sequence that breaks one.

import fc from 'fast-check'
import { describe, it } from 'vitest'
import { EventFuzz, type RandomEvent } from '../../../helpers/event-fuzz.ts'

const number = fc.nat(9999)
const event: fc.Arbitrary<RandomEvent> = fc.record({
  what: fc.nat(92),
  a: number,
  b: number,
  c: number,
  ms: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 400 }) },
    { weight: 2, arbitrary: fc.integer({ min: 400, max: 4000 }) },
    { weight: 1, arbitrary: fc.integer({ min: -600, max: 0 }) },
  ),
})

describe('under random events', () => {
  it('no law is broken, and honest answers make the maker quote again', () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 100, maxLength: 100 }), (events) => {
        const fuzz = new EventFuzz()
        for (const each of events) fuzz.play(each)
        fuzz.settle()
      }),
      { numRuns: 2000 },
    )
  })
})
