// Brings the tape from the maker to R2 in three stages, so that the hot path never touches storage.
//
//   push     one line into memory
//   persist  memory -> one blob row in the object's SQLite (each second)
//   flush    SQLite -> one write-once gzip object in R2 (each minute)
//
// A batch is frozen (its name and last row are stored) before its upload, and its rows are deleted
// only once the object is known to exist. So an R2 outage, a lost answer or a crash at any point
// loses nothing that was persisted and writes nothing twice. A crash loses at most the last second
// of rows; fills are not lost with them, because they are read again from the exchange.

import { TAPE_HEADER } from '../core/record/tape.ts'
import { putOnce, segmentKey, type TapeBucket, type TapeSql } from './store.ts'

const LIMITS = {
  /** Lines in memory; more are dropped. */
  memoryRows: 20_000,
  /** Lines waiting in SQLite. When full, the oldest are kept and new ones dropped. */
  storedRows: 500_000,
  /** Characters waiting in SQLite. One RPC answer takes 32 MB, and `tail` must fit it. */
  storedBytes: 32_000_000,
  /** Characters of one blob row; SQLite in a Durable Object takes 2 MB. */
  blobBytes: 500_000,
  /** Characters of one R2 object before compression. */
  batchBytes: 4_000_000,
}
export type TapeLimits = Readonly<typeof LIMITS>

/** Objects written by one flush: the rest of a backlog waits for the next. */
const BATCHES_PER_FLUSH = 8
const DAY = 86_400_000

export interface FlushReport {
  /** False when R2 or SQLite refused; the rows stay and the next flush tries again. */
  ok: boolean
  /** Objects and rows that left for R2. */
  objects: number
  rows: number
  /** Rows not yet in R2. */
  pending: number
  /** Rows lost since the writer began, because a buffer was full. */
  dropped: number
  /** null, or the failed action and its reason. */
  error: string | null
}

export interface PersistReport {
  rows: number
  dropped: number
  error: string | null
}

/** Rows not yet in R2. `firstSeq` and `lo` are of the first such row, within the range or not. */
export interface TapeTail {
  /** CSV lines without a header, each ended by a newline. */
  lines: string
  firstSeq: number | null
  lo: number | null
}

interface Line {
  readonly text: string
  readonly at: number
}

interface Blob {
  seq: number
  lo: number
  hi: number
  n: number
  size: number
}

interface Batch {
  first: number
  last: number
  key: string
}

const dayOf = (at: number): number => Math.floor(at / DAY)
const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

/**
 * Keeps the lines of `text` whose time lies in [from, to); the time is the first column. Lines are
 * cut here and not parsed, because they go out again as they are.
 */
export const filterLines = (text: string, from: number, to: number): string => {
  let kept = ''
  for (const line of text.split('\n')) {
    if (line === '') continue
    const at = Date.parse(line.slice(0, line.indexOf(',')))
    if (at >= from && at < to) kept += `${line}\n`
  }
  return kept
}

export class TapeWriter {
  readonly #sql: TapeSql
  readonly #bucket: TapeBucket
  readonly #ticker: string
  readonly #limits: TapeLimits
  #memory: Line[] = []
  #nextSeq: number
  #storedRows = 0
  #storedBytes = 0
  #lastAt = 0
  #dropped = 0
  #flushing: Promise<FlushReport> | null = null

  /** Creates missing tables, and counts on from where an earlier writer stopped. */
  constructor(deps: {
    sql: TapeSql
    bucket: TapeBucket
    ticker: string
    limits?: Partial<TapeLimits>
  }) {
    this.#sql = deps.sql
    this.#bucket = deps.bucket
    this.#ticker = deps.ticker
    this.#limits = { ...LIMITS, ...deps.limits }
    this.#sql.exec(
      'CREATE TABLE IF NOT EXISTS tape_rows ' +
        '(seq INTEGER PRIMARY KEY, lo INTEGER, hi INTEGER, n INTEGER, size INTEGER, body TEXT)',
    )
    this.#sql.exec('CREATE TABLE IF NOT EXISTS tape_meta (key TEXT PRIMARY KEY, value TEXT)')
    this.#nextSeq = Number(this.#meta('next') ?? 1)
    for (const blob of this.#blobs()) {
      this.#nextSeq = Math.max(this.#nextSeq, blob.seq + blob.n)
      this.#lastAt = Math.max(this.#lastAt, blob.hi)
      this.#storedRows += blob.n
      this.#storedBytes += blob.size
    }
  }

  get pending(): number {
    return this.#memory.length + this.#storedRows
  }

  get dropped(): number {
    return this.#dropped
  }

  /**
   * Adds one CSV line. Memory only: it can be called between a message and an order.
   * @param at epoch ms, the row's own time
   */
  push(line: string, at: number): void {
    if (this.#memory.length >= this.#limits.memoryRows) {
      this.#dropped++
      return
    }
    // Times of segments never go back, or a stepped clock could hide a segment from readers.
    if (at > this.#lastAt) this.#lastAt = at
    this.#memory.push({ text: line.trimEnd(), at: this.#lastAt })
  }

  /** Moves what is in memory into SQLite. Never throws: on failure the lines stay in memory. */
  persist(): PersistReport {
    let rows = 0
    try {
      while (this.#memory.length > 0) {
        const { count, size } = this.#nextBlob()
        const lines = this.#memory.slice(0, count)
        const full =
          this.#storedRows + count > this.#limits.storedRows ||
          this.#storedBytes + size > this.#limits.storedBytes
        if (full) this.#dropped += count
        else {
          this.#sql.exec(
            'INSERT INTO tape_rows (seq, lo, hi, n, size, body) VALUES (?, ?, ?, ?, ?, ?)',
            this.#nextSeq,
            lines[0]!.at,
            lines[count - 1]!.at,
            count,
            size,
            lines.map((line) => line.text).join('\n'),
          )
          this.#nextSeq += count
          this.#storedRows += count
          this.#storedBytes += size
          rows += count
        }
        this.#memory.splice(0, count)
      }
      return { rows, dropped: this.#dropped, error: null }
    } catch (error) {
      const failed = `Tape rows could not be stored: ${messageOf(error)}`
      return { rows, dropped: this.#dropped, error: failed }
    }
  }

  /** Writes everything so far to R2. Never throws; calls that overlap share one run. */
  flush(): Promise<FlushReport> {
    this.#flushing ??= this.#flush().finally(() => {
      this.#flushing = null
    })
    return this.#flushing
  }

  /** The rows with from <= time < to (epoch ms) that are not yet known to be in R2. */
  tail(from: number, to: number): TapeTail {
    let lines = ''
    let firstSeq: number | null = null
    let lo: number | null = null
    for (const blob of this.#blobs()) {
      firstSeq ??= blob.seq
      lo ??= blob.lo
      if (blob.hi >= from && blob.lo < to) lines += filterLines(this.#body(blob.seq), from, to)
    }
    if (this.#memory.length > 0) {
      firstSeq ??= this.#nextSeq
      lo ??= this.#memory[0]!.at
      lines += filterLines(this.#memory.map((line) => line.text).join('\n'), from, to)
    }
    return { lines, firstSeq, lo }
  }

  async #flush(): Promise<FlushReport> {
    let objects = 0
    let rows = 0
    let error = this.persist().error
    try {
      while (error === null && objects < BATCHES_PER_FLUSH) {
        const batch = this.#frozenBatch()
        if (batch === null) break
        rows += await this.#write(batch)
        objects++
      }
    } catch (failure) {
      error = `Tape could not be written to R2: ${messageOf(failure)}`
    }
    const { pending, dropped } = this
    return { ok: error === null, objects, rows, pending, dropped, error }
  }

  /** Uploads one frozen batch, then forgets its rows. Returns how many there were. */
  async #write(batch: Batch): Promise<number> {
    const blobs = this.#blobs().filter((blob) => blob.seq <= batch.last)
    if (blobs.length === 0) {
      this.#sql.exec("DELETE FROM tape_meta WHERE key = 'batch'")
      return 0
    }
    const rows = blobs.reduce((sum, blob) => sum + blob.n, 0)
    const size = blobs.reduce((sum, blob) => sum + blob.size, 0)
    const bodies = blobs.map((blob) => this.#body(blob.seq))
    await putOnce(this.#bucket, batch.key, `${TAPE_HEADER}\n${bodies.join('\n')}\n`, {
      ticker: this.#ticker,
      lo: String(blobs[0]!.lo),
      hi: String(blobs[blobs.length - 1]!.hi),
      rows: String(rows),
    })
    // No await between these: the runtime commits them together.
    this.#sql.exec('DELETE FROM tape_rows WHERE seq <= ?', batch.last)
    this.#setMeta('next', String(this.#nextSeq))
    this.#sql.exec("DELETE FROM tape_meta WHERE key = 'batch'")
    this.#storedRows -= rows
    this.#storedBytes -= size
    return rows
  }

  /** The batch whose upload has begun, or a new one of the oldest day's rows; null when empty. */
  #frozenBatch(): Batch | null {
    const frozen = this.#meta('batch')
    if (frozen !== null) return JSON.parse(frozen) as Batch
    const blobs = this.#blobs()
    const oldest = blobs[0]
    if (oldest === undefined) return null
    let last = oldest.seq
    let size = 0
    for (const blob of blobs) {
      size += blob.size
      if (dayOf(blob.lo) !== dayOf(oldest.lo)) break
      if (size > this.#limits.batchBytes && blob !== oldest) break
      last = blob.seq
    }
    const key = segmentKey(this.#ticker, oldest.seq, oldest.lo)
    const batch: Batch = { first: oldest.seq, last, key }
    this.#setMeta('batch', JSON.stringify(batch))
    return batch
  }

  /** How many lines from the front of memory fit one blob row: of one UTC day, within its size. */
  #nextBlob(): { count: number; size: number } {
    const day = dayOf(this.#memory[0]!.at)
    let count = 0
    let size = 0
    for (const line of this.#memory) {
      const length = line.text.length + 1
      if (count > 0 && (dayOf(line.at) !== day || size + length > this.#limits.blobBytes)) break
      count++
      size += length
    }
    return { count, size }
  }

  #blobs(): Blob[] {
    return this.#sql
      .exec('SELECT seq, lo, hi, n, size FROM tape_rows ORDER BY seq')
      .toArray() as unknown as Blob[]
  }

  #body(seq: number): string {
    const [row] = this.#sql.exec('SELECT body FROM tape_rows WHERE seq = ?', seq).toArray()
    return String(row?.body ?? '')
  }

  #meta(key: string): string | null {
    const [row] = this.#sql.exec('SELECT value FROM tape_meta WHERE key = ?', key).toArray()
    return row === undefined ? null : String(row.value)
  }

  #setMeta(key: string, value: string): void {
    this.#sql.exec('INSERT OR REPLACE INTO tape_meta (key, value) VALUES (?, ?)', key, value)
  }
}
