// Pairs each row of the shadow log with what came after it: the observations that a licence is
// judged on.
//
// The entry price may come from a later row than the decision, so that noise shared by both venues'
// quotes at one moment does not look like foresight. O(n log n) in the rows.

import type { Millis } from '../../core/vocabulary/units.ts'

/** One row of the shadow log. */
export interface ShadowRow {
  readonly at: Millis
  readonly ticker: string
  /** What is one independent event: the fixture, or the event and its day. */
  readonly cluster: string
  /** Our venue's mid, cents. */
  readonly kalshiMid: number
  /** The external probability of YES, (0, 1). */
  readonly pExt: number
  /** The skew in shadow, cents; NaN where there was no decision, and the row is a price only. */
  readonly alpha: number
}

/** A decision and what our venue's mid did afterwards, both in cents. */
export interface Observation {
  readonly alpha: number
  /** Mid at the exit minus mid at the entry. */
  readonly move: number
  readonly cluster: string
}

export interface PairingRule {
  /** The exit is the first row at least this long after the entry ... */
  readonly exitFrom: Millis
  /** ... and no longer than this. */
  readonly exitTo: Millis
  /** The entry is the first row at least this long after the decision; 0 for the decision's own. */
  readonly lagFrom: Millis
  readonly lagTo: Millis
}

/** Before the start: entry at the next row, exit 30 to 40 minutes after it. */
export const BEFORE_START: PairingRule = {
  exitFrom: 1_800_000,
  exitTo: 2_400_000,
  lagFrom: 1_000,
  lagTo: 300_000,
}

/** In play: the same, five to ten minutes after it. */
export const IN_PLAY: PairingRule = {
  exitFrom: 300_000,
  exitTo: 600_000,
  lagFrom: 1_000,
  lagTo: 300_000,
}

/** The first index from `from` on whose time is at least `at`; the length when there is none. */
export const firstAt = (
  rows: readonly { readonly at: Millis }[],
  from: number,
  at: Millis,
): number => {
  let lo = from
  let hi = rows.length
  while (lo < hi) {
    const middle = (lo + hi) >> 1
    if (rows[middle]!.at < at) lo = middle + 1
    else hi = middle
  }
  return lo
}

/** Rows by ticker, each in order of time (rows of one time keep their order). */
export const byTicker = <T extends { readonly at: Millis; readonly ticker: string }>(
  rows: readonly T[],
): Map<string, T[]> => {
  const groups = new Map<string, T[]>()
  for (const row of rows) {
    const group = groups.get(row.ticker)
    if (group === undefined) groups.set(row.ticker, [row])
    else group.push(row)
  }
  for (const group of groups.values()) group.sort((a, b) => a.at - b.at)
  return groups
}

/**
 * Calls `use` with every decision that has an entry and an exit by its own rule; the others are
 * left out. Ticker by ticker, each in order of time.
 */
export const eachPair = <T extends ShadowRow>(
  rows: readonly T[],
  ruleOf: (decision: T) => PairingRule,
  use: (decision: T, entry: T, exit: T) => void,
): void => {
  for (const group of byTicker(rows).values()) {
    for (let i = 0; i < group.length; i++) {
      const decision = group[i]!
      if (Number.isNaN(decision.alpha)) continue
      const rule = ruleOf(decision)
      let entryIndex = i
      if (rule.lagFrom > 0) {
        entryIndex = firstAt(group, i + 1, decision.at + rule.lagFrom)
        const entry = group[entryIndex]
        if (entry === undefined || entry.at > decision.at + rule.lagTo) continue
      }
      const entry = group[entryIndex]!
      const exit = group[firstAt(group, entryIndex + 1, entry.at + rule.exitFrom)]
      if (exit === undefined || exit.at > entry.at + rule.exitTo) continue
      use(decision, entry, exit)
    }
  }
}

/** Pairs every decision with its later move, in order of the decisions' time over all tickers. */
export const observe = (rows: readonly ShadowRow[], rule: PairingRule): Observation[] => {
  const found: { readonly at: Millis; readonly observation: Observation }[] = []
  eachPair(
    rows,
    () => rule,
    ({ at, alpha, cluster }, entry, exit) => {
      const move = exit.kalshiMid - entry.kalshiMid
      found.push({ at, observation: { alpha, move, cluster } })
    },
  )
  // The names of tickers are not in order of time, and a judge of the last sixty games needs it.
  return found.sort((a, b) => a.at - b.at).map(({ observation }) => observation)
}

/** The fixture segment of a ticker: what all of a game's markets share, across series. */
export const fixtureOf = (ticker: string): string => ticker.split('-')[1] ?? ticker

/** Cluster of a market that lives for weeks: its fixture and the UTC day. */
export const fixtureDay = (ticker: string, at: Millis): string =>
  `${fixtureOf(ticker)}/${Math.floor(at / 86_400_000)}`
