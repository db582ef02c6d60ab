// Equity curves as a picture: a panel for each way of filling, a line for each maker, one scale for all.
//
// Time is time in which something was recorded: the hours between two sessions are left out. Sessions are
// marked where they begin.

/** Pairs of epoch ms and dollars. */
type Equity = readonly (readonly [number, number])[]

export interface Curve {
  /** Of the panel: 'strict', 'queue' or 'optimistic'. */
  readonly panel: string
  /** Of the line: the maker. */
  readonly name: string
  readonly equity: Equity
}

/** A pause longer than this, ms, is between sessions. */
const PAUSE = 60_000
const MOST_POINTS = 500
const [PANEL, HEIGHT, LEFT, TOP, BOTTOM, GAP] = [330, 360, 62, 92, 48, 26]
const COLOURS = ['#1f6feb', '#9a6700', '#57606a', '#8250df', '#1a7f37', '#d1242f'] as const

const escaped = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

interface Drawn {
  readonly points: readonly (readonly [number, number])[]
  /** Minutes at which sessions begin. */
  readonly starts: readonly number[]
}

/** Minutes without the pauses, and few enough points to draw. */
const drawn = (equity: Equity): Drawn => {
  const points: [number, number][] = []
  const starts: number[] = []
  let minutes = 0
  let last = Number.NaN
  for (const [at, value] of equity) {
    if (!(at - last <= PAUSE)) starts.push(minutes)
    else minutes += (at - last) / 60_000
    last = at
    points.push([minutes, value])
  }
  const every = Math.ceil(points.length / MOST_POINTS)
  const thin = points.filter((_, index) => index % every === 0 || index === points.length - 1)
  return { points: thin, starts }
}

/** Four to eight round numbers across a range. */
const ticks = (from: number, to: number): number[] => {
  const rough = (to - from) / 6
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? rough
  const first = Math.ceil(from / step)
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(6)),
  )
}

/** The curves in dollars over recorded minutes; null where nothing ever moved. */
export const equitySvg = (title: string, curves: readonly Curve[]): string | null => {
  const lines = curves.map((curve) => ({ ...curve, ...drawn(curve.equity) }))
  const values = lines.flatMap(({ points }) => points.map(([, value]) => value))
  if (values.length < 2 || values.every((value) => value === 0)) return null
  const panels = [...new Set(curves.map(({ panel }) => panel))]
  const names = [...new Set(curves.map(({ name }) => name))]
  const longest = Math.max(...lines.map(({ points }) => points.at(-1)?.[0] ?? 0), 1e-9)
  const pad = (Math.max(...values, 0) - Math.min(...values, 0)) * 0.05
  const [low, high] = [Math.min(...values, 0) - pad, Math.max(...values, 0) + pad]
  const width = LEFT + panels.length * (PANEL + GAP)
  const y = (value: number): number =>
    HEIGHT - BOTTOM - ((value - low) / (high - low)) * (HEIGHT - TOP - BOTTOM)
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${HEIGHT}" fill="#ffffff"/>`,
    `<text x="${LEFT}" y="24" font-size="15">${escaped(title)}</text>`,
  ]
  names.forEach((name, i) => {
    const at = LEFT + i * 130
    out.push(
      `<line x1="${at}" x2="${at + 20}" y1="44" y2="44" stroke="${colourOf(i)}" stroke-width="3"/>`,
      `<text x="${at + 26}" y="48">${escaped(name)}</text>`,
    )
  })
  panels.forEach((panel, index) => {
    const left = LEFT + index * (PANEL + GAP)
    const x = (minutes: number): number => left + (minutes / longest) * PANEL
    out.push(`<text x="${left}" y="${TOP - 12}" font-size="13">${escaped(panel)} fills</text>`)
    for (const value of ticks(low, high)) {
      const stroke = value === 0 ? '#8b949e' : '#e4e7eb'
      out.push(
        `<line x1="${left}" x2="${left + PANEL}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}" stroke="${stroke}"/>`,
      )
      if (index === 0) {
        out.push(
          `<text x="${left - 8}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${value}</text>`,
        )
      }
    }
    const here = lines.filter((line) => line.panel === panel)
    for (const start of here[0]?.starts ?? []) {
      out.push(
        `<line x1="${x(start).toFixed(1)}" x2="${x(start).toFixed(1)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" stroke="#d0d7de" stroke-dasharray="2 3"/>`,
      )
    }
    here.forEach((line) => {
      const path = line.points
        .map(([minutes, value]) => `${x(minutes).toFixed(1)},${y(value).toFixed(1)}`)
        .join(' ')
      const colour = colourOf(names.indexOf(line.name))
      out.push(`<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.6"/>`)
    })
    const ends = here
      .map((line) => `${line.name} ${(line.equity.at(-1)?.[1] ?? 0).toFixed(2)}`)
      .join(', ')
    out.push(`<text x="${left}" y="${HEIGHT - BOTTOM + 18}">${escaped(ends)}</text>`)
  })
  out.push(
    `<text x="${LEFT}" y="${HEIGHT - 10}">Dollars at mid over ${longest.toFixed(0)} recorded minutes; each dashed line begins a session. The last value is after settlement.</text>`,
    '</svg>',
    '',
  )
  return out.join('\n')
}

const colourOf = (index: number): string => COLOURS[index % COLOURS.length]!
