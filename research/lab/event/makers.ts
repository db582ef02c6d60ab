// Makers of all outcomes of an event, and what one session brings them together.
//
// Each outcome has a maker of its own, with the product's model, rounding and src/core/siblings;
// they differ in what they hear of each other, every five seconds, as live makers do.

import { fullModel } from '../../../src/core/pricing/full-model.ts'
import {
  emptyPricing,
  emptyQuoteInput,
  type QuoteInput,
} from '../../../src/core/pricing/quoting.ts'
import { EventFair } from '../../../src/core/siblings/event-fair.ts'
import { CONTRACT, PRICE_CENT } from '../../../src/core/vocabulary/units.ts'
import { outward, type Shown } from '../makers/rounding.ts'
import { SESSION_SECONDS } from '../worlds/worlds.ts'
import { ARRIVALS, type Outcome, REACH_DECAY } from './world.ts'

const GAMMA = 0.05
/** Contracts that a maker holds at most, either way. */
const LIMIT = 10
/** In the last so many seconds only what reduces a position is quoted. */
const REDUCE_ONLY = 300
const TELL_EVERY = 5

/** What makers do with what they hear: for the fair value, and how much of the group's risk. */
export const HEARING = {
  'each alone': { fair: 'own', group: 0 },
  'fair value of the event': { fair: 'event', group: 0 },
  'with half the skew (product)': { fair: 'event', group: 0.5 },
  'with the whole skew': { fair: 'event', group: 1 },
  'scaled below the best bid': { fair: 'plain', group: 0 },
} as const
export type Hearing = keyof typeof HEARING

/** Cents, contracts. */
export interface EventAccount {
  pnl: number
  /** Sum over contracts filled of the distance from the true price, in the makers' favour. */
  edge: number
  fills: number
  /** Average of the sum of all absolute positions, and of the event's deviation at settlement. */
  held: number
  risk: number
}

class Maker {
  readonly event = new EventFair()
  q = 0
  cash = 0
  readonly #input: QuoteInput = {
    ...emptyQuoteInput(),
    ...{ gamma: GAMMA, k: REACH_DECAY, arrivals: ARRIVALS, lot: 1 },
    ...{ floorBid: 0.5, floorAsk: 0.5, maxSkew: 10, maxInventoryWidth: 5 },
  }
  readonly #pricing = emptyPricing()
  readonly #hearing: (typeof HEARING)[Hearing]
  readonly shown: Shown = { bid: Number.NaN, ask: Number.NaN }

  constructor(hearing: Hearing) {
    this.#hearing = HEARING[hearing]
  }

  #fair(mid: number, bid: number, ask: number, at: number): number {
    const { fair } = this.#hearing
    if (fair === 'own') return mid
    if (fair === 'event') return mid + this.event.adjustment(mid, bid, ask, at)
    const sum = mid + this.event.sums(at).price
    return sum > 100 ? (mid * 100) / sum : mid
  }

  /** The product takes half of the group's risk, and so twice the way is the whole. */
  #inventory(mid: number, at: number): number {
    const { q } = this
    const half = this.event.inventory(q, mid, at) - q
    return q + 2 * this.#hearing.group * half
  }

  /** Decides both prices for step `t`. */
  quote({ bid, ask, sigma2 }: Outcome, t: number): void {
    const input = this.#input
    const { shown } = this
    const at = t * 1000
    const mid = (bid[t]! + ask[t]!) / 2
    input.fair = this.#fair(mid, bid[t]!, ask[t]!, at)
    input.inventory = this.#inventory(mid, at)
    input.timeLeft = input.horizon = SESSION_SECONDS - t
    input.sigma2 = sigma2[t]!
    fullModel.price(input, this.#pricing)
    outward(this.#pricing, input, shown)
    if (shown.bid >= ask[t]!) shown.bid = ask[t]! - 1
    if (shown.ask <= bid[t]!) shown.ask = bid[t]! + 1
    // Nobody quotes against an empty side.
    const empty = bid[t]! === 0 || ask[t]! === 100
    const most = SESSION_SECONDS - t <= REDUCE_ONLY ? 0 : LIMIT
    if (empty || this.q >= most) shown.bid = Number.NaN
    if (empty || this.q <= -most) shown.ask = Number.NaN
  }
}

const tell = (makers: readonly Maker[], outcomes: readonly Outcome[], t: number): void => {
  const at = t * 1000
  const all = makers.map(({ q }, i) => {
    const { bid, ask } = outcomes[i]!
    const price = { bid: bid[t]! * PRICE_CENT, ask: ask[t]! * PRICE_CENT }
    return { ticker: String(i), at, ...price, position: q * CONTRACT }
  })
  for (const [i, maker] of makers.entries()) {
    maker.event.hear({ others: all.filter((_, j) => j !== i), low: null, high: null }, at)
  }
}

/** Deviation at settlement of what is held, cents, by the true prices. */
const riskOf = (makers: readonly Maker[], outcomes: readonly Outcome[], t: number): number => {
  let [mean, square] = [0, 0]
  for (const [i, { q }] of makers.entries()) {
    const p = outcomes[i]!.price[t]! / 100
    mean += p * q
    square += p * q * q
  }
  return 100 * Math.sqrt(Math.max(square - mean * mean, 0))
}

/** Plays one session of the event with a maker of each outcome. */
export const playEvent = (outcomes: readonly Outcome[], hearing: Hearing): EventAccount => {
  const makers = outcomes.map(() => new Maker(hearing))
  const account: EventAccount = { pnl: 0, edge: 0, fills: 0, held: 0, risk: 0 }
  for (let t = 0; t < SESSION_SECONDS; t++) {
    if (t % TELL_EVERY === 0) tell(makers, outcomes, t)
    for (const [i, maker] of makers.entries()) {
      const outcome = outcomes[i]!
      maker.quote(outcome, t)
      const { bid, ask } = maker.shown
      const s = outcome.price[t]!
      if (bid > outcome.seller[t]!) {
        maker.q++
        maker.cash -= bid
        account.edge += s - bid
        account.fills++
      }
      if (ask < outcome.buyer[t]!) {
        maker.q--
        maker.cash += ask
        account.edge += ask - s
        account.fills++
      }
      account.held += Math.abs(maker.q) / SESSION_SECONDS
    }
    if (t % TELL_EVERY === 0) {
      account.risk += (TELL_EVERY * riskOf(makers, outcomes, t)) / SESSION_SECONDS
    }
  }
  for (const [i, { q, cash }] of makers.entries()) {
    account.pnl += cash + q * outcomes[i]!.price[SESSION_SECONDS]!
  }
  return account
}
