// The one plotter: a chart of lines, bands, bars and dots on two axes, drawn as SVG text.
//
// It knows numbers, words and colours, and nothing of markets. The report, the lab, the backtest
// and the figures of the strategy page all draw with it.

import { type Axis, marksOf } from './axis.ts'
import { colour, type Drawing, drawingOf, escapeMarkup, tenth } from './svg.ts'

export type Point = readonly [x: number, y: number]

interface Named {
  /** In the legend, from which an empty name stays out. */
  readonly name: string
  readonly colour: string
}
export interface Line extends Named {
  readonly kind: 'line'
  /** A y that is not a number is a gap. */
  readonly points: readonly Point[]
  readonly width?: number
  readonly dash?: string
  /** Whether each value holds until the next x. */
  readonly step?: boolean
  /** Opacity of the area between the line and zero. */
  readonly area?: number
  /** Radius of a dot at each point. */
  readonly dots?: number
}
interface Band extends Named {
  readonly kind: 'band'
  readonly points: readonly (readonly [x: number, low: number, high: number])[]
}
interface Bar {
  /** Its middle on one axis, and its ends on the other. */
  readonly at: number
  readonly from: number
  readonly to: number
  readonly colour?: string
  /** Beyond its end, or in its middle. */
  readonly text?: string
}
interface Bars extends Named {
  readonly kind: 'bars'
  readonly bars: readonly Bar[]
  /** Share of a unit of the axis that a bar is wide; 0.85 where it is left out. */
  readonly breadth?: number
  /** Whether bars lie: `at` is then on the y axis. */
  readonly lying?: boolean
  readonly textInside?: boolean
}
interface Dots extends Named {
  readonly kind: 'dots'
  readonly points: readonly Point[]
  /** Triangles that point up, or down. */
  readonly up: boolean
  readonly size: number
}
export type Series = Line | Band | Bars | Dots

export interface Chart {
  /** Unique among the pictures of a page. */
  readonly name: string
  readonly title: string
  /** Width and height; 560 by 300 where they are left out. */
  readonly size?: readonly [number, number]
  readonly x: Axis
  readonly y: Axis
  /** Drawn in this order, and in this order in the legend. */
  readonly series: readonly Series[]
}

const SIZE = [560, 300] as const
/** Width of a letter at 12 px, on average and with room to spare. */
const LETTER = 6.3
const [MARGIN, RIGHT, LINE_HEIGHT] = [14, 18, 16]
/** A bar is no wider than this, px; nor higher, where it lies. */
const [WIDEST_BAR, WIDEST_LYING] = [60, 22]
/** Points that a line of a chart's width can show. */
const MOST_POINTS = 600

/** Colours and dashes of lines that are told apart by their order alone. */
const ORDER = (['blue', 'red', 'green', 'violet', 'amber', 'teal', 'pink', 'mute'] as const).map(
  colour,
)
const DASHES = ['', '7 3', '2 3', '9 3 2 3'] as const

/** Colour of the line that comes in this place. */
export const colourAt = (index: number): string => ORDER[index % ORDER.length]!
/** Dashes of it, for readers who tell colours apart with difficulty. */
export const dashAt = (index: number): string => DASHES[index % DASHES.length]!

/**
 * Fewer points of the same line: the first, lowest, highest and last of each stretch, so that no
 * peak and no fall is lost.
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

/** Where values lie in the picture. */
interface Frame {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly floor: number
  px(x: number): number
  py(y: number): number
}

const xsOf = (series: Series): number[] =>
  series.kind !== 'bars'
    ? series.points.map(([x]) => x)
    : series.lying
      ? series.bars.flatMap(({ from, to }) => [from, to])
      : series.bars.map(({ at }) => at)

const ysOf = (series: Series): number[] => {
  switch (series.kind) {
    case 'line':
      return [...series.points.map(([, y]) => y), ...(series.area === undefined ? [] : [0])]
    case 'dots':
      return series.points.map(([, y]) => y)
    case 'band':
      return series.points.flatMap(([, low, high]) => [low, high])
    case 'bars':
      return series.bars.flatMap(({ at, from, to }) => (series.lying ? [at] : [from, to]))
  }
}

/** The ends of an axis. `air` is the share of the whole that is added at either end. */
const rangeOf = (axis: Axis, values: readonly number[], air: number): readonly [number, number] => {
  if (axis.range !== undefined) return axis.range
  let [low, high] = axis.zero ? [0, 0] : [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    if (value < low) low = value
    if (value > high) high = value
  }
  if (!(high > low)) return Number.isFinite(low) ? [low - 1, low + 1] : [0, 1]
  // Air below zero would only make a reader look for something there.
  const below = axis.zero && low === 0 ? 0 : (high - low) * air
  return [low - below, axis.zero && high === 0 ? 0 : high + (high - low) * air]
}

const strokeOf = ({ colour: stroke, width = 1.6, dash = '' }: Line): string =>
  `stroke="${stroke}" stroke-width="${width}"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}`

const triangle = (x: number, y: number, size: number, up: boolean): string => {
  const [half, rise] = [size / 2, up ? -size : size]
  return `M${tenth(x - half)} ${tenth(y - rise / 2)}h${tenth(size)}l${tenth(-half)} ${tenth(rise)}z`
}

const swatchOf = (series: Series, x: number, y: number): string => {
  if (series.kind === 'line') return `<path d="M${tenth(x)} ${y - 4}h20" ${strokeOf(series)}/>`
  const fill = `fill="${series.colour}"`
  if (series.kind === 'dots') {
    return `<path d="${triangle(x + 10, y - 4, 9, series.up)}" ${fill}/>`
  }
  const faint = series.kind === 'band' ? ' opacity=".3"' : ''
  return `<rect x="${tenth(x)}" y="${y - 9}" width="20" height="9" rx="2" ${fill}${faint}/>`
}

/** The names under the title, in as many rows as they take, and where the last row stands. */
const legendOf = (
  series: readonly Series[],
  width: number,
): { parts: string[]; bottom: number } => {
  const parts: string[] = []
  let [x, y] = [MARGIN, 40]
  for (const each of series.filter(({ name }) => name !== '')) {
    const wide = 26 + each.name.length * LETTER + 12
    if (x > MARGIN && x + wide > width - 4) {
      x = MARGIN
      y += LINE_HEIGHT
    }
    const text = `<text x="${tenth(x + 25)}" y="${y}">${escapeMarkup(each.name)}</text>`
    parts.push(swatchOf(each, x, y), text)
    x += wide
  }
  return { parts, bottom: parts.length === 0 ? y - LINE_HEIGHT : y }
}

const pathOf = (line: Line, { px, py }: Frame): string => {
  const height = ([, y]: Point): number => (Number.isFinite(y) ? y : Number.NEGATIVE_INFINITY)
  let path = ''
  let drawing = false
  let last = ''
  for (const [x, y] of thin(line.points, height)) {
    if (!Number.isFinite(y)) {
      drawing = false
      continue
    }
    const [across, up] = [tenth(px(x)), tenth(py(y))]
    const place = `${across} ${up}`
    if (drawing && place === last) continue
    path += !drawing ? `M${place}` : line.step ? `H${across}V${up}` : `L${place}`
    drawing = true
    last = place
  }
  return path
}

const drawLine = (line: Line, frame: Frame): string[] => {
  const { px, py } = frame
  const path = pathOf(line, frame)
  const out: string[] = []
  const [first, last] = [line.points[0], line.points.at(-1)]
  if (line.area !== undefined && first !== undefined) {
    const zero = tenth(py(0))
    const closed = `${path}V${zero}H${tenth(px(first[0]))}z`
    out.push(`<path d="${closed}" fill="${line.colour}" opacity="${line.area}"/>`)
  }
  const ending = line.step && last !== undefined ? `H${tenth(px(last[0]))}` : ''
  out.push(
    `<path d="${path}${ending}" fill="none" ${strokeOf(line)} stroke-linejoin="round"/>`,
    ...line.points
      .filter(([, y]) => line.dots !== undefined && Number.isFinite(y))
      .map(([x, y]) => {
        const at = `cx="${tenth(px(x))}" cy="${tenth(py(y))}" r="${line.dots}"`
        return `<circle ${at} fill="${line.colour}"/>`
      }),
  )
  return out
}

const drawBand = ({ points, colour: fill }: Band, { px, py }: Frame): string[] => {
  if (points.length === 0) return []
  const place = (x: number, y: number): string => `${tenth(px(x))} ${tenth(py(y))}`
  const upper = points.map(([x, , high]) => place(x, high))
  const lower = points.map(([x, low]) => place(x, low)).reverse()
  return [`<path d="M${[...upper, ...lower].join('L')}z" fill="${fill}" opacity=".18"/>`]
}

const drawBars = (series: Bars, { px, py }: Frame): string[] => {
  const { bars, lying = false, breadth = 0.85, textInside = false } = series
  const unit = lying ? Math.abs(py(1) - py(0)) : px(1) - px(0)
  const widest = textInside ? unit : lying ? WIDEST_LYING : WIDEST_BAR
  const wide = Math.min(widest, breadth * unit)
  return bars.flatMap(({ at, from, to, colour: own, text }) => {
    const [middle, start, end] = lying
      ? [py(at), Math.min(px(from), px(to)), Math.max(px(from), px(to))]
      : [px(at), Math.min(py(from), py(to)), Math.max(py(from), py(to))]
    const [side, length] = [tenth(middle - wide / 2), tenth(end - start)]
    const box = lying
      ? `x="${tenth(start)}" y="${side}" width="${length}" height="${tenth(wide)}"`
      : `x="${side}" y="${tenth(start)}" width="${tenth(wide)}" height="${length}"`
    const out = [`<rect ${box} fill="${own ?? series.colour}"/>`]
    if (text === undefined) return out
    const [x, y] = textInside
      ? [middle, (start + end) / 2 + 4]
      : lying
        ? [end + 6, middle + 4]
        : [middle, to < from ? end + 14 : start - 5]
    const anchor = lying && !textInside ? '' : ' text-anchor="middle"'
    out.push(`<text x="${tenth(x)}" y="${tenth(y)}"${anchor}>${escapeMarkup(text)}</text>`)
    return out
  })
}

const drawDots = ({ points, colour: fill, up, size }: Dots, { px, py }: Frame): string[] => {
  const path = points.map(([x, y]) => triangle(px(x), py(y), size, up)).join('')
  return [`<path d="${path}" fill="${fill}" stroke="${colour('paper')}" stroke-width=".7"/>`]
}

const drawSeries = (series: Series, frame: Frame): string[] => {
  switch (series.kind) {
    case 'line':
      return drawLine(series, frame)
    case 'band':
      return drawBand(series, frame)
    case 'bars':
      return drawBars(series, frame)
    case 'dots':
      return drawDots(series, frame)
  }
}

/** Lines and names of the x axis; a name that would touch the one before it is left out. */
const drawXAxis = (chart: Chart, frame: Frame, range: readonly [number, number]): string[] => {
  const { top, floor, px } = frame
  const [width] = chart.size ?? SIZE
  const out: string[] = []
  let taken = 0
  for (const [value, text] of marksOf(chart.x, ...range)) {
    if (value < range[0] || value > range[1]) continue
    const half = (text.length * LETTER) / 2
    // A word at the right end would run off the picture.
    const at = Math.min(px(value), width - 8 - half)
    if (chart.x.grid !== false) {
      out.push(`<path d="M${tenth(px(value))} ${top}V${floor}" stroke="${colour('rule')}"/>`)
    }
    if (at - half < taken) continue
    taken = at + half + 4
    const place = `x="${tenth(at)}" y="${floor + LINE_HEIGHT}" text-anchor="middle"`
    out.push(`<text ${place} fill="${colour('mute')}">${escapeMarkup(text)}</text>`)
  }
  return out
}

const drawYAxis = (chart: Chart, frame: Frame, range: readonly [number, number]): string[] => {
  const { left, right, py } = frame
  return marksOf(chart.y, ...range)
    .filter(([value]) => value >= range[0] && value <= range[1])
    .flatMap(([value, text]) => {
      const at = py(value)
      const place = `x="${tenth(left - 7)}" y="${tenth(at + 4)}" text-anchor="end"`
      const stroke = colour(value === 0 ? 'grey' : 'rule')
      const rule = `<path d="M${tenth(left)} ${tenth(at)}H${right}" stroke="${stroke}"/>`
      const name = `<text ${place} fill="${colour('mute')}">${escapeMarkup(text)}</text>`
      return chart.y.grid === false ? [name] : [rule, name]
    })
}

const labelsOf = ({ x, y, size = SIZE }: Chart, { left, right, top, floor }: Frame): string[] => {
  const fill = `text-anchor="middle" fill="${colour('mute')}"`
  const out: string[] = []
  if (x.label !== undefined) {
    const place = `x="${tenth((left + right) / 2)}" y="${size[1] - 11}"`
    out.push(`<text ${place} ${fill}>${escapeMarkup(x.label)}</text>`)
  }
  if (y.label !== undefined) {
    const place = `transform="translate(17 ${tenth((top + floor) / 2)}) rotate(-90)"`
    out.push(`<text ${place} ${fill}>${escapeMarkup(y.label)}</text>`)
  }
  return out
}

/** The parts of a chart, to be wrapped alone or beside others. Its values must span two x. */
const partsOf = (chart: Chart): string[] => {
  const { name, title, series, x, y, size = SIZE } = chart
  const [width, height] = size
  const bars = series.find((each) => each.kind === 'bars')
  const zero = bars !== undefined && !bars.lying && !bars.textInside
  const xs = rangeOf(bars?.lying ? { ...x, zero: true } : x, series.flatMap(xsOf), 0)
  const ys = rangeOf(zero ? { ...y, zero } : y, series.flatMap(ysOf), 0.06)
  const { parts, bottom } = legendOf(series, width)
  const widest = Math.max(0, ...marksOf(y, ...ys).map(([, text]) => text.length))
  const left = Math.max((y.label === undefined ? 16 : 32) + widest * LETTER, 50)
  const right = width - RIGHT
  const top = bottom + 16
  const floor = height - (x.label === undefined ? 28 : 46)
  const scale = (axis: Axis, [from, to]: readonly [number, number]) =>
    axis.log
      ? (value: number): number => Math.log(value / from) / Math.log(to / from)
      : (value: number): number => (value - from) / (to - from)
  const [unitX, unitY] = [scale(x, xs), scale(y, ys)]
  const frame: Frame = {
    left,
    right,
    top,
    floor,
    px: (value) => left + unitX(value) * (right - left),
    py: (value) => floor - unitY(value) * (floor - top),
  }
  // Room for what ends in the frame's own line, and for the words at the ends of bars.
  const room = bars === undefined ? 2 : 18
  const clip = `M${tenth(left - 2)} ${top - room}H${right + 2 * room}V${floor + 2}H${tenth(left - 2)}z`
  return [
    `<clipPath id="${name}-frame"><path d="${clip}"/></clipPath>`,
    `<text x="${MARGIN}" y="21" font-size="13" font-weight="bold">${escapeMarkup(title)}</text>`,
    ...parts,
    ...drawXAxis(chart, frame, xs),
    ...drawYAxis(chart, frame, ys),
    ...labelsOf(chart, frame),
    `<g clip-path="url(#${name}-frame)">`,
    ...series.flatMap((each) => drawSeries(each, frame)),
    '</g>',
  ]
}

/** Draws one chart. */
export const draw = (chart: Chart): Drawing =>
  drawingOf(chart.name, chart.title, chart.size ?? SIZE, partsOf(chart))

/** Draws charts of one size side by side, with a line of text under them. */
export const drawBeside = (
  name: string,
  title: string,
  charts: readonly Chart[],
  note: string,
): Drawing => {
  const [width, height] = charts[0]?.size ?? SIZE
  const parts = [
    `<text x="${MARGIN}" y="24" font-size="15" font-weight="bold">${escapeMarkup(title)}</text>`,
    ...charts.flatMap((chart, i) => [
      `<g transform="translate(${i * width} 20)">`,
      ...partsOf(chart),
      '</g>',
    ]),
    `<text x="${MARGIN}" y="${height + 36}" fill="${colour('mute')}">${escapeMarkup(note)}</text>`,
  ]
  return drawingOf(name, title, [charts.length * width, height + 50], parts)
}
