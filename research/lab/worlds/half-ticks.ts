// The eighth world, W7: a mid that moves as those of real books do, in half ticks that come in
// runs.
//
// When a book moves by a cent one side goes first and the other follows, and between that one side
// flickers: the mid goes by half a cent, and whether the next half cent continues depends on how
// many have come in a row. A rounded diffusion, as in the other worlds, has none of this, and a
// volatility that takes flicker for movement, or runs for noise, looks right there.
//
// The true price is where the mid is expected to end up, given the run under way: a martingale.

import type { SessionDice } from './dice.ts'
import { noiseTakers, type World } from './worlds.ts'

/** What a market's mid does. */
export interface HalfTicks {
  /** Moves of the mid per second, at 50 c. */
  readonly rate: number
  /** Chance that the next move goes on in the same direction after a run of 1, 2, and 3 or more. */
  readonly goesOn: readonly [number, number, number]
}

/**
 * Medians over the paths of two kinds of recordings, mids from 12 to 88 c, of 2025 and 2026. Found
 * by `npm run lab -- fit DATA`.
 */
export const WEATHER: HalfTicks = { rate: 0.136, goesOn: [0.3512, 0.4336, 0.5332] }
export const BITCOIN: HalfTicks = { rate: 2.74, goesOn: [0.3544, 0.4932, 0.6354] }

/** "2.74 moves a second; go on .354 .493 .635; variance 1.03". */
export const halfTicksText = (market: HalfTicks): string =>
  `${market.rate.toPrecision(4)} moves a second; go on after a run of 1, 2, 3 or more: ` +
  `${market.goesOn.map((c) => c.toFixed(4)).join(', ')}; ` +
  `variance ${longVariance(market).toPrecision(3)} c^2 a second`

/** The size of a move, cents. */
const HALF = 0.5

/**
 * How far the mid is expected to go on in the direction of its last move, after a run of 1, 2, and
 * 3 or more, cents: h = c (.5 + h of the longer run) - (1 - c) (.5 + h of a run of 1).
 */
export const expectedRest = ({ goesOn }: HalfTicks): readonly [number, number, number] => {
  const [c1, c2, c3] = goesOn
  // Each h is a + b h1: from the longest run down, then h1 by itself.
  const step = (c: number, a: number, b: number): [number, number] => [
    c * (HALF + a) - (1 - c) * HALF,
    c * b - (1 - c),
  ]
  const a3 = (HALF * (2 * c3 - 1)) / (1 - c3)
  const [a2, b2] = step(c2, a3, -1)
  const [a1, b1] = step(c1, a2, b2)
  const h1 = a1 / (1 - b1)
  return [h1, a2 + b2 * h1, a3 - h1]
}

/** Mean and mean square of the length of a run. */
const runMoments = ({ goesOn: [c1, c2, c3] }: HalfTicks): { mean: number; square: number } => {
  const more = c1 * c2
  // A run that has reached 3 is 2 + a geometric number long.
  const [mean, square] = [1 / (1 - c3), (1 + c3) / (1 - c3) ** 2]
  return {
    mean: 1 - c1 + 2 * (c1 - more) + more * (2 + mean),
    square: 1 - c1 + 4 * (c1 - more) + more * (4 + 4 * mean + square),
  }
}

/**
 * Variance rate of the mid over long times, cents^2 per second, at 50 c: runs go up and down in
 * turn, so that of their lengths per run, times the square of a move.
 */
export const longVariance = (market: HalfTicks): number => {
  const { mean, square } = runMoments(market)
  return ((square - mean * mean) / mean) * market.rate * HALF * HALF
}

/** How much slower the mid moves away from 50 c: as in the worlds of log-odds. */
const shapeAt = (mid: number): number => ((4 * mid * (100 - mid)) / 1e4) ** 2

/** What goes on beside the price; see worlds.ts. */
interface Flow {
  readonly k: number
  readonly arrivals: number
  readonly seconds: number
}

/** A world of half ticks. */
export const halfTickWorld = (title: string, market: HalfTicks, flow: Flow): World => {
  const rest = expectedRest(market)
  const variance = longVariance(market)
  return {
    id: 'W7',
    title,
    steps: flow.seconds,
    dt: 1,
    k: flow.k,
    arrivals: flow.arrivals,
    sigma2: (mid) => variance * shapeAt(mid),
    draw(session, path: SessionDice, takers) {
      const { price, seen } = session
      let mid = 50
      let run = 1
      let direction: number = path.sign()
      for (let t = 0; t < price.length; t++) {
        // The mid is a second old, and a half cent by itself.
        if (t + 1 < seen.length) seen[t + 1] = mid
        if (t === 0) seen[0] = mid
        price[t] = mid + direction * rest[Math.min(run, 3) - 1]!
        const moves = path.poisson(market.rate * shapeAt(mid))
        for (let n = 0; n < moves && mid > HALF && mid < 100 - HALF; n++) {
          const goesOn = path.uniform() < market.goesOn[Math.min(run, 3) - 1]!
          run = goesOn ? run + 1 : 1
          if (!goesOn) direction = -direction
          mid += direction * HALF
        }
      }
      noiseTakers(session, takers, flow.arrivals, flow.k)
    },
  }
}

const CALM_FLOW: Flow = { k: 0.7, arrivals: 0.05, seconds: 7200 }
/** Bitcoin markets last a quarter of an hour and bring ten times as many takers and more. */
const BUSY_FLOW: Flow = { k: 0.7, arrivals: 0.5, seconds: 900 }
export const W7_WEATHER = halfTickWorld('Half ticks, as weather moves', WEATHER, CALM_FLOW)
export const W7_BITCOIN = halfTickWorld('Half ticks, as Bitcoin moves', BITCOIN, BUSY_FLOW)

/** A mid as it stood from one moment to another, milliseconds and cents. */
export interface Stood {
  readonly from: number
  readonly to: number
  readonly mid: number
  /** Whether the one before ended here. */
  readonly joined: boolean
}

/** Mids nearer to 0 or 100 than this say little; paths with fewer moves are left out. */
const LOWEST_MID = 12
const LEAST_MOVES = 50

/** The half ticks of one path of the mid; null where it moves too little. */
const fitPath = (path: readonly Stood[]): HalfTicks | null => {
  const seen = [0, 0, 0]
  const went = [0, 0, 0]
  let seconds = 0
  let moves = 0
  let run = 0
  let direction = 0
  let last = Number.NaN
  for (const { from, to, mid, joined } of path) {
    if (mid <= LOWEST_MID || mid >= 100 - LOWEST_MID) {
      last = Number.NaN
      run = 0
      continue
    }
    seconds += (to - from) / 1000
    const move = joined ? mid - last : 0
    last = mid
    if (!joined) run = 0
    if (!(Math.abs(move) > 0)) continue
    moves++
    const now = Math.sign(move)
    const at = Math.min(run, 3) - 1
    const goesOn = now === direction
    if (run > 0) {
      seen[at]!++
      if (goesOn) went[at]!++
    }
    run = run > 0 && goesOn ? run + 1 : 1
    direction = now
  }
  if (moves < LEAST_MOVES) return null
  const share = (i: number): number => went[i]! / Math.max(seen[i]!, 1)
  return { rate: moves / seconds, goesOn: [share(0), share(1), share(2)] }
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2
}

/** Medians over paths; null where none moves enough. */
export const fitHalfTicks = (paths: readonly (readonly Stood[])[]): HalfTicks | null => {
  const found = paths.map(fitPath).filter((each) => each !== null)
  if (found.length === 0) return null
  const of = (i: 0 | 1 | 2): number => median(found.map(({ goesOn }) => goesOn[i]))
  return { rate: median(found.map(({ rate }) => rate)), goesOn: [of(0), of(1), of(2)] }
}
