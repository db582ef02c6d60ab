// Ties an event to the fair value of a crowd at a mock exchange, read from that exchange's operator
// API a few times a second. The oracles then move with the crowd's market, as late and as wrong as
// their knobs say.

/** The event `slug` takes the fair value of `ticker`, which is about `outcome`. */
export interface Tie {
  readonly ticker: string
  readonly slug: string
  readonly outcome: string | null
}

/** Reads "TICKER=slug" or "TICKER=slug:Outcome"; null when it is neither. */
export const readTie = (text: string): Tie | null => {
  const parts = /^([A-Z0-9.-]+)=([a-z0-9.-]+)(?::(.+))?$/.exec(text)
  if (parts === null) return null
  return { ticker: parts[1]!, slug: parts[2]!, outcome: parts[3] ?? null }
}

/** The crowd's fair value of a ticker, in (0, 1), from the exchange's state; null without one. */
export const fairIn = (state: unknown, ticker: string): number | null => {
  const { fair, markets } = state as { fair?: unknown; markets?: unknown }
  if (!Array.isArray(fair) || !Array.isArray(markets)) return null
  // Crowds come in the order of the markets that the exchange began with.
  const index = markets.findIndex(
    (market: { ticker?: unknown } | null) => market?.ticker === ticker,
  )
  const p = fair[index] as unknown
  return typeof p === 'number' && p > 0 && p < 1 ? p : null
}

export interface FollowOptions {
  /** http://127.0.0.1:8790/admin */
  readonly adminUrl: string
  readonly ties: readonly Tie[]
  readonly everyMs: number
  readonly apply: (tie: Tie, p: number) => void
  /** Called once when the exchange cannot be read, and once when it can again. */
  readonly warn: (sentence: string) => void
  readonly get?: (url: string) => Promise<unknown>
}

const getJson = async (url: string): Promise<unknown> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) })
  if (!response.ok) throw new Error(`found status ${response.status}, wanted 200`)
  return response.json()
}

/** Follows the exchange until the result is called. */
export const follow = (options: FollowOptions): (() => void) => {
  const { adminUrl, ties, everyMs, apply, warn, get = getJson } = options
  let timer: NodeJS.Timeout | null = null
  let ended = false
  let lost = false
  const poll = async (): Promise<void> => {
    try {
      const state = await get(`${adminUrl}/state`)
      if (ended) return
      for (const tie of ties) {
        const p = fairIn(state, tie.ticker)
        if (p === null) throw new Error(`${tie.ticker} has no crowd there`)
        apply(tie, p)
      }
      if (lost) warn(`Following ${adminUrl} again`)
      lost = false
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      if (!lost && !ended) warn(`Following ${adminUrl} failed: ${reason}`)
      lost = true
    }
    if (!ended) timer = setTimeout(() => void poll(), everyMs)
  }
  void poll()
  return () => {
    ended = true
    if (timer !== null) clearTimeout(timer)
  }
}
