// What the desk would have learnt of the hours of each series by any moment of the recordings, had
// a maker watched every market of the kind. Nothing later than that moment is used.

import { shapeAt } from '../../../src/core/estimators/return-grid.ts'
import { factorsOf, learn, nothingLearnt, seriesOf } from '../../../src/core/hours/learnt.ts'
import { HoursSeen, LOOK_MS } from '../../../src/core/hours/seen.ts'
import type { HourFactors } from '../../../src/core/vocabulary/hours.ts'
import type { Millis } from '../../../src/core/vocabulary/units.ts'
import { stretchAt } from '../data.ts'
import type { MidPath } from './recordings.ts'

/** A maker reports as often, as far as learning is concerned. */
const REPORT_MS: Millis = 300_000
/** As in core/maker/watch: nearer to the outcome nothing is counted, seconds. */
const SHORTEST_TAU = 600

interface Lesson {
  readonly at: Millis
  readonly factors: HourFactors
}

/** By series, in the order of time. */
export type Lessons = ReadonlyMap<string, readonly Lesson[]>

interface Report {
  readonly at: Millis
  readonly ticker: string
  readonly report: Parameters<typeof learn>[2]
}

const reportsOf = (path: MidPath, ticker: string): Report[] => {
  const { stretches, expectedAt } = path
  const seen = new HoursSeen()
  const reports: Report[] = []
  const end = stretches.at(-1)?.to ?? 0
  for (let at = stretches[0]?.from ?? end; at < end; at += LOOK_MS) {
    const mid = stretchAt(stretches, at)?.mid ?? Number.NaN
    const tau = (expectedAt - at) / 1000
    seen.look(mid, tau >= SHORTEST_TAU ? shapeAt(mid) / tau : Number.NaN, at)
    const { report } = seen
    if (report !== null && at % REPORT_MS < LOOK_MS) reports.push({ at, ticker, report })
  }
  return reports
}

/** @param nameOf the name under which the markets of a path are learnt from */
export const lessonsOf = (
  paths: readonly MidPath[],
  nameOf: (path: MidPath) => string,
): Lessons => {
  const reports = paths.flatMap((path) => reportsOf(path, nameOf(path)))
  reports.sort((a, b) => a.at - b.at)
  const lessons = new Map<string, Lesson[]>()
  let state = nothingLearnt()
  for (const { at, ticker, report } of reports) {
    state = learn(state, ticker, report, at)
    const factors = factorsOf(state, ticker, at)
    const series = seriesOf(ticker)
    const known = lessons.get(series) ?? []
    lessons.set(series, known)
    if (factors !== null) known.push({ at, factors })
  }
  return lessons
}

/** What was known before `at`; null for nothing. */
export const lessonAt = (lessons: Lessons, ticker: string, at: Millis): HourFactors | null => {
  const known = lessons.get(seriesOf(ticker)) ?? []
  let [low, high] = [0, known.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (known[middle]!.at < at) low = middle + 1
    else high = middle
  }
  return known[low - 1]?.factors ?? null
}
