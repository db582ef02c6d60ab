// Builds the model's input for each decision from the strategy, the market and the estimators.
//
// In: the strategy, its limits and the market, compiled only when one of them changes; then the
// fair value, the position and the signals of a decision. Out: a QuoteInput and the costs in it.
// Knows nothing of prices on the grid or of orders.

import type { ObservedMarket } from '../estimators/observed-market.ts'
import { USUAL_HOLDING } from '../estimators/volatility.ts'
import type { EventFair } from '../siblings/event-fair.ts'
import { feePerContractCents } from '../vocabulary/fees.ts'
import type { Market } from '../vocabulary/market.ts'
import type { Parameters, Strategy } from '../vocabulary/parameters.ts'
import { CONTRACT, type Millis, PRICE_CENT, type Price } from '../vocabulary/units.ts'
import { emptyQuoteInput } from './quoting.ts'
import { gammaFor, unwindSeconds } from './risk-aversion.ts'
import { staleCost } from './rounding.ts'

/**
 * How old the mid of a quote is when a taker acts on a newer one, seconds: the way here and the way
 * of the order, about 50 ms each. See docs/decisions/61 and 66.
 */
const STALE_SECONDS = 0.1
/** From when on the skew may exceed its cap, seconds before the close. */
const CLOSE_SECONDS = 300
/** A price in cents is kept this far from 0 and 100, whatever the signals say. */
const EDGE_CENTS = 0.1

/** One decision under way. One object, filled again for each; cents, contracts. */
export interface Decision {
  at: Millis
  /** Signed contracts. */
  position: number
  /** External signal, cents. */
  external: number
  /** The calendar's multiplier of the half-spread, >= 1. */
  widen: number
  /** Tick at the mid, Price units. */
  tick: Price
  /** Fair value by the book alone, and what order flow adds to it. */
  fair: number
  flow: number
  /** What the other markets of the event add to it. */
  event: number
}

export class PricingInput {
  readonly values = emptyQuoteInput()
  /** Of the last decision, cents: the fee, and the fee plus the expected adverse move. */
  fee = 0
  breakEven = 0
  /** Seconds that a lot was expected to be held at the last decision: whose variance to measure. */
  holding = USUAL_HOLDING
  /** What is lost because the mid is a moment old, cents; 0 where prices are rounded outward. */
  staleness = 0
  /** Whether the tick is chosen by value, so that rounding earns nothing on its own. */
  isByValue = false
  readonly #observed: ObservedMarket
  readonly #event: EventFair
  #strategy!: Strategy
  #market!: Market
  #maxPosition = 1
  #estimatesIntensity = false
  /** Whether the time of the outcome is known, and not only the latest possible close. */
  #knowsEventTime = false
  readonly #riskSetting = { k: 1, maxPosition: 1, arrivals: 0, lot: 1, sigma2: 0, tick: 1 }

  constructor(observed: ObservedMarket, event: EventFair) {
    this.#observed = observed
    this.#event = event
  }

  /** Compiles what stays the same from decision to decision. */
  compile({ strategy, limits }: Parameters, market: Market): void {
    const { values } = this
    this.#strategy = strategy
    this.#market = market
    this.#maxPosition = limits.max_position / CONTRACT
    this.isByValue = strategy.model === 'full' && strategy.rounding === 'value'
    this.#estimatesIntensity = strategy.model === 'full' && strategy.intensity === 'estimated'
    this.#knowsEventTime = !market.canCloseEarly || strategy.event_time !== null
    values.k = strategy.k
    values.arrivals = strategy.arrival_rate
    values.lot = strategy.size / CONTRACT
    values.settlementShare = strategy.settlement_share
    values.maxInventoryWidth = strategy.max_inventory_width
    // A journal that is older than the rule lacks the key.
    this.#event.isOn = strategy.event_fair === 'on'
    if (strategy.sigma !== null) values.sigma2 = strategy.sigma * strategy.sigma
    if (strategy.gamma !== null) values.gamma = strategy.gamma
  }

  /** Fills `fair`, `flow` and `event` of the decision; the book has two sides. @param mid cents */
  valuate(decision: Decision, mid: number): void {
    const { fair_value, ofi_weight, ofi_levels } = this.#strategy
    const { top, estimators } = this.#observed
    const { tick, at } = decision
    decision.fair = mid
    if (fair_value !== 'mid') {
      const micro = estimators.micro.fair(top.bid, top.bidSize, top.ask, top.askSize, tick)
      decision.fair = estimators.anchor.blend(micro, top.bid / PRICE_CENT, top.ask / PRICE_CENT)
    }
    estimators.markouts.onFair(decision.fair, at)
    const { bid, ask } = top
    decision.event = this.#event.adjustment(decision.fair, bid / PRICE_CENT, ask / PRICE_CENT, at)
    const flow = ofi_levels > 1 ? estimators.depthFlow : estimators.flow
    decision.flow = ofi_weight === 0 ? 0 : (flow.impact(at, ofi_weight) * tick) / PRICE_CENT
  }

  /** Fills `values` for a decision whose fair value is known. */
  fill({ at, position, external, widen, tick, fair: own, flow, event }: Decision): void {
    const strategy = this.#strategy
    const { values } = this
    const { estimators } = this.#observed
    const fair = own + event
    const timeLeft = Math.max(0, (expectedAt(strategy, this.#market, at) - at) / 1000)
    values.fair = fair
    values.signal = boundedSignal(fair, flow + external, strategy.max_alpha)
    values.inventory = this.#event.inventory(position, own, at)
    values.timeLeft = timeLeft
    values.maxSkew = skewCap(strategy.max_skew, timeLeft)
    values.horizon = Math.min(timeLeft, strategy.horizon_seconds)
    values.widen = widen * estimators.toxicity.multiplier(strategy.toxicity_weight)
    if (this.#estimatesIntensity) this.#estimateIntensity(at)
    if (strategy.sigma === null) {
      const known = this.#knowsEventTime
      values.sigma2 = estimators.volatility.total(at, fair, timeLeft, known, this.holding)
    }
    if (strategy.gamma === null) values.gamma = this.#gamma(tick)
    const { k, arrivals, gamma, lot, sigma2 } = values
    this.holding = Math.min(unwindSeconds(k, arrivals, gamma * lot, sigma2), timeLeft)
    this.#fillCosts(fair, tick)
  }

  #estimateIntensity(at: Millis): void {
    const { values } = this
    const { k, arrival_rate: prior } = this.#strategy
    const { intensity } = this.#observed.estimators
    values.k = intensity.k(k)
    const bids = intensity.arrivals('bid', prior, at, values.k)
    values.arrivals = (bids + intensity.arrivals('ask', prior, at, values.k)) / 2
  }

  #gamma(tick: Price): number {
    const { k, arrivals, lot, sigma2 } = this.values
    const setting = this.#riskSetting
    setting.k = k
    setting.maxPosition = this.#maxPosition
    setting.arrivals = arrivals
    setting.lot = lot
    setting.sigma2 = sigma2
    setting.tick = tick / PRICE_CENT
    return gammaFor(setting)
  }

  /**
   * Rounding outward earns half a tick on average, so only costs beyond it widen the quote. By
   * value all of them do, and those of a stale mid with them.
   */
  #fillCosts(fair: number, tick: Price): void {
    const { values } = this
    const { min_half_spread, max_markout } = this.#strategy
    const halfTick = this.isByValue ? 0 : tick / PRICE_CENT / 2
    this.fee = feePerContractCents(this.#market.fees.maker, fair)
    this.breakEven = this.fee + this.#observed.estimators.markouts.adverseOfBoth(max_markout)
    this.staleness = this.isByValue ? staleCost(values.k, values.sigma2, STALE_SECONDS) : 0
    const costs = Math.max(0, this.breakEven - halfTick) + this.staleness
    values.addonBid = values.addonAsk = costs
    values.floorBid = values.floorAsk = Math.max(this.breakEven, min_half_spread ?? halfTick)
  }
}

/** Signals in cents, bounded: `most` either way, and not past either end of the price scale. */
const boundedSignal = (fair: number, wanted: number, most: number): number => {
  const signal = Math.min(Math.max(wanted, -most), most)
  return Math.min(Math.max(signal, EDGE_CENTS - fair), 100 - EDGE_CENTS - fair)
}

/**
 * The most that inventory may move the quotes, cents. It grows as the close comes nearer than five
 * minutes: what is held then is soon worth 0 or 100, and leaning 10 c is not enough to sell it.
 */
const skewCap = (most: number, timeLeft: number): number =>
  timeLeft < CLOSE_SECONDS ? (most * CLOSE_SECONDS) / Math.max(timeLeft, 1) : most

/** When the outcome is expected: the operator's time, else the market's, else the close. */
export const expectedAt = (strategy: Strategy, market: Market, at: Millis): Millis => {
  const listed = market.expectedAt > at ? market.expectedAt : market.closeAt
  const { event_time: event } = strategy
  return event === null ? listed : Math.min(event, market.closeAt)
}
