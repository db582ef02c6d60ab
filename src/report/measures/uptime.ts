// How much of each hour both sides, one side or none of ours stood in the book, by the tape.
//
// A row holds until the next one. While quoting there is a row a second, so a row with quotes that
// is followed by nothing for five seconds is the end of what is known: the maker was evicted, or
// its rows are missing. A row without quotes holds as long as it takes.

import type { Millis } from '../../core/vocabulary/units.ts'
import type { ReportInput } from '../sources/input.ts'
import type { ReportRow } from '../sources/rows.ts'

const HOUR = 3_600_000
const HOLDS_MS = 5_000

/** Seconds. */
interface Quoted {
  two: number
  one: number
  none: number
  /** Nothing on the tape. */
  unknown: number
}

interface HourQuoted extends Quoted {
  readonly from: Millis
}

export interface UptimeReport {
  readonly hours: readonly HourQuoted[]
  readonly total: Quoted
  /** Shares of the known time, 0..1; null where none is known. */
  readonly twoSided: number | null
  readonly oneSided: number | null
}

const nothing = (): Quoted => ({ two: 0, one: 0, none: 0, unknown: 0 })

const sidesOf = (row: ReportRow): 'two' | 'one' | 'none' =>
  row.myBid !== null && row.myAsk !== null ? 'two' : (row.myBid ?? row.myAsk) ? 'one' : 'none'

/** Up to `until`, or to the last row. */
export const uptimeOf = ({
  rows,
  until: end,
}: Pick<ReportInput, 'rows' | 'until'>): UptimeReport => {
  const hours = new Map<number, HourQuoted>()
  const total = nothing()
  const add = (what: keyof Quoted, from: Millis, to: Millis): void => {
    for (let at = from; at < to; ) {
      const hour = Math.floor(at / HOUR) * HOUR
      const until = Math.min(to, hour + HOUR)
      let sums = hours.get(hour)
      if (sums === undefined) hours.set(hour, (sums = { from: hour, ...nothing() }))
      sums[what] += (until - at) / 1000
      total[what] += (until - at) / 1000
      at = until
    }
  }
  const hold = (row: ReportRow, next: Millis): void => {
    const sides = sidesOf(row)
    const until = sides === 'none' ? next : Math.min(next, row.at + HOLDS_MS)
    add(sides, row.at, until)
    add('unknown', until, next)
  }
  let before: ReportRow | null = null
  for (const row of rows) {
    if (before !== null) hold(before, row.at)
    before = row
  }
  if (before !== null) hold(before, Math.max(end ?? before.at, before.at))
  const known = total.two + total.one + total.none
  return {
    hours: [...hours.values()],
    total,
    twoSided: known > 0 ? total.two / known : null,
    oneSided: known > 0 ? total.one / known : null,
  }
}
