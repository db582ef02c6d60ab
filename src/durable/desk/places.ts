// Which tickers have a place in the account's budget: the registered ones, and those on their way.
//
// Many tickers may be added at once, and each is registered only after its answer: without places
// all of them would find the same room. Kept in memory, because a way takes seconds.

/** Whoever has not been registered by then, ms, has given up: its request has timed out. */
export const ON_THE_WAY_MS = 30_000

export class Places {
  /** By ticker: until when its place is kept, epoch ms. */
  readonly #kept = new Map<string, number>()

  /** How many places are taken, that of the ticker itself not counted. */
  taken(ticker: string, registered: readonly { readonly ticker: string }[], at: number): number {
    const all = new Set(registered.map((one) => one.ticker))
    for (const [other, until] of this.#kept) {
      if (at < until) all.add(other)
      else this.#kept.delete(other)
    }
    all.delete(ticker)
    return all.size
  }

  keep(ticker: string, at: number): void {
    this.#kept.set(ticker, at + ON_THE_WAY_MS)
  }

  free(ticker: string): void {
    this.#kept.delete(ticker)
  }
}
