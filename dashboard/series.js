// Keeps a line that fits in a small chart however long the page stays open, and draws its SVG path.
// Pure.
//
// Points closer than `step` to the one before replace the last; when the line is full every second
// point is dropped and the step doubles, so a day and a minute cost the same.

export class Series {
  /** @type {{ at: number, value: number }[]} */
  points = []
  /** Milliseconds between kept points. */
  step

  /**
   * @param {number} [most] points kept, at least 4
   * @param {number} [step] milliseconds
   */
  constructor(most = 480, step = 250) {
    this.most = most
    this.step = step
  }

  /**
   * @param {number} at milliseconds, not decreasing
   * @param {number} value ignored unless finite
   */
  push(at, value) {
    if (!Number.isFinite(value)) return
    const { points } = this
    const before = points.at(-2)
    if (before && at - before.at < this.step) points.pop()
    points.push({ at, value })
    if (points.length <= this.most) return
    const last = points.length - 1
    this.points = points.filter((_, index) => index === last || index % 2 === 0)
    this.step *= 2
  }

  /** Lowest, highest and last value; null while empty. */
  get range() {
    const last = this.points.at(-1)
    if (!last) return null
    let low = last.value
    let high = last.value
    for (const { value } of this.points) {
      if (value < low) low = value
      if (value > high) high = value
    }
    return { low, high, last: last.value }
  }
}

/**
 * Bounds of the vertical axis: what was seen, zero, and never nothing.
 * @param {{ low: number, high: number }} range
 * @param {number} least smallest height, in the unit of the values
 */
export const bounds = ({ low, high }, least) => {
  const bottom = Math.min(low, 0)
  const top = Math.max(high, 0)
  const lack = Math.max(least - (top - bottom), 0)
  return { bottom: bottom - lack / 2, top: top + lack / 2 }
}

/**
 * SVG path of a series in a box. `stepped` holds each value until the next, as a position does.
 * @param {readonly { at: number, value: number }[]} points
 * @param {{ width: number, height: number, bottom: number, top: number, stepped?: boolean }} box
 */
export const linePath = (points, { width, height, bottom, top, stepped = false }) => {
  const first = points[0]
  const last = points.at(-1)
  if (!first || !last) return ''
  const across = last.at - first.at || 1
  const x = (/** @type {number} */ at) => round(((at - first.at) / across) * width)
  const y = (/** @type {number} */ value) =>
    round(height - ((value - bottom) / (top - bottom)) * height)
  let path = `M${x(first.at)} ${y(first.value)}`
  for (const { at, value } of points.slice(1)) {
    path += stepped ? `H${x(at)}V${y(value)}` : `L${x(at)} ${y(value)}`
  }
  return points.length === 1 ? `${path}H${width}` : path
}

/** @param {number} value */
const round = (value) => Math.round(value * 10) / 10
