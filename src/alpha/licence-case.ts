// One case before the judge: the rows of one feed and one series since the last grant, paired by the
// rule that was fixed before any were seen.
//
// The entry is the row after the decision, the exit half an hour later: what a maker could have had.
// Rows that a verdict was founded on are used up, so the next one needs new ones.

import type { Millis } from '../core/units.ts'
import {
  afterVerdict,
  judge,
  type LicenceState,
  type LicenceVerdict,
  nextWindow,
  UNLICENSED,
} from './licence.ts'
import { observe, type PairingRule } from './licence-log.ts'
import type { FeedName } from './news.ts'
import { type ShadowLine, seriesOf } from './shadow-log.ts'

/** Before the start: entry at the next row, exit 30 to 40 minutes after it. */
export const BEFORE_START: PairingRule = {
  exitFrom: 1_800_000,
  exitTo: 2_400_000,
  lagFrom: 1_000,
  lagTo: 300_000,
}

/** What is kept of one (feed, series). Plain data. */
export interface LicenceRecord {
  readonly feed: FeedName
  readonly series: string
  readonly state: LicenceState
  /** Only later rows count; 0 for all. */
  readonly from: Millis
  /** When it was last judged; 0 for never. */
  readonly judgedAt: Millis
  readonly verdict: LicenceVerdict | null
}

export const newRecord = (feed: FeedName, series: string): LicenceRecord => ({
  feed,
  series,
  state: UNLICENSED,
  from: 0,
  judgedAt: 0,
  verdict: null,
})

/** The verdict over rows of a record's own feed and series; others among them are left out. */
export const verdictOf = (record: LicenceRecord, rows: readonly ShadowLine[]): LicenceVerdict => {
  const own = rows.filter(
    ({ feed, ticker, at }) =>
      feed === record.feed && seriesOf(ticker) === record.series && at > record.from,
  )
  return judge(observe(own, BEFORE_START), record.state.looksUsed)
}

/** The record after a verdict at `at`. A grant and a revocation open a new window. */
export const afterCase = (
  record: LicenceRecord,
  verdict: LicenceVerdict,
  at: Millis,
): LicenceRecord => {
  const before = record.state
  const state = afterVerdict(before, verdict, at)
  const judged = { ...record, judgedAt: at, verdict }
  if (verdict.licensed && state.level > 0) return { ...judged, state: nextWindow(state), from: at }
  if (before.level > 0 && state.level === 0) {
    return { ...judged, state: { ...state, looksUsed: 0 }, from: at }
  }
  return { ...judged, state }
}
