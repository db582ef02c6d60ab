// The plotter: round numbers on axes, no peak lost on lines, and nothing in a picture that is not a
// number.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clockOf, nameAxis, roundNumbers, roundTimes } from '../../../src/plot/axis.ts'
import { draw, type Point, thin } from '../../../src/plot/chart.ts'

describe('a time axis', () => {
  const labels = (from: string, to: string): string[] => {
    const [start, end] = [Date.parse(from), Date.parse(to)]
    return roundTimes(start, end).map((at) => clockOf(at, start, end))
  }

  it('has labels at round times, at most eight, with seconds or dates where they are needed', () => {
    expect(labels('2026-05-13T17:15:39.716Z', '2026-05-13T17:21:36Z').join(' ')).toBe(
      '17:16 17:17 17:18 17:19 17:20 17:21',
    )
    expect(labels('2026-05-13T17:15:39Z', '2026-05-13T17:16:09Z').join(' ')).toBe(
      '17:15:40 17:15:45 17:15:50 17:15:55 17:16:00 17:16:05',
    )
    expect(labels('2026-05-13T22:10:00Z', '2026-05-15T01:00:00Z').join(', ')).toBe(
      '05-14 00:00, 05-14 06:00, 05-14 12:00, 05-14 18:00, 05-15 00:00',
    )
    expect(labels('2026-05-13T22:10:00Z', '2026-05-20T01:00:00Z').join(', ')).toBe(
      '05-15, 05-17, 05-19',
    )
  })

  it('has a label or two for any span, and never one outside', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e12 }),
        fc.integer({ min: 2_000, max: 1e9 }),
        (from, ms) => {
          const times = roundTimes(from, from + ms)
          expect(times.length).toBeGreaterThan(0)
          expect(times.length).toBeLessThanOrEqual(9)
          expect(times.every((at) => at >= from && at <= from + ms)).toBe(true)
        },
      ),
    )
  })
})

describe('a thinned line', () => {
  it('keeps both ends, the highest and the lowest point', () => {
    const values = Array.from({ length: 10_000 }, (_, i) => Math.sin(i / 50) * (i % 97))
    const few = thin(values, (value) => value, 200)
    expect(few.length).toBeLessThanOrEqual(204)
    expect([few[0], few.at(-1)]).toEqual([values[0], values.at(-1)])
    expect([Math.max(...few), Math.min(...few)]).toEqual([Math.max(...values), Math.min(...values)])
    expect(thin([1, 2, 3], (value) => value, 200)).toEqual([1, 2, 3])
  })
})

describe('a number axis', () => {
  it('has round numbers within its range, two to nine of them', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        (from, wide) => {
          const to = from + wide
          fc.pre(to - from >= 1e-3)
          const found = roundNumbers(from, to)
          expect(found.length).toBeGreaterThan(1)
          expect(found.length).toBeLessThan(10)
        },
      ),
    )
    expect(roundNumbers(-0.3, 1)).toEqual([0, 0.5, 1])
  })
})

describe('a chart', () => {
  const line = (points: readonly Point[]) =>
    draw({
      name: 'a',
      title: 'a < b',
      x: {},
      y: {},
      series: [{ kind: 'line', name: 'x & y', colour: 'red', points }],
    }).svg

  it('writes words as text, and numbers whatever it is given', () => {
    const gap: Point[] = [
      [0, 1],
      [1, Number.NaN],
      [2, 3],
    ]
    for (const points of [[], [[0, 0]] as Point[], gap]) {
      const svg = line(points)
      expect(svg).toContain('a &lt; b')
      expect(svg).toContain('x &amp; y')
      expect(svg).not.toMatch(/NaN|Infinity|undefined/)
    }
    // A gap begins the line anew.
    expect(/<path d="(M[^"]*)" fill="none"/.exec(line(gap))?.[1]?.match(/M/g)).toHaveLength(2)
  })

  it('leaves out a name that would cover the one before it', () => {
    const names = Array.from({ length: 60 }, (_, i) => `name ${i}`)
    const bars = names.map((_, at) => ({ at, from: 0, to: 1 }))
    const { svg } = draw({
      name: 'a',
      title: 'b',
      x: nameAxis(names),
      y: {},
      series: [{ kind: 'bars', name: '', colour: 'red', bars }],
    })
    expect(svg.match(/<rect/g)).toHaveLength(60)
    expect(svg.match(/>name \d+</g)!.length).toBeLessThan(15)
  })
})
