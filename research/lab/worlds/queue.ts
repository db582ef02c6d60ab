// The sixth world, W5: our order stands behind others, and moving it means starting again at the
// back.
//
// Takers reach a price as in the other worlds, but bring a few contracts each, and those ahead of
// us are served first. So a quote that is right to the cent each second and always last in line
// earns little; one that stays while it is nearly right earns far more. Queue lengths and sizes are
// invented: trust the direction of the result, not its size.

import { askMayStay, bidMayStay, breakEvenTolerance } from '../../../src/core/orders/planning.ts'
import { feePerContractCents } from '../../../src/core/vocabulary/fees.ts'
import { Maker, type MakerSpec } from '../makers/makers.ts'
import { type Account, emptyAccount, Purse } from '../sessions/play.ts'
import type { Range } from '../sessions/run.ts'
import { Samples } from '../sessions/samples.ts'
import { SessionDice } from './dice.ts'
import {
  type Diffusion,
  diffuse,
  diffusionSigma2,
  emptySession,
  noiseTakers,
  SESSION_SECONDS,
  type Session,
  type World,
} from './worlds.ts'

/**
 * Contracts ahead on joining (mean of a Poisson), and the share of them that cancels per second.
 */
const AHEAD = 8
const CANCELS = 0.002
/** Mean contracts of a taker, geometric. */
const TAKER_SIZE = 3
/**
 * Standard deviation of what the maker sees around the true price, cents. The earlier simulation
 * does not name it; with .2 our orders move as often as its did (27, 29 and 37 a minute; it: 27,
 * 29, 39).
 */
const NOISE = 0.2
const ORDER = 2
const TICK = 1

interface QueueSession extends Session {
  readonly jumped: Uint8Array
  readonly sold: Uint16Array
  readonly bought: Uint16Array
}

interface QueueCase {
  readonly name: string
  /** Cents per root second at 50 c. */
  readonly sigma: number
  /** Whether the price jumps 6 c twice an hour, through stale quotes. */
  readonly jumps: boolean
  /** Maker fee coefficient in millionths, added in full to the half-spread. */
  readonly fee: number
}

export const QUEUE_CASES: readonly QueueCase[] = [
  { name: 'sigma .03', sigma: 0.03, jumps: false, fee: 0 },
  { name: 'sigma .10', sigma: 0.1, jumps: false, fee: 0 },
  { name: 'sigma .30', sigma: 0.3, jumps: false, fee: 0 },
  { name: 'sigma .10, jumps', sigma: 0.1, jumps: true, fee: 0 },
  { name: 'sigma .10, jumps, fee', sigma: 0.1, jumps: true, fee: 17_500 },
]

/**
 * How far, in ticks, the wanted price may stray from the shown one before the order is moved,
 * either way; or the product's rule: away from the market as far as the order still clears its
 * costs (a quarter of a tick to one), half a tick toward it.
 */
export const HOLDS = [0, 0.25, 0.5, 0.75, 1, 'break-even'] as const
type Hold = (typeof HOLDS)[number]
const TOWARD = 0.5

/**
 * Where an order stands that has been filled and is shown again at its price. On an exchange that
 * is a new order, 'back' in the queue; 'front' keeps its place, as the earlier simulation seems to
 * have.
 */
export type Renewal = 'back' | 'front'

const motionOf = ({ sigma, jumps }: QueueCase): Diffusion => ({
  sigma: sigma / 25,
  jump: jumps ? 0.24 : 0,
  jumpsPerHour: jumps ? 2 : 0,
})

const worldOf = (which: QueueCase): World => {
  const motion = motionOf(which)
  return {
    id: 'W5',
    title: `Behind a queue: ${which.name}`,
    steps: SESSION_SECONDS,
    dt: 1,
    k: 0.7,
    arrivals: 0.05,
    sigma2: (mid) => diffusionSigma2(mid, motion),
    draw(session, path, takers) {
      const { price, seen, jumped, sold, bought } = session as QueueSession
      diffuse(price, 0.5, motion, path, jumped)
      for (let t = 0; t < seen.length; t++) {
        seen[t] = price[Math.max(t - 1, 0)]! + NOISE * path.normal()
      }
      noiseTakers(session, takers, 0.05, 0.7)
      const decay = Math.log(1 - 1 / TAKER_SIZE)
      for (let t = 0; t < sold.length; t++) {
        sold[t] = Math.ceil(Math.log(takers.uniform()) / decay)
        bought[t] = Math.ceil(Math.log(takers.uniform()) / decay)
      }
    },
  }
}

/** One side's order: where it rests, who is ahead, and how much is left of it. */
class Resting {
  price = Number.NaN
  ahead = 0
  left = 0

  /** Moves the order to the back of another price's queue. */
  join(price: number, ahead: number): void {
    this.price = price
    this.ahead = ahead
    this.left = ORDER
  }

  /** A taker of `size` contracts reached our price: what of it is ours. */
  take(size: number, renewal: Renewal): number {
    const passed = Math.min(this.ahead, size)
    this.ahead -= passed
    const ours = Math.min(this.left, size - passed)
    this.left -= ours
    if (renewal === 'front' && this.left === 0) this.left = ORDER
    return ours
  }

  /** What a price that jumped through ours takes: everything. */
  sweep(): number {
    const ours = this.left
    this.left = 0
    return ours
  }
}

interface QueueRules {
  readonly hold: Hold
  readonly renewal: Renewal
  /** Whether others stand in the queue. */
  readonly crowded: boolean
}

const playQueue = (
  session: QueueSession,
  maker: Maker,
  { hold, renewal, crowded }: QueueRules,
  dice: SessionDice,
  out: Account,
): void => {
  const { price, seen, seller, buyer, jumped, sold, bought } = session
  const fee = maker.spec.fee ?? 0
  const rule = hold === 'break-even'
  const toward = rule ? TOWARD : hold
  const breakEven = fee > 0 ? feePerContractCents(fee, 50) : 0
  const bid = new Resting()
  const ask = new Resting()
  const purse = new Purse(fee)
  let reprices = 0
  let absSum = 0
  maker.reset()
  for (let t = 0; t < seen.length; t++) {
    maker.quote(t, seen[t]!, purse.q)
    const s = price[t]!
    const awayBid = rule ? breakEvenTolerance(maker.halfBid, breakEven, TICK) : hold
    if (bid.left === 0 || !bidMayStay(bid.price, maker.rawBid, TICK, awayBid, toward)) {
      // An order that filled is replaced, not repriced.
      if (bid.left > 0) reprices++
      bid.join(maker.bid, crowded ? dice.poisson(AHEAD) : 0)
    }
    const awayAsk = rule ? breakEvenTolerance(maker.halfAsk, breakEven, TICK) : hold
    if (ask.left === 0 || !askMayStay(ask.price, maker.rawAsk, TICK, awayAsk, toward)) {
      if (ask.left > 0) reprices++
      ask.join(maker.ask, crowded ? dice.poisson(AHEAD) : 0)
    }
    if (bid.ahead > 0 && dice.uniform() < bid.ahead * CANCELS) bid.ahead--
    if (ask.ahead > 0 && dice.uniform() < ask.ahead * CANCELS) ask.ahead--
    const jump = jumped[t] === 1
    let n = 0
    if (jump && bid.price > s) n = bid.sweep()
    else if (bid.price > seller[t]!) n = bid.take(sold[t]!, renewal)
    if (n > 0) purse.fill(1, n, bid.price, s)
    n = 0
    if (jump && ask.price < s) n = ask.sweep()
    else if (ask.price < buyer[t]!) n = ask.take(bought[t]!, renewal)
    if (n > 0) purse.fill(-1, n, ask.price, s)
    absSum += Math.abs(purse.q)
  }
  out.pnl = purse.at(price[seen.length]!)
  out.edge = purse.edge
  out.fees = purse.fees
  out.carried = out.pnl + purse.fees - purse.edge
  out.fills = purse.fills
  out.inventory = purse.q
  out.meanAbsInventory = absSum / seen.length
  out.reprices = reprices
}

/**
 * The full model with 2-contract orders under every rule of HOLDS, behind queues, and last without
 * any queue (repriced at will): one Samples each, over the same sessions. `fills` counts contracts.
 */
export const runQueue = (
  which: QueueCase,
  { from, to, seed }: Range,
  renewal: Renewal = 'back',
): Samples[] => {
  const world = worldOf(which)
  const spec: MakerSpec = {
    name: which.name,
    model: 'full',
    gamma: 0.05 / ORDER,
    lot: ORDER,
    sigma: 'known',
    close: 30 * 86_400,
    ...(which.fee > 0 ? { fee: which.fee, addon: feePerContractCents(which.fee, 50) } : {}),
  }
  const maker = new Maker(spec, world)
  const names = [...HOLDS.map((hold) => `hold ${hold}`), 'no queue']
  const samples = names.map((name) => new Samples(name, to - from))
  const base = emptySession(SESSION_SECONDS)
  const session: QueueSession = {
    ...base,
    jumped: new Uint8Array(SESSION_SECONDS + 1),
    sold: new Uint16Array(SESSION_SECONDS),
    bought: new Uint16Array(SESSION_SECONDS),
  }
  const account = emptyAccount()
  const path = new SessionDice()
  const takers = new SessionDice()
  const queue = new SessionDice()
  for (let i = from; i < to; i++) {
    world.draw(session, path.start(seed, i, 1), takers.start(seed, i, 2))
    for (let e = 0; e < samples.length; e++) {
      const crowded = e < HOLDS.length
      const dice = queue.start(seed, i, 3)
      playQueue(session, maker, { hold: HOLDS[e] ?? 0, renewal, crowded }, dice, account)
      samples[e]!.add(account)
    }
  }
  return samples
}

export interface QueueResult {
  readonly which: QueueCase
  readonly back: readonly Samples[]
  readonly front: readonly Samples[]
}
