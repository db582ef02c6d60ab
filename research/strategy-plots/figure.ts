// The figures of docs/strategy.md: a few lines on small axes, and the helpers that make lines of
// formulas.
//
// Two figures stand side by side on the page, so letters are large for the frame. Lines differ by
// dashes as well as by colour.

import type { Axis, Mark } from '../../src/plot/axis.ts'
import { colourAt, dashAt, draw, type Point } from '../../src/plot/chart.ts'
import { colour, documentSvg } from '../../src/plot/svg.ts'

export type { Point }

export interface Line {
  readonly name: string
  /** A y that is not a number is a gap. */
  readonly points: readonly Point[]
  /**
   * Not of the legend's order of colours: a thin grey line, for what the others are compared with.
   */
  readonly faint?: boolean
}

export interface Figure {
  readonly title: string
  readonly x: string
  readonly y: string
  readonly logX?: boolean
  /** The range of y; that of the lines, with some air, where it is left out. */
  readonly range?: readonly [number, number]
  /** Words in the place of numbers on an axis. */
  readonly xNames?: readonly Mark[]
  readonly yNames?: readonly Mark[]
  readonly lines: readonly Line[]
}

const axisOf = (label: string, marks: readonly Mark[] | undefined, more: Axis): Axis => ({
  label,
  ...more,
  ...(marks === undefined ? {} : { marks }),
})

/** The figure as an SVG document. Its lines must span two different x. */
export const drawFigure = ({ title, x, y, logX = false, range, ...rest }: Figure): string => {
  const { xNames, yNames, lines } = rest
  const drawing = draw({
    name: 'figure',
    title,
    size: [440, 280],
    x: axisOf(x, xNames, { log: logX }),
    y: axisOf(y, yNames, range === undefined ? {} : { range }),
    series: lines.map(({ name, points, faint }, index) =>
      faint
        ? { kind: 'line', name, points, colour: colour('grey'), width: 1.3 }
        : { kind: 'line', name, points, colour: colourAt(index), dash: dashAt(index), width: 2 },
    ),
  })
  return documentSvg(drawing)
}

/** `count` + 1 values from `from` to `to`, evenly. */
export const evenly = (from: number, to: number, count: number): number[] =>
  Array.from({ length: count + 1 }, (_, i) => from + ((to - from) * i) / count)

/** The same with even ratios; both ends > 0. */
export const byRatio = (from: number, to: number, count: number): number[] =>
  Array.from({ length: count + 1 }, (_, i) => from * (to / from) ** (i / count))

/** A line through y(x). */
export const curve = (
  name: string,
  xs: readonly number[],
  y: (x: number) => number,
  faint = false,
): Line => ({ name, points: xs.map((x): Point => [x, y(x)]), faint })

/** The same as steps: each value holds until the next x. */
export const steps = (
  name: string,
  xs: readonly number[],
  y: (x: number) => number,
  faint = false,
): Line => {
  const points: Point[] = []
  let before = Number.NaN
  for (const x of xs) {
    const now = y(x)
    if (now === before) continue
    if (Number.isFinite(before)) points.push([x, before])
    points.push([x, now])
    before = now
  }
  const last = xs.at(-1)
  if (last !== undefined) points.push([last, before])
  return { name, points, faint }
}
