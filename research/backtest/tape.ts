// The tape that the maker would have written in a run: the engine's own rows, as lines of the CSV.
//
// A report of the run and a report of these lines are made of the same rows, so they cannot tell two
// stories of the same quotes and prices.

import { formatRow } from '../../src/core/record/tape.ts'
import type { Effect, TapeRow } from '../../src/core/vocabulary/events.ts'

export class PaperTape {
  readonly #rows: TapeRow[] = []
  /** Mid of the newest row that says what was earned so far, cents; null before the first such. */
  mid: number | null = null

  /** Keeps what is a row among the effects of a step. */
  take(effect: Effect): void {
    if (effect.type !== 'row') return
    const { row } = effect
    this.#rows.push(row)
    // Without a mid, what is held is marked elsewhere.
    if (row.mid !== null || row.inventory === 0) this.mid = row.mid
  }

  /** Without the header. */
  lines(): string[] {
    return this.#rows.map(formatRow)
  }
}
