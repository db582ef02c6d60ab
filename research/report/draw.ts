// Draws one chart as SVG text, with neither browser nor canvas.
//
// Colours are stand-ins while the chart is drawn and become CSS variables afterwards, so that a page
// shows the same picture in light and dark; in a picture by itself they become the light ones.

import { BarChart, LineChart, ScatterChart } from 'echarts/charts'
import {
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TitleComponent,
} from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

use([
  LineChart,
  BarChart,
  ScatterChart,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TitleComponent,
  SVGRenderer,
])

export const WIDTH = 560
export const HEIGHT = 300

/** Stand-in, CSS variable, and its light and dark values. */
const PALETTE = {
  ink: ['#010101', '#1f2328', '#e6edf3'],
  mute: ['#010102', '#636c76', '#9198a1'],
  rule: ['#010103', '#e4e7eb', '#30363d'],
  paper: ['#010104', '#ffffff', '#161b22'],
  blue: ['#010105', '#1f6feb', '#58a6ff'],
  red: ['#010106', '#cf222e', '#ff7b72'],
  green: ['#010107', '#1a7f37', '#56d364'],
  amber: ['#010108', '#bf8700', '#e3b341'],
  grey: ['#010109', '#afb8c1', '#484f58'],
} as const
export type Colour = keyof typeof PALETTE

/** The stand-in for a colour, for use in a chart's options. */
export const colour = (name: Colour): string => PALETTE[name][0]

/** The CSS that gives the variables their values, for light or dark. */
export const paletteCss = (mode: 'light' | 'dark'): string =>
  Object.entries(PALETTE)
    .map(([name, [, light, dark]]) => `--${name}:${mode === 'light' ? light : dark}`)
    .join(';')

const coloured = (svg: string, of: (name: Colour) => string): string =>
  (Object.keys(PALETTE) as Colour[]).reduce(
    (text, name) => text.replaceAll(PALETTE[name][0], of(name)),
    svg,
  )

/** A drawn chart, its colours not yet chosen. */
export interface Drawing {
  readonly name: string
  readonly title: string
  readonly svg: string
}

/** For a page that has the variables of `paletteCss`. */
export const inlineSvg = ({ svg, title }: Drawing): string =>
  coloured(svg, (name) => `var(--${name})`).replace(
    '<svg ',
    `<svg role="img" aria-label="${title}" `,
  )

/** A document of its own, in light colours on white. */
export const documentSvg = ({ svg }: Drawing): string =>
  `${coloured(svg, (name) => PALETTE[name][1]).replace(/(<svg[^>]*>)/, `$1<rect width="100%" height="100%" fill="#ffffff"/>`)}\n`

/** Everything that all charts have in common; `option` is laid over it. */
const common = (title: string): Record<string, unknown> => ({
  animation: false,
  textStyle: { fontFamily: 'system-ui, sans-serif', fontSize: 13, color: colour('ink') },
  title: {
    text: title,
    left: 8,
    top: 4,
    textStyle: { fontSize: 14, fontWeight: 600, color: colour('ink') },
  },
  grid: { left: 62, right: 18, top: 62, bottom: 44 },
  legend: legend(),
})

/** The names of a chart's lines, under its title. */
export const legend = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  top: 26,
  left: 4,
  itemWidth: 16,
  itemHeight: 9,
  itemGap: 20,
  icon: 'roundRect',
  textStyle: { fontSize: 12, color: colour('mute') },
  ...more,
})

export const axis = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  axisLine: { lineStyle: { color: colour('mute') } },
  axisTick: { lineStyle: { color: colour('mute') } },
  axisLabel: { color: colour('mute'), fontSize: 12, hideOverlap: true },
  splitLine: { lineStyle: { color: colour('rule') } },
  nameTextStyle: { color: colour('mute'), fontSize: 12 },
  ...more,
})

/** Draws; `name` must be unique on a page, because it marks the parts that the picture refers to. */
export const draw = (name: string, title: string, option: Record<string, unknown>): Drawing => {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT })
  try {
    chart.setOption({ ...common(title), ...option })
    const svg = chart
      .renderToSVGString()
      // Numbered by how many charts were drawn before, and with styles for a mouse: neither belongs here.
      .replace(/<style[\s\S]*?<\/style>/g, '')
      .replace(/ class="[^"]*"/g, '')
      .replace(/ ecmeta_[a-z_]+="[^"]*"/g, '')
      .replace(/zr\d+-/g, `${name}-`)
      .replace(/<rect width="\d+" height="\d+" x="0" y="0" fill="none"><\/rect>/, '')
      .replace(/ width="\d+" height="\d+"/, '')
    return { name, title, svg }
  } finally {
    // One that is not let go keeps a process alive.
    chart.dispose()
  }
}
