// The text of an SVG picture: colours, numbers, words, and the two ways in which a picture is
// shown.
//
// Colours are CSS variables. On a page that carries `paletteCss` a picture follows light and dark;
// in a file of its own it is light. Nothing in a picture runs, and nothing is fetched for it.

/** By name: the light and the dark value. */
const PALETTE = {
  ink: ['#1f2328', '#e6edf3'],
  mute: ['#636c76', '#9198a1'],
  rule: ['#e4e7eb', '#30363d'],
  paper: ['#ffffff', '#161b22'],
  blue: ['#1f6feb', '#58a6ff'],
  red: ['#cf222e', '#ff7b72'],
  green: ['#1a7f37', '#56d364'],
  violet: ['#8250df', '#bc8cff'],
  amber: ['#bf8700', '#e3b341'],
  teal: ['#0a7ea4', '#39c5cf'],
  pink: ['#bf3989', '#f778ba'],
  grey: ['#afb8c1', '#484f58'],
} as const
type Colour = keyof typeof PALETTE

export const colour = (name: Colour): string => `var(--${name})`

/** The CSS that gives the variables their values, for light or dark. */
export const paletteCss = (mode: 'light' | 'dark'): string =>
  Object.entries(PALETTE)
    .map(([name, [light, dark]]) => `--${name}:${mode === 'light' ? light : dark}`)
    .join(';')

export const escapeMarkup = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')

/** To a tenth, so that the same numbers give the same bytes on every machine. */
export const tenth = (value: number): string => String(Math.round(value * 10) / 10)

/** A drawn picture; `svg` has variables for colours. */
export interface Drawing {
  readonly name: string
  readonly title: string
  readonly svg: string
}

/** Wraps the parts of a picture. `name` must be unique on a page. */
export const drawingOf = (
  name: string,
  title: string,
  [width, height]: readonly [number, number],
  parts: readonly string[],
): Drawing => {
  const frame = `viewBox="0 0 ${width} ${height}"`
  const font = `font-family="Helvetica, Arial, sans-serif" font-size="12" fill="${colour('ink')}"`
  const head = `<svg xmlns="http://www.w3.org/2000/svg" ${frame} ${font}>`
  const label = `<title>${escapeMarkup(title)}</title>`
  return { name, title, svg: [head, label, ...parts, '</svg>'].join('\n') }
}

/** For a page that has the variables of `paletteCss`. */
export const inlineSvg = ({ svg, title }: Drawing): string =>
  svg.replace('<svg ', `<svg role="img" aria-label="${escapeMarkup(title)}" `)

/** A document of its own: light colours on a white card with a thin border. */
export const documentSvg = ({ svg }: Drawing): string => {
  const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg)!
  const edge = `x=".5" y=".5" width="${Number(width) - 1}" height="${Number(height) - 1}" rx="6"`
  const card = `<rect ${edge} fill="#fff" stroke="#d0d7de"/>`
  const light = svg.replace(/var\(--(\w+)\)/g, (_, name: Colour) => PALETTE[name][0])
  return `${light.replace('</title>', `</title>\n${card}`)}\n`
}
