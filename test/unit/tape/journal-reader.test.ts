// Reading journals back from R2: lives in order, whole or cut where a part is missing, and nothing
// of other tickers or other times.

import { describe, expect, it } from 'vitest'
import { listLives, livesOf, readJournal, readPart } from '../../../src/tape/journal-reader.ts'
import { streamText } from '../../../src/tape/reader.ts'
import { dayPath, gzip } from '../../../src/tape/store.ts'
import { FakeBucket } from '../../helpers/tape-fakes.ts'

const NOON = Date.UTC(2026, 10, 10, 12)
const DAY = 86_400_000
const EVER = { from: 0, to: Number.MAX_SAFE_INTEGER }

const keyOf = (ticker: string, life: number, part: number): string =>
  `journal/${ticker}/${dayPath(life)}/${life}-${String(part).padStart(6, '0')}.jsonl.gz`

const keep = async (bucket: FakeBucket, ticker: string, life: number, part: number) =>
  bucket.put(keyOf(ticker, life, part), await gzip(`${ticker} ${life} ${part}\n`), {
    customMetadata: {},
  })

const textOf = (pieces: AsyncGenerator<string>): Promise<string> =>
  new Response(streamText(pieces)).text()

describe('the lives of a ticker', () => {
  it('are found over many pages and days, parts in order, and read as one text', async () => {
    const bucket = new FakeBucket()
    bucket.page = 2
    for (const life of [NOON + DAY, NOON, NOON + 5]) {
      for (let part = 0; part < 3; part++) await keep(bucket, 'KXA', life, part)
    }
    const lives = await listLives(bucket, 'KXA', EVER)
    expect(lives.map(({ life, parts, missing }) => [life, parts.length, missing])).toEqual([
      [NOON, 3, null],
      [NOON + 5, 3, null],
      [NOON + DAY, 3, null],
    ])
    expect(lives[0]!.bytes).toBe(
      [0, 1, 2].reduce((sum, part) => sum + bucket.bytes(keyOf('KXA', NOON, part)).byteLength, 0),
    )
    const wanted = [NOON, NOON + 5, NOON + DAY].flatMap((life) =>
      [0, 1, 2].map((part) => `KXA ${life} ${part}\n`),
    )
    expect(await textOf(readJournal(bucket, lives))).toBe(wanted.join(''))
  })

  it('belong to a range by their beginning, from inclusive and to exclusive', async () => {
    const bucket = new FakeBucket()
    for (const after of [0, 10, 20, DAY]) {
      await keep(bucket, 'KXA', NOON + after, 0)
      await keep(bucket, 'KXA', NOON + after, 1)
    }
    const begun = async (from: number, to: number) =>
      (await listLives(bucket, 'KXA', { from: NOON + from, to: NOON + to })).map(
        ({ life }) => life - NOON,
      )
    expect(await begun(10, 20)).toEqual([10])
    expect(await begun(10, 21)).toEqual([10, 20])
    expect(await begun(11, 2 * DAY)).toEqual([20, DAY])
    expect(await begun(-DAY, 0)).toEqual([])
  })

  it('are not mixed with a ticker that begins alike, nor with the tape', async () => {
    const bucket = new FakeBucket()
    await keep(bucket, 'KXA', NOON, 0)
    await keep(bucket, 'KXAB', NOON, 0)
    await bucket.put(`tape/KXA/2026/11/10/000000000001-${NOON}.csv.gz`, await gzip('x'), {
      customMetadata: {},
    })
    const lives = await listLives(bucket, 'KXA', EVER)
    expect(lives.map(({ ticker, parts }) => [ticker, parts.length])).toEqual([['KXA', 1]])
    expect(await listLives(bucket, 'KX', EVER)).toEqual([])
  })

  it('end before a part that is missing, say so, and are followed by the next life', async () => {
    const bucket = new FakeBucket()
    for (const part of [0, 1, 3, 4]) await keep(bucket, 'KXA', NOON, part)
    for (const part of [1, 2]) await keep(bucket, 'KXA', NOON + 5, part)
    await keep(bucket, 'KXA', NOON + 9, 0)
    const lives = await listLives(bucket, 'KXA', EVER)
    expect(lives.map(({ parts, missing }) => [parts.length, missing])).toEqual([
      [2, 2],
      [0, 0],
      [1, null],
    ])
    expect((await textOf(readJournal(bucket, lives))).split('\n')).toEqual([
      `KXA ${NOON} 0`,
      `KXA ${NOON} 1`,
      `# KXA ${NOON} ends here: part 2 is missing`,
      `# KXA ${NOON + 5} ends here: part 0 is missing`,
      `KXA ${NOON + 9} 0`,
      '',
    ])
  })

  it('end where a part is gone between the list and the reading', async () => {
    const bucket = new FakeBucket()
    for (const part of [0, 1, 2]) await keep(bucket, 'KXA', NOON, part)
    const lives = await listLives(bucket, 'KXA', EVER)
    bucket.remove(keyOf('KXA', NOON, 1))
    expect(await textOf(readJournal(bucket, lives))).toBe(
      `KXA ${NOON} 0\n# KXA ${NOON} ends here: part 1 is missing\n`,
    )
  })

  it('break off the answer rather than go on after bytes that cannot be unpacked', async () => {
    const bucket = new FakeBucket()
    await bucket.put(keyOf('KXA', NOON, 0), new TextEncoder().encode('not gzip').buffer, {
      customMetadata: {},
    })
    const lives = await listLives(bucket, 'KXA', EVER)
    await expect(textOf(readJournal(bucket, lives))).rejects.toThrow()
  })
})

describe('the name of a part', () => {
  it('says ticker, life and number, also under a folder and unpacked', () => {
    const wanted = { ticker: 'KXA.1', life: 1794312000000, part: 12 }
    for (const key of [
      'journal/KXA.1/2026/11/10/1794312000000-000012.jsonl.gz',
      '/home/me/copy/KXA.1/2026/11/10/1794312000000-000012.jsonl',
    ]) {
      expect(readPart({ key, size: 3 })).toEqual({ key, bytes: 3, ...wanted })
    }
  })

  it('is not seen in other names', () => {
    for (const key of ['journal/KXA/notes.txt', 'journal/KXA/2026/11/10/5.jsonl.gz', '']) {
      expect(readPart({ key, size: 1 })).toBeNull()
    }
  })

  it('orders parts by number and lives by time, whatever order they come in', () => {
    const parts = [
      [7, 1],
      [5, 10],
      [7, 0],
      ...Array.from({ length: 10 }, (_, part) => [5, 9 - part]),
    ].map(([life, part]) => ({ key: '', ticker: 'KXA', life: life!, part: part!, bytes: 2 }))
    expect(livesOf(parts).map(({ life, parts, bytes }) => [life, parts.length, bytes])).toEqual([
      [5, 11, 22],
      [7, 2, 4],
    ])
  })
})
