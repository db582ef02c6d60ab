// The time axis of the report's pictures: from the first moment to the last, in UTC, with a label at
// round times only, so that what a label says is exactly where it stands.

import type { Millis } from '../../src/core/vocabulary/units.ts'
import { axis, colour } from './draw.ts'

const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000]

/** Distances of labels, ms: each divides the next larger unit, so that labels fall on round times. */
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
]

/** How many labels a picture has room for: fewer of those with a date. */
const MOST_LABELS = 8
const MOST_LONG_LABELS = 5

const stepOf = (from: Millis, to: Millis): Millis => {
  const most = to - from > DAY ? MOST_LONG_LABELS : MOST_LABELS
  const rough = (to - from) / most
  return STEPS.find((step) => step >= rough) ?? Math.ceil(rough / DAY) * DAY
}

/** Round times within a span, ends included. */
export const roundTimes = (from: Millis, to: Millis): Millis[] => {
  const step = stepOf(from, to)
  const first = Math.ceil(from / step)
  const last = Math.floor(to / step)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step)
}

/** "13:05", with seconds where labels are closer than a minute, with the date where a day is passed. */
export const clockOf = (at: Millis, from: Millis, to: Millis): string => {
  const text = new Date(at).toISOString()
  const step = stepOf(from, to)
  if (step < MINUTE) return text.slice(11, 19)
  if (step >= DAY) return text.slice(5, 10)
  return to - from > DAY ? `${text.slice(5, 10)} ${text.slice(11, 16)}` : text.slice(11, 16)
}

export const timeAxis = ({
  from,
  to: end,
}: {
  readonly from: Millis
  readonly to: Millis
}): Record<string, unknown> => {
  const to = Math.max(end, from + SECOND)
  const customValues = roundTimes(from, to)
  return axis({
    type: 'value',
    min: from,
    max: to,
    splitLine: { show: false },
    axisTick: { customValues, lineStyle: { color: colour('mute') } },
    axisLabel: {
      color: colour('mute'),
      fontSize: 12,
      hideOverlap: true,
      customValues,
      formatter: (at: number) => clockOf(at, from, to),
    },
  })
}
