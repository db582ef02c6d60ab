// Reading the tape back: order, range, pages, and no row twice while the maker goes on flushing.

import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { TAPE_HEADER } from '../../../src/core/record/tape.ts'
import { listSegments, readTape, streamText } from '../../../src/tape/reader.ts'
import { readSegment } from '../../../src/tape/store.ts'
import { TapeWriter } from '../../../src/tape/writer.ts'
import { FakeBucket, FakeStore, lineAt } from '../../helpers/tape-fakes.ts'

const NOON = Date.UTC(2026, 10, 10, 12)
const EVER = { from: 0, to: Number.MAX_SAFE_INTEGER }
const DAY = 86_400_000

const setup = () => {
  const bucket = new FakeBucket()
  const writer = new TapeWriter({ store: new FakeStore(), bucket, ticker: 'KXA' })
  let row = 0
  const push = (at: number): void => {
    row++
    writer.push(lineAt(at, row), at)
  }
  return { bucket, writer, push }
}
let { bucket, writer, push } = setup()
beforeEach(() => {
  ;({ bucket, writer, push } = setup())
})

/** Reads everything, checks the one header, and gives the row numbers. */
const rowsOf = async (pieces: AsyncGenerator<string>): Promise<number[]> => {
  const text = await new Response(streamText(pieces)).text()
  const [header, ...lines] = text.trimEnd().split('\n')
  expect(header).toBe(TAPE_HEADER)
  return lines.map((line) => Number(line.split(',')[5]))
}

/** Rows at these times, pushed and written to R2 together. */
const written = async (...times: number[]): Promise<void> => {
  for (const at of times) push(at)
  await writer.flush()
}
const tailOf = (writer: TapeWriter) => writer.tail(EVER.from, EVER.to)

describe('readTape', () => {
  it('gives a header alone for a ticker without rows', async () => {
    expect(await rowsOf(readTape(bucket, 'KXA', EVER, null))).toEqual([])
  })

  it('joins segments of several days and the unwritten rows, in order', async () => {
    for (let day = 0; day < 3; day++) {
      await written(NOON + day * DAY, NOON + day * DAY + 1)
    }
    push(NOON + 3 * DAY)
    bucket.page = 2
    expect(await rowsOf(readTape(bucket, 'KXA', EVER, tailOf(writer)))).toEqual([
      1, 2, 3, 4, 5, 6, 7,
    ])
  })

  it('includes from and excludes to', async () => {
    for (let second = 0; second < 4; second++) push(NOON + second * 1000)
    await writer.flush()
    for (let second = 4; second < 8; second++) push(NOON + second * 1000)
    const range = { from: NOON + 2000, to: NOON + 6000 }
    const tail = writer.tail(range.from, range.to)
    expect(await rowsOf(readTape(bucket, 'KXA', range, tail))).toEqual([3, 4, 5, 6])
  })

  it('does not read days outside the range', async () => {
    for (let day = 0; day < 5; day++) {
      await written(NOON + day * DAY)
    }
    const read: string[] = []
    const get = bucket.get.bind(bucket)
    bucket.get = async (key) => {
      read.push(key.slice(9, 19))
      return get(key)
    }
    const range = { from: NOON + 2 * DAY, to: NOON + 3 * DAY }
    expect(await rowsOf(readTape(bucket, 'KXA', range, null))).toEqual([3])
    expect(read).toEqual(['2026/11/12'])
  })

  it('does not mix tickers of which one begins like the other', async () => {
    const other = new TapeWriter({ store: new FakeStore(), bucket, ticker: 'KXAB' })
    other.push(lineAt(NOON, 77, 'KXAB'), NOON)
    await other.flush()
    await written(NOON)
    expect(await rowsOf(readTape(bucket, 'KXA', EVER, null))).toEqual([1])
  })

  it('shows a row once that is flushed between the two reads', async () => {
    await written(NOON)
    push(NOON + 1)
    push(NOON + 2)
    const tail = writer.tail(EVER.from, EVER.to)
    bucket.onList = async () => {
      await written(NOON + 3)
    }
    expect(await rowsOf(readTape(bucket, 'KXA', EVER, tail))).toEqual([1, 2, 3])
  })

  it('shows a row once whose object exists while its answer is still awaited', async () => {
    push(NOON)
    push(NOON + 1)
    bucket.failure = 'after'
    await writer.flush()
    expect(await rowsOf(readTape(bucket, 'KXA', EVER, tailOf(writer)))).toEqual([1, 2])
  })

  it('keeps the old segments of a ticker that was removed and counts from 1 again', async () => {
    await written(NOON)
    await written(NOON + 1)
    const later = NOON + 60_000
    const second = new TapeWriter({ store: new FakeStore(), bucket, ticker: 'KXA' })
    second.push(lineAt(later, 3), later)
    expect(await rowsOf(readTape(bucket, 'KXA', EVER, tailOf(second)))).toEqual([1, 2, 3])
    await second.flush()
    expect(await rowsOf(readTape(bucket, 'KXA', EVER, second.tail(0, EVER.to)))).toEqual([1, 2, 3])
  })

  it('fails rather than leave a hole when a listed segment is gone', async () => {
    await written(NOON)
    bucket.get = async () => null
    await expect(rowsOf(readTape(bucket, 'KXA', EVER, null))).rejects.toThrow(/is gone/)
  })

  it('reads back exactly what was pushed, however pushes, failures and flushes interleave', async () => {
    const action = fc.constantFrom(...'push push push persist flush fail lose heal'.split(' '))
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
        const store = new FakeStore()
        const bucket = new FakeBucket()
        bucket.page = 2
        const writer = new TapeWriter({ store, bucket, ticker: 'KXA' })
        let rows = 0
        for (const next of actions) {
          if (next === 'push') {
            rows++
            // Four hours apart, so that days are crossed.
            const at = NOON + rows * 4 * 3_600_000
            writer.push(lineAt(at, rows), at)
          } else if (next === 'persist') await writer.persist()
          else if (next === 'flush') await writer.flush()
          else bucket.failure = next === 'fail' ? 'before' : next === 'lose' ? 'after' : null
          const tail = writer.tail(EVER.from, EVER.to)
          const read = await rowsOf(readTape(bucket, 'KXA', EVER, tail))
          expect(read).toEqual(Array.from({ length: rows }, (_, index) => index + 1))
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('listSegments', () => {
  it('lists by ticker and pages through with a cursor', async () => {
    for (let day = 0; day < 5; day++) {
      await written(NOON + day * DAY)
    }
    const first = await listSegments(bucket, { ticker: 'KXA', limit: 3 })
    expect(first.segments.map((segment) => segment.first)).toEqual([1, 2, 3])
    expect(first.segments[0]).toMatchObject({ ticker: 'KXA', lo: NOON, hi: NOON, rows: 1 })
    const rest = await listSegments(bucket, { ticker: 'KXA', limit: 3, cursor: first.cursor! })
    expect(rest.segments.map((segment) => segment.first)).toEqual([4, 5])
    expect(rest.cursor).toBeNull()
    expect((await listSegments(bucket, { ticker: 'KX', limit: 9 })).segments).toEqual([])
    expect((await listSegments(bucket, { limit: 9 })).segments).toHaveLength(5)
  })

  it('passes over objects that are not segments', () => {
    expect(readSegment({ key: 'tape/KXA/notes.txt', size: 1 })).toBeNull()
    const bare = readSegment({ key: 'tape/KXA/2026/11/10/000000000007-9.csv.gz', size: 1 })
    expect(bare).toMatchObject({ first: 7, lo: 9, hi: Number.POSITIVE_INFINITY, rows: null })
  })
})
