// How fast queues shrink: cancellations, moves of the mid and trades, as rates.
//
// Events come in; what goes out are rates per second and the mean trade. Counts halve every 900
// seconds and start from a prior, so a market that has just been opened has usable rates at once.

import type { Millis } from '../vocabulary/units.ts'

const FADE = Math.LN2 / 900
/** A prior weighs as much as this many seconds of watching, or this many trades. */
const PRIOR_SECONDS = 300
const PRIOR_TRADES = 5

/** What is assumed of a market before it has been watched. */
interface QueueRatePriors {
  /** Share of a level canceled per second. */
  readonly cancelRate: number
  /** Moves of the mid per second, in either direction. */
  readonly moves: number
  /** Contracts. */
  readonly meanTrade: number
}
/** An order lasts ten minutes, the mid moves each two minutes, a trade is 20 contracts. */
export const QUEUE_RATE_PRIORS: QueueRatePriors = {
  cancelRate: 1 / 600,
  moves: 1 / 120,
  meanTrade: 20,
}

export class QueueRates {
  readonly #priors: QueueRatePriors
  #first: Millis = 0
  #started = false
  #at: Millis = 0
  #shares = 0
  #moves = 0
  #trades = 0
  #traded = 0

  constructor(priors: QueueRatePriors = QUEUE_RATE_PRIORS) {
    this.#priors = priors
  }

  /** Watching begins; the first event begins it too, but then the quiet before goes uncounted. */
  start(at: Millis): void {
    if (this.#started) return
    this.#started = true
    this.#first = at
    this.#at = at
  }

  /** `contracts` of a level of `levelSize` (before, in the same unit) were canceled. */
  onCancel(contracts: number, levelSize: number, at: Millis): void {
    if (!(contracts > 0) || !(levelSize > 0)) return
    this.#fadeTo(at)
    this.#shares += Math.min(1, contracts / levelSize)
  }

  onTrade(contracts: number, at: Millis): void {
    if (!(contracts > 0)) return
    this.#fadeTo(at)
    this.#trades++
    this.#traded += contracts
  }

  /** The mid moved, either way. */
  onMidMove(at: Millis): void {
    this.#fadeTo(at)
    this.#moves++
  }

  /** theta: the share of a level that is canceled per second, > 0 with the default priors. */
  cancelRate(at: Millis): number {
    return this.#rate(this.#shares, this.#priors.cancelRate, at)
  }

  /** nu: adverse moves of the price per second, half of all moves. */
  moveRate(at: Millis): number {
    return this.#rate(this.#moves, this.#priors.moves, at) / 2
  }

  /**
   * R: aggressive orders per second that come to one side, half of all trades.
   * @param prior what is supposed of it before the market has been watched
   */
  takerRate(prior: number, at: Millis): number {
    return this.#rate(this.#trades, 2 * prior, at) / 2
  }

  /** Contracts per trade: a ratio, so it does not fade with mere time. */
  get meanTrade(): number {
    const prior = PRIOR_TRADES * this.#priors.meanTrade
    return (this.#traded + prior) / (this.#trades + PRIOR_TRADES)
  }

  #rate(sum: number, prior: number, at: Millis): number {
    if (!this.#started) return prior
    const faded = sum * Math.exp((-FADE * Math.max(0, at - this.#at)) / 1000)
    const watched = Math.max(0, Math.max(at, this.#at) - this.#first) / 1000
    const window = (1 - Math.exp(-FADE * watched)) / FADE
    return (faded + prior * PRIOR_SECONDS) / (window + PRIOR_SECONDS)
  }

  #fadeTo(at: Millis): void {
    this.start(at)
    if (at <= this.#at) return
    const fade = Math.exp((-FADE * (at - this.#at)) / 1000)
    this.#at = at
    this.#shares *= fade
    this.#moves *= fade
    this.#trades *= fade
    this.#traded *= fade
  }
}
