// The desk's terms as tests need them: nothing is limited unless a test says so.

import type { DeskTerms } from '../../src/core/vocabulary/desk.ts'
import { DOLLAR } from '../../src/core/vocabulary/units.ts'
import { T0 } from './core.ts'

const MUCH = 1_000_000 * DOLLAR

export const termsOf = (changes: Partial<DeskTerms> = {}): DeskTerms => ({
  until: T0 + 1e12,
  state: 'active',
  day: Math.floor(T0 / 86_400_000),
  othersGain: 0,
  maxDailyLoss: MUCH,
  dayRoom: MUCH,
  most: { yes: MUCH, no: MUCH },
  by: 'event-risk',
  event: { limit: MUCH, used: 0 },
  desk: { limit: MUCH, used: 0 },
  cash: null,
  minCash: 0,
  ...changes,
})
