// The other markets of the event in the status: what counts of them now, and what it has done.
//
// Read-only and built on request. Numbers leave rounded, in cents and contracts.

import type { Engine } from '../maker/engine.ts'
import type { Millis } from '../vocabulary/units.ts'
import type { SiblingsStatus } from './status.ts'

const round = (value: number): number | null =>
  Number.isFinite(value) ? Number(value.toFixed(4)) || 0 : null

/** @param at now, by our clock */
export const siblingsStatus = (engine: Engine, at: Millis): SiblingsStatus | null => {
  const { event, reasons, input } = engine.state.quoter
  const { heardAt } = event
  if (heardAt === null || !event.isOn) return null
  const { mids, bids, price, low, high } = event.sums(at)
  return {
    age_ms: at - heardAt,
    ...{ mids, bids },
    sum_cents: mids + bids === 0 ? null : round(reasons.bid.fair + price),
    low_cents: round(low),
    high_cents: round(high),
    event_cents: round(reasons.bid.event) ?? 0,
    skewed_for: round(input.inventory) ?? 0,
  }
}
