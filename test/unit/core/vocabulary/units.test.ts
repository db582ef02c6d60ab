// Exact integers at the border with decimal strings: what is read, what is refused, and that
// nothing is lost on the way there and back.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  formatMoney,
  formatPrice,
  formatQuantity,
  moneyToCents,
  mulDivRound,
  opposite,
  parseMoney,
  parsePrice,
  parseQuantity,
  parseScaled,
  signOf,
} from '../../../../src/core/vocabulary/units.ts'

describe('reading decimals', () => {
  it.each([
    ...Object.entries({ '0.4300': 4300, '0.43': 4300, '.43': 4300, 1: 10_000, '1.': 10_000 }),
    ...Object.entries({ '0.0001': 1, '-0.0001': -1, '+0.5': 5000, '0.560000': 5600 }),
    ...Object.entries({ '00.5': 5000, 0: 0 }),
  ])('reads the price %s as %d', (text, wanted) => {
    expect(parsePrice(text)).toBe(wanted)
  })

  it('reads contracts in hundredths and money in millionths', () => {
    expect([parseQuantity('120.50'), parseQuantity('-20.5')]).toEqual([12_050, -2050])
    expect([parseMoney('8.815000'), parseMoney('-0.000001')]).toEqual([8_815_000, -1])
  })

  it('reads minus nothing as plain zero', () => {
    expect(Object.is(parsePrice('-0.0000'), 0)).toBe(true)
  })

  const words = ['', '.', '-', '-.', '+', '1e3', '0x10', '1.2.3', '1,5', ' 1', '1 ', '--1', 'NaN']
  const large = ['Infinity', '0.43001', '9007199254740.9920', '99999999999999999999']
  const others = [0.43, null, undefined, {}, ['1']]
  it.each([...words, ...large, ...others].map((found) => [found]))(
    'refuses %j as a price',
    (found) => {
      expect(parsePrice(found)).toBeNaN()
    },
  )

  it('refuses decimals that the unit cannot hold, but not zeros behind them', () => {
    expect(parseQuantity('1.005')).toBeNaN()
    expect(parseQuantity('1.0050')).toBeNaN()
    expect(parseQuantity('1.0000')).toBe(100)
    expect(parseScaled('12', 0)).toBe(12)
    expect(parseScaled('12.1', 0)).toBeNaN()
  })

  it('reads up to 2^53 - 1 and not beyond', () => {
    expect(parseScaled('9007199254740991', 0)).toBe(Number.MAX_SAFE_INTEGER)
    expect(parseScaled('9007199254740992', 0)).toBeNaN()
    expect(parseMoney('9007199254.740991')).toBe(Number.MAX_SAFE_INTEGER)
    expect(parseMoney('-9007199254.740991')).toBe(-Number.MAX_SAFE_INTEGER)
  })
})

describe('writing decimals', () => {
  it('always writes all decimals of the unit', () => {
    expect([formatPrice(4300), formatPrice(1)]).toEqual(['0.4300', '0.0001'])
    expect(formatPrice(10_000)).toBe('1.0000')
    expect([formatQuantity(-2050), formatQuantity(0)]).toEqual(['-20.50', '0.00'])
    expect(formatQuantity(-5)).toBe('-0.05')
    expect(formatMoney(8_815_000)).toBe('8.815000')
  })

  it('reads back every safe integer, in each unit', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        const plain = value === 0 ? 0 : value
        expect(parsePrice(formatPrice(value))).toBe(plain)
        expect(parseQuantity(formatQuantity(value))).toBe(plain)
        expect(parseMoney(formatMoney(value))).toBe(plain)
      }),
      { seed: 20_261_161, numRuns: 1000 },
    )
  })

  it('never reads a string as anything but the number it is, or as nothing', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[-+]?\d{0,6}(\.\d{0,6})?$/), (text) => {
        const read = parseScaled(text, 4)
        const float = text === '' ? Number.NaN : Number(text)
        if (Number.isNaN(read)) {
          // Refused: no number at all, or more decimals than four.
          const inexact = /\.\d{4}\d*[1-9]/.test(text)
          expect(Number.isNaN(float) || inexact).toBe(true)
        } else expect(read).toBe(Math.round(float * 10_000) + 0)
      }),
      { seed: 20_261_162, numRuns: 1000 },
    )
  })
})

describe('units for people', () => {
  it('are cents', () => {
    expect(moneyToCents(8_815_000)).toBe(881.5)
  })
})

describe('sides', () => {
  it('are opposite to each other, and a bid adds', () => {
    expect([opposite('bid'), opposite('ask')]).toEqual(['ask', 'bid'])
    expect([signOf('bid'), signOf('ask')]).toEqual([1, -1])
  })
})

describe('splitting in proportion', () => {
  it.each([
    [1, 1, 2, 1],
    [-1, 1, 2, -1],
    [1, 1, 3, 0],
    [2, 1, 3, 1],
    [1, -1, 2, -1],
    [1, 1, -2, -1],
    [-1, -1, 2, 1],
    [6_920_000, 800, 1550, 3_571_613],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 2 ** 53 - 1],
  ])('%d x %d / %d is %d, halves away from zero', (a, b, c, wanted) => {
    expect(mulDivRound(a, b, c)).toBe(wanted)
  })

  it('never gives minus zero', () => {
    expect(Object.is(mulDivRound(-1, 1, 3), 0)).toBe(true)
    expect(Object.is(mulDivRound(0, -5, 3), 0)).toBe(true)
  })

  it('is within half a unit of the exact quotient, and odd in its sign', () => {
    const safe = fc.integer({ min: -(2 ** 45), max: 2 ** 45 })
    fc.assert(
      fc.property(safe, safe, fc.integer({ min: 1, max: 2 ** 45 }), (a, b, c) => {
        // a x b / c has to be a safe integer for the answer to be exact.
        fc.pre(Math.abs((a / c) * b) < 2 ** 52)
        const found = mulDivRound(a, b, c)
        const twice = BigInt(a) * BigInt(b) * 2n - BigInt(found) * BigInt(c) * 2n
        expect(twice <= BigInt(c) && twice >= -BigInt(c)).toBe(true)
        expect(mulDivRound(-a, b, c) + found).toBe(0)
      }),
      { seed: 20_261_163, numRuns: 1000 },
    )
  })
})
