// Brings the tape from the maker to R2 in three stages, so that the hot path never touches storage.
//
//   push     one line into memory
//   persist  memory -> the open block in the object's storage, overwritten (every two seconds)
//   flush    all blocks -> one write-once gzip object in R2 (every five minutes)
//
// One row is billed for each write, however long the block, hence blocks that grow. A batch is
// frozen (its name and last block are stored, and confirmed) before its upload, and its blocks are
// deleted only once the object is known to exist. So an R2 outage, a lost answer or a crash at any
// point loses nothing that was persisted and writes nothing twice. A crash loses at most the last
// two seconds of rows; fills are not lost with them, because they are read again from the exchange.

import { TAPE_HEADER } from '../core/record/tape.ts'
import { messageOf } from '../core/vocabulary/outcome.ts'
import { putOnce, segmentKey, type TapeBucket, type TapeStore } from './store.ts'

const LIMITS = {
  /** Lines in memory; more are dropped. */
  memoryRows: 20_000,
  /** Lines waiting in storage. When full, the oldest are kept and new ones dropped. */
  storedRows: 500_000,
  /** Characters waiting in storage. One RPC answer takes 32 MB, and `tail` must fit it. */
  storedBytes: 32_000_000,
  /** Characters of one block: all of them are written again for each new row. */
  blockBytes: 16_000,
  /** Characters of one R2 object before compression. */
  batchBytes: 4_000_000,
}
export type TapeLimits = Readonly<typeof LIMITS>

/** Objects written by one flush: the rest of a backlog waits for the next. */
const BATCHES_PER_FLUSH = 8
const DAY = 86_400_000
const BLOCK = 'tape/'
const STATE = 'tape-state'
const SEQ_DIGITS = 12

export interface FlushReport {
  /** False when R2 or storage refused; the rows stay and the next flush tries again. */
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

/** Lines as they are stored: `n` of them from sequence number `seq` on, of the times lo to hi. */
export interface StoredBlock {
  readonly seq: number
  readonly lo: number
  readonly hi: number
  readonly n: number
  readonly size: number
  readonly body: string
}

interface Block {
  readonly seq: number
  readonly lo: number
  hi: number
  n: number
  size: number
  /** null once it is closed and stored. */
  body: string | null
  /** Lines that storage has taken. */
  stored: number
}

interface Batch {
  readonly first: number
  readonly last: number
  readonly key: string
}

interface State {
  readonly next: number
  readonly batch: Batch | null
}

const REFUSED = 'Tape rows could not be stored: the object refuses writes'
const dayOf = (at: number): number => Math.floor(at / DAY)
const keyOf = (seq: number): string => `${BLOCK}${String(seq).padStart(SEQ_DIGITS, '0')}`

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
  readonly #store: TapeStore
  readonly #bucket: TapeBucket
  readonly #ticker: string
  readonly #limits: TapeLimits
  #memory: Line[] = []
  /** Oldest first; rows are added to the last one until it is full, of another day, or frozen. */
  #blocks: Block[] = []
  #batch: Batch | null
  #nextSeq: number
  #storedRows = 0
  #storedBytes = 0
  #lastAt = 0
  #dropped = 0
  #flushing: Promise<FlushReport> | null = null

  /** Counts on from where an earlier writer stopped. */
  constructor(deps: {
    store: TapeStore
    bucket: TapeBucket
    ticker: string
    limits?: Partial<TapeLimits>
  }) {
    this.#store = deps.store
    this.#bucket = deps.bucket
    this.#ticker = deps.ticker
    this.#limits = { ...LIMITS, ...deps.limits }
    const state = this.#store.get<State>(STATE)
    this.#nextSeq = state?.next ?? 1
    this.#batch = state?.batch ?? null
    for (const [, { seq, lo, hi, n, size }] of this.#store.list<StoredBlock>(BLOCK)) {
      // Closed: its text need not be in memory.
      this.#blocks.push({ seq, lo, hi, n, size, body: null, stored: n })
      this.#nextSeq = Math.max(this.#nextSeq, seq + n)
      this.#lastAt = Math.max(this.#lastAt, hi)
      this.#storedRows += n
      this.#storedBytes += size
    }
    const first = this.#blocks[0]?.seq ?? this.#nextSeq
    if (this.#batch !== null && first > this.#batch.last) this.#batch = null
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
    // Never backwards: rows are found by their block's first and last time.
    this.#lastAt = Math.max(this.#lastAt, at)
    this.#memory.push({ text: line, at: this.#lastAt })
  }

  /** Stores what is in memory. Never rejects: what is refused stays and is tried again. */
  async persist(): Promise<string | null> {
    for (const line of this.#memory) this.#add(line)
    this.#memory = []
    const writes = this.#blocks
      .filter((block) => block.body !== null && block.stored < block.n)
      .map((block) => this.#put(block))
    const taken = await Promise.all(writes)
    return taken.every(Boolean) ? null : REFUSED
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
    const first = this.#blocks[0] ?? null
    for (const block of this.#blocks) {
      if (block.hi >= from && block.lo < to) lines += filterLines(this.#body(block), from, to)
    }
    lines += filterLines(this.#memory.map((line) => line.text).join('\n'), from, to)
    const waiting = this.#memory[0]
    return {
      lines,
      firstSeq: first?.seq ?? (waiting === undefined ? null : this.#nextSeq),
      lo: first?.lo ?? waiting?.at ?? null,
    }
  }

  #add({ text, at }: Line): void {
    const length = text.length + 1
    const { storedRows, storedBytes, blockBytes } = this.#limits
    if (this.#storedRows >= storedRows || this.#storedBytes + length > storedBytes) {
      this.#dropped++
      return
    }
    this.#storedRows++
    this.#storedBytes += length
    const seq = this.#nextSeq++
    const last = this.#blocks.at(-1)
    const open =
      last !== undefined &&
      last.body !== null &&
      last.seq > (this.#batch?.last ?? 0) &&
      dayOf(last.lo) === dayOf(at) &&
      last.size + length <= blockBytes
    if (!open || last.body === null) {
      if (last !== undefined && last.stored === last.n) last.body = null
      this.#blocks.push({ seq, lo: at, hi: at, n: 1, size: length, body: text, stored: 0 })
      return
    }
    last.hi = at
    last.n++
    last.size += length
    last.body += `\n${text}`
  }

  async #put(block: Block): Promise<boolean> {
    const { seq, lo, hi, n, size, body } = block
    const stored: StoredBlock = { seq, lo, hi, n, size, body: body ?? '' }
    const taken = await this.#store.put(keyOf(seq), stored)
    if (!taken) return false
    block.stored = Math.max(block.stored, n)
    // A block that cannot grow any more is read from storage when it is wanted.
    const closed = block !== this.#blocks.at(-1) || seq <= (this.#batch?.last ?? 0)
    if (closed && block.stored === block.n) block.body = null
    return true
  }

  #body({ seq, body }: Block): string {
    return body ?? this.#store.get<StoredBlock>(keyOf(seq))?.body ?? ''
  }

  async #flush(): Promise<FlushReport> {
    let objects = 0
    let rows = 0
    let error = await this.persist()
    try {
      while (error === null && objects < BATCHES_PER_FLUSH && this.#blocks.length > 0) {
        rows += await this.#write(await this.#frozenBatch())
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
    const blocks = this.#blocks.filter(({ seq }) => seq <= batch.last)
    const sum = (of: (block: Block) => number): number =>
      blocks.reduce((total, block) => total + of(block), 0)
    const rows = sum(({ n }) => n)
    const size = sum((block) => block.size)
    const bodies = blocks.map((block) => this.#body(block))
    await putOnce(this.#bucket, batch.key, `${TAPE_HEADER}\n${bodies.join('\n')}\n`, {
      ticker: this.#ticker,
      lo: String(blocks[0]!.lo),
      hi: String(blocks.at(-1)!.hi),
      rows: String(rows),
    })
    // The stored batch stays: without blocks it stands for nothing, and the next one replaces it.
    if (!(await this.#store.delete(blocks.map(({ seq }) => keyOf(seq))))) throw new Error(REFUSED)
    this.#batch = null
    this.#blocks = this.#blocks.filter(({ seq }) => seq > batch.last)
    this.#storedRows -= rows
    this.#storedBytes -= size
    return rows
  }

  /** The batch whose upload has begun, or a new one of the oldest day's rows. */
  async #frozenBatch(): Promise<Batch> {
    if (this.#batch !== null) return this.#batch
    const oldest = this.#blocks[0]!
    let last = oldest
    let size = 0
    for (const block of this.#blocks) {
      size += block.size
      if (dayOf(block.lo) !== dayOf(oldest.lo)) break
      if (size > this.#limits.batchBytes && block !== oldest) break
      last = block
    }
    const key = segmentKey(this.#ticker, oldest.seq, oldest.lo)
    const batch: Batch = { first: oldest.seq, last: last.seq, key }
    // In force at once: rows that come from here on must not join a block of it.
    this.#batch = batch
    const taken = await this.#store.put(STATE, { next: this.#nextSeq, batch } satisfies State)
    // A batch that a crash could forget would be uploaded again under its name with more rows.
    if (!taken || !(await this.#store.confirmed())) {
      this.#batch = null
      throw new Error(REFUSED)
    }
    return batch
  }
}
