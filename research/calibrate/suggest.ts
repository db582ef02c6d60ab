// From estimates to the body of PUT /tickers/{ticker}: a preset, and the few keys that the data
// knows better than it.
//
// What to risk is not for data to say, so limits and risk aversion are left alone, and sigma too:
// the maker measures it as it goes. Where there is too little data the preset's value stays.

import {
  PRESETS,
  STRATEGY_TABLE,
  type Strategy,
} from '../../src/core/vocabulary/parameter-table.ts'
import type { Moves } from './moves.ts'
import { LEAST_ARRIVALS, MOST_ARRIVALS, MOST_K, type Takers } from './takers.ts'
import type { Follow } from './touch.ts'

/** Fewer orders, moves or pairs than these say too little. */
const ENOUGH_ORDERS = 50
const ENOUGH_MOVES = 20
const ENOUGH_PAIRS = 200
/** The default of ofi_weight, ticks. */
const USUAL_THETA = Number(STRATEGY_TABLE.ofi_weight.default)

/** Volatility that each preset was made for, cents per root second. */
const USUAL_SIGMA: Readonly<Record<Strategy['preset'], number>> = {
  slow: 0.017,
  'event-day': 0.05,
  live: 0.3,
}

export interface Suggestion {
  /** Accepted by PUT /tickers/{ticker} as it is. */
  readonly body: { readonly strategy: Readonly<Record<string, string | number>> }
  readonly warnings: readonly string[]
}

/** Three digits: no estimate here knows more. Never outside the key's range. */
const within = (key: 'k' | 'arrival_rate' | 'ofi_weight', value: number): number => {
  const spec = STRATEGY_TABLE[key]
  const { min, max } = spec.kind === 'number' ? spec : { min: value, max: value }
  return Math.min(Math.max(Number(value.toPrecision(3)), min), max)
}

/**
 * The preset whose arrivals and volatility are nearest, by ratio; the default where neither is
 * known.
 */
export const nearestPreset = (
  arrivals: number | null,
  sigma: number | null,
): Strategy['preset'] => {
  const apart = (name: Strategy['preset']): number => {
    let distance = 0
    const usual = PRESETS[name].arrival_rate ?? 0
    if (arrivals !== null) distance += Math.log(arrivals / usual) ** 2
    if (sigma !== null) distance += Math.log(sigma / USUAL_SIGMA[name]) ** 2
    return distance
  }
  const names = ['event-day', 'slow', 'live'] as const
  return names.reduce((best, name) => (apart(name) < apart(best) ? name : best))
}

/** @param hasBook whether sigma is of a mid, and not of traded prices */
export const suggestionOf = (
  moves: Moves | null,
  takers: Takers | null,
  follow: Follow | null,
  hasBook: boolean,
): Suggestion => {
  const warnings: string[] = []
  const orders = takers?.k.n ?? 0
  const enough = takers !== null && orders >= ENOUGH_ORDERS
  const moved = moves?.sigma.n ?? 0
  const sigma = moves !== null && moved >= ENOUGH_MOVES ? moves.sigma.value : null
  if (sigma === null) warnings.push(`${moved} moves of ${ENOUGH_MOVES} wanted: sigma is a guess`)
  // Halfway between the sides: the key is one for both.
  const mean = enough ? (takers.sellers.value + takers.buyers.value) / 2 : null
  const arrivals = mean === null ? null : Math.min(Math.max(mean, LEAST_ARRIVALS), MOST_ARRIVALS)
  // Traded prices bounce between the sides of a book that nobody saw: they would choose too high.
  const trusted = hasBook && sigma !== null && sigma > 0
  const preset = nearestPreset(arrivals, trusted ? sigma : null)
  const strategy: Record<string, string | number> = { preset }

  if (!enough) {
    warnings.push(
      `${orders} orders of ${ENOUGH_ORDERS} wanted: keeps the default k and arrival_rate of ${preset}`,
    )
  } else {
    const { k, medianSize, reaching } = takers
    if (k.value < MOST_K) strategy.k = within('k', k.value)
    else {
      warnings.push(
        `${reaching} of ${orders} orders went beyond the touch: keeps the default k of ${preset}`,
      )
    }
    // With k at its bound A is of no use: it is what was seen times exp(k dmin).
    if (k.value < MOST_K && arrivals !== null) {
      strategy.arrival_rate = within('arrival_rate', arrivals)
      if (arrivals !== mean) {
        warnings.push(`arrival_rate is cut at ${arrivals}/s, where the maker's own estimate ends`)
      }
    }
    const usual = Number(STRATEGY_TABLE.size.default)
    if (medianSize.value < usual) strategy.size = Math.max(Math.floor(medianSize.value), 1)
    if (!hasBook) warnings.push('k and arrival_rate come from prints without a book')
  }
  if (follow !== null && follow.theta.n >= ENOUGH_PAIRS) {
    const { low, high } = follow.theta
    // Most recordings are too short to tell: what they do not contradict stays.
    if (low <= USUAL_THETA && USUAL_THETA <= high) {
      warnings.push('the interval of theta has the default ofi_weight in it, which stays')
    } else strategy.ofi_weight = within('ofi_weight', Math.max(follow.drawn, 0))
  } else if (follow !== null) {
    warnings.push(`${follow.theta.n} pairs of ${ENOUGH_PAIRS} wanted: keeps the default ofi_weight`)
  }
  return { body: { strategy }, warnings }
}
