// Chooses the price at which an order earns most per second, counting its place in the queue.
//
// Joining a full level earns more per fill and is filled less often; bettering it by a tick is the
// reverse. A level back is reached only when those before it are gone, and by then the market has
// fallen by as much as the order seemed to be cheaper. One number weighs them all: the expected
// income in cents per second. A move must promise a fifth more than staying, because the place that
// we have is certain and the place that we would get is not. Source of the idea: Moallemi, Yuan, "A
// model for queue position valuation" (2017).

import type { PriceGrid } from '../vocabulary/market.ts'
import type { PlaceReason } from '../vocabulary/reason-codes.ts'
import type { Millis, Price, Quantity, Side } from '../vocabulary/units.ts'
import { CONTRACT, PRICE_CENT, PRICE_ONE, signOf } from '../vocabulary/units.ts'
import type { SideLevels } from './incentive.ts'

/** A move must earn more than this times staying. */
const MOVE_FACTOR = 1.2
/** Rounding error of a float when an edge is compared with a cost, cents. */
const TOLERANCE = 1e-9

/**
 * The probability that the queue ahead is gone before the price moves away: Pf = exp(-nu Tq), where
 * Tq = ahead/(mu + theta ahead/2) seconds. `ahead` contracts; `mu` contracts per second that trade
 * at this price; `theta` share of the queue canceled per second (half of it, on average over the
 * wait, is what counts); `nu` adverse price changes per second. In 0..1; 1 at the front.
 */
export const fillProbability = (ahead: number, mu: number, theta: number, nu: number): number => {
  if (!(ahead > 0) || !(nu > 0)) return 1
  // A queue that never moves divides by 0: exp(-Infinity) = 0, as it should be.
  return Math.exp((-nu * ahead) / (mu + (theta * ahead) / 2))
}

/** The touch is as likely to rise as to fall: a level further back waits for one more fall. */
const NEXT_FALL = 1 / 2

/** Aggressive orders per second that reach `distance` cents: A exp(-k |distance|). */
const arrivalsAt = (arrivals: number, k: number, distance: number): number =>
  arrivals * Math.exp(-k * Math.abs(distance))

/** Everything that `choosePrice` reads. One object, filled again for each call. */
export interface PriceChoiceInput {
  side: Side
  grid: PriceGrid
  /** The model's own price. */
  target: Price
  /** Best prices of others; 0 and 10000 where there is none. */
  bestBid: Price
  bestAsk: Price
  fairCents: number
  reservationCents: number
  /** Break-even half-spread: fee plus expected adverse move, cents. */
  cost: number
  /** How far beyond the fair price a quote may go, cents. */
  maxThrough: number
  /** A per second and k per cent. */
  arrivals: number
  k: number
  /** Aggressive orders per second that come to our side at all, and contracts of each. */
  takers: number
  meanTrade: number
  theta: number
  nu: number
  /** Others' orders on our side, best first. */
  levels: SideLevels
  /** Where we rest, 0 when we do not, and the size ahead of us there. */
  current: Price
  currentAhead: Quantity
  /** False while we may not better everybody else's price and our own. */
  mayImprove: boolean
  /** What a programme pays at a price, cents per second and contract of the order; or null. */
  incentiveAt: ((price: Price) => number) | null
}

export interface PriceChoice {
  /** 0 when no price passes. */
  price: Price
  /** Cents per second for each contract of the order. */
  value: number
  reason: PlaceReason
  /** The price betters all others' and is not the one we have: what PennyGuard counts. */
  improves: boolean
}

export const emptyPriceChoice = (): PriceChoice => ({
  price: 0,
  value: 0,
  reason: 'none',
  improves: false,
})

const hasTouch = (input: PriceChoiceInput): boolean =>
  input.side === 'bid' ? input.bestBid > 0 : input.bestAsk < PRICE_ONE

const touchOf = (input: PriceChoiceInput): Price =>
  input.side === 'bid' ? input.bestBid : input.bestAsk

/** Legal, post-only, not too far beyond the fair price, and paying for itself. */
const passes = (input: PriceChoiceInput, price: Price): boolean => {
  if (!input.grid.isLegal(price)) return false
  const crosses = input.side === 'bid' ? price >= input.bestAsk : price <= input.bestBid
  if (crosses) return false
  const sign = signOf(input.side)
  const cents = price / PRICE_CENT
  if (sign * (cents - input.fairCents) > input.maxThrough + TOLERANCE) return false
  return sign * (input.reservationCents - cents) >= input.cost - TOLERANCE
}

/** Better than every other order of the side; never on an empty side. */
const bettersTouch = (input: PriceChoiceInput, price: Price): boolean =>
  hasTouch(input) && signOf(input.side) * (price - touchOf(input)) > 0

const improvesOn = (input: PriceChoiceInput, price: Price): boolean =>
  bettersTouch(input, price) &&
  (input.current === 0 || signOf(input.side) * (price - input.current) > 0)

/** Where we would stand in the queue if we came to a price now: last. */
const LAST = -1

/** Aggressive orders per second that come to a price: A exp(-k distance), of R at most. */
const comersAt = (input: PriceChoiceInput, price: Price): number => {
  const distance = price / PRICE_CENT - input.fairCents
  return Math.min(input.takers, arrivalsAt(input.arrivals, input.k, distance))
}

/**
 * Cents per second for each contract of an order at a price, if each aggressive order that comes
 * through the queue fills it whole. Better than all others, an order meets all who come there.
 * Behind others it meets those who come to the touch, and first the touch must fall to its price:
 * P(own level), a half for each level before it. The fair price falls with it, so what a price
 * further back seems to save is gone when it is met. Then
 * - the volume V that comes before the price moves away exceeds D, all that rests at better prices
 *   and before us at our own: R P(V > D); or
 * - the touch falls past us (nu per second), which it cannot without trading with us: at a price
 *   that is one tick too high by then.
 * @param ahead what is before us at the price itself; LAST for all that rests there
 */
const valueAt = (input: PriceChoiceInput, price: Price, ahead: Quantity): number => {
  const { levels, side, grid } = input
  const sign = signOf(side)
  const edge = sign * (input.reservationCents - price / PRICE_CENT) - input.cost
  const incentive = input.incentiveAt === null ? 0 : input.incentiveAt(price)
  if (!hasTouch(input) || bettersTouch(input, price)) {
    return comersAt(input, price) * edge + incentive
  }
  let before = ahead === LAST ? 0 : ahead
  let own = 1
  for (let index = 0; index < levels.count; index++) {
    const beyond = sign * (levels.prices[index]! - price)
    if (beyond < 0) break
    if (beyond > 0) own *= NEXT_FALL
    if (beyond > 0 || ahead === LAST) before += levels.sizes[index]!
  }
  const touch = touchOf(input)
  const comers = comersAt(input, touch)
  const mu = comers * input.meanTrade
  const reached = fillProbability(before / CONTRACT, mu, input.theta, input.nu)
  const passed = Math.min(comers, input.nu) * (1 - reached)
  const met = edge - Math.abs(touch - price) / PRICE_CENT
  const tick = grid.tickAt(price) / PRICE_CENT
  return own * (comers * reached * met + passed * (met - tick)) + incentive
}

/** The better of `price` and what `out` holds; equal values leave what was there. */
const consider = (input: PriceChoiceInput, price: Price, out: PriceChoice): void => {
  if (price === input.current || !passes(input, price)) return
  if (!input.mayImprove && improvesOn(input, price)) return
  const value = valueAt(input, price, LAST)
  if (!(value > out.value)) return
  out.price = price
  out.value = value
}

const reasonFor = (input: PriceChoiceInput, price: Price): PlaceReason => {
  if (price === input.target) return 'model'
  if (bettersTouch(input, price)) return 'improve'
  return hasTouch(input) && price === touchOf(input) ? 'join' : 'step-back'
}

/**
 * The price to rest at, among the target, a tick to either side of it, the best price of others and
 * a tick inside that. A price passes if it is legal and post-only, at most `maxThrough` beyond the
 * fair price, and its edge against the reservation price covers `cost`: no incentive buys its way
 * past that. Where we rest we have our true place in the queue; everywhere else we would be last.
 * We move only for more than 1.2 times the value of staying, or when staying does not pass. No
 * price is chosen where none is worth anything: the model's own stands.
 * Writes `out`, allocates nothing.
 */
export const choosePrice = (input: PriceChoiceInput, out: PriceChoice): void => {
  const { grid, target } = input
  const up = input.side === 'bid'
  out.price = 0
  out.value = 0
  out.reason = 'none'
  out.improves = false
  consider(input, target, out)
  if (hasTouch(input)) consider(input, touchOf(input), out)
  consider(input, up ? grid.down(target) : grid.up(target), out)
  consider(input, up ? grid.up(target) : grid.down(target), out)
  if (hasTouch(input)) {
    const touch = touchOf(input)
    consider(input, up ? grid.up(touch) : grid.down(touch), out)
  }
  if (input.current !== 0 && passes(input, input.current)) {
    const staying = valueAt(input, input.current, input.currentAhead)
    if (staying > 0 && !(out.value > MOVE_FACTOR * staying)) {
      out.price = input.current
      out.value = staying
      out.reason = 'stay'
      return
    }
  }
  if (out.price === 0) return
  out.reason = reasonFor(input, out.price)
  out.improves = improvesOn(input, out.price)
}

/** Prevents penny wars: allows at most two improvements in any ten seconds. */
export class PennyGuard {
  static readonly WINDOW: Millis = 10_000
  #last: Millis = Number.NEGATIVE_INFINITY
  #before: Millis = Number.NEGATIVE_INFINITY

  /** Whether an improvement at `at` would be at most the second of the ten seconds before it. */
  allow(at: Millis): boolean {
    return Math.max(at, this.#last) - this.#before >= PennyGuard.WINDOW
  }

  note(at: Millis): void {
    this.#before = this.#last
    this.#last = Math.max(at, this.#last)
  }
}
