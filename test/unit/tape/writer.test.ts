// The tape's way to R2: what survives a failing bucket, a crash, a full buffer, midnight.

import { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { TAPE_HEADER } from '../../../src/core/record/tape.ts'
import { takeOldRows } from '../../../src/tape/old-rows.ts'
import { gunzip } from '../../../src/tape/store.ts'
import { TapeWriter } from '../../../src/tape/writer.ts'
import { FakeBucket, FakeStore, lineAt } from '../../helpers/tape-fakes.ts'

const NOON = Date.UTC(2026, 10, 10, 12)

const setup = (limits = {}) => {
  const store = new FakeStore()
  const bucket = new FakeBucket()
  const open = () => new TapeWriter({ store, bucket, ticker: 'KXA', limits })
  return { store, bucket, open, writer: open() }
}
let { store, bucket, writer, open } = setup()
beforeEach(() => {
  ;({ store, bucket, writer, open } = setup())
})

/** All rows in the bucket, in key order, as their numbers. */
const rowsIn = async (bucket: FakeBucket): Promise<number[]> => {
  const rows: number[] = []
  for (const key of bucket.keys()) {
    const [header, ...lines] = (await gunzip(bucket.bytes(key))).trimEnd().split('\n')
    expect(header).toBe(TAPE_HEADER)
    for (const line of lines) rows.push(Number(line.split(',')[5]))
  }
  return rows
}

const pushRows = (writer: TapeWriter, from: number, to: number): void => {
  for (let row = from; row <= to; row++) {
    const at = NOON + row * 100
    writer.push(lineAt(at, row), at)
  }
}
const count = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

describe('TapeWriter', () => {
  it('touches no storage when a row is pushed', () => {
    const before = store.calls
    pushRows(writer, 1, 50)
    expect(store.calls).toBe(before)
    expect(bucket.puts).toBe(0)
    expect(writer.pending).toBe(50)
  })

  it('writes one named gzip object with a header and its own description', async () => {
    pushRows(writer, 1, 3)
    const written = { ok: true, objects: 1, rows: 3, pending: 0, dropped: 0, error: null }
    expect(await writer.flush()).toEqual(written)
    const key = `tape/KXA/2026/11/10/000000000001-${NOON + 100}.csv.gz`
    expect(bucket.keys()).toEqual([key])
    const [lo, hi] = [String(NOON + 100), String(NOON + 300)]
    expect(bucket.metadata(key)).toEqual({ ticker: 'KXA', lo, hi, rows: '3' })
    expect(await rowsIn(bucket)).toEqual([1, 2, 3])
  })

  it('costs one row for two seconds of rows, and two for an object', async () => {
    for (let row = 1; row <= 150; row++) {
      pushRows(writer, row, row)
      await writer.persist()
      // Nothing new, nothing written.
      await writer.persist()
    }
    expect(store.rows).toBe(150)
    await writer.flush()
    expect(store.rows).toBe(152)
    expect(store.list('tape/')).toEqual([])
  })

  it('writes nothing when there is nothing', async () => {
    expect(await writer.flush()).toMatchObject({ ok: true, objects: 0 })
    expect(bucket.puts).toBe(0)
  })

  it('keeps counting over restarts, also when everything had been flushed', async () => {
    pushRows(writer, 1, 3)
    await writer.flush()
    const second = open()
    pushRows(second, 4, 5)
    await second.persist()
    const third = open()
    expect(third.pending).toBe(2)
    pushRows(third, 6, 6)
    await third.flush()
    expect(bucket.keys().map((key) => key.slice(20, 32))).toEqual(['000000000001', '000000000004'])
    expect(await rowsIn(bucket)).toEqual(count(1, 6))
  })

  it('starts a new object at midnight UTC', async () => {
    const midnight = Date.UTC(2026, 10, 11)
    writer.push(lineAt(midnight - 1, 1), midnight - 1)
    writer.push(lineAt(midnight, 2), midnight)
    expect(await writer.flush()).toMatchObject({ ok: true, objects: 2, rows: 2 })
    expect(bucket.keys().map((key) => key.slice(9, 19))).toEqual(['2026/11/10', '2026/11/11'])
  })

  it('splits a large backlog into objects of bounded size', async () => {
    const { bucket, writer } = setup({ blockBytes: 500, batchBytes: 1_000 })
    pushRows(writer, 1, 60)
    const report = await writer.flush()
    expect(report.ok).toBe(true)
    expect(report.objects).toBeGreaterThan(2)
    while (writer.pending > 0) await writer.flush()
    expect(await rowsIn(bucket)).toEqual(count(1, 60))
  })

  it('loses nothing and doubles nothing when R2 fails and recovers', async () => {
    pushRows(writer, 1, 5)
    bucket.failure = 'before'
    const error = 'Tape could not be written to R2: bucket is down'
    expect(await writer.flush()).toMatchObject({ ok: false, rows: 0, pending: 5, error })
    pushRows(writer, 6, 8)
    expect((await writer.flush()).pending).toBe(8)
    bucket.failure = null
    expect(await writer.flush()).toMatchObject({ ok: true, objects: 2, rows: 8, pending: 0 })
    expect(await rowsIn(bucket)).toEqual(count(1, 8))
  })

  it('doubles nothing when the answer to a put was lost, though rows came in meanwhile', async () => {
    pushRows(writer, 1, 5)
    bucket.failure = 'after'
    expect((await writer.flush()).ok).toBe(false)
    pushRows(writer, 6, 8)
    await writer.persist()
    bucket.failure = null
    expect(await writer.flush()).toMatchObject({ ok: true, pending: 0 })
    expect(await rowsIn(bucket)).toEqual(count(1, 8))
  })

  it('tries again where R2 has not answered within a minute', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => {
      vi.useRealTimers()
    })
    pushRows(writer, 1, 5)
    const put = bucket.put.bind(bucket)
    bucket.put = () => new Promise(() => {})
    let error: string | null = ''
    void writer.flush().then((report) => {
      error = report.error
    })
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
    while (vi.getTimerCount() === 0) await turn()
    vi.advanceTimersByTime(60_000)
    for (let turns = 0; turns < 100; turns++) await turn()
    expect(error).toContain('no answer within a minute')
    bucket.put = put
    expect(await writer.flush()).toMatchObject({ ok: true, rows: 5 })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('doubles nothing after a crash between the put and the deletion of its rows', async () => {
    pushRows(writer, 1, 5)
    store.refuse = { delete: 'tape/' }
    expect((await writer.flush()).ok).toBe(false)
    expect(await rowsIn(bucket)).toEqual(count(1, 5))
    store.refuse = {}
    const again = open()
    pushRows(again, 6, 7)
    expect(await again.flush()).toMatchObject({ ok: true, pending: 0 })
    expect(await rowsIn(bucket)).toEqual(count(1, 7))
  })

  it('uploads nothing under a name that a crash could forget', async () => {
    pushRows(writer, 1, 5)
    store.refuse = { confirm: true }
    expect(await writer.flush()).toMatchObject({ ok: false, pending: 5 })
    expect(bucket.puts).toBe(0)
    store.refuse = {}
    expect(await writer.flush()).toMatchObject({ ok: true, rows: 5 })
  })

  it('shares one run between overlapping flushes', async () => {
    pushRows(writer, 1, 5)
    const [first, second] = await Promise.all([writer.flush(), writer.flush()])
    expect(first).toBe(second)
    expect(bucket.puts).toBe(1)
  })

  it('keeps rows that are pushed while a flush is under way', async () => {
    pushRows(writer, 1, 5)
    const flushing = writer.flush()
    pushRows(writer, 6, 9)
    await flushing
    await writer.flush()
    expect(await rowsIn(bucket)).toEqual(count(1, 9))
  })

  it('counts what it drops when memory is full', () => {
    const { writer } = setup({ memoryRows: 10 })
    pushRows(writer, 1, 12)
    expect(writer.dropped).toBe(2)
    expect(writer.pending).toBe(10)
  })

  it('keeps the oldest stored rows when storage is full', async () => {
    const { bucket, writer } = setup({ storedRows: 6 })
    bucket.failure = 'before'
    pushRows(writer, 1, 4)
    await writer.flush()
    pushRows(writer, 5, 8)
    expect(await writer.flush()).toMatchObject({ pending: 6, dropped: 2 })
    bucket.failure = null
    await writer.flush()
    expect(await rowsIn(bucket)).toEqual(count(1, 6))
    pushRows(writer, 9, 9)
    expect(await writer.flush()).toMatchObject({ ok: true, rows: 1 })
  })

  it('keeps rows in memory while storage refuses, and says so', async () => {
    pushRows(writer, 1, 3)
    store.refuse = { put: 'tape/' }
    expect(await writer.persist()).toContain('Tape rows could not be stored')
    expect((await writer.flush()).ok).toBe(false)
    store.refuse = {}
    await writer.flush()
    expect(await rowsIn(bucket)).toEqual([1, 2, 3])
  })

  it('takes over the rows that an older version kept in SQL, once', async () => {
    const old = new DatabaseSync(':memory:')
    old.exec('CREATE TABLE tape_rows (seq INTEGER, lo, hi, n, size, body TEXT)')
    old.exec('CREATE TABLE tape_meta (key TEXT, value TEXT)')
    const body = [1, 2].map((row) => lineAt(NOON + row * 100, row)).join('\n')
    const row = [7, NOON + 100, NOON + 200, 2, body.length + 1, body]
    old.prepare('INSERT INTO tape_rows VALUES (?, ?, ?, ?, ?, ?)').run(...row)
    old.exec("INSERT INTO tape_meta VALUES ('next', '9')")
    const sql = { exec: (query: string) => ({ toArray: () => old.prepare(query).all() }) }
    takeOldRows(sql, store)
    takeOldRows(sql, store)
    const next = open()
    pushRows(next, 3, 3)
    await next.flush()
    expect(await rowsIn(bucket)).toEqual([1, 2, 3])
    expect(bucket.keys()[0]).toContain('/000000000007-')
  })

  it('shows the rows not yet in R2, from storage and memory, within the range asked for', async () => {
    pushRows(writer, 1, 2)
    await writer.flush()
    expect(writer.tail(0, NOON * 2)).toEqual({ lines: '', firstSeq: null, lo: null })
    pushRows(writer, 3, 5)
    await writer.persist()
    pushRows(writer, 6, 7)
    const tail = writer.tail(0, NOON * 2)
    expect(tail.lines.trimEnd().split('\n')).toHaveLength(5)
    expect(tail).toMatchObject({ firstSeq: 3, lo: NOON + 300 })
    const part = writer.tail(NOON + 400, NOON + 700)
    const lines = part.lines.trimEnd().split('\n')
    expect(lines.map((line) => line.split(',')[5])).toEqual(['4', '5', '6'])
    expect(part.firstSeq).toBe(3)
  })
})
