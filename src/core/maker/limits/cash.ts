// What cash the exchange says there is on the market's shard: asked for twice a minute while the
// desk keeps some back, and never guessed.

import { paidFor } from '../../orders/exposure.ts'
import type { CashReport } from '../../vocabulary/events.ts'
import type { Millis, Money } from '../../vocabulary/units.ts'
import type { MakerState } from '../state.ts'

const ASK_EVERY_MS = 30_000

export class CashWatch {
  readonly #state: MakerState
  #askAt: Millis = 0
  #read: { balance: Money; at: Millis; paid: Money } | null = null

  constructor(state: MakerState) {
    this.#state = state
  }

  /** The shard's cash as last read, less what was spent here since; null before. */
  get known(): { balance: Money; at: Millis } | null {
    if (this.#read === null) return null
    const { balance, at, paid } = this.#read
    const spent = Math.max(0, paidFor(this.#state.ledger) - paid)
    return { balance: balance - spent, at }
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
    const { market, ledger } = this.#state
    const own = shards.find(({ exchangeIndex }) => exchangeIndex === (market?.exchangeIndex ?? 0))
    // An answer without shards is that of an account that has only one.
    const balance = own?.cash ?? (shards.length === 0 ? total : 0)
    this.#read = { balance, at: askedAt, paid: paidFor(ledger) }
  }
}
