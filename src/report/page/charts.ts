// The report's pictures, each from the numbers that the tables show as well.

import { type Axis, nameAxis, timeAxis } from '../../plot/axis.ts'
import { type Chart, draw, type Line, type Point, type Series, thin } from '../../plot/chart.ts'
import { colour, type Drawing } from '../../plot/svg.ts'
import type { Metrics } from '../measures/metrics.ts'
import { type Counted, FINE_PER_DOLLAR, type ReportInput } from '../sources/input.ts'
import type { ReportRow, Rows } from '../sources/rows.ts'
import { Thinner } from '../sources/thinner.ts'
import { count, time } from './words.ts'

/** Fills that a picture can show apart. */
const MOST_FILLS = 400

type Tint = Parameters<typeof colour>[0]

const line = (
  name: string,
  tint: Tint,
  points: readonly Point[],
  more: Partial<Line> = {},
): Line => ({ kind: 'line', name, colour: colour(tint), points, ...more })

const bars = (
  name: string,
  tint: Tint,
  all: Extract<Series, { kind: 'bars' }>['bars'],
  more: Partial<Extract<Series, { kind: 'bars' }>> = {},
): Series => ({ kind: 'bars', name, colour: colour(tint), bars: all, ...more })

const overTime = ({ from, to }: Metrics): Axis => timeAxis(from, to)

const equityChart = (metrics: Metrics): Chart => {
  const { samples } = metrics
  let peak = 0
  const falls = samples.map(({ at, equity }): Point => {
    peak = Math.max(peak, equity)
    return [at, equity - peak]
  })
  const closing = samples.flatMap(({ at, liquidation }): Point[] =>
    liquidation === null ? [] : [[at, liquidation]],
  )
  const atMid = samples.map(({ at, equity }): Point => [at, equity])
  return {
    name: 'equity',
    title: 'Profit and drawdown, dollars',
    x: overTime(metrics),
    y: { zero: true },
    series: [
      line('drawdown', 'red', falls, { area: 0.18, width: 0.6 }),
      ...(closing.length > 0 ? [line('if closed at once', 'amber', closing, { width: 1 })] : []),
      line('at mid', 'blue', atMid),
    ],
  }
}

const inventoryChart = (metrics: Metrics): Chart => ({
  name: 'inventory',
  title: 'Inventory, contracts of YES',
  x: overTime(metrics),
  y: { zero: true },
  series: [
    line(
      '',
      'blue',
      metrics.samples.map(({ at, position }): Point => [at, position]),
      { step: true, area: 0.14 },
    ),
  ],
})

const histogramChart = ({ inventory }: Metrics): Chart => ({
  name: 'histogram',
  title: 'Share of the time by inventory, %',
  x: nameAxis(
    inventory.bins.map(({ from, to }) => String(Math.round((from + to) / 2)).replace('-', '−')),
    'contracts',
  ),
  y: {},
  series: [
    bars(
      '',
      'blue',
      inventory.bins.map(({ share }, at) => ({ at, from: 0, to: 100 * share })),
    ),
  ],
})

const hasQuotes = (rows: Rows): boolean => {
  for (const { myBid, myAsk } of rows) if (myBid !== null || myAsk !== null) return true
  return false
}

const quotesChart = ({ rows, fills }: ReportInput, metrics: Metrics): Chart => {
  const thinner = new Thinner<ReportRow>(rows.length, [({ mid }) => mid ?? Number.NaN])
  for (const row of rows) thinner.add(row)
  thinner.end()
  const shown = thinner.kept
  const bids = shown.map(({ at, myBid }): Point => [at, myBid ?? Number.NaN])
  const asks = shown.map(({ at, myAsk }): Point => [at, myAsk ?? Number.NaN])
  const marks = thin(fills, ({ price }) => price, MOST_FILLS)
  const dots = (name: string, side: 'bid' | 'ask'): Series => ({
    kind: 'dots',
    name,
    colour: colour(side === 'bid' ? 'green' : 'red'),
    up: side === 'bid',
    size: marks.length > 120 ? 6 : 9,
    points: marks
      .filter((fill) => fill.side === side)
      .map((fill): Point => [fill.at, fill.price / 100]),
  })
  const mids = shown.filter(({ mid }) => mid !== null).map((row): Point => [row.at, row.mid!])
  return {
    name: 'quotes',
    title: 'Quotes, mid and fills, cents',
    x: overTime(metrics),
    y: {},
    series: [
      line('our bid', 'green', bids, { step: true, width: 1 }),
      line('our ask', 'red', asks, { step: true, width: 1 }),
      line('mid', 'ink', mids, { width: 1 }),
      dots('bought', 'bid'),
      dots('sold', 'ask'),
    ],
  }
}

const markoutsChart = ({ markouts }: Metrics): Chart => {
  const of = (name: string) => markouts.find((group) => group.name === name)?.markouts ?? []
  const places = of('all fills').filter(
    ({ after, cents }) => after !== 'settlement' && cents !== null,
  )
  const means = (name: string): Point[] =>
    places.map(({ after }, i): Point => {
      const found = of(name).find((each) => each.after === after)?.cents
      return [i, found ?? Number.NaN]
    })
  const { marks = [], label: _, ...plain } = nameAxis(places.map(({ after }) => `${after} s`))
  return {
    name: 'markouts',
    title: 'Gain per contract after a fill, cents',
    x: { ...plain, marks, range: [-0.15, Math.max(places.length - 1, 1) + 0.15] },
    y: { zero: true },
    series: [
      {
        kind: 'band',
        name: '90 % interval',
        colour: colour('blue'),
        points: places.flatMap(({ interval }, i) =>
          interval === null ? [] : [[i, interval.low, interval.high] as const],
        ),
      },
      line('bought', 'green', means('bought'), { width: 1, dots: 2 }),
      line('sold', 'red', means('sold'), { width: 1, dots: 2 }),
      line('all fills', 'blue', means('all fills'), { width: 2.4, dots: 3 }),
    ],
  }
}

const hourOf = (at: number, long: boolean): string => {
  const text = new Date(at).toISOString()
  return long ? `${text.slice(5, 10)} ${text.slice(11, 16)}` : text.slice(11, 16)
}

const UPTIME = [
  ['both sides', 'green', 'two'],
  ['one side', 'amber', 'one'],
  ['none', 'red', 'none'],
  ['not on the tape', 'grey', 'unknown'],
] as const

const uptimeChart = ({ uptime, hours }: Metrics): Chart => {
  const stacked = uptime.hours.map(() => 0)
  return {
    name: 'uptime',
    title: 'Minutes quoted in each hour, UTC',
    x: nameAxis(uptime.hours.map(({ from }) => hourOf(from, hours > 24))),
    y: { range: [0, 60], marks: [0, 15, 30, 45, 60].map((minutes) => [minutes, `${minutes}`]) },
    series: UPTIME.map(([name, tint, of]) => {
      const stack = uptime.hours.map((hour, at) => {
        const from = stacked[at]!
        stacked[at] = from + hour[of] / 60
        return { at, from, to: stacked[at] }
      })
      return bars(name, tint, stack)
    }),
  }
}

const silenceChart = (
  silence: Readonly<Record<string, number>>,
  counted: Counted | null,
): Chart => {
  const since = counted?.since ?? null
  const when = since === null ? '' : ` since ${time(since)}`
  const most = Object.entries(silence)
    .filter(([, seconds]) => seconds >= 1)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 10)
    .reverse()
  const longest = most.at(-1)?.[1] ?? 1
  const shown = most.map(([, to], at) => ({ at, from: 0, to, text: count(to) }))
  return {
    name: 'silence',
    title: `Why a side was silent, seconds of a side${when}`,
    x: { range: [0, longest * 1.15] },
    y: nameAxis(most.map(([reason]) => reason)),
    series: [bars('', 'amber', shown, { lying: true, breadth: 0.6 })],
  }
}

/** Bounds of the latency bars, ms. */
const LATENCY_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000]

const latencyChart = ({ latencies }: Metrics): Chart => {
  const counts = new Array<number>(LATENCY_STEPS.length + 1).fill(0)
  for (const ms of latencies) {
    const place = LATENCY_STEPS.findIndex((most) => ms <= most)
    counts[place < 0 ? LATENCY_STEPS.length : place]! += 1
  }
  const shown = counts.slice(0, counts.findLastIndex((n) => n > 0) + 1)
  const names = [...LATENCY_STEPS.map((most) => `≤ ${most}`), 'more']
  return {
    name: 'latency',
    title: 'Message to acknowledged order, orders by ms',
    x: nameAxis(names.slice(0, shown.length)),
    y: {},
    series: [
      bars(
        '',
        'blue',
        shown.map((to, at) => ({ at, from: 0, to })),
      ),
    ],
  }
}

/** Bars, because lines of the parts over time would repeat the table. */
const partsChart = ({ split }: Metrics): Chart => {
  const parts = (
    [
      ['spread', split.spread],
      ['drift', split.drift],
      ['fees', -split.fees],
      ['exit', split.exit],
      ['unassigned', split.unassigned],
      ['profit', split.total],
    ] as const
  ).filter(([name, fine]) => fine !== 0 || name !== 'unassigned')
  const shown = parts.map(([name, fine], at) => {
    const to = fine / FINE_PER_DOLLAR
    const tint = colour(name === 'profit' ? 'blue' : fine < 0 ? 'red' : 'green')
    return { at, from: 0, to, colour: tint, text: to.toFixed(2).replace('-', '−') }
  })
  return {
    name: 'parts',
    title: 'Where the profit came from, dollars',
    x: nameAxis(parts.map(([name]) => name)),
    y: {},
    series: [bars('', 'green', shown, { breadth: 0.6 })],
  }
}

/** Every chart that the input has something for, in the order of the page. */
export const chartsOf = (input: ReportInput, metrics: Metrics): Drawing[] => {
  const { samples, fills, uptime, silence, latencies, inventory } = metrics
  const showsQuotes = hasQuotes(input.rows)
  return [
    samples.length > 1 ? equityChart(metrics) : null,
    fills > 0 ? partsChart(metrics) : null,
    showsQuotes ? quotesChart(input, metrics) : null,
    fills > 0 ? markoutsChart(metrics) : null,
    samples.length > 1 ? inventoryChart(metrics) : null,
    inventory.bins.length > 1 ? histogramChart(metrics) : null,
    uptime.hours.length > 0 ? uptimeChart(metrics) : null,
    silence !== null && Object.values(silence).some((seconds) => seconds >= 1)
      ? silenceChart(silence, input.counted)
      : null,
    latencies.length > 0 ? latencyChart(metrics) : null,
  ]
    .filter((each) => each !== null)
    .map(draw)
}
