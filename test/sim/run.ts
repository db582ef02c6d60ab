// One seed from its first letter to its verdict.
//
// Stormy minutes, then calm with the crowd about, then calm without it. At the end the maker must be
// quoting what it wants to quote, know of nothing that is not so, and have the exchange's own books. In
// every third run the market closes and settles after that.

import { Dice } from '../../mock-kalshi/dice.ts'
import type { Side } from '../../src/core/units.ts'
import { T0 } from '../helpers/core.ts'
import { describeWeather, weatherOf } from './weather.ts'
import { BUSY_CALM_MS, QUIET_CALM_MS, World } from './world.ts'

export interface Report {
  readonly seed: number
  /** null when every law held. */
  readonly broken: string | null
  /** Virtual ms at which it ended. */
  readonly at: number
  readonly events: number
  readonly counts: Readonly<Record<string, number>>
  readonly longestUnknown: number
  /** What was heard and asked; empty unless narrated. */
  readonly lines: readonly string[]
}

export interface RunOptions {
  /** Virtual minutes of storm. */
  readonly minutes: number
  readonly narrate?: boolean
}

/** Plays one seed. */
export const runSeed = async (seed: number, options: RunOptions): Promise<Report> => {
  const world = new World(seed, options.narrate === true)
  try {
    const stormEnd = T0 + options.minutes * 60_000
    const busyEnd = stormEnd + BUSY_CALM_MS
    const quietEnd = busyEnd + QUIET_CALM_MS
    let good = await world.play(stormEnd)
    if (good) {
      world.heal()
      good = await world.play(busyEnd)
    }
    if (good) {
      world.still()
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
      world.finish()
      good = await world.play(world.mailbox.now + 90_000)
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
  }
}

/** Whether each resting order is where it is wanted, but for a move too small to make. */
const settledOn = (world: World): boolean => {
  const state = world.life?.engine.state
  if (state === undefined) return false
  return (['bid', 'ask'] as const).every((side) => {
    const order = state.execution.orders.slot(side)
    const wanted = state.quoter.quotes[side]
    if (order === null || wanted === null) return order === null
    const slack = state.parameters.strategy.min_move_ticks * state.grid.tickAt(order.price)
    return Math.abs(wanted - order.price) <= slack
  })
}

const healed = (world: World): void => {
  const { life, laws, account, listing } = world
  if (life === null) {
    laws.fail('in the calm there is a maker: found none')
    return
  }
  const { conduct, state } = life.engine
  const must = (what: string, holds: boolean, found: () => string): void => {
    if (!holds) laws.fail(`in the calm, ${what}: found ${found()}`)
  }
  must('the maker quotes', conduct.phase === 'quoting', () => `${conduct.phase} ${conduct.reason}`)
  const fills = account.fills.length
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
    const ours = orders.slot(side)
    const theirs = resting.filter((order) => order.side === side)
    must(`one ${side} at most rests`, theirs.length <= 1, () => String(theirs.length))
    const there = theirs[0] ?? null
    const same =
      ours === null
        ? there === null
        : there !== null &&
          ours.orderId === there.id &&
          ours.price === there.price &&
          ours.remaining === there.remaining &&
          ours.filled === there.filled &&
          (ours.status === 'resting' || ours.status === 'amending')
    must(`the ${side} is known as it rests`, same, () => {
      const us = ours === null ? 'none' : `${ours.status} ${ours.remaining} at ${ours.price}`
      return `${us}, exchange ${there === null ? 'none' : `${there.remaining} at ${there.price}`}`
    })
    // Silent only for a reason that lies in the market or in the limits.
    const silence = state.quoter.silence[side]
    const wanted = state.quoter.quotes[side]
    if (there === null) {
      const allowed = [
        'position-limit',
        'risk-limit',
        'price-band',
        'outside-grid',
        'one-sided-book',
      ]
      must(`a missing ${side} has its reason`, allowed.includes(silence ?? ''), () =>
        String(silence),
      )
    } else if (wanted !== null && ours !== null) {
      const { strategy } = state.parameters
      const far = Math.abs(wanted - there.price)
      const slack = strategy.min_move_ticks * state.grid.tickAt(there.price)
      must(`the ${side} is where it is wanted`, far <= slack, () => `${there.price}, ${wanted}`)
      must(`the ${side} is not too large`, there.remaining <= strategy.size, () =>
        String(there.remaining),
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
  const { conduct, state } = life.engine
  const exposed = state.execution.orders.exposedCount
  if (exposed > 0) laws.fail(`after the close nothing is exposed: found ${exposed}`)
  if (conduct.phase !== 'idle') {
    laws.fail(`after the close the maker is idle: found ${conduct.phase} ${conduct.reason}`)
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
