// Pictures without a library: lines on a frame with numbers on its axes, as an SVG text.

export interface Line {
  readonly name: string
  readonly points: readonly (readonly [number, number])[]
}

export interface Plot {
  readonly title: string
  readonly x: string
  readonly y: string
  readonly logX?: boolean
  readonly lines: readonly Line[]
}

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [860, 460, 70, 230, 44, 54]
const COLOURS = [
  '#1f6feb',
  '#d1242f',
  '#1a7f37',
  '#9a6700',
  '#8250df',
  '#0a7ea4',
  '#bf3989',
  '#57606a',
] as const

const escaped = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

/** Four to eight round numbers across a range. */
const ticks = (from: number, to: number): number[] => {
  const rough = (to - from) / 6
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? rough
  const first = Math.ceil(from / step)
  const last = Math.floor(to / step)
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

/** The plot as an SVG document. Lines need at least two different x and y between them. */
export const plotSvg = ({ title, x, y, logX = false, lines }: Plot): string => {
  const points = lines.flatMap((line) => line.points)
  const xs = points.map(([px]) => px)
  const ys = points.map(([, py]) => py)
  const [x0, x1] = [Math.min(...xs), Math.max(...xs)]
  const [y0, y1] = [Math.min(0, ...ys), Math.max(...ys) * 1.05]
  const unit = (value: number): number =>
    logX ? Math.log(value / x0) / Math.log(x1 / x0) : (value - x0) / (x1 - x0)
  const px = (value: number): string => (LEFT + unit(value) * (WIDTH - LEFT - RIGHT)).toFixed(1)
  const py = (value: number): string =>
    (HEIGHT - BOTTOM - ((value - y0) / (y1 - y0)) * (HEIGHT - TOP - BOTTOM)).toFixed(1)
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    `<text x="${LEFT}" y="24" font-size="15">${escaped(title)}</text>`,
  ]
  for (const value of logX ? powers(x0, x1) : ticks(x0, x1)) {
    out.push(
      `<line x1="${px(value)}" x2="${px(value)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" stroke="#e4e7eb"/>`,
      `<text x="${px(value)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${value}</text>`,
    )
  }
  for (const value of ticks(y0, y1)) {
    out.push(
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${py(value)}" y2="${py(value)}" stroke="#e4e7eb"/>`,
      `<text x="${LEFT - 8}" y="${Number(py(value)) + 4}" text-anchor="end">${value}</text>`,
    )
  }
  out.push(
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 14}" text-anchor="middle">${escaped(x)}</text>`,
    `<text x="18" y="${(TOP + HEIGHT - BOTTOM) / 2}" text-anchor="middle" transform="rotate(-90 18 ${(TOP + HEIGHT - BOTTOM) / 2})">${escaped(y)}</text>`,
  )
  lines.forEach((line, i) => {
    const colour = COLOURS[i % COLOURS.length]!
    const path = line.points.map(([lx, ly]) => `${px(lx)},${py(ly)}`).join(' ')
    const at = TOP + 14 + i * 20
    out.push(
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      `<line x1="${WIDTH - RIGHT + 14}" x2="${WIDTH - RIGHT + 34}" y1="${at - 4}" y2="${at - 4}" stroke="${colour}" stroke-width="3"/>`,
      `<text x="${WIDTH - RIGHT + 40}" y="${at}">${escaped(line.name)}</text>`,
    )
  })
  out.push('</svg>', '')
  return out.join('\n')
}

/**
 * How often each profit occurred, as a line over 60 bins between `from` and `to` (cents); what lies
 * outside is left out. Heights are sessions per cent of profit, as shares of all sessions.
 */
export const distribution = (
  name: string,
  values: Float64Array,
  from: number,
  to: number,
): Line => {
  const bins = 60
  const width = (to - from) / bins
  const counts = new Float64Array(bins)
  for (const value of values) {
    const bin = Math.floor((value - from) / width)
    if (bin >= 0 && bin < bins) counts[bin]! += 1
  }
  return {
    name,
    points: Array.from(counts, (count, i) => [
      from + (i + 0.5) * width,
      (100 * count) / (values.length * width),
    ]),
  }
}
