// The tape and the journal of one maker. They are created when a ticker names them, and outlive the
// maker until the last row is in R2.

import type { Env } from '../../config/env.ts'
import { formatRow } from '../../core/record/tape.ts'
import type { TapeRow } from '../../core/vocabulary/events.ts'
import { MakerJournal } from '../../tape/journal-writer.ts'
import { type TapeTail, TapeWriter } from '../../tape/writer.ts'
import type { Hooks } from './connection.ts'

export class MakerTape {
  /** null before the first maker. */
  ticker: string | null = null
  readonly journal: MakerJournal
  readonly #sql: SqlStorage
  readonly #bucket: Env['TAPE']
  readonly #log: Hooks['log']
  #writer: TapeWriter | null = null

  constructor(sql: SqlStorage, bucket: Env['TAPE'], log: Hooks['log']) {
    this.#sql = sql
    this.#bucket = bucket
    this.#log = log
    this.journal = new MakerJournal(bucket, log)
  }

  get pending(): number {
    return this.#writer?.pending ?? 0
  }

  get dropped(): number {
    return this.#writer?.dropped ?? 0
  }

  push(row: TapeRow): void {
    this.#open()?.push(formatRow(row), row.at)
  }

  persist(): void {
    const stored = this.#open()?.persist()
    if (stored?.error != null) this.#log('error', 'tape-not-stored', { detail: stored.error })
  }

  /** Rows not yet in R2 with from <= at < to. */
  tail(from: number, to: number): TapeTail {
    return this.#open()?.tail(from, to) ?? { lines: '', firstSeq: null, lo: null }
  }

  /** Writes rows to R2; returns how many are still unwritten. */
  async flush(): Promise<number> {
    const [report] = await Promise.all([this.#open()?.flush(), this.journal.flush()])
    if (report === undefined) return 0
    const { error, pending } = report
    if (error !== null) this.#log('error', 'tape-not-written', { detail: error, pending })
    return pending
  }

  #open(): TapeWriter | null {
    const { ticker } = this
    if (this.#writer === null && ticker !== null) {
      this.#writer = new TapeWriter({ sql: this.#sql, bucket: this.#bucket, ticker })
    }
    return this.#writer
  }
}
