// From the shadow log to observations that a judge can use: what was said, and what came after.
//
// The entry price may be taken from a later row than the decision, so that noise shared by both
// venues' quotes at one moment does not look like foresight. Work is O(n log n) in the rows.

import type { Millis } from '../core/units.ts'

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

/** The first index from `from` on whose time is at least `at`. */
const firstAt = (rows: readonly ShadowRow[], from: number, at: Millis): number => {
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
export const byTicker = (rows: readonly ShadowRow[]): Map<string, ShadowRow[]> => {
  const groups = new Map<string, ShadowRow[]>()
  for (const row of rows) {
    const group = groups.get(row.ticker)
    if (group === undefined) groups.set(row.ticker, [row])
    else group.push(row)
  }
  for (const group of groups.values()) group.sort((a, b) => a.at - b.at)
  return groups
}

/** Pairs every decision with its later move; decisions without entry or exit are left out. */
export const observe = (rows: readonly ShadowRow[], rule: PairingRule): Observation[] => {
  const observations: Observation[] = []
  for (const group of byTicker(rows).values()) {
    for (let i = 0; i < group.length; i++) {
      const decision = group[i]!
      if (Number.isNaN(decision.alpha)) continue
      let entryIndex = i
      if (rule.lagFrom > 0) {
        entryIndex = firstAt(group, i + 1, decision.at + rule.lagFrom)
        const entry = group[entryIndex]
        if (entry === undefined || entry.at > decision.at + rule.lagTo) continue
      }
      const entry = group[entryIndex]!
      const exit = group[firstAt(group, entryIndex + 1, entry.at + rule.exitFrom)]
      if (exit === undefined || exit.at > entry.at + rule.exitTo) continue
      observations.push({
        alpha: decision.alpha,
        move: exit.kalshiMid - entry.kalshiMid,
        cluster: decision.cluster,
      })
    }
  }
  return observations
}

/** The fixture segment of a ticker: what all of a game's markets share, across series. */
export const fixtureOf = (ticker: string): string => ticker.split('-')[1] ?? ticker

/** Cluster of a market that lives for weeks: its fixture and the UTC day. */
export const fixtureDay = (ticker: string, at: Millis): string =>
  `${fixtureOf(ticker)}/${Math.floor(at / 86_400_000)}`
