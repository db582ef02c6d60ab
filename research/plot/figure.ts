// Small pictures for a page of text: a few lines on a frame, as an SVG that reads at half a page's width.
//
// Two stand side by side on the page, so letters are large for the frame. The card is white with a thin
// border whatever the page's background, and lines differ by dashes as well as by colour. Coordinates
// are rounded to a tenth, so that the same numbers give the same bytes on every machine.

export type Point = readonly [number, number]

export interface Line {
  readonly name: string
  /** A y that is not a number is a gap. */
  readonly points: readonly Point[]
  /** Not of the legend's order of colours: a thin grey line, for what the others are compared with. */
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
  readonly xNames?: readonly (readonly [number, string])[]
  readonly yNames?: readonly (readonly [number, string])[]
  readonly lines: readonly Line[]
}

const [WIDTH, HEIGHT, RIGHT, BOTTOM] = [440, 280, 16, 46]
const COLOURS = ['#1f6feb', '#d1242f', '#1a7f37', '#8250df'] as const
const DASHES = ['', '7 3', '2 3', '9 3 2 3'] as const
/** Of a letter at 12 px, on average and with room to spare. */
const LETTER = 6.3

const escaped = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

const tenth = (value: number): string => String(Math.round(value * 10) / 10)

/** Three to seven round numbers across a range. */
const roundNumbers = (from: number, to: number): Point[0][] => {
  const rough = (to - from) / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough * 0.999) ?? rough
  const first = Math.ceil(from / step - 1e-9)
  const last = Math.floor(to / step + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(6)),
  )
}

const powers = (from: number, to: number): number[] => {
  const first = Math.ceil(Math.log10(from) - 1e-9)
  const last = Math.floor(Math.log10(to) + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, i) =>
    Number((10 ** (first + i)).toPrecision(3)),
  )
}

type Named = readonly (readonly [number, string])[]
const named = (values: readonly number[]): Named =>
  values.map((value) => [value, String(value).replace('-', '−')])

const styleOf = (line: Line, index: number): { stroke: string; extra: string } => {
  if (line.faint) return { stroke: '#8c959f', extra: 'stroke-width="1.3"' }
  const dash = DASHES[index % DASHES.length]!
  return {
    stroke: COLOURS[index % COLOURS.length]!,
    extra: `stroke-width="2"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}`,
  }
}

/** A legend in as many rows as it takes, from y = 40 on; and where it ends. */
const legendOf = (lines: readonly Line[], left: number): { marks: string[]; bottom: number } => {
  const marks: string[] = []
  let x = left
  let y = 40
  lines.forEach((line, index) => {
    const width = 26 + line.name.length * LETTER + 12
    if (x > left && x + width > WIDTH - 4) {
      x = left
      y += 16
    }
    const { stroke, extra } = styleOf(line, index)
    marks.push(
      `<path d="M${tenth(x)} ${y - 4}h20" stroke="${stroke}" ${extra}/>`,
      `<text x="${tenth(x + 25)}" y="${y}">${escaped(line.name)}</text>`,
    )
    x += width
  })
  return { marks, bottom: y }
}

const pathOf = (points: readonly Point[], px: (x: number) => number, py: (y: number) => number) => {
  let path = ''
  let drawing = false
  let last = ''
  for (const [x, y] of points) {
    if (!Number.isFinite(y)) {
      drawing = false
      continue
    }
    const place = `${tenth(px(x))} ${tenth(py(y))}`
    if (drawing && place === last) continue
    path += `${drawing ? 'L' : 'M'}${place}`
    drawing = true
    last = place
  }
  return path
}

/** The figure as an SVG document. Its lines must span two different x. */
export const drawFigure = (figure: Figure): string => {
  const { title, x, y, logX = false, lines } = figure
  const points = lines.flatMap((line) => line.points)
  const xs = points.map(([px]) => px)
  const ys = points.map(([, py]) => py).filter(Number.isFinite)
  const [x0, x1] = [Math.min(...xs), Math.max(...xs)]
  const air = (Math.max(...ys) - Math.min(...ys)) * 0.06 || 1
  const [y0, y1] = figure.range ?? [Math.min(...ys) - air, Math.max(...ys) + air]
  const xMarks = figure.xNames ?? named(logX ? powers(x0, x1) : roundNumbers(x0, x1))
  const yMarks = figure.yNames ?? named(roundNumbers(y0, y1))
  const widest = Math.max(...yMarks.map(([, text]) => text.length))
  const left = Math.max(32 + widest * LETTER, 50)
  const { marks, bottom } = legendOf(lines, 14)
  const top = bottom + 12
  const unit = (value: number): number =>
    logX ? Math.log(value / x0) / Math.log(x1 / x0) : (value - x0) / (x1 - x0)
  const px = (value: number): number => left + unit(value) * (WIDTH - left - RIGHT)
  const py = (value: number): number =>
    HEIGHT - BOTTOM - ((value - y0) / (y1 - y0)) * (HEIGHT - top - BOTTOM)
  const floor = HEIGHT - BOTTOM
  const middle = tenth((top + floor) / 2)
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="Helvetica, Arial, sans-serif" font-size="12" fill="#24292f">`,
    `<title>${escaped(title)}</title>`,
    `<clipPath id="frame"><path d="M${tenth(left - 2)} ${top - 2}H${WIDTH - RIGHT + 2}V${floor + 2}H${tenth(left - 2)}z"/></clipPath>`,
    `<rect x=".5" y=".5" width="${WIDTH - 1}" height="${HEIGHT - 1}" rx="6" fill="#fff" stroke="#d0d7de"/>`,
    `<text x="14" y="21" font-size="13" font-weight="bold">${escaped(title)}</text>`,
    ...marks,
  ]
  for (const [value, text] of xMarks) {
    if (value < x0 || value > x1) continue
    const at = px(value)
    // A word at the right end would run off the card.
    const over = Math.max(0, at + (text.length * LETTER) / 2 - (WIDTH - 8))
    out.push(
      `<path d="M${tenth(at)} ${top}V${floor}" stroke="#e4e7eb"/>`,
      `<text x="${tenth(at - over)}" y="${floor + 16}" text-anchor="middle">${escaped(text)}</text>`,
    )
  }
  for (const [value, text] of yMarks) {
    const at = py(value)
    out.push(
      `<path d="M${tenth(left)} ${tenth(at)}H${WIDTH - RIGHT}" stroke="#e4e7eb"/>`,
      `<text x="${tenth(left - 7)}" y="${tenth(at + 4)}" text-anchor="end">${escaped(text)}</text>`,
    )
  }
  out.push(
    `<text x="${tenth((left + WIDTH - RIGHT) / 2)}" y="${HEIGHT - 11}" text-anchor="middle">${escaped(x)}</text>`,
    `<text transform="translate(17 ${middle}) rotate(-90)" text-anchor="middle">${escaped(y)}</text>`,
  )
  lines.forEach((line, index) => {
    const { stroke, extra } = styleOf(line, index)
    out.push(
      `<path d="${pathOf(line.points, px, py)}" fill="none" stroke="${stroke}" ${extra} stroke-linejoin="round" clip-path="url(#frame)"/>`,
    )
  })
  out.push('</svg>', '')
  return out.join('\n')
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
