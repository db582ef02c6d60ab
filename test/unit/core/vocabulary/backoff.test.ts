// The one rule of how long to wait before trying again.

import { expect, it } from 'vitest'
import { backoffMs } from '../../../../src/core/vocabulary/backoff.ts'

it('doubles from the first wait up to the longest, however often it is tried', () => {
  const waits = [0, 1, 2, 3, 4, 5, 2000].map((attempt) => backoffMs(attempt, 1000, 30_000))
  expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
})
