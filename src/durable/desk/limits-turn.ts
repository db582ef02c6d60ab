// Whose turn it is to read the account's limits: one maker reads them now and then, for all.
//
// In: when a maker reported them. Out: whether the one that renews its lease now shall read them.
// Kept in memory only: a desk that restarts has them read again.

/** Limits are read again after this, ms; they change a few times a year. */
export const LIMITS_EVERY_MS = 600_000
/** Whoever was asked and has not reported them by then is followed by the next, ms. */
export const TURN_MS = 15_000

interface Turn {
  readAt: number
  askedAt: number
  /** Who was asked. */
  ticker: string
}

const NEVER = Number.NEGATIVE_INFINITY

export class LimitsTurn {
  /** By account: there is one, but for the moment when a new key comes into use. */
  readonly #turns = new Map<string, Turn>()

  reported(account: string, at: number): void {
    this.#turnOf(account).readAt = at
  }

  /** True for the one that shall read them. `at` is epoch ms, by the desk's clock. */
  take(account: string, ticker: string, at: number): boolean {
    const turn = this.#turnOf(account)
    // Whoever was asked in vain comes after the others, which all renew within a TURN_MS.
    const wait = turn.ticker === ticker ? 2 * TURN_MS : TURN_MS
    if (at - turn.readAt < LIMITS_EVERY_MS || at - turn.askedAt < wait) return false
    Object.assign(turn, { askedAt: at, ticker })
    return true
  }

  #turnOf(account: string): Turn {
    const turn = this.#turns.get(account) ?? { readAt: NEVER, askedAt: NEVER, ticker: '' }
    this.#turns.set(account, turn)
    return turn
  }
}
