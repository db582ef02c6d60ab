// The lab's pictures: how profits are spread, and how a maker fares over risk aversion.

import { colourAt, draw, type Point } from '../../../src/plot/chart.ts'
import { documentSvg } from '../../../src/plot/svg.ts'
import type { Samples } from '../sessions/samples.ts'
import { GAMMAS } from './experiments.ts'

const SIZE = [860, 460] as const
const BINS = 60

/**
 * How often each profit occurred, over 60 bins between `from` and `to` (cents); what lies outside
 * is left out. Heights are percent of all sessions per cent of profit.
 */
export const distribution = (values: Float64Array, from: number, to: number): Point[] => {
  const width = (to - from) / BINS
  const counts = new Float64Array(BINS)
  for (const value of values) {
    const bin = Math.floor((value - from) / width)
    if (bin >= 0 && bin < BINS) counts[bin]! += 1
  }
  return Array.from(
    counts,
    (count, i): Point => [from + (i + 0.5) * width, (100 * count) / (values.length * width)],
  )
}

interface Curve {
  readonly name: string
  readonly points: readonly Point[]
}

const svgOf = (
  title: string,
  x: string,
  y: string,
  log: boolean,
  curves: readonly Curve[],
): string =>
  documentSvg(
    draw({
      name: 'lab',
      title,
      size: SIZE,
      x: { label: x, log },
      y: { label: y, zero: true },
      series: curves.map((curve, index) => ({
        kind: 'line',
        ...curve,
        colour: colourAt(index),
        width: 2,
      })),
    }),
  )

/** Profits of all makers, over the range that holds nearly all of them. An SVG document. */
export const profitSvg = (title: string, results: readonly Samples[]): string => {
  const from = Math.min(...results.map((samples) => samples.quantile('pnl', 0.01).value))
  const to = Math.max(...results.map((samples) => samples.quantile('pnl', 0.995).value))
  const curves = results.map(({ name, columns }) => ({
    name,
    points: distribution(columns.pnl, from, to),
  }))
  const y = 'percent of sessions per unit of profit'
  return svgOf(`${title}: profit of a session`, 'profit of a session', y, false, curves)
}

/** Mean over sd of profit for every risk aversion, a line for each maker. An SVG document. */
export const sweepSvg = (world: string, grouped: readonly (readonly Samples[])[]): string =>
  svgOf(
    `${world}: mean over sd of profit against risk aversion`,
    'gamma, per cent and contract',
    'mean/sd',
    true,
    grouped.map((line) => ({
      name: line[0]!.name,
      points: line.map((samples, i): Point => [GAMMAS[i]!, samples.ratio('pnl').value]),
    })),
  )
