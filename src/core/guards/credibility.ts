// Whether the book of others says what a contract is worth at all.
//
// In: the touch of others, how much stands near it, and the last prints. Out: yes or no. The middle
// of a book such as 1/99 with a handful of contracts is no estimate of anything: whoever knows the
// outcome trades with the quote in the middle, and nobody else does. Never knows our orders.

/** What is known of a market. Prices in cents, depth in contracts. */
export interface CredibilityInput {
  /** Best prices of others, bid below ask. */
  readonly bid: number
  readonly ask: number
  /** Contracts of others within `NEAR_CENTS` of the best price; the thinner side. */
  readonly depth: number
  /** Prices of the last prints, `PRINTS_MS` old at the most. */
  readonly prints: readonly number[]
  /** 0 switches a rule off. */
  readonly maxSpread: number
  readonly minDepth: number
}

/** Depth is counted as far from the best price. */
export const NEAR_CENTS = 5
/** Prints older than this say nothing of the present. */
export const PRINTS_MS = 300_000
/** So many prints near the mid make a book credible that is up to twice as wide as allowed. */
const ENOUGH_PRINTS = 3
const WIDER = 2

/** Rounding of prices in cents. */
const TOLERANCE = 1e-9

export const isCredible = (input: CredibilityInput): boolean => {
  const { bid, ask, depth, prints, maxSpread, minDepth } = input
  if (minDepth > 0 && depth < minDepth) return false
  const spread = ask - bid
  if (maxSpread === 0 || spread <= maxSpread + TOLERANCE) return true
  if (spread > WIDER * maxSpread + TOLERANCE) return false
  const mid = (bid + ask) / 2
  let agreeing = 0
  for (const price of prints) if (Math.abs(price - mid) <= maxSpread / 2 + TOLERANCE) agreeing++
  return agreeing >= ENOUGH_PRINTS && agreeing === prints.length
}
