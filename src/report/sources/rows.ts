// The rows of a report, as columns of numbers: a week has more than a million, and a worker has
// 128 MB.
//
// A plain array serves as well where rows are few. Rows are made anew each time they are read, so
// nobody keeps them.

import type { TapeRow } from '../../core/vocabulary/events.ts'
import { CONTRACT } from '../../core/vocabulary/units.ts'

/** What a report needs of a row of the tape. */
export type ReportRow = Pick<TapeRow, 'at' | 'mid' | 'myBid' | 'myAsk' | 'inventory' | 'latencyMs'>

/** Rows in the order of time. */
export interface Rows extends Iterable<ReportRow> {
  readonly length: number
  /** Counts from the end where negative. */
  at(index: number): ReportRow | undefined
}

const CHUNK = 16_384
/** The tape has four decimals of cents. */
const STEPS = 10_000
const NONE = -0x80000000

interface Chunk {
  readonly at: Float64Array
  readonly mid: Int32Array
  readonly bid: Int32Array
  readonly ask: Int32Array
  readonly inventory: Int32Array
  readonly latency: Float64Array
}

const newChunk = (): Chunk => ({
  at: new Float64Array(CHUNK),
  mid: new Int32Array(CHUNK),
  bid: new Int32Array(CHUNK),
  ask: new Int32Array(CHUNK),
  inventory: new Int32Array(CHUNK),
  latency: new Float64Array(CHUNK),
})

const packed = (cents: number | null): number => (cents === null ? NONE : Math.round(cents * STEPS))
const unpacked = (value: number): number | null => (value === NONE ? null : value / STEPS)

export class RowTable implements Rows {
  readonly #chunks: Chunk[] = []
  #length = 0
  #lastAt = Number.NEGATIVE_INFINITY

  get length(): number {
    return this.#length
  }

  /** Adds a row. One from before the last (a clock was set back) counts as of the same time. */
  push({ at, mid, myBid, myAsk, inventory, latencyMs }: ReportRow): void {
    const place = this.#length % CHUNK
    if (place === 0) this.#chunks.push(newChunk())
    const chunk = this.#chunks.at(-1)!
    this.#lastAt = Math.max(this.#lastAt, at)
    chunk.at[place] = this.#lastAt
    chunk.mid[place] = packed(mid)
    chunk.bid[place] = packed(myBid)
    chunk.ask[place] = packed(myAsk)
    chunk.inventory[place] = Math.round(inventory * CONTRACT)
    chunk.latency[place] = latencyMs ?? Number.NaN
    this.#length++
  }

  at(index: number): ReportRow | undefined {
    const from = index < 0 ? this.#length + index : index
    const chunk = this.#chunks[Math.floor(from / CHUNK)]
    if (chunk === undefined || from >= this.#length) return undefined
    const place = from % CHUNK
    const latency = chunk.latency[place]!
    return {
      at: chunk.at[place]!,
      mid: unpacked(chunk.mid[place]!),
      myBid: unpacked(chunk.bid[place]!),
      myAsk: unpacked(chunk.ask[place]!),
      inventory: chunk.inventory[place]! / CONTRACT,
      latencyMs: Number.isNaN(latency) ? null : latency,
    }
  }

  *[Symbol.iterator](): Generator<ReportRow> {
    for (let index = 0; index < this.#length; index++) yield this.at(index)!
  }
}
