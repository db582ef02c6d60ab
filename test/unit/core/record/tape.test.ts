// The tape's CSV: what a line looks like, that it reads back as it was, and what is refused.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  formatIso,
  formatRow,
  parseIso,
  parseRow,
  TAPE_HEADER,
} from '../../../../src/core/record/tape.ts'
import type { TapeRow } from '../../../../src/core/vocabulary/events.ts'

const AT = Date.UTC(2026, 10, 24, 13, 11, 5, 7)
const row: TapeRow = {
  at: AT,
  ticker: 'KXBTC-26NOV24-T1',
  mid: 48.35,
  myBid: 47,
  myAsk: 50,
  inventory: -12.5,
  unrealizedPnl: -16.5,
  realizedPnl: 46.85,
  latencyMs: 12,
}

describe('a tape line', () => {
  it('has the nine columns of the header, in cents, contracts and milliseconds', () => {
    expect(TAPE_HEADER).toBe(
      'ts,ticker,mid,my_bid,my_ask,inventory,unrealized_pnl,realized_pnl,latency_ms',
    )
    expect(formatRow(row)).toBe(
      '2026-11-24T13:11:05.007Z,KXBTC-26NOV24-T1,48.35,47,50,-12.5,-16.5,46.85,12',
    )
  })

  it('leaves absent values empty', () => {
    expect(formatRow({ ...row, mid: null, myBid: null, myAsk: null, latencyMs: null })).toBe(
      '2026-11-24T13:11:05.007Z,KXBTC-26NOV24-T1,,,,-12.5,-16.5,46.85,',
    )
  })

  it.each([
    [0.1 + 0.2, '0.3'],
    [48.3 - 0.1, '48.2'],
    [-0, '0'],
    [-0.00001, '0'],
    [0.00005, '0.0001'],
    [-1.23456, '-1.2346'],
    [1e-7, '0'],
    [10, '10'],
    [1000.5, '1000.5'],
    [123_456_789.0625, '123456789.0625'],
  ])('writes %d as %s', (value, wanted) => {
    expect(formatRow({ ...row, realizedPnl: value }).split(',')[7]).toBe(wanted)
  })

  it('refuses to write a number that is none', () => {
    expect(() => formatRow({ ...row, inventory: Number.NaN })).toThrow('finite')
    expect(() => formatRow({ ...row, unrealizedPnl: Number.POSITIVE_INFINITY })).toThrow('finite')
    expect(() => formatRow({ ...row, at: 0.5 })).toThrow('whole milliseconds')
  })

  it('quotes a ticker that would break the line', () => {
    const odd = { ...row, ticker: 'A,"B"' }
    expect(formatRow(odd)).toContain(',"A,""B""",')
    expect(parseRow(formatRow(odd))).toEqual(odd)
  })

  it('reads back as it was written', () => {
    const number = fc.integer({ min: -(2 ** 45), max: 2 ** 45 }).map((n) => n / 10_000 + 0)
    const optional = fc.option(number, { nil: null })
    fc.assert(
      fc.property(
        fc.record({
          at: fc.integer({ min: 0, max: 253_402_300_799_999 }),
          ticker: fc.oneof(fc.string(), fc.constantFrom('"', ',', '""', ',"', '\r\n', '')),
          mid: optional,
          myBid: optional,
          myAsk: optional,
          inventory: number,
          unrealizedPnl: number,
          realizedPnl: number,
          latencyMs: optional,
        }),
        (any) => {
          expect(parseRow(formatRow(any))).toEqual(any)
        },
      ),
      { seed: 20_261_151, numRuns: 500 },
    )
  })
})

describe('reading a line that is none', () => {
  const line = formatRow(row)
  it.each([
    ['too few columns', 'a,b,c', 'found 3 columns, wanted 9'],
    ['too many columns', `${line},1`, 'found 10 columns, wanted 9'],
    ['the header itself', TAPE_HEADER, 'found ts ts'],
    ['an empty line', '', 'found 1 columns'],
    ['a date that does not exist', line.replace('11-24', '02-30'), 'found ts 2026-02-30'],
    ['a word for a price', line.replace('48.35', 'mid'), 'found mid "mid"'],
    ['an exponent', line.replace('48.35', '1e3'), 'found mid "1e3"'],
    ['no inventory', line.replace('-12.5', ''), 'found inventory ""'],
    ['an open quote', line.replace('KXBTC', '"KXBTC'), 'quotes are out of place'],
    ['a quote in the middle', line.replace('KXBTC', 'KX"BTC'), 'quotes are out of place'],
    ['text after a quote', line.replace('KXBTC-26NOV24-T1', '"A"B'), 'quotes are out of place'],
  ])('says what is wrong with %s', (_, text, wanted) => {
    const result = parseRow(text)
    expect(typeof result).toBe('string')
    expect(result).toContain(`Could not read tape row: `)
    expect(result).toContain(wanted)
  })
})

describe('times', () => {
  it('agree with the platform on every day from 1600 to 2500', () => {
    for (let day = -135_140; day <= 193_600; day++) {
      const at = day * 86_400_000 + ((day & 0x3ff_ffff) % 86_400_000)
      const wanted = new Date(at).toISOString()
      if (formatIso(at) !== wanted || parseIso(wanted) !== at) {
        expect([formatIso(at), parseIso(wanted)]).toEqual([wanted, at])
      }
    }
  })

  it('agree with the platform at any millisecond of the years 0 to 9999', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }), (at) => {
        expect(formatIso(at)).toBe(new Date(at).toISOString())
        expect(parseIso(formatIso(at))).toBe(at)
      }),
      { seed: 20_261_152, numRuns: 2000 },
    )
  })

  it.each([
    '2026-11-24T13:11:05Z',
    '2026-11-24 13:11:05.007Z',
    '2026-11-24T24:00:00.000Z',
    '2026-13-01T00:00:00.000Z',
    '2026-00-01T00:00:00.000Z',
    '2026-02-29T00:00:00.000Z',
    '2026-11-24T13:60:05.007Z',
    '9999-12-31T24:00:00.000Z',
    '',
  ])('are not read from %s', (text) => {
    expect(parseIso(text)).toBeNaN()
  })
})
