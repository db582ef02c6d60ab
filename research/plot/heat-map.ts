// Net profit over two parameters, as a map.

export interface HeatMap {
  readonly title: string
  readonly x: string
  readonly y: string
  readonly columns: readonly string[]
  readonly rows: readonly string[]
  /** By row, then column. Dollars. */
  readonly values: readonly (readonly number[])[]
}

const [CELL_WIDTH, CELL_HEIGHT, LEFT, TOP] = [92, 44, 130, 64]

/** Red below zero, green above, white at zero; the deepest colour is the largest amount. */
const colourOf = (value: number, largest: number): string => {
  const share = largest > 0 ? Math.min(1, Math.abs(value) / largest) : 0
  const fade = Math.round(255 - 150 * share)
  return value < 0 ? `rgb(255,${fade},${fade})` : `rgb(${fade},235,${fade})`
}

const escaped = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

/** The map as an SVG document. */
export const heatMapSvg = ({ title, x, y, columns, rows, values }: HeatMap): string => {
  const width = Math.max(LEFT + columns.length * CELL_WIDTH + 20, 480)
  const height = TOP + rows.length * CELL_HEIGHT + 50
  const largest = Math.max(...values.flat().map(Math.abs))
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="20" y="24" font-size="15">${escaped(title)}</text>`,
  ]
  columns.forEach((name, column) => {
    const middle = LEFT + (column + 0.5) * CELL_WIDTH
    out.push(
      `<text x="${middle}" y="${TOP - 8}" text-anchor="middle">${escaped(`${x} ${name}`)}</text>`,
    )
  })
  rows.forEach((name, row) => {
    const line = TOP + row * CELL_HEIGHT
    const label = y === '' ? name : `${y} ${name}`
    out.push(
      `<text x="${LEFT - 8}" y="${line + CELL_HEIGHT / 2 + 4}" text-anchor="end">${escaped(label)}</text>`,
    )
    columns.forEach((_, column) => {
      const value = values[row]?.[column] ?? 0
      const left = LEFT + column * CELL_WIDTH
      out.push(
        `<rect x="${left}" y="${line}" width="${CELL_WIDTH}" height="${CELL_HEIGHT}" fill="${colourOf(value, largest)}" stroke="#ffffff"/>`,
        `<text x="${left + CELL_WIDTH / 2}" y="${line + CELL_HEIGHT / 2 + 4}" text-anchor="middle">${value.toFixed(2)}</text>`,
      )
    })
  })
  out.push(
    `<text x="20" y="${height - 16}">Net dollars to settlement: green gained, red lost.</text>`,
    '</svg>',
    '',
  )
  return out.join('\n')
}
