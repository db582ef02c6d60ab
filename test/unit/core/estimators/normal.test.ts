// The normal distribution against published values and against its own integral.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pdf, quantile } from '../../../../src/core/estimators/normal.ts'

describe('normal density', () => {
  it.each([
    [0, 0.3989422804014327],
    [1, 0.24197072451914337],
    [-1, 0.24197072451914337],
    [2.5, 0.01752830049356854],
  ])('at %d is %d', (x, wanted) => {
    expect(Math.abs(pdf(x) - wanted)).toBeLessThan(1e-15)
  })
})

describe('normal quantile', () => {
  // Each branch of the algorithm: |p - 1/2| <= 0.425, the tail, and the far tail.
  it.each([
    [0.5, 0],
    [0.25, -0.6744897501960817],
    [0.001, -3.090232306167813],
    [1e-20, -9.262340089798405],
    [1e-300, -37.0470962993612],
    [0.975, 1.959963984540054],
    [0.9, 1.2815515655446004],
    [0.075, -1.4395314709384563],
    [0.0749, -1.4402382675279632],
    [0.999999, 4.753424308817089],
    [1e-12, -7.034483825301131],
  ])('of %d is %d', (p, wanted) => {
    expect(Math.abs(quantile(p) - wanted)).toBeLessThan(1e-9)
  })

  it('is infinite at 0 and 1 and not a number outside', () => {
    expect([quantile(0), quantile(1)]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])
    expect(quantile(-0.1)).toBeNaN()
    expect(quantile(1.1)).toBeNaN()
    expect(quantile(Number.NaN)).toBeNaN()
  })

  it('is antisymmetric about one half', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 20 - 1 }), (n) => {
        const p = n / 2 ** 20
        expect(quantile(1 - p)).toBeCloseTo(-quantile(p), 10)
      }),
      { seed: 20_261_111 },
    )
  })

  it('undoes the integral of the density', () => {
    // Simpson from 0 to x; error below 1e-13 at this step.
    const below = (x: number): number => {
      const steps = 2000
      const h = x / steps
      let sum = pdf(0) + pdf(x)
      for (let i = 1; i < steps; i++) sum += pdf(i * h) * (i % 2 === 1 ? 4 : 2)
      return 0.5 + (sum * h) / 3
    }
    for (const x of [-4.5, -3, -1.7, -0.2, 0.4, 1.3, 1.5, 2.8, 4]) {
      expect(Math.abs(quantile(below(x)) - x)).toBeLessThan(1e-8)
    }
  })
})
