// The seventh world, W6: six outcomes of one event, of which exactly one pays a dollar, and books
// whose mids sum to more than that.
//
// A temperature drifts as a Brownian motion until the end of the session, and the range that it
// ends in wins. Each market's true price is the probability of its range. The books of others stand
// above it: by a share of the price and by the same for all, so that no rule of scaling is exactly
// right. Some takers know the true price, and the others believe the books.

import { pdf } from '../../../src/core/estimators/normal.ts'
import { cdf } from '../worlds/cdf.ts'
import type { SessionDice } from '../worlds/dice.ts'
import { SESSION_SECONDS } from '../worlds/worlds.ts'

/** Where one range ends and the next begins, in deviations of the final temperature. */
const BOUNDS = [-1.3, -0.5, 0, 0.6, 1.4] as const
const OUTCOMES = BOUNDS.length + 1
export const REACH_DECAY = 0.7
export const ARRIVALS = 0.05
/** What the mids of a session exceed a dollar by, cents: evenly between these. */
const EXCESS = { least: 0, most: 14 } as const
/** Half-spreads of the books of others, cents; each market keeps one for a session. */
const HALF_SPREADS = [0.5, 1, 1.5, 2] as const

/** One market of one session; cents. Arrays are reused from session to session. */
export interface Outcome {
  /** True price before each step, and after the last one: 0 or 100. */
  readonly price: Float64Array
  /** What the variance rate of the true price is then, cents^2 per second. */
  readonly sigma2: Float64Array
  /** Best prices of others as the maker knows them, whole cents, a second old. */
  readonly bid: Float64Array
  readonly ask: Float64Array
  /** A bid strictly above `seller` fills in the step, and an ask strictly below `buyer`. */
  readonly seller: Float64Array
  readonly buyer: Float64Array
}

const emptyOutcome = (): Outcome => ({
  price: new Float64Array(SESSION_SECONDS + 1),
  sigma2: new Float64Array(SESSION_SECONDS),
  bid: new Float64Array(SESSION_SECONDS),
  ask: new Float64Array(SESSION_SECONDS),
  seller: new Float64Array(SESSION_SECONDS),
  buyer: new Float64Array(SESSION_SECONDS),
})

export const emptyEvent = (): Outcome[] => Array.from({ length: OUTCOMES }, emptyOutcome)

/** Fills true prices and variance rates of all outcomes for one step. */
const price = (outcomes: readonly Outcome[], w: number, t: number): void => {
  const left = SESSION_SECONDS - t
  const scale = Math.sqrt(left)
  const whole = Math.sqrt(SESSION_SECONDS)
  let below = 0
  let density = 0
  for (let i = 0; i < OUTCOMES; i++) {
    const bound = BOUNDS[i]
    const z = bound === undefined ? 0 : (bound * whole - w) / scale
    const upTo = bound === undefined ? 1 : cdf(z)
    const at = bound === undefined ? 0 : pdf(z)
    outcomes[i]!.price[t] = 100 * (upTo - below)
    outcomes[i]!.sigma2[t] = (1e4 * (density - at) ** 2) / left
    below = upTo
    density = at
  }
}

const settle = (outcomes: readonly Outcome[], w: number): void => {
  const final = w / Math.sqrt(SESSION_SECONDS)
  const winner = BOUNDS.filter((bound) => final >= bound).length
  for (const [i, outcome] of outcomes.entries()) {
    outcome.price[SESSION_SECONDS] = i === winner ? 100 : 0
  }
}

interface Surroundings {
  /** What all mids exceed a dollar by, and the half-spread of this one's book, cents. */
  readonly excess: number
  readonly half: number
  /** The share of takers who know the true price; the others believe the books. */
  readonly knowing: number
}

/** The books of others around their mid, and the takers. */
const surround = (
  outcome: Outcome,
  { excess, half, knowing }: Surroundings,
  dice: SessionDice,
): void => {
  const { price, bid, ask, seller, buyer } = outcome
  const midAt = (t: number): number => {
    const p = price[t]! / 100
    return Math.min(100 * p + (excess * (p + 1 / OUTCOMES)) / 2, 99.5)
  }
  for (let t = 0; t < SESSION_SECONDS; t++) {
    const seen = midAt(Math.max(t - 1, 0))
    bid[t] = Math.max(Math.floor(seen - half), 0)
    ask[t] = Math.min(Math.max(Math.ceil(seen + half), bid[t]! + 1), 100)
    const mid = midAt(t)
    const reach = (): number => Math.log(ARRIVALS / -Math.log(dice.uniform())) / REACH_DECAY
    const believed = (): number => (dice.uniform() < knowing ? price[t]! : mid)
    seller[t] = believed() - reach()
    buyer[t] = believed() + reach()
  }
}

/**
 * Draws one session of the event; `path` moves the temperature, `takers` brings the trades.
 * @param knowing the share of takers who know the true price
 */
export const drawEvent = (
  outcomes: readonly Outcome[],
  knowing: number,
  path: SessionDice,
  takers: SessionDice,
): void => {
  const excess = EXCESS.least + (EXCESS.most - EXCESS.least) * path.uniform()
  const halves = outcomes.map(() => HALF_SPREADS[Math.floor(path.uniform() * HALF_SPREADS.length)]!)
  let w = 0
  for (let t = 0; t < SESSION_SECONDS; t++) {
    price(outcomes, w, t)
    w += path.normal()
  }
  settle(outcomes, w)
  for (const [i, outcome] of outcomes.entries()) {
    surround(outcome, { excess, half: halves[i]!, knowing }, takers)
  }
}
