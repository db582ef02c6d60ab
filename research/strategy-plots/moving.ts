// Figures of when an order moves: the planner is asked ten times a second about one bid whose
// wanted price wanders, and every answer is carried out at once.

import { Orders } from '../../src/core/orders/orders.ts'
import {
  bidMayStay,
  breakEvenTolerance,
  newRules,
  type PlanRules,
  planSide,
} from '../../src/core/orders/planning.ts'
import { CONTRACT, PRICE_CENT } from '../../src/core/vocabulary/units.ts'
import { curve, evenly, type Figure, type Line, type Point, steps } from './figure.ts'
import { halfOf, NOW } from './stand.ts'

const TICK = PRICE_CENT
const STEP = 100
const HALF = halfOf({ strategy: { gamma: 0.02 } })
const TOLERANCE = breakEvenTolerance(HALF, 0, 1) * PRICE_CENT

const rulesOf = (changes: Partial<PlanRules>): PlanRules => ({
  ...newRules(),
  debounce: 'break-even',
  stayTowardTicks: 0.5,
  dwellMs: 1000,
  minMoveTicks: 1,
  minMoveMs: 2000,
  refillBelow: 0.5,
  ttlMs: 120_000_000,
  ...changes,
})

const restingBid = (price: number, contracts: number) => {
  const orders = new Orders()
  const size = contracts * CONTRACT
  const order = orders.submit(
    { clientOrderId: 'bid', side: 'bid', price, quantity: size, expiresAt: NOW + 120_000_000 },
    NOW,
  )
  orders.acknowledge(order, { orderId: 'x', filled: 0, remaining: size, venueAt: NOW }, NOW)
  return order
}

/** The resting price of a bid over `seconds`, where `raw` (cents) is wanted. */
const follow = (
  name: string,
  seconds: number,
  raw: (seconds: number) => number,
  changes: Partial<PlanRules>,
): Line => {
  const rules = rulesOf(changes)
  const order = restingBid(Math.floor(raw(0)) * PRICE_CENT, 10)
  const shown: number[] = []
  const times = evenly(0, seconds, (seconds * 1000) / STEP)
  for (const second of times) {
    const at = NOW + second * 1000
    const wanted = raw(second)
    const price = Math.floor(wanted + 1e-9) * PRICE_CENT
    const target = {
      price,
      quantity: order.remaining,
      raw: wanted * PRICE_CENT,
      tolerance: TOLERANCE,
    }
    const plan = planSide(order, target, TICK, rules, at)
    if (plan.do === 'amend') {
      order.price = plan.price
      order.requests.sentAt = at
    }
    shown.push(order.price / PRICE_CENT)
  }
  return steps(name, times, (second) => shown[Math.round((second * 1000) / STEP)]!)
}

/** A price that wanders: three waves that never fall in step. */
const wandering = (s: number): number =>
  48.3 + 0.8 * Math.sin(s / 9.1) + 0.5 * Math.sin(s / 3.7) + 0.25 * Math.sin(s / 1.3)

const rising = (s: number): number => (s < 0.5 ? 48.2 : 50.1)

const wanted = (name: string, seconds: number, raw: (s: number) => number): Line =>
  curve(name, evenly(0, seconds, 120), raw, true)

/** The lowest and highest wanted price at which a bid at 48 stays, cents. */
const band = (towardTicks: number, highest: boolean): number => {
  const at = evenly(45, 53, 800).filter((raw) =>
    bidMayStay(48, raw, 1, TOLERANCE / PRICE_CENT, towardTicks),
  )
  return highest ? Math.max(...at) : Math.min(...at)
}

/** What a bid of 10 shows as it is filled a contract at a time and topped up. */
const refilled = (refillBelow: number): Line => {
  const rules = rulesOf({ refillBelow })
  const order = restingBid(4800, 10)
  const points: Point[] = [[0, 10]]
  for (let filled = 1; filled <= 24; filled++) {
    points.push([filled, order.remaining / CONTRACT])
    order.remaining -= CONTRACT
    points.push([filled, order.remaining / CONTRACT])
    const target = { price: 4800, quantity: 10 * CONTRACT }
    const plan = planSide(order, target, TICK, rules, NOW)
    if (plan.do === 'amend') order.remaining = plan.remaining
    points.push([filled, order.remaining / CONTRACT])
  }
  return { name: `below ${refillBelow}`, points }
}

export const MOVING: Readonly<Record<string, () => Figure>> = {
  debounce: () => ({
    title: 'debounce: one bid while the wanted price wanders',
    x: 'seconds',
    y: 'price, c',
    lines: [
      follow('break-even', 60, wandering, {}),
      follow('ticks', 60, wandering, { debounce: 'ticks' }),
      wanted('wanted, not rounded', 60, wandering),
    ],
  }),
  stay_toward_ticks: () => ({
    title: 'stay_toward_ticks: a bid at 48 stays in between',
    x: 'stay_toward_ticks',
    y: 'wanted price, c',
    range: [46.5, 52.5],
    lines: [
      curve('moves up above', evenly(0, 3, 30), (ticks) => band(ticks, true)),
      curve('moves down below', evenly(0, 3, 30), (ticks) => band(ticks, false)),
      curve('the bid', [0, 3], () => 48, true),
    ],
  }),
  dwell_seconds: () => ({
    title: 'dwell_seconds: a better price is wanted',
    x: 'seconds since the order was sent',
    y: 'price, c',
    lines: [
      ...[0, 1, 5].map((seconds) => follow(`${seconds} s`, 8, rising, { dwellMs: seconds * 1000 })),
      wanted('wanted', 8, rising),
    ],
  }),
  min_move_ticks: () => ({
    title: 'min_move_ticks: how soon a bid moves',
    x: 'ticks from the wanted price',
    y: 'seconds until it moves',
    range: [-0.15, 2.4],
    lines: [0, 1, 3].map((minMoveTicks) =>
      steps(`min ${minMoveTicks}`, evenly(1, 6, 5), (ticks) => {
        const rules = rulesOf({ debounce: 'ticks', minMoveTicks })
        const order = restingBid(4800, 10)
        const target = { price: 4800 - ticks * TICK, quantity: 10 * CONTRACT }
        const plan = planSide(order, target, TICK, rules, NOW)
        return plan.do === 'keep' ? (plan.again - NOW) / 1000 : 0
      }),
    ),
  }),
  min_move_seconds: () => ({
    title: 'min_move_seconds: moves of one tick',
    x: 'seconds',
    y: 'price, c',
    lines: [
      ...[0, 2, 10].map((seconds) =>
        follow(`${seconds} s`, 60, wandering, { debounce: 'ticks', minMoveMs: seconds * 1000 }),
      ),
      wanted('wanted', 60, wandering),
    ],
  }),
  refill_below: () => ({
    title: 'refill_below: a bid of 10, filled bit by bit',
    x: 'contracts filled',
    y: 'contracts shown',
    range: [0, 11],
    lines: [0.9, 0.5, 0.2].map(refilled),
  }),
}
