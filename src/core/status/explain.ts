// Explains the maker's decisions to people: parts of each price, viability, estimates.
//
// Read-only and built on request, like the rest of the status. Numbers leave rounded, in cents.

import { describeViability } from '../guards/viability.ts'
import type { Engine } from '../maker/engine.ts'
import { type Candidates, clampNames, type QuoteReasons } from '../vocabulary/price-reasons.ts'
import { type Millis, PRICE_CENT, type Side } from '../vocabulary/units.ts'
import type { EstimateStatus, MarkoutStatus, QuoteExplanation, ViabilityStatus } from './status.ts'

/** Rounds for people; NaN, infinities and -0 become 0. */
const round = (value: number, digits = 4): number =>
  Number.isFinite(value) ? Number(value.toFixed(digits)) || 0 : 0

/** The prices compared, with their worth in cents an hour. */
const candidatesOf = (candidates: Candidates): QuoteExplanation['candidates'] => {
  const { count, price, worth, contracts, k, away } = candidates
  const perHour = 3600 * contracts * Math.exp(-k * away)
  return Array.from({ length: count }, (_, at) => ({
    price: round(price[at]! / PRICE_CENT),
    worth: round(worth[at]! * perHour, 2),
  }))
}

/** @param guard the reason why nothing is shown; null where a quote is */
export const explainPrice = (reasons: QuoteReasons, guard: string | null): QuoteExplanation => {
  const price = Number.isFinite(reasons.price) ? reasons.price : null
  return {
    fair: round(reasons.fair),
    flow: round(reasons.flow),
    event: round(reasons.event),
    external: round(reasons.external),
    skew: round(reasons.skew),
    half_spread: {
      total: round(reasons.half),
      volatility: round(reasons.volatility),
      intensity: round(reasons.intensity),
      fee: round(reasons.fee),
      markout: round(reasons.markout),
      staleness: round(reasons.staleness),
      widened_by: round(reasons.widen),
    },
    break_even: round(reasons.breakEven),
    raw: round(reasons.raw),
    price: price === null ? null : round(price),
    rounding: price === null ? null : round(price - reasons.raw),
    clamps: clampNames(reasons.clamps),
    candidates: candidatesOf(reasons.candidates),
    place: reasons.place,
    guard,
  }
}

/** Both sides of the decision of this moment; null before there was one. */
export const explainQuotes = (
  engine: Engine,
): { bid: QuoteExplanation; ask: QuoteExplanation } | null => {
  const { quoter } = engine.state
  if (!Number.isFinite(quoter.reasons.bid.fair)) return null
  return {
    bid: explainPrice(quoter.reasons.bid, quoter.silence.bid),
    ask: explainPrice(quoter.reasons.ask, quoter.silence.ask),
  }
}

export const viabilityStatus = (engine: Engine): ViabilityStatus | null => {
  const { verdict } = engine.decider.tracker.viability
  if (verdict === null) return null
  const { ok, reasons, expectedPerHour } = verdict
  return {
    ok,
    reasons: [...reasons],
    sentence: describeViability(verdict),
    expected_cents_per_hour: expectedPerHour === null ? null : round(expectedPerHour, 2),
  }
}

/** @param at now; estimates decay between events */
export const estimateStatus = (engine: Engine, at: Millis): EstimateStatus | null => {
  const { quoter, parameters, market } = engine.state
  const { estimators, input } = quoter
  const { mid } = quoter.observed
  if (mid === null || market === null) return null
  const { strategy } = parameters
  const { volatility, intensity, markouts } = estimators
  const tau = Math.max(0, input.timeLeft)
  const known = !market.canCloseEarly || strategy.event_time !== null
  const { holding } = quoter
  const sigma = round(Math.sqrt(volatility.total(at, mid, tau, known, holding)), 6)
  const { hours } = volatility
  const { grid, clock } = volatility.explain(at, tau, known, holding)
  const markoutOf = (side: Side): MarkoutStatus => ({
    fills: markouts.fills(side),
    edge: round(markouts.edge(side)),
    after_5s: round(markouts.average(side, 5)),
    after_30s: round(markouts.average(side, 30)),
    after_300s: round(markouts.average(side, 300)),
  })
  return {
    sigma,
    sigma_with_jumps: sigma,
    sigma_interval_s: grid,
    information_rate: clock === null ? null : round(clock, 3),
    hour_factor: hours.isKnown ? round(hours.ahead(at, holding), 3) : null,
    holding_s: round(holding, 1),
    jumps: volatility.jumps,
    k: round(intensity.k(strategy.k)),
    arrivals_bid: round(intensity.arrivals('bid', strategy.arrival_rate, at), 6),
    arrivals_ask: round(intensity.arrivals('ask', strategy.arrival_rate, at), 6),
    aggressive_orders: intensity.count,
    gamma: round(input.gamma, 6),
    flow_imbalance: round(estimators.flow.imbalance(at), 2),
    flow_theta: round(estimators.response.theta),
    toxicity: round(estimators.toxicity.value),
    typical_trade: round(estimators.tradeSize.median, 2),
    markouts: { bid: markoutOf('bid'), ask: markoutOf('ask') },
    fills_t: round(markouts.results.t, 2),
    fills_blocks: markouts.results.blocks,
  }
}
