// The exchange's word on what we hold, taken in: compared, and adopted where it must be.

import type { PositionReport } from '../vocabulary/events.ts'
import { CONTRACT, type Millis } from '../vocabulary/units.ts'
import type { MakerState } from './state.ts'

/** Returns true when the report has taken the place of our own count. */
export const applyPosition = (
  state: MakerState,
  report: PositionReport,
  askedAt: Millis,
  at: Millis,
): boolean => {
  const { ledger, recovery, lastFillAt } = state
  const before = ledger.position
  const verdict = recovery.checkPosition(ledger, report, askedAt, lastFillAt, at)
  if (verdict === 'adopted') {
    const ours = before / CONTRACT
    state.log('error', 'position-adopted', { ours, exchange: report.position / CONTRACT })
    return true
  }
  if (verdict === 'sums-differ') {
    state.log('warn', 'ledger-differs', {
      realized: ledger.realized,
      exchange_realized: report.realized,
      fees: ledger.fees,
      exchange_fees: report.fees,
    })
  }
  return false
}
