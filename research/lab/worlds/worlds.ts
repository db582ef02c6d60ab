// The worlds a maker is tried in: what the true price does, and who comes to trade.
//
// A session is drawn once and played by every maker, so that makers differ by what they do and not
// by luck. Takers are drawn as price limits: in each step at most one seller, who hits any bid
// above `seller`, and one buyer, who lifts any ask below `buyer`. With the limit at S -+ ln(A/e)/k,
// e standard exponential, an order at distance d fills with probability 1 - exp(-A exp(-k d)) per
// second: Poisson takers whose reach decays as Avellaneda and Stoikov assume.

import { pdf, quantile } from '../../../src/core/estimators/normal.ts'
import { cdf } from './cdf.ts'
import type { SessionDice } from './dice.ts'

/** One drawn session, in cents. Arrays are reused from session to session. */
export interface Session {
  /**
   * True price before each step, and after the last one: what the inventory is worth at the end.
   */
  readonly price: Float64Array
  /** What the maker believes the mid to be when it quotes for the step. */
  readonly seen: Float64Array
  /** A bid strictly above this fills in the step. */
  readonly seller: Float64Array
  /** An ask strictly below this fills in the step. */
  readonly buyer: Float64Array
}

export interface World {
  readonly id: string
  readonly title: string
  readonly steps: number
  /** Seconds per step (the unit of time in W0, where the session lasts 1). */
  readonly dt: number
  /** Decay of the takers' reach, 1/cent, and how many come per second and side. */
  readonly k: number
  readonly arrivals: number
  /** Whether the last step of the price is the settlement: 100 with the chance of that price. */
  readonly settles?: boolean
  /** The variance rate a maker that knows the world would use, cents^2 per second. */
  sigma2(mid: number, step: number): number
  /** Draws one session. `path` moves the price, `takers` brings the trades. */
  draw(session: Session, path: SessionDice, takers: SessionDice): void
}

export const emptySession = (steps: number): Session => ({
  price: new Float64Array(steps + 1),
  seen: new Float64Array(steps),
  seller: new Float64Array(steps),
  buyer: new Float64Array(steps),
})

/** Two hours in steps of a second. */
export const SESSION_SECONDS = 7200
/** Log-odds per root second: 0.1 c per root second at 50 c. */
const LOGIT_SIGMA = 0.004
const ARRIVALS = 0.05
const REACH_DECAY = 0.7
/** Informed takers see this far ahead and want more than this, in seconds and cents. */
const FORESIGHT = 30
const INFORMED_GAIN = 1
const INFORMED_PER_SECOND = 0.02

const logistic = (x: number): number => 1 / (1 + Math.exp(-x))

/** The mid as a maker sees it: rounded to half a cent (both sides tick in cents), a second old. */
const observe = ({ price, seen }: Session): void => {
  for (let t = 0; t < seen.length; t++) seen[t] = Math.round(2 * price[Math.max(t - 1, 0)]!) / 2
}

/** Sets both limits from Poisson takers around the true price. */
export const noiseTakers = (
  session: Session,
  dice: SessionDice,
  arrivals: number,
  k: number,
): void => {
  const { price, seller, buyer } = session
  for (let t = 0; t < seller.length; t++) {
    seller[t] = price[t]! - Math.log(arrivals / -Math.log(dice.uniform())) / k
    buyer[t] = price[t]! + Math.log(arrivals / -Math.log(dice.uniform())) / k
  }
}

/** Adds takers who know the price 30 s ahead and trade where that gains them more than a cent. */
const informedTakers = (
  session: Session,
  dice: SessionDice,
  perSecond = INFORMED_PER_SECOND,
): void => {
  const { price, seller, buyer } = session
  const chance = 1 - Math.exp(-perSecond)
  for (let t = 0; t < seller.length; t++) {
    if (dice.uniform() >= chance) continue
    const ahead = price[Math.min(t + FORESIGHT, seller.length)]!
    seller[t] = Math.min(seller[t]!, ahead + INFORMED_GAIN)
    buyer[t] = Math.max(buyer[t]!, ahead - INFORMED_GAIN)
  }
}

/**
 * Avellaneda and Stoikov's own world (2008, section 3.3): T = 1 in 200 steps, the mid moves by
 * sigma root dt either way, and an order at distance d fills with probability A exp(-k d) dt,
 * capped at 1. With `poisson` the probability is 1 - exp(-A exp(-k d) dt) instead, which is the
 * more exact reading and not the paper's: profits come out 11 % lower.
 */
export const paperWorld = (poisson = false): World => {
  const [start, sigma, steps, k, arrivals] = [100, 2, 200, 1.5, 140]
  const dt = 1 / steps
  const jump = sigma * Math.sqrt(dt)
  return {
    id: 'W0',
    title: "Avellaneda and Stoikov's own simulation",
    steps,
    dt,
    k,
    arrivals,
    sigma2: () => sigma * sigma,
    draw(session, path, takers) {
      const { price, seen, seller, buyer } = session
      price[0] = start
      for (let t = 0; t < steps; t++) {
        seen[t] = price[t]!
        const sold = takers.uniform()
        const bought = takers.uniform()
        const most = arrivals * dt
        seller[t] = price[t]! - Math.log(most / (poisson ? -Math.log(sold) : sold)) / k
        buyer[t] = price[t]! + Math.log(most / (poisson ? -Math.log(bought) : bought)) / k
        price[t + 1] = price[t]! + jump * path.sign()
      }
    },
  }
}

export interface Diffusion {
  /** Volatility of the log-odds per root second; at 50 c, 25 times as many cents. */
  readonly sigma: number
  /** Log-odds jumps of this size, this many per hour; 0 for none. */
  readonly jump: number
  readonly jumpsPerHour: number
}

/**
 * Fills `price` with a probability in cents whose log-odds diffuse and jump so that it stays a
 * martingale: dx = -(1-2p)/2 sb^2 dt + sb dW, and jumps go up or down with the chances that leave
 * the expected price where it was. `jumped`, where given, is 1 at the steps of a jump.
 */
export const diffuse = (
  price: Float64Array,
  start: number,
  { sigma, jump, jumpsPerHour }: Diffusion,
  dice: SessionDice,
  jumped: Uint8Array | null = null,
): void => {
  const chance = jumpsPerHour / 3600
  let p = start
  let x = Math.log(p / (1 - p))
  price[0] = 100 * p
  for (let t = 1; t < price.length; t++) {
    x += sigma * dice.normal() - 0.5 * (1 - 2 * p) * sigma * sigma
    const jumps = chance > 0 && dice.uniform() < chance
    if (jumps) {
      const up = logistic(x + jump)
      const down = logistic(x - jump)
      x += dice.uniform() < (logistic(x) - down) / (up - down) ? jump : -jump
    }
    if (jumped !== null) jumped[t] = jumps ? 1 : 0
    p = logistic(x)
    price[t] = 100 * p
  }
}

/** The variance rate of that price at `mid`, jumps included: cents^2 per second. */
export const diffusionSigma2 = (mid: number, { sigma, jump, jumpsPerHour }: Diffusion): number => {
  const slope = mid * (1 - mid / 100)
  return slope * slope * (sigma * sigma + (jumpsPerHour / 3600) * jump * jump)
}

interface LogitOptions {
  readonly id: string
  readonly title: string
  /** Starting probability; with several, sessions take one of them at random. */
  readonly starts: readonly number[]
  readonly jump: number
  readonly jumpsPerHour: number
  /** Informed takers per second; 0 for none. */
  readonly informed: number
  /** The contract pays 0 or 100 at the end. */
  readonly settles?: boolean
}

/** Log-odds diffuse, and jump where asked; inventory is worth the true price at the end. */
const logitWorld = (options: LogitOptions): World => {
  const { starts } = options
  const motion = { ...options, sigma: LOGIT_SIGMA }
  return {
    id: options.id,
    title: options.title,
    steps: SESSION_SECONDS,
    dt: 1,
    k: REACH_DECAY,
    arrivals: ARRIVALS,
    settles: options.settles === true,
    sigma2: (mid) => diffusionSigma2(mid, motion),
    draw(session, path, takers) {
      const { price } = session
      const which = Math.floor(path.uniform() * starts.length)
      diffuse(price, starts[which]!, motion, path)
      if (options.settles === true) {
        price[SESSION_SECONDS] = 100 * path.uniform() < price[SESSION_SECONDS - 1]! ? 100 : 0
      }
      observe(session)
      noiseTakers(session, takers, ARRIVALS, REACH_DECAY)
      if (options.informed > 0) informedTakers(session, takers, options.informed)
    },
  }
}

/**
 * All information arrives evenly until the close: p = Phi(w / root tau), w a Brownian motion. The
 * contract settles at 0 or 100 at the end of the session, and inventory with it.
 */
export const clockWorld = (informed: boolean): World => ({
  id: 'W4',
  title: informed
    ? 'Settlement at the end of the session, with informed takers'
    : 'Settlement at the end of the session',
  steps: SESSION_SECONDS,
  dt: 1,
  k: REACH_DECAY,
  arrivals: ARRIVALS,
  settles: true,
  sigma2: (mid, step) => {
    const density = pdf(quantile(Math.min(Math.max(mid / 100, 0.001), 0.999)))
    return (1e4 * density * density) / Math.max(SESSION_SECONDS - step, 1)
  },
  draw(session, path, takers) {
    const { price } = session
    let w = 0
    for (let t = 0; t < SESSION_SECONDS; t++) {
      price[t] = 100 * cdf(w / Math.sqrt(SESSION_SECONDS - t))
      w += path.normal()
    }
    price[SESSION_SECONDS] = w > 0 ? 100 : 0
    observe(session)
    noiseTakers(session, takers, ARRIVALS, REACH_DECAY)
    if (informed) informedTakers(session, takers)
  },
})

const CALM = { starts: [0.5], jump: 0, jumpsPerHour: 0, informed: 0 }

export const W1 = logitWorld({ ...CALM, id: 'W1', title: 'Calm diffusion around 50 c' })
/** W1, but what is held after two hours pays 0 or 100. */
export const W1_SETTLING = logitWorld({
  ...CALM,
  id: 'W1',
  title: 'Calm diffusion around 50 c, then settlement',
  settles: true,
})
const JUMPY = { starts: [0.5], jump: 0.3, jumpsPerHour: 2 }
export const W2 = logitWorld({
  ...JUMPY,
  id: 'W2',
  title: 'Jumps and informed takers',
  informed: INFORMED_PER_SECOND,
})
/** W2 with ten times as many of those who know: a market hardly worth making. */
export const W2_TOXIC = logitWorld({
  ...JUMPY,
  id: 'W2',
  title: 'Jumps and many informed takers',
  informed: 10 * INFORMED_PER_SECOND,
})
export const W3 = logitWorld({
  ...CALM,
  id: 'W3',
  title: 'Near the edges, at 8 c or 92 c',
  starts: [0.08, 0.92],
})
