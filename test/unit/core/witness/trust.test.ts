// When a book that was proved wrong is believed again.

import { expect, it } from 'vitest'
import { Trust } from '../../../../src/core/witness/trust.ts'

it('asks for a snapshot first and for a link after that, and forgets after ten minutes', () => {
  const trust = new Trust()
  expect(trust.contradicted(1_000)).toBe('snapshot')
  expect(trust.contradicted(61_000)).toBe('link')
  expect(trust.contradicted(661_000)).toBe('snapshot')
  expect(trust.proofs).toBe(3)
})

it('returns at the first read that agrees, and after a second proof once reads have for 10 s', () => {
  const trust = new Trust()
  const agreed = (...times: number[]) => times.map((at) => trust.agreed(at, false))
  trust.contradicted(1_000)
  expect([...agreed(2_000), trust.isDoubted]).toEqual([true, false])
  trust.contradicted(20_000)
  expect(agreed(30_000, 39_999)).toEqual([false, false])
  trust.restart()
  expect([...agreed(40_000, 50_000), trust.isDoubted]).toEqual([false, true, false])
  trust.contradicted(60_000)
  expect(agreed(61_000, 80_999, 81_000)).toEqual([false, false, true])
})

it('returns at once to a book that moves, however often it was wrong', () => {
  const trust = new Trust()
  for (let count = 0; count < 5; count++) trust.contradicted(1_000 * count)
  expect([trust.agreed(6_000, false), trust.agreed(6_001, true)]).toEqual([false, true])
})

it('wants a new link where no snapshot comes, once in ten seconds', () => {
  const trust = new Trust()
  expect([trust.isOverdue(9e9), trust.nextAt]).toEqual([false, Number.POSITIVE_INFINITY])
  trust.contradicted(1_000)
  const overdue = [10_999, 11_000, 11_001].map((at) => trust.isOverdue(at))
  expect(overdue).toEqual([false, true, false])
  expect(trust.nextAt).toBe(21_000)
})

it('gives a new link its own ten seconds, however long it took to open it', () => {
  const trust = new Trust()
  trust.contradicted(1_000)
  trust.linkUp(60_000)
  const overdue = [60_000, 69_999, 70_000].map((at) => trust.isOverdue(at))
  expect(overdue).toEqual([false, false, true])
})
