// Gathers what a shadow log says besides the skill of the skew: how our fills fared on the side
// that the skew pushed, how results scored it, and what gain it would have earned.
//
// In: rows of one set of sources and one series. Out: statistics, worked out afresh at each look.
// Below its own least number of rows a question has no answer, which counts neither for nor against
// a licence.

import type { Millis } from '../../core/vocabulary/units.ts'
import { horizonOf, LearnedGain } from '../signal/skew.ts'
import { LEAST_RESULTS, type MarkoutComparison, recentOf } from './licence.ts'
import { BEFORE_START, byTicker, eachPair, firstAt, type PairingRule } from './observations.ts'
import { type FillLine, isLook, type LookLine, type ShadowLine } from './shadow-log.ts'
import { type Scored, type ScoreStatistics, scores } from './statistics.ts'

/** A fill is marked at the first look from here on ... */
const MARK_FROM: Millis = 300_000
/** ... and no later than this. */
const MARK_TO: Millis = 900_000
/**
 * Fills a side. A markout of five minutes scatters by about two cents, so that thirty a side tell a
 * difference from none at about one cent; with fewer, one bad minute would end a licence.
 */
export const LEAST_FILLS = 30
/**
 * Games with fills, on each side. The t of so few has the tails of Student's with one degree less
 * than games: below -2 by chance in 6 of 100 with five, in 15 with two.
 */
const LEAST_FILL_GAMES = 5

export interface MarkoutEvidence {
  /** Fills that can be marked, on the side that the skew pushed and on the other. */
  readonly pushed: number
  readonly other: number
  /** null below the least numbers of fills and games. */
  readonly comparison: MarkoutComparison | null
}

/** Fills of one side: markouts, weighted by contracts. */
class MarkedSide {
  fills = 0
  weight = 0
  readonly #sums = new Map<string, { weight: number; product: number }>()
  #total = 0

  add(cluster: string, weight: number, markout: number): void {
    const held = this.#sums.get(cluster) ?? { weight: 0, product: 0 }
    held.weight += weight
    held.product += weight * markout
    this.#sums.set(cluster, held)
    this.fills++
    this.weight += weight
    this.#total += weight * markout
  }

  get mean(): number {
    return this.#total / this.weight
  }

  get clusters(): readonly string[] {
    return [...this.#sums.keys()]
  }

  /** How far this cluster moves the mean: its share of the sum of w (m - mean) / W. */
  influence(cluster: string): number {
    const held = this.#sums.get(cluster)
    return held === undefined ? 0 : (held.product - held.weight * this.mean) / this.weight
  }
}

/**
 * How fills made under a skew fared: those on the side that it pushed against those on the other. A
 * positive skew pushes the bid, a negative one the ask; fills without a skew do not count. The
 * markout of a fill is s (mid five to fifteen minutes later - price), s = 1 for a bid and -1 for an
 * ask, in cents; each side's is a mean weighted by contracts, over the last 60 clusters with fills.
 *
 * t = difference / sqrt(G/(G-1) sum_c e_c^2) with e_c the influence of cluster c on the difference:
 * sum over its pushed fills of w (m - M_pushed) / W_pushed, minus the same of its other fills. That
 * is the error of a weighted regression on one indicator, clustered (Liang and Zeger, 1986).
 */
export const markoutComparison = (rows: readonly ShadowLine[]): MarkoutEvidence => {
  const looks = byTicker(rows.filter(isLook))
  const marked: { readonly fill: FillLine; readonly cluster: string; readonly markout: number }[] =
    []
  for (const row of rows) {
    if (row.event !== 'fill' || row.alpha === 0) continue
    const later = looks.get(row.ticker) ?? []
    const mark = later[firstAt(later, 0, row.at + MARK_FROM)]
    if (mark === undefined || mark.at > row.at + MARK_TO) continue
    const gained = mark.kalshiMid - row.price
    const markout = row.side === 'bid' ? gained : -gained
    marked.push({ fill: row, cluster: row.cluster, markout })
  }
  marked.sort((a, b) => a.fill.at - b.fill.at)
  const pushed = new MarkedSide()
  const other = new MarkedSide()
  for (const { fill, cluster, markout } of recentOf(marked)) {
    const side = (fill.side === 'bid') === fill.alpha > 0 ? pushed : other
    side.add(cluster, fill.contracts, markout)
  }
  return { pushed: pushed.fills, other: other.fills, comparison: compare(pushed, other) }
}

const compare = (pushed: MarkedSide, other: MarkedSide): MarkoutComparison | null => {
  if (Math.min(pushed.fills, other.fills) < LEAST_FILLS) return null
  if (Math.min(pushed.clusters.length, other.clusters.length) < LEAST_FILL_GAMES) return null
  const clusters = new Set([...pushed.clusters, ...other.clusters])
  let squares = 0
  for (const cluster of clusters) {
    squares += (pushed.influence(cluster) - other.influence(cluster)) ** 2
  }
  const difference = pushed.mean - other.mean
  const error = Math.sqrt((clusters.size / (clusters.size - 1)) * squares)
  return { difference, t: difference / error }
}

/** Log-loss has no number for a forecast of 0 or 1. */
const LOWEST_FORECAST = 0.001
const inside = (p: number): number => Math.min(Math.max(p, LOWEST_FORECAST), 1 - LOWEST_FORECAST)

/**
 * One row for each cluster with a result: the last decision before it, our venue's mid then, and
 * the mid with the skew. Of several tickers of a cluster the first by name that has both a result
 * and a decision, so that a game counts once. Of several results of one ticker the latest holds.
 */
export const scoredGames = (rows: readonly ShadowLine[]): Scored[] => {
  const decided = byTicker(rows.filter(isLook).filter(({ alpha }) => !Number.isNaN(alpha)))
  const results = byTicker(rows.filter((row) => row.event === 'result'))
  const games = new Map<string, Scored>()
  for (const ticker of [...results.keys()].sort()) {
    const result = results.get(ticker)!.at(-1)!
    const looks = decided.get(ticker) ?? []
    const last = looks[firstAt(looks, 0, result.at) - 1]
    if (last === undefined || games.has(result.cluster)) continue
    games.set(result.cluster, {
      yes: result.yes,
      mid: inside(last.kalshiMid / 100),
      forecast: inside((last.kalshiMid + last.alpha) / 100),
    })
  }
  return [...games.values()]
}

/**
 * Pairs below which no gain is learned. The formula's gain counts like 200 pairs at an x of one
 * cent; with fewer the answer would be the formula's with noise.
 */
export const LEAST_PAIRS = 200
/**
 * Games below which none is. Pairs of one game share its course: the slope of a single one can have
 * any sign. Thirty are half of what the first grant is founded on.
 */
const LEAST_PAIR_GAMES = 30

export interface GainEvidence {
  readonly pairs: number
  readonly games: number
  /** 0..0.5; null below the least numbers of pairs and games. */
  readonly gain: number | null
}

/** A row needs to be only so much later than it should be. */
const LATE_BY: Millis = 600_000

/** In and out by a decision's own holding time: entry as the judge's, exit H after it. */
const heldFor = ({ horizonSeconds }: LookLine): PairingRule => {
  const held = 1000 * horizonOf(horizonSeconds)
  return { ...BEFORE_START, exitFrom: held, exitTo: Math.max(2 * held, held + LATE_BY) }
}

/**
 * The gain that the rows would have earned: our venue's move over a decision's own holding time H,
 * after a lag of one decision, against x = 100 p_ext - fair - basis, both in cents. It is drawn to
 * the mean of the formula's gains, and not of those in use: once a gain is learned, those in use
 * are it, and drawing it to itself would let it drift without end.
 *
 * With rows a minute apart an H below a minute is measured over a minute: the gain of so short an H
 * comes out larger than what is earned within it.
 */
export const learnedGain = (rows: readonly ShadowLine[]): GainEvidence => {
  const regression = new LearnedGain()
  const games = new Set<string>()
  let priors = 0
  const looks = rows.filter(isLook)
  eachPair(looks, heldFor, (decision, entry, exit) => {
    const x = 100 * decision.pExt - decision.fair - decision.basis
    // Without one of the numbers there is no pair; without a holding time there is no exit.
    if (!Number.isFinite(x + decision.formula + decision.horizonSeconds)) return
    regression.add(x, exit.kalshiMid - entry.kalshiMid)
    games.add(decision.cluster)
    priors += decision.formula
  })
  const pairs = regression.count
  const enough = pairs >= LEAST_PAIRS && games.size >= LEAST_PAIR_GAMES
  return { pairs, games: games.size, gain: enough ? regression.gain(priors / pairs) : null }
}

/** What people are shown of it; null where there is not enough. Cents, Brier points, counts. */
export interface LicenceEvidence {
  readonly fillsPushed: number
  readonly fillsOther: number
  /** Markout of pushed minus other fills, cents: below 0 the skew leads us into bad trades. */
  readonly markoutDifference: number | null
  readonly markoutT: number | null
  /** Games with a result and a decision. */
  readonly games: number
  /** Mean of (Brier of mid - Brier of forecast): above 0 the skew helps. */
  readonly scoreGain: number | null
  readonly scoreUpper95: number | null
  readonly gain: number | null
  readonly gainPairs: number
}

export interface Gathered {
  readonly scores: ScoreStatistics
  readonly markout: MarkoutComparison | null
  readonly evidence: LicenceEvidence
}

const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null

/** Everything that the rows of one (set, series) say besides the skill of the skew. */
export const gather = (rows: readonly ShadowLine[]): Gathered => {
  const { pushed, other, comparison } = markoutComparison(rows)
  const scored = scores(scoredGames(rows))
  const { gain, pairs } = learnedGain(rows)
  const enough = scored.games >= LEAST_RESULTS
  return {
    scores: scored,
    markout: comparison,
    evidence: {
      fillsPushed: pushed,
      fillsOther: other,
      markoutDifference: finite(comparison?.difference),
      markoutT: finite(comparison?.t),
      games: scored.games,
      scoreGain: enough ? finite(scored.gain) : null,
      scoreUpper95: enough ? finite(scored.upper95) : null,
      gain,
      gainPairs: pairs,
    },
  }
}
