// What cash the exchange says there is on the market's shard: asked for twice a minute while the
// desk keeps some back, and never guessed.

import type { CashReport } from '../vocabulary/events.ts'
import type { Millis, Money } from '../vocabulary/units.ts'
import type { MakerState } from './state.ts'

const ASK_EVERY_MS = 30_000

export class CashWatch {
  /** The shard's cash as last read, and when it was asked for; null before. */
  known: { readonly balance: Money; readonly at: Millis } | null = null
  readonly #state: MakerState
  #askAt: Millis = 0

  constructor(state: MakerState) {
    this.#state = state
  }

  /** Asks when it is time and somebody wants to know. */
  ask(at: Millis): void {
    const { deskRoom, market, out } = this.#state
    if (at < this.#askAt || deskRoom.terms === null || deskRoom.terms.minCash === 0) return
    if (market === null) return
    this.#askAt = at + ASK_EVERY_MS
    out.push({ type: 'ask', what: 'cash', since: 0 })
  }

  read({ total, shards }: CashReport, askedAt: Millis): void {
    const index = this.#state.market?.exchangeIndex ?? 0
    const own = shards.find(({ exchangeIndex }) => exchangeIndex === index)
    // An answer without shards is that of an account that has only one.
    this.known = { balance: own?.cash ?? (shards.length === 0 ? total : 0), at: askedAt }
  }
}
