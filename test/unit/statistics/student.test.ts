// Student's t against the printed table (Abramowitz and Stegun, 26.10).

import { describe, expect, it } from 'vitest'
import { studentLimit, studentWithin } from '../../../src/statistics/student.ts'

describe("Student's t", () => {
  it.each([
    [0.05, 1, 12.7062],
    [0.05, 2, 4.3027],
    [0.05, 10, 2.2281],
    [0.01, 13, 3.0123],
    [0.05, 30, 2.0423],
    [0.05, 100_000, 1.96],
  ])('is exceeded with a probability of %d at %i degrees of freedom beyond %d', (p, n, limit) => {
    expect(studentLimit(p, n)).toBeCloseTo(limit, 3)
    expect(studentWithin(studentLimit(p, n), n)).toBeCloseTo(1 - p, 9)
  })

  it('has a limit that nothing reaches without a degree of freedom', () => {
    expect(studentWithin(0, 5)).toBe(0)
    expect(studentLimit(0.05, 0)).toBe(Number.POSITIVE_INFINITY)
  })
})
