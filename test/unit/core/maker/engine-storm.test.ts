// The engine in a storm: two thousand sequences of a hundred random events, and the laws that hold
// after every one of them. fast-check prints the seed of a storm that breaks one.

import fc from 'fast-check'
import { describe, it } from 'vitest'
import { calm } from '../../../helpers/engine-calm.ts'
import { type Gust, Storm } from '../../../helpers/engine-storm.ts'

const number = fc.nat(9999)
const gust: fc.Arbitrary<Gust> = fc.record({
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

describe('in a storm of random events', () => {
  it('no law is broken, and in the calm after it the maker quotes again', {
    timeout: 120_000,
  }, () => {
    fc.assert(
      fc.property(fc.array(gust, { minLength: 100, maxLength: 100 }), (gusts) => {
        const storm = new Storm()
        for (const each of gusts) storm.blow(each)
        calm(storm)
      }),
      { numRuns: 2000 },
    )
  })
})
