// External signals: anything beyond the book that says where the price should be.
//
// A source answers at once from what it already knows; fetching belongs elsewhere, off the path of a
// quote. The built-in source knows nothing and always says 0.

import type { Millis } from '../../core/vocabulary/units.ts'

export interface ExternalSkew {
  /** Cents of YES to add to the fair value of `ticker` at `at`: positive means worth more. */
  cents(ticker: string, at: Millis): number
}

/** The source that knows nothing. */
export const none: ExternalSkew = { cents: () => 0.0 }
