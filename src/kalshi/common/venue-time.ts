// Translates expiries between our clock and the exchange's, which may be minutes apart.
//
// The core knows our own clock alone. An order that is to rest two minutes must expire two minutes
// from the exchange's now, or it rests for as long as the clocks differ beside that.

import type { Intent, OrderReport } from '../../core/vocabulary/events.ts'
import type { Millis } from '../../core/vocabulary/units.ts'

/** @param offset what must be added to our clock to get the exchange's, ms */
export const inVenueTime = (intent: Intent, offset: Millis): Intent => {
  if (offset === 0 || (intent.kind !== 'place' && intent.kind !== 'amend')) return intent
  return { ...intent, expiresAt: intent.expiresAt + offset }
}

/** Changes the report in place: it is new, or a frame that is used again. */
export const inOwnTime = (report: OrderReport, offset: Millis): void => {
  if (report.expiresAt !== null) report.expiresAt -= offset
}
