// The shadow log: from a maker's memory to R2, and back from there by series.
//
// Lines gather in memory, are kept in the object's storage each minute, and leave as one write-once
// object every quarter of an hour: `shadow/{ticker}/{yyyy}/{mm}/{dd}/{lo}.csv.gz`, where `lo` is
// the time of the first row. A batch is frozen before its upload and forgotten after it, so that a
// crash at any point writes no line twice and loses at most the last minute. Nothing waits for it.
// A ticker begins with its series, so one listing finds all that a licence is judged by.

import type { Log } from '../config/log.ts'
import type { Millis } from '../core/vocabulary/units.ts'
import { readShadow, SHADOW_HEADER, type ShadowLine } from '../signals/licence/shadow-log.ts'
import { dayPath, gunzip, listAll, putOnce, type TapeBucket } from './store.ts'

const PREFIX = 'shadow/'

export interface ShadowStore {
  /** Resolves when the lines are in R2. */
  write(ticker: string, lo: Millis, lines: readonly string[]): Promise<void>
  kept(): Promise<unknown>
  keep(batches: readonly ShadowBatch[]): void
  readonly log: Log
}

export interface ShadowBatch {
  readonly ticker: string
  /** Time of the first line. */
  readonly lo: Millis
  readonly lines: string[]
  frozen: boolean
}

const KEEP_EVERY: Millis = 60_000
const WRITE_EVERY: Millis = 15 * 60_000
const MOST_LINES = 500
/** Batches that R2 would not take; the oldest are given up. */
const MOST_BATCHES = 20
const DAY: Millis = 86_400_000

export class ShadowBook {
  readonly #store: ShadowStore
  #batches: ShadowBatch[] = []
  #keptAt: Millis = Number.NEGATIVE_INFINITY
  #dirty = false
  #writing: Promise<void> | null = null

  constructor(store: ShadowStore) {
    this.#store = store
  }

  /** Loads what an earlier life has left; called once, before the first line. */
  async load(): Promise<void> {
    const kept = (await this.#store.kept()) as ShadowBatch[] | null | undefined
    if (Array.isArray(kept)) this.#batches = [...kept, ...this.#batches]
  }

  get pending(): number {
    return this.#batches.reduce((sum, { lines }) => sum + lines.length, 0)
  }

  push(ticker: string, line: string, at: Millis): void {
    let last = this.#batches.at(-1)
    const full =
      last === undefined ||
      last.frozen ||
      last.ticker !== ticker ||
      last.lines.length >= MOST_LINES ||
      Math.floor(last.lo / DAY) !== Math.floor(at / DAY)
    if (full || last === undefined) {
      // Two batches of one millisecond would have one name.
      const lo = Math.max(at, (last?.lo ?? 0) + 1)
      last = { ticker, lo, lines: [], frozen: false }
      this.#batches.push(last)
    }
    last.lines.push(line)
    this.#dirty = true
    while (this.#batches.length > MOST_BATCHES) {
      const lost = this.#batches.shift()
      this.#store.log('error', 'shadow-dropped', { rows: lost?.lines.length ?? 0 })
    }
  }

  /** Keeps and writes what is due; called at each heartbeat. */
  tick(at: Millis): void {
    const oldest = this.#batches[0]
    const due =
      oldest !== undefined &&
      (this.#batches.length > 1 || at - oldest.lo >= WRITE_EVERY || at < oldest.lo - DAY)
    if (this.#dirty && Math.abs(at - this.#keptAt) >= KEEP_EVERY) {
      this.#keep(at)
      if (due) void this.flush()
    }
  }

  /** Writes everything so far. Never rejects; calls that overlap share one run. */
  flush(): Promise<void> {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null
    })
    return this.#writing
  }

  async #write(): Promise<void> {
    for (let batch = this.#batches[0]; batch !== undefined; batch = this.#batches[0]) {
      if (!batch.frozen) {
        batch.frozen = true
        this.#keep(this.#keptAt)
      }
      try {
        await this.#store.write(batch.ticker, batch.lo, batch.lines)
      } catch (error) {
        this.#store.log('error', 'shadow-not-written', { detail: String(error) })
        return
      }
      if (this.#batches[0] === batch) this.#batches.shift()
      this.#keep(this.#keptAt)
    }
  }

  #keep(at: Millis): void {
    this.#keptAt = at
    this.#dirty = false
    this.#store.keep(this.#batches)
  }
}

/** Writes lines whose first row is of `lo` (epoch ms). Resolves when R2 has them. */
export const writeShadow = async (
  bucket: TapeBucket,
  ticker: string,
  lo: number,
  lines: readonly string[],
): Promise<void> => {
  const key = `${PREFIX}${ticker}/${dayPath(lo)}/${lo}.csv.gz`
  await putOnce(bucket, key, `${SHADOW_HEADER}\n${lines.join('\n')}\n`, {
    ...{ ticker, lo: String(lo), rows: String(lines.length) },
  })
}

/** Every row of a series' tickers, and the sentences about lines that could not be read. */
export const readSeries = async (
  bucket: TapeBucket,
  series: string,
): Promise<{ rows: ShadowLine[]; faults: string[] }> => {
  const rows: ShadowLine[] = []
  const faults: string[] = []
  for await (const { key } of listAll(bucket, `${PREFIX}${series}-`)) {
    const object = await bucket.get(key)
    if (object === null) throw new Error(`Shadow log ${key} is listed but cannot be read`)
    const text = readShadow(await gunzip(await object.arrayBuffer()))
    for (const row of text.rows) rows.push(row)
    faults.push(...text.faults)
  }
  return { rows, faults }
}
