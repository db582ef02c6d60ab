// Axes: how far each reaches, and which values are named on it.
//
// Values are named at round numbers and round times only, so that a name stands exactly at its
// value.

export type Mark = readonly [at: number, text: string]

export interface Axis {
  readonly label?: string
  /** The ends; those of the lines and bars, with some air, where it is left out. */
  readonly range?: readonly [number, number]
  readonly log?: boolean
  /** Whether zero is always within. */
  readonly zero?: boolean
  /** Named values; round numbers, or powers of ten, where they are left out. */
  readonly marks?: readonly Mark[]
  /** Whether a line is drawn at each named value; it is unless this is false. */
  readonly grid?: boolean
}

/** Three to seven round numbers across a range. */
export const roundNumbers = (from: number, to: number): number[] => {
  const rough = (to - from) / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough * 0.999) ?? rough
  const first = Math.ceil(from / step - 1e-9)
  const last = Math.floor(to / step + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(6)),
  )
}

const powersOfTen = (from: number, to: number): number[] => {
  const first = Math.ceil(Math.log10(from) - 1e-9)
  const last = Math.floor(Math.log10(to) + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, i) =>
    Number((10 ** (first + i)).toPrecision(3)),
  )
}

const signedText = (value: number | string): string => String(value).replace('-', '−')

export const marksOf = (axis: Axis, from: number, to: number): readonly Mark[] =>
  axis.marks ??
  (axis.log ? powersOfTen : roundNumbers)(from, to).map((at): Mark => [at, signedText(at)])

/** An axis of words: the first at 0, the next at 1, and so on. */
export const nameAxis = (names: readonly string[], label?: string): Axis => ({
  ...(label === undefined ? {} : { label }),
  range: [-0.5, names.length - 0.5],
  marks: names.map((name, at): Mark => [at, name]),
  grid: false,
})

const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000]

/**
 * Distances of labels, ms: each divides the next larger unit, so that labels fall on round times.
 */
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
]

/** How many labels a picture has room for: fewer of those with a date. */
const MOST_LABELS = 8
const MOST_LONG_LABELS = 5

const stepOf = (from: number, to: number): number => {
  const most = to - from > DAY ? MOST_LONG_LABELS : MOST_LABELS
  const rough = (to - from) / most
  return STEPS.find((step) => step >= rough) ?? Math.ceil(rough / DAY) * DAY
}

/** Round times within a span, ends included, epoch ms. */
export const roundTimes = (from: number, to: number): number[] => {
  const step = stepOf(from, to)
  const first = Math.ceil(from / step)
  const last = Math.floor(to / step)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step)
}

/** "13:05", with seconds where labels are closer than a minute, with the date beyond a day. UTC. */
export const clockOf = (at: number, from: number, to: number): string => {
  const text = new Date(at).toISOString()
  const step = stepOf(from, to)
  if (step < MINUTE) return text.slice(11, 19)
  if (step >= DAY) return text.slice(5, 10)
  return to - from > DAY ? `${text.slice(5, 10)} ${text.slice(11, 16)}` : text.slice(11, 16)
}

/** An axis of times, epoch ms, in UTC; at least a second long. */
export const timeAxis = (from: number, end: number): Axis => {
  const to = Math.max(end, from + SECOND)
  const marks = roundTimes(from, to).map((at): Mark => [at, clockOf(at, from, to)])
  return { range: [from, to], marks, grid: false }
}
