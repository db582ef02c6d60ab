// The scanner against the decoder that defines it: a decoder that has learnt a pattern must answer
// each text as one that has never seen any, accept and refuse alike.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it, vi } from 'vitest'
import { FrameDecoder } from '../../../../src/kalshi/feed/decoder.ts'
import { DeltaScanner } from '../../../../src/kalshi/feed/delta-scanner.ts'
import { Dice } from '../../../../src/statistics/random.ts'

const AT = 1_794_324_125_330
const OPTIONS = { noSide: 'no-price', ticker: 'KXTEST-1' } as const

/** What a decoder that has only this text makes of it: always the long way. */
const parsed = (text: string): string => JSON.stringify(new FrameDecoder(OPTIONS).decode(text, AT))

const shape = (seq: number, top = '', msg = '') =>
  `{"type":"orderbook_delta","sid":2,"seq":${seq},${top}"msg":{"market_ticker":"KXTEST-1",` +
  `"market_id":"8fbf73ce","price_dollars":"0.4300","delta_fp":"-20.50","side":"yes",${msg}` +
  `"ts":"2026-11-10T15:22:05.32Z","ts_ms":1794324125321}}`

/** Texts of one meaning and many forms. */
const SHAPES = [
  shape(7),
  shape(7, '"sending_ts_ms":1794324125322,'),
  shape(7, '', '"client_order_id":"",'),
  shape(7).replaceAll('":', '" : ').replaceAll(',', ',\n  '),
  '{"msg":{"side":"no","delta_fp":"3.00","price_dollars":"0.0100","market_ticker":"KXTEST-1"},' +
    '"seq":12,"sid":1,"type":"orderbook_delta"}',
  shape(123_456_789_012, '', '"extra":{"deep":[1,2,{"a":null}]},'),
]

/** What a mutation puts into a text: signs of JSON, digits, and values and keys of the frames. */
const PIECES = [
  ...'0123456789"\\{}[]:,.-+eE \n\tyZnull\u0000é',
  '\\u0022',
  '"seq":9,',
  '"ts_ms":5,',
  '"side":"no"',
  '"client_order_id":"kmm-1",',
  '"price_dollars":"0.5000",',
  '00',
  '.5',
  'e3',
  '9007199254740993',
  '-0.00',
  '0.4300',
  '1.0000',
  '0.0000',
  'yes',
  'no',
]

const mutate = (text: string, dice: Dice): string => {
  const at = dice.whole(0, text.length)
  const cut = dice.whole(0, dice.whole(0, 2) === 0 ? 5 : 1)
  const piece = dice.whole(0, 3) === 0 ? '' : PIECES[dice.whole(0, PIECES.length - 1)]!
  const changed = text.slice(0, at) + piece + text.slice(at + cut)
  return dice.whole(0, 3) === 0 ? mutate(changed, dice) : changed
}

describe('a change of the book, scanned', () => {
  it('repeats the decoder on every shape, once it has learnt it', () => {
    for (const text of SHAPES) {
      const decoder = new FrameDecoder(OPTIONS)
      decoder.decode(text, AT)
      const scanner = new DeltaScanner()
      const { seq } = decoder.decode(text, AT)
      const msg = JSON.parse(text) as { msg: { ts_ms?: number }; sending_ts_ms?: number }
      scanner.missed(text, {
        sid: 2,
        seq,
        ticker: 'KXTEST-1',
        venueAt: msg.msg.ts_ms ?? 0,
        sentAt: msg.sending_ts_ms ?? 0,
      })
      expect(scanner.scan(text), text).toBe(true)
      expect(scanner.scan(text.replace('"seq"', '"sid"'))).toBe(false)
      expect(JSON.stringify(decoder.decode(text, AT))).toBe(parsed(text))
    }
  })

  it('answers mutations of them as the decoder does (seeded)', () => {
    const seed = Number(process.env.SEED ?? 14)
    const dice = new Dice(seed)
    let deltas = 0
    for (const text of SHAPES) {
      const decoder = new FrameDecoder(OPTIONS)
      for (let n = 0; n < 10_000; n++) {
        // Learnt anew now and then: what a mutation has taught it must not last.
        for (let m = 0; n % 50 === 0 && m < 4; m++) decoder.decode(text, AT)
        const mutated = mutate(text, dice)
        const found = JSON.stringify(decoder.decode(mutated, AT))
        const wanted = parsed(mutated)
        if (found !== wanted) expect({ seed, mutated, found }).toBe(wanted)
        if (wanted.includes('"type":"delta"')) deltas++
      }
    }
    // A mutation that always broke the JSON would prove nothing.
    expect(deltas, `seed ${seed}`).toBeGreaterThan(5000)
  })

  it.each([
    ['"0.4300"', '"1.0000"'],
    ['"0.4300"', '"0.0000"'],
    ['"0.4300"', '"0.43"'],
    ['"0.4300"', '"00.4300"'],
    ['"-20.50"', '"-0.00"'],
    ['"-20.50"', '"+20.50"'],
    ['"-20.50"', '"-20.505"'],
    ['"-20.50"', '"12345678901234567.00"'],
    ['"seq":7', '"seq":9007199254740993'],
    ['"seq":7', '"seq":07'],
    ['"seq":7', '"seq":0'],
    ['"seq":7', '"seq":7.0'],
    ['"seq":7', '"seq":-7'],
    ['1794324125321', '17943241253210000000'],
    ['1794324125321', 'null'],
    ['15:22', '15\\u003a22'],
    ['15:22', '15"22'],
  ])('%s as %s is read the same', (value, other) => {
    const decoder = new FrameDecoder(OPTIONS)
    decoder.decode(shape(7), AT)
    const text = shape(7).replace(value, other)
    expect(text).not.toBe(shape(7))
    expect(JSON.stringify(decoder.decode(text, AT))).toBe(parsed(text))
  })

  it('is not learnt from a text whose times lie where the decoder does not look', () => {
    const odd = shape(7).replace(',"ts_ms":1794324125321}}', '},"ts_ms":1794324125321}')
    const decoder = new FrameDecoder(OPTIONS)
    for (let n = 0; n < 8; n++) expect(JSON.stringify(decoder.decode(odd, AT))).toBe(parsed(odd))
  })

  it('marks of our own orders go the long way', () => {
    const decoder = new FrameDecoder(OPTIONS)
    decoder.decode(shape(7), AT)
    const marked = shape(8, '', '"client_order_id":"kmm-a-1",')
    expect(decoder.decode(marked, AT)).toMatchObject({ clientOrderId: 'kmm-a-1' })
    expect(decoder.decode(shape(9), AT)).toMatchObject({ clientOrderId: '', seq: 9 })
  })
})

const FOLDER = '../shared/data/ws-kxbtc15m'
const absent = !existsSync(FOLDER)

describe.skipIf(absent)(`recorded changes (skipped when ${FOLDER} is absent)`, () => {
  it('are read as the decoder reads them, and hardly any goes the long way', () => {
    const file = absent ? '' : readdirSync(FOLDER).filter((name) => name.includes('.frames.'))[0]!
    const texts = gunzipSync(readFileSync(`${FOLDER}/${file}`))
      .toString()
      .split('\n')
      .flatMap((line) => {
        const at = line.indexOf('"frame":')
        return at < 0 ? [] : [line.slice(at + 8, -1)]
      })
    const decoder = new FrameDecoder(OPTIONS)
    const parse = vi.spyOn(JSON, 'parse')
    const found = texts.map((text) => JSON.stringify(decoder.decode(text, AT)))
    const changes = found.filter((frame) => frame.startsWith('{"type":"delta"')).length
    const longWay = parse.mock.calls.length
    parse.mockRestore()
    for (const [n, text] of texts.entries()) {
      if (found[n] !== parsed(text)) expect(found[n]).toBe(parsed(text))
    }
    expect(changes).toBeGreaterThan(10_000)
    expect(longWay - (texts.length - changes)).toBeLessThan(changes / 1000)
  })
})
