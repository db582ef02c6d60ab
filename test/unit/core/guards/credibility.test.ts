// When the middle of a book is a price.

import { expect, it } from 'vitest'
import { isCredible } from '../../../../src/core/guards/credibility.ts'

const book = { bid: 40, ask: 50, depth: 100, prints: [], maxSpread: 20, minDepth: 10 }

it.each([
  ['a narrow and deep one', {}, true],
  ['one just as wide as allowed', { ask: 60 }, true],
  ['a wider one', { ask: 60.1 }, false],
  ['1/99 with a handful of contracts', { bid: 1, ask: 99, depth: 5 }, false],
  ['1/99 with thousands of them', { bid: 1, ask: 99, depth: 5000 }, false],
  ['one that is just deep enough', { depth: 10 }, true],
  ['one that is too thin', { depth: 9.99 }, false],
  ['a thin one where depth does not matter', { depth: 0, minDepth: 0 }, true],
  ['a wide one where width does not matter', { bid: 1, ask: 99, maxSpread: 0 }, true],
])('%s', (_, changes, verdict) => {
  expect(isCredible({ ...book, ...changes })).toBe(verdict)
})

it('prints near the mid, and none elsewhere, speak for a book up to twice as wide', () => {
  const wide = { ...book, bid: 30, ask: 70 }
  expect(isCredible({ ...wide, prints: [50, 58, 42] })).toBe(true)
  expect(isCredible({ ...wide, prints: [50, 58] })).toBe(false)
  expect(isCredible({ ...wide, prints: [50, 58, 42, 69] })).toBe(false)
  expect(isCredible({ ...wide, ask: 70.1, prints: [50, 50, 50] })).toBe(false)
})
