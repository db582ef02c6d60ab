// The tape and the journal of one maker. They are created when a ticker names them, and outlive the
// maker until the last row is in R2.

import { formatRow } from '../../core/record/tape.ts'
import type { TapeRow } from '../../core/vocabulary/events.ts'
import { MakerJournal } from '../../tape/journal-writer.ts'
import type { TapeBucket, TapeStore } from '../../tape/store.ts'
import { type TapeTail, TapeWriter } from '../../tape/writer.ts'
import type { Hooks } from './exchange/connection.ts'

export class MakerTape {
  readonly journal: MakerJournal
  readonly #store: TapeStore
  readonly #bucket: TapeBucket
  readonly #log: Hooks['log']
  #ticker: string | null = null
  #writer: TapeWriter | null = null

  constructor(store: TapeStore, bucket: TapeBucket, log: Hooks['log']) {
    this.#store = store
    this.#bucket = bucket
    this.#log = log
    this.journal = new MakerJournal(bucket, log)
  }

  /** null before the first maker. */
  get ticker(): string | null {
    return this.#ticker
  }

  /** Opens the tape of a ticker. An object has one ticker for ever. */
  open(ticker: string): void {
    if (this.#ticker === ticker) return
    this.#ticker = ticker
    this.#writer = new TapeWriter({ store: this.#store, bucket: this.#bucket, ticker })
  }

  get pending(): number {
    return this.#writer?.pending ?? 0
  }

  get dropped(): number {
    return this.#writer?.dropped ?? 0
  }

  push(row: TapeRow): void {
    this.#writer?.push(formatRow(row), row.at)
  }

  persist(): void {
    void this.#writer?.persist().then((error) => {
      if (error !== null) this.#log('error', 'tape-not-stored', { detail: error })
    })
  }

  /** Rows not yet in R2 with from <= at < to. */
  tail(from: number, to: number): TapeTail {
    return this.#writer?.tail(from, to) ?? { lines: '', firstSeq: null, lo: null }
  }

  /** Writes rows to R2; returns how many are still unwritten. */
  async flush(): Promise<number> {
    const [report] = await Promise.all([this.#writer?.flush(), this.journal.flush()])
    if (report === undefined) return 0
    const { error, pending } = report
    if (error !== null) this.#log('error', 'tape-not-written', { detail: error, pending })
    return pending
  }
}
