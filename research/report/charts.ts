// The report's pictures, each from the numbers that the tables show as well.

import { type Counted, FINE_PER_DOLLAR, type ReportInput } from '../../src/report/input.ts'
import type { Metrics, Sample } from '../../src/report/metrics.ts'
import { count, time } from '../../src/report/words.ts'
import { axis, colour, type Drawing, draw, legend } from './draw.ts'
import { timeAxis } from './time-axis.ts'

/** Points that a line of the report's width can show. */
const MOST_POINTS = 600

/**
 * Fewer points of the same line: the first, lowest, highest and last of each stretch, so that no peak
 * and no fall is lost.
 */
export const thin = <T>(
  items: readonly T[],
  value: (item: T) => number,
  most = MOST_POINTS,
): T[] => {
  if (items.length <= most) return [...items]
  const out: T[] = []
  const size = Math.ceil((items.length / most) * 4)
  for (let start = 0; start < items.length; start += size) {
    const end = Math.min(items.length, start + size)
    let [low, high] = [start, start]
    for (let i = start; i < end; i++) {
      if (value(items[i]!) < value(items[low]!)) low = i
      if (value(items[i]!) > value(items[high]!)) high = i
    }
    const places = [...new Set([start, low, high, end - 1])].sort((a, b) => a - b)
    for (const place of places) out.push(items[place]!)
  }
  return out
}

const line = (
  name: string,
  tint: Parameters<typeof colour>[0],
  data: unknown[],
  more: Record<string, unknown> = {},
): Record<string, unknown> => ({
  type: 'line',
  name,
  data,
  showSymbol: false,
  silent: true,
  lineStyle: { width: 1.6, color: colour(tint) },
  itemStyle: { color: colour(tint) },
  ...more,
})

const equityChart = (metrics: Metrics): Drawing => {
  const samples = thin(metrics.samples, ({ equity }) => equity)
  let peak = 0
  // On the full line: a thinned one has the same peaks and falls.
  const falls = samples.map(({ at, equity }): [number, number] => {
    peak = Math.max(peak, equity)
    return [at, equity - peak]
  })
  const closing = samples.filter(({ liquidation }) => liquidation !== null)
  return draw('equity', 'Profit and drawdown, dollars', {
    xAxis: timeAxis(metrics),
    yAxis: axis({ type: 'value', scale: false }),
    series: [
      line('drawdown', 'red', falls, {
        areaStyle: { color: colour('red'), opacity: 0.18 },
        lineStyle: { width: 0.6, color: colour('red') },
      }),
      ...(closing.length > 0
        ? [
            line(
              'if closed at once',
              'amber',
              closing.map(({ at, liquidation }) => [at, liquidation]),
              { lineStyle: { width: 1, color: colour('amber') } },
            ),
          ]
        : []),
      line(
        'at mid',
        'blue',
        samples.map(({ at, equity }) => [at, equity]),
      ),
    ],
  })
}

const inventoryChart = (metrics: Metrics): Drawing =>
  draw('inventory', 'Inventory, contracts of YES', {
    xAxis: timeAxis(metrics),
    yAxis: axis({ type: 'value' }),
    series: [
      line(
        'held',
        'blue',
        thin(metrics.samples, ({ position }: Sample) => position).map(({ at, position }) => [
          at,
          position,
        ]),
        { step: 'end', areaStyle: { color: colour('blue'), opacity: 0.14 } },
      ),
    ],
    legend: { show: false },
    grid: { left: 62, right: 18, top: 40, bottom: 44 },
  })

const histogramChart = ({ inventory }: Metrics): Drawing =>
  draw('histogram', 'Share of the time by inventory, %', {
    xAxis: axis({
      type: 'category',
      data: inventory.bins.map(({ from, to }) => String(Math.round((from + to) / 2))),
      name: 'contracts',
      nameLocation: 'middle',
      nameGap: 26,
      splitLine: { show: false },
    }),
    yAxis: axis({ type: 'value' }),
    series: [
      {
        type: 'bar',
        silent: true,
        barCategoryGap: '12%',
        itemStyle: { color: colour('blue') },
        data: inventory.bins.map(({ share }) => Number((100 * share).toFixed(2))),
      },
    ],
    legend: { show: false },
    grid: { left: 62, right: 18, top: 40, bottom: 44 },
  })

const quotesChart = ({ rows, fills }: ReportInput, metrics: Metrics): Drawing => {
  const step = (name: string, tint: 'green' | 'red', of: (typeof rows)[number][]) =>
    line(
      name,
      tint,
      of.map((row) => [row.at, name === 'our bid' ? row.myBid : row.myAsk]),
      { step: 'end', lineStyle: { width: 1, opacity: 0.6, color: colour(tint) } },
    )
  const at = (value: number | null, missing: number): number => value ?? missing
  const marks = thin(fills, ({ price }) => price, 400)
  const dots = (name: string, side: 'bid' | 'ask') => ({
    type: 'scatter',
    name,
    silent: true,
    symbol: 'triangle',
    symbolRotate: side === 'bid' ? 0 : 180,
    symbolSize: marks.length > 120 ? 6 : 9,
    itemStyle: {
      color: colour(side === 'bid' ? 'green' : 'red'),
      borderColor: colour('paper'),
      borderWidth: 0.7,
    },
    data: marks.filter((fill) => fill.side === side).map((fill) => [fill.at, fill.price / 100]),
  })
  return draw('quotes', 'Quotes, mid and fills, cents', {
    xAxis: timeAxis(metrics),
    yAxis: axis({ type: 'value', scale: true }),
    series: [
      step(
        'our bid',
        'green',
        thin(rows, ({ myBid }) => at(myBid, 0)),
      ),
      step(
        'our ask',
        'red',
        thin(rows, ({ myAsk }) => at(myAsk, 100)),
      ),
      line(
        'mid',
        'ink',
        thin(
          rows.filter(({ mid }) => mid !== null),
          ({ mid }) => mid!,
        ).map((row) => [row.at, row.mid]),
        { lineStyle: { width: 1, color: colour('ink') } },
      ),
      dots('bought', 'bid'),
      dots('sold', 'ask'),
    ],
    legend: legend({
      data: [
        { name: 'our bid' },
        { name: 'our ask' },
        { name: 'mid' },
        { name: 'bought', icon: 'triangle' },
        { name: 'sold', icon: 'path://M0 0L10 0L5 9z' },
      ],
    }),
  })
}

const markoutsChart = ({ markouts }: Metrics): Drawing => {
  const of = (name: string) => markouts.find((group) => group.name === name)?.markouts ?? []
  const all = of('all fills')
  const places = all.filter(({ after, cents }) => after !== 'settlement' && cents !== null)
  const names = places.map(({ after }) => `${after} s`)
  const means = (name: string): (number | null)[] =>
    places.map(({ after }) => of(name).find((each) => each.after === after)?.cents ?? null)
  const low = places.map(({ interval }) => interval?.low ?? null)
  const band = places.map(({ interval }) =>
    interval === null ? null : interval.high - interval.low,
  )
  const plain = { symbol: 'none', lineStyle: { width: 0, opacity: 0 }, stack: 'band' }
  return draw('markouts', 'Gain per contract after a fill, cents', {
    xAxis: axis({ type: 'category', data: names, boundaryGap: false, splitLine: { show: false } }),
    yAxis: axis({ type: 'value' }),
    series: [
      line('low', 'blue', low, { ...plain, stackStrategy: 'all' }),
      line('90 % interval', 'blue', band, {
        ...plain,
        stackStrategy: 'all',
        itemStyle: { color: colour('blue'), opacity: 0.3 },
        areaStyle: { color: colour('blue'), opacity: 0.18 },
      }),
      line('bought', 'green', means('bought'), {
        lineStyle: { width: 1, color: colour('green') },
        showSymbol: true,
        symbolSize: 4,
      }),
      line('sold', 'red', means('sold'), {
        lineStyle: { width: 1, color: colour('red') },
        showSymbol: true,
        symbolSize: 4,
      }),
      line('all fills', 'blue', means('all fills'), {
        lineStyle: { width: 2.4, color: colour('blue') },
        showSymbol: true,
        symbolSize: 6,
        markLine: {
          silent: true,
          symbol: 'none',
          label: { show: false },
          lineStyle: { color: colour('mute'), type: 'solid', width: 1 },
          data: [{ yAxis: 0 }],
        },
      }),
    ],
    legend: legend({
      data: ['all fills', '90 % interval', 'bought', 'sold'],
    }),
  })
}

const hourOf = (at: number, long: boolean): string => {
  const text = new Date(at).toISOString()
  return long ? `${text.slice(5, 10)} ${text.slice(11, 16)}` : text.slice(11, 16)
}

const uptimeChart = ({ uptime, hours }: Metrics): Drawing => {
  const all = uptime.hours
  const bar = (
    name: string,
    tint: 'green' | 'amber' | 'red' | 'grey',
    of: keyof typeof uptime.total,
  ) => ({
    type: 'bar',
    name,
    stack: 'time',
    silent: true,
    barMaxWidth: 60,
    barCategoryGap: '15%',
    itemStyle: { color: colour(tint) },
    data: all.map((hour) => Number((hour[of] / 60).toFixed(2))),
  })
  return draw('uptime', 'Minutes quoted in each hour, UTC', {
    xAxis: axis({
      type: 'category',
      data: all.map(({ from }) => hourOf(from, hours > 24)),
      splitLine: { show: false },
    }),
    yAxis: axis({ type: 'value', max: 60, interval: 15 }),
    series: [
      bar('both sides', 'green', 'two'),
      bar('one side', 'amber', 'one'),
      bar('none', 'red', 'none'),
      bar('not on the tape', 'grey', 'unknown'),
    ],
  })
}

const silenceChart = (
  silence: Readonly<Record<string, number>>,
  counted: Counted | null,
): Drawing => {
  const since = counted?.since ?? null
  const when = since === null ? '' : ` since ${time(since)}`
  const most = Object.entries(silence)
    .filter(([, seconds]) => seconds >= 1)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 10)
    .reverse()
  return draw('silence', `Why a side was silent, seconds of a side${when}`, {
    xAxis: axis({ type: 'value' }),
    yAxis: axis({
      type: 'category',
      data: most.map(([reason]) => reason),
      axisLabel: { color: colour('mute'), fontSize: 12, width: 140, overflow: 'truncate' },
    }),
    series: [
      {
        type: 'bar',
        silent: true,
        barMaxWidth: 18,
        itemStyle: { color: colour('amber') },
        data: most.map(([, seconds]) => Number(seconds.toFixed(1))),
        label: {
          show: true,
          position: 'right',
          fontSize: 12,
          color: colour('mute'),
          formatter: ({ value }: { value: number }) => count(value),
        },
      },
    ],
    legend: { show: false },
    grid: { left: 152, right: 60, top: 40, bottom: 34 },
  })
}

/** Bounds of the latency bars, ms. */
const LATENCY_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000]

const latencyChart = ({ latencies }: Metrics): Drawing => {
  const counts = new Array<number>(LATENCY_STEPS.length + 1).fill(0)
  for (const ms of latencies) {
    const place = LATENCY_STEPS.findIndex((most) => ms <= most)
    counts[place < 0 ? LATENCY_STEPS.length : place]! += 1
  }
  const last = counts.findLastIndex((n) => n > 0)
  const names = [...LATENCY_STEPS.map((most) => `≤ ${most}`), 'more']
  return draw('latency', 'Message to acknowledged order, orders by ms', {
    xAxis: axis({
      type: 'category',
      data: names.slice(0, last + 1),
      splitLine: { show: false },
      axisLabel: { color: colour('mute'), fontSize: 12, interval: 0, hideOverlap: true },
    }),
    yAxis: axis({ type: 'value', minInterval: 1 }),
    series: [
      {
        type: 'bar',
        silent: true,
        barCategoryGap: '12%',
        barMaxWidth: 60,
        itemStyle: { color: colour('blue') },
        data: counts.slice(0, last + 1),
      },
    ],
    legend: { show: false },
    grid: { left: 62, right: 18, top: 40, bottom: 44 },
  })
}

/** The profit's parts at every fill and row, as lines over time, would repeat the table: bars instead. */
const partsChart = ({ split }: Metrics): Drawing => {
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
  return draw('parts', 'Where the profit came from, dollars', {
    xAxis: axis({
      type: 'category',
      data: parts.map(([name]) => name),
      splitLine: { show: false },
      axisLabel: { color: colour('mute'), fontSize: 12, interval: 0 },
    }),
    yAxis: axis({ type: 'value' }),
    series: [
      {
        type: 'bar',
        silent: true,
        barMaxWidth: 54,
        data: parts.map(([name, fine]) => ({
          value: Number((fine / FINE_PER_DOLLAR).toFixed(4)),
          itemStyle: { color: colour(name === 'profit' ? 'blue' : fine < 0 ? 'red' : 'green') },
        })),
        label: {
          show: true,
          position: 'top',
          fontSize: 12,
          color: colour('ink'),
          formatter: ({ value }: { value: number }) => value.toFixed(2).replace('-', '−'),
        },
      },
    ],
    legend: { show: false },
    grid: { left: 62, right: 18, top: 46, bottom: 34 },
  })
}

/** Every chart that the input has something for, in the order of the page. */
export const chartsOf = (input: ReportInput, metrics: Metrics): Drawing[] => {
  const { samples, fills, uptime, silence, latencies, inventory } = metrics
  const showsQuotes = input.rows.some(({ myBid, myAsk }) => myBid !== null || myAsk !== null)
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
  ].filter((each) => each !== null)
}
