// How often the verdict on our own fills stops a maker that nobody exploits, and one that is.
//
// A simulated maker quotes by the full model around a fair value that diffuses, far from any close.
// Takers know nothing, or they know the move of the next 30 s and come the more often the more it
// will cost us, so that a fill costs its edge and 1.4 c beyond on average. The price does not care
// who trades. Each run is seeded by its number.

import { BlockResults, LOSING_T } from '../../src/core/estimators/block-results.ts'
import { fullModel } from '../../src/core/pricing/full-model.ts'
import { emptyPricing, emptyQuoteInput } from '../../src/core/pricing/quoting.ts'
import { mulberry32 } from '../../src/statistics/random.ts'

const K = 0.7
const ARRIVALS = 0.05
const GAMMA = 0.05
/** Seconds ahead that an informed taker knows. */
const AHEAD = 30

export interface Scene {
  /** Cents per root second. */
  readonly sigma: number
  /** What a fill loses on average beyond its edge, cents; 0 for takers who know nothing. */
  readonly loss: number
  /** Cents that both quotes stand nearer than the model wants: a maker in a narrow market. */
  readonly nearer: number
  readonly hours: number
}

type Distances = readonly [bid: number, ask: number]

/** How far from the fair value both quotes stand, by lots held. */
const distancesOf = ({ sigma, nearer }: Scene): ((held: number) => Distances) => {
  const known = new Map<number, Distances>()
  const pricing = emptyPricing()
  const base = {
    ...emptyQuoteInput(),
    ...{ fair: 50, gamma: GAMMA, k: K, lot: 1, sigma2: sigma * sigma, arrivals: ARRIVALS },
    ...{ timeLeft: 1e7, horizon: 300, maxSkew: 10, maxInventoryWidth: 5 },
  }
  return (inventory) => {
    const found = known.get(inventory)
    if (found !== undefined) return found
    fullModel.price({ ...base, inventory }, pricing)
    const { reservation, halfBid, halfAsk } = pricing
    const distances = [
      50 - reservation + halfBid - nearer,
      reservation + halfAsk - 50 - nearer,
    ] as const
    known.set(inventory, distances)
    return distances
  }
}

const pathOf = (sigma: number, steps: number, dice: () => number): Float64Array => {
  const path = new Float64Array(steps)
  for (let t = 1; t < steps; t++) {
    const normal = Math.sqrt(-2 * Math.log(1 - dice())) * Math.cos(2 * Math.PI * dice())
    path[t] = path[t - 1]! + sigma * normal
  }
  return path
}

/** Hours until the maker is stopped; null where it is not. */
const stoppedAfter = (scene: Scene, seed: number): number | null => {
  const { sigma, loss, hours } = scene
  const dice = mulberry32(seed)
  const steps = 3600 * hours
  const path = pathOf(sigma, steps + AHEAD + 1, dice)
  const distances = distancesOf(scene)
  const results = new BlockResults()
  const variance = sigma * sigma * AHEAD
  // Tilting the move x of the next 30 s by exp(-side x w) moves its mean by -side w variance.
  const rate = (side: number, distance: number, ahead: number): number => {
    const tilt = loss === 0 ? 0 : (distance + loss) / variance
    const weight = Math.exp(-side * ahead * tilt - (tilt * tilt * variance) / 2)
    return ARRIVALS * Math.exp(-K * distance) * weight
  }
  let held = 0
  for (let t = 0; t < steps; t++) {
    results.onFair(path[t]!, 1000 * t + 1)
    if (results.isLosing) return t / 3600
    const [bid, ask] = distances(held)
    const ahead = path[t + AHEAD]! - path[t]!
    const chance = rate(1, bid, ahead)
    const throwOf = dice()
    const bought = throwOf < chance
    if (!bought && throwOf >= chance + rate(-1, ask, ahead)) continue
    held += bought ? 1 : -1
    results.onFill(bought ? 1 : -1, bought ? bid : ask, 1)
  }
  return null
}

/** Share of runs that are stopped, with seeds from 1 on. */
export const stopShare = (scene: Scene, runs: number): number => {
  let stops = 0
  for (let seed = 1; seed <= runs; seed++) if (stoppedAfter(scene, seed) !== null) stops++
  return stops / runs
}

const SIGMAS = [0.3, 0.5, 1] as const
const LOSS = 1.4
/** Edge that is left to a maker in a narrow market: the model wants about 1.8 c here. */
const NEARER = 1.2

/** Lines of a Markdown table. */
export function* verdictTable(runs: number): Generator<string> {
  yield `Stopped within 8 hours at t < ${LOSING_T}, of ${runs} runs (seeds 1 to ${runs}):`
  yield ''
  yield '| sigma | nobody knows more | the same, quoting 1.2 c nearer | fills lose 1.4 c |'
  yield '|---|---|---|---|'
  for (const sigma of SIGMAS) {
    const shares = [
      { loss: 0, nearer: 0 },
      { loss: 0, nearer: NEARER },
      { loss: LOSS, nearer: 0 },
    ].map((scene) => stopShare({ ...scene, sigma, hours: 8 }, runs))
    yield `| ${sigma} | ${shares.map((share) => `${(100 * share).toFixed(1)} %`).join(' | ')} |`
  }
}
