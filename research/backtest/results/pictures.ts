// The backtest's pictures: equity curves of the makers, and net profit over two parameters.

import { nameAxis } from '../../../src/plot/axis.ts'
import { type Chart, colourAt, draw, drawBeside, type Point } from '../../../src/plot/chart.ts'
import { colour, documentSvg } from '../../../src/plot/svg.ts'

export interface Curve {
  /** Of the panel: 'strict', 'queue' or 'optimistic'. */
  readonly panel: string
  /** Of the line: the maker. */
  readonly name: string
  /** Pairs of epoch ms and dollars. */
  readonly equity: readonly Point[]
}

/** A pause longer than this, ms, is between sessions. */
const PAUSE = 60_000

/**
 * The curve over recorded minutes, the pauses left out, and the minutes at which sessions begin.
 */
const overMinutes = (equity: readonly Point[]): { points: Point[]; starts: number[] } => {
  const points: Point[] = []
  const starts: number[] = []
  let minutes = 0
  let last = Number.NaN
  for (const [at, value] of equity) {
    if (!(at - last <= PAUSE)) starts.push(minutes)
    else minutes += (at - last) / 60_000
    last = at
    points.push([minutes, value])
  }
  return { points, starts }
}

/**
 * The curves in dollars over recorded minutes, as an SVG document: a panel for each way of filling,
 * a line for each maker, one scale for all. null where nothing ever moved.
 */
export const equitySvg = (title: string, curves: readonly Curve[]): string | null => {
  const lines = curves.map((curve) => ({ ...curve, ...overMinutes(curve.equity) }))
  const values = lines.flatMap(({ points }) => points.map(([, value]) => value))
  if (values.length < 2 || values.every((value) => value === 0)) return null
  const names = [...new Set(curves.map(({ name }) => name))]
  const longest = Math.max(...lines.map(({ points }) => points.at(-1)?.[0] ?? 0), 1e-9)
  const [lowest, highest] = [Math.min(...values, 0), Math.max(...values, 0)]
  const air = (highest - lowest) * 0.05
  const range = [lowest - air, highest + air] as const
  const panelOf = (panel: string): Chart => {
    const here = lines.filter((line) => line.panel === panel)
    const last = (line: (typeof here)[number]): string => (line.equity.at(-1)?.[1] ?? 0).toFixed(2)
    return {
      name: panel,
      title: `${panel} fills`,
      size: [360, 300],
      x: { range: [0, longest], marks: [] },
      y: { range },
      series: [
        ...(here[0]?.starts ?? []).map((start) => ({
          kind: 'line' as const,
          name: '',
          colour: colour('grey'),
          width: 0.8,
          dash: '2 3',
          points: range.map((y): Point => [start, y]),
        })),
        ...here.map((line) => ({
          kind: 'line' as const,
          name: `${line.name} ${last(line).replace('-', '−')}`,
          colour: colourAt(names.indexOf(line.name)),
          points: line.points,
        })),
      ],
    }
  }
  const panels = [...new Set(curves.map(({ panel }) => panel))]
  const note =
    `Dollars at mid over ${longest.toFixed(0)} recorded minutes, after settlement beside each name; ` +
    'a dashed line begins a session.'
  return documentSvg(drawBeside('equity', title, panels.map(panelOf), note))
}

interface HeatMap {
  readonly title: string
  readonly x: string
  readonly y: string
  readonly columns: readonly string[]
  readonly rows: readonly string[]
  /** By row, then column. Dollars. */
  readonly values: readonly (readonly number[])[]
}

/** Red below zero, green above, white at zero; the deepest colour is the largest amount. */
const shadeOf = (value: number, largest: number): string => {
  const share = largest > 0 ? Math.min(1, Math.abs(value) / largest) : 0
  const fade = Math.round(255 - 150 * share)
  return value < 0 ? `rgb(255,${fade},${fade})` : `rgb(${fade},235,${fade})`
}

/** Net profit over two parameters as a map, an SVG document. The first row stands on top. */
export const heatMapSvg = ({ title, x, y, columns, rows, values }: HeatMap): string => {
  const largest = Math.max(...values.flat().map(Math.abs))
  const upward = rows.map((name, row) => ({ name, cells: values[row] ?? [] })).reverse()
  return documentSvg(
    draw({
      name: 'map',
      title: `${title}, dollars to settlement`,
      size: [Math.max(160 + columns.length * 92, 480), 80 + rows.length * 44],
      x: nameAxis(columns, x),
      y: nameAxis(upward.map(({ name }) => (y === '' ? name : `${y} ${name}`))),
      series: [
        {
          kind: 'bars',
          name: '',
          colour: colour('grey'),
          breadth: 0.98,
          textInside: true,
          bars: upward.flatMap(({ cells }, row) =>
            columns.map((_, at) => {
              const value = cells[at] ?? 0
              const shade = shadeOf(value, largest)
              return { at, from: row - 0.48, to: row + 0.48, colour: shade, text: value.toFixed(2) }
            }),
          ),
        },
      ],
    }),
  )
}
