// One seed from its first letter to its verdict.
//
// Stormy minutes, then calm with the crowd about, then calm without it. At the end the maker must
// be quoting what it wants to quote, know of nothing that is not so, and have the exchange's own
// books. In every third run the market closes and settles after that.

import type { MakerState } from '../../src/core/maker/state.ts'
import type { Order } from '../../src/core/orders/orders.ts'
import { mayStay, type Target } from '../../src/core/orders/planning.ts'
import type { Side } from '../../src/core/vocabulary/units.ts'
import { Dice } from '../../src/statistics/random.ts'
import { DecisionTrace } from '../decisions/trace.ts'
import { T0 } from '../market.ts'
import { describeWeather, weatherOf } from '../troubles/weather.ts'
import type { Model } from '../world/venue.ts'
import { BUSY_CALM_MS, QUIET_CALM_MS, World } from '../world/world.ts'

/** The longest that a book which was proved wrong must agree with the exchange's, and a little. */
const LONGEST_PROBATION_MS = 330_000

export interface Report {
  readonly seed: number
  /** null when every law held. */
  readonly broken: string | null
  /** Virtual ms at which it ended. */
  readonly at: number
  readonly events: number
  readonly counts: Readonly<Record<string, number>>
  readonly longestUnknown: number
  /** Events and requests, a line each; empty unless narrated. */
  readonly lines: readonly string[]
  /** Hashes of everything decided; empty unless traced. */
  readonly decisions: string
}

export interface RunOptions {
  /** Virtual minutes of storm. */
  readonly minutes: number
  readonly narrate?: boolean
  /** Hash every decision. */
  readonly trace?: boolean
  /** Instead of the one that the seed chooses: kept seeds name the one they broke. */
  readonly model?: Model
}

/** Plays one seed. */
export const runSeed = async (seed: number, options: RunOptions): Promise<Report> => {
  const trace = options.trace === true ? new DecisionTrace() : null
  const world = new World(seed, options.narrate === true, options.model, trace)
  try {
    const stormEnd = T0 + options.minutes * 60_000
    const busyEnd = stormEnd + BUSY_CALM_MS
    let quietEnd = busyEnd + QUIET_CALM_MS
    let good = await world.play(stormEnd)
    if (good) {
      world.heal()
      good = await world.play(busyEnd)
    }
    if (good) {
      world.still()
      good = await world.play(quietEnd)
    }
    // A book that was proved wrong again and again is trusted only after minutes of good reads.
    const trustEnd = quietEnd + LONGEST_PROBATION_MS
    while (good && quietEnd < trustEnd && isDistrusted(world)) {
      quietEnd += 10_000
      good = await world.play(quietEnd)
    }
    // Where the quote has just become a wrong one, it is given its time.
    for (let tries = 0; good && tries < 4 && !settledOn(world); tries++) {
      good = await world.play(quietEnd + (tries + 1) * 1_500)
    }
    if (good) {
      healed(world)
      good = world.laws.broken === null
    }
    if (good && new Dice(seed, 14).chance(0.33)) {
      const booked = world.finish()
      good = await world.play(world.mailbox.now + booked)
      if (good) ended(world)
    }
  } catch (error) {
    world.laws.fail(error instanceof Error ? (error.stack ?? error.message) : String(error))
  } finally {
    world.close()
  }
  world.tally()
  return {
    seed,
    broken: world.laws.broken,
    at: world.mailbox.now - T0,
    events: world.events,
    counts: Object.fromEntries(world.counts),
    longestUnknown: world.laws.venue.longestUnknown,
    lines: world.lines ?? [],
    decisions: trace === null ? '' : String(trace),
  }
}

const isDistrusted = (world: World): boolean => world.life?.engine.decider.reason === 'contradicted'

/** Whether each resting order is where it is wanted, but for a move too small to make. */
const settledOn = (world: World): boolean => {
  if (world.life === null) return false
  const { state, decider } = world.life.engine
  // What has been sent a moment ago may not have reached the book yet.
  const young = (order: Order): boolean => order.requests.sentAt > world.ownNow - 1000
  if (state.execution.orders.live.some(young)) return false
  return (['bid', 'ask'] as const).every((side) => {
    return decider.quotes.targets.wanted[side].every((target, level) => {
      const order = state.execution.orders.slot(side, level)
      return order === null || target === null ? order === null : isRight(state, order, target)
    })
  })
}

/** Whether a resting order is where it is wanted, but for a move that the rules do not make. */
const isRight = (state: MakerState, order: Order, target: Target): boolean => {
  const { strategy } = state.parameters
  const tick = state.grid.tickAt(state.execution.orders.slot(order.side)?.price ?? order.price)
  if (order.price === target.price) return true
  if (strategy.debounce === 'ticks') {
    return Math.abs(target.price - order.price) <= strategy.min_move_ticks * tick
  }
  return mayStay(order, target, tick, state.execution.rules)
}

/** Reasons for which a side may be silent when all is well. */
const SILENCES: ReadonlySet<string> = new Set([
  'position-limit',
  'risk-limit',
  'settlement-risk',
  'size-skew',
  'price-band',
  'outside-grid',
  'one-sided-book',
  'longshot',
  'near-close',
  'near-certain',
])

const healed = (world: World): void => {
  const { life, laws, account, listing } = world
  if (life === null) {
    laws.fail('in the calm there is a maker: found none')
    return
  }
  const { decider, state } = life.engine
  const must = (what: string, holds: boolean, found: () => string): void => {
    if (!holds) laws.fail(`in the calm, ${what}: found ${found()}`)
  }
  // Out of the market by its own arithmetic, or for what its fills have cost it: then nothing
  // rests.
  const out = decider.reason === 'not-worth-it' || decider.reason === 'adverse-fills'
  must('the maker quotes', out || decider.phase === 'quoting', () => {
    return `${decider.phase} ${decider.reason}`
  })
  const fills = world.own.fills.length
  must(
    'every fill has come',
    laws.delivered.size === fills,
    () => `${laws.delivered.size}/${fills}`,
  )
  laws.books(life)
  if (laws.broken !== null) return
  laws.bookEqual(life, listing, 'in the calm')
  const { orders } = state.execution
  const resting = [...account.holding(listing.ticker).resting]
  for (const side of ['bid', 'ask'] as Side[]) {
    const theirs = resting.filter((order) => order.side === side)
    const ours = [...orders.exposed(side)]
    must(
      `as many ${side}s rest as are known`,
      theirs.length === ours.length,
      () => `${theirs.length}, known ${ours.length}`,
    )
    for (const order of ours) {
      const there = theirs.find(({ id }) => id === order.orderId)
      const same =
        there !== undefined &&
        order.price === there.price &&
        order.remaining === there.remaining &&
        order.filled === there.filled &&
        (order.status === 'resting' || order.status === 'amending')
      must(`the ${side} is known as it rests`, same, () => {
        const us = `${order.status} ${order.remaining} at ${order.price}`
        return `${us}, exchange ${there === undefined ? 'none' : `${there.remaining} at ${there.price}`}`
      })
    }
    if (out) {
      must(`no ${side} rests`, ours.length === 0, () => String(ours.length))
      continue
    }
    const wanted = decider.quotes.targets.wanted[side]
    // Silent only for a reason that lies in the market or in the limits.
    if (orders.slot(side) === null) {
      const silence = state.quoter.silence[side] ?? ''
      must(`a missing ${side} has its reason`, SILENCES.has(silence), () => silence)
    }
    for (const [level, target] of wanted.entries()) {
      const order = orders.slot(side, level)
      if (order === null || target === null) continue
      must(`the ${side} is where it is wanted`, isRight(state, order, target), () => {
        return `${order.price}, ${target.price}`
      })
      must(
        `the ${side} is not too large`,
        order.remaining <= target.quantity,
        () => `${order.remaining} of ${target.quantity}`,
      )
    }
  }
  must('no order is in doubt', orders.exposedCount <= resting.length, () =>
    String(orders.exposedCount),
  )
  const { unbooked } = orders
  must('no fill is owed', unbooked === 0, () => String(unbooked))
}

const ended = (world: World): void => {
  const { life, laws, account, listing } = world
  const resting = account.holding(listing.ticker).resting.size
  if (resting > 0) laws.fail(`after the close nothing rests: found ${resting}`)
  if (life === null) return
  const { decider, state } = life.engine
  const exposed = state.execution.orders.exposedCount
  if (exposed > 0) laws.fail(`after the close nothing is exposed: found ${exposed}`)
  laws.paidOut(life)
  if (decider.phase !== 'idle') {
    laws.fail(`after the close the maker is idle: found ${decider.phase} ${decider.reason}`)
  }
}

/** A failure as it is printed: the seed, the law, the fault plan and the last lines. */
export const failureText = async (report: Report, minutes: number): Promise<string> => {
  const again = await runSeed(report.seed, { minutes, narrate: true })
  return [
    `Seed ${report.seed} broke a law after ${report.events} events, at ${report.at} ms: ${report.broken}`,
    `Weather: ${describeWeather(weatherOf(report.seed))}`,
    ...again.lines.slice(-60),
    again.broken === report.broken ? '' : `(narrated again it ended with: ${again.broken})`,
  ].join('\n')
}
