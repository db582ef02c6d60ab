// Moves our orders to where the model wants them: prices, places, sizes, orders, level by level.
//
// In: the state of a maker that may quote. Out: order requests by way of `execution`, and a reason
// for each side that shows no quote. Whether the maker may quote at all is decided in phase.ts.

import { type CalendarState, emptyCalendar } from '../guards/calendar.ts'
import { FillBurst } from '../guards/fill-burst.ts'
import type { Decision } from '../orders/execution.ts'
import { isOver } from '../orders/lifecycle.ts'
import type { Order } from '../orders/orders.ts'
import { fillRules } from '../orders/planning.ts'
import type { RiskView } from '../orders/risk.ts'
import { reassignLevels } from '../placement/ladder.ts'
import { standOff } from '../placement/stand-off.ts'
import type { Quoter } from '../pricing/quoter.ts'
import { type Guards, isPulled, Targets } from '../sizing/targets.ts'
import type { Fill } from '../vocabulary/events.ts'
import { MOST_LEVELS } from '../vocabulary/parameter-table.ts'
import { reasonsOfLevel } from '../vocabulary/price-reasons.ts'
import { CONTRACT, type Millis, PRICE_CENT, PRICE_ONE, type Side } from '../vocabulary/units.ts'
import { reducingBy } from './limits/trading-state.ts'
import type { MakerState } from './state.ts'

const SIDES: readonly Side[] = ['bid', 'ask']

export class QuoteUpdater {
  readonly targets: Targets
  readonly #state: MakerState
  readonly #decision: Decision
  readonly #guards: { -readonly [K in keyof Guards]: Guards[K] }
  #burstPauseMs = -1

  constructor(state: MakerState) {
    this.#state = state
    this.targets = new Targets(state.quoter)
    const calendar = emptyCalendar()
    this.#guards = { calendar, fillBurst: new FillBurst(), pulled: state.pulled, reducing: null }
    const view: RiskView = {
      limits: state.parameters.limits,
      grid: state.grid,
      ledger: state.ledger,
      orders: state.execution.orders,
      bestBid: 0,
      bestAsk: PRICE_ONE,
      desk: state.deskRoom,
    }
    this.#decision = { view, tick: PRICE_CENT, at: 0, triggeredAt: 0 }
    this.onConfigure()
  }

  /** The parameters have changed. */
  onConfigure(): void {
    const pauseMs = this.#state.parameters.strategy.burst_pause_seconds * 1000
    if (pauseMs === this.#burstPauseMs) return
    this.#burstPauseMs = pauseMs
    this.#guards.fillBurst = new FillBurst(pauseMs)
  }

  /** The feed has just reported a fill of ours. */
  onFill(fill: Fill, at: Millis): void {
    const { quoter, parameters } = this.#state
    const { side, price, quantity } = fill
    const before = quoter.estimators.midBeforeEvent(at)
    const cents = price / PRICE_CENT
    quoter.estimators.markouts.onFill(side, cents, before, quantity / CONTRACT, at)
    // Only a level that others shared can be swept. Alone inside the spread, our order was all of
    // it.
    const { bid, ask } = quoter.top
    const touch = quoter.estimators.touchBeforeEvent(side, at)
    const shared = side === 'bid' ? touch >= cents - 1e-9 : touch <= cents + 1e-9
    const gone = shared && (side === 'bid' ? bid < price : ask > price)
    const lot = parameters.strategy.size / CONTRACT
    if (parameters.strategy.burst_pause_seconds > 0) {
      this.#guards.fillBurst.onFill({
        ...{ side, at, contracts: quantity / CONTRACT },
        ...{ lotContracts: lot, touchGone: gone, orderKey: fill.orderId },
      })
    }
  }

  /** Prices, places and sizes both sides, and sends what brings our orders there. */
  quote(calendar: CalendarState, at: Millis, triggeredAt: Millis): void {
    const state = this.#state
    const { quoter, execution, grid, market, parameters, ledger } = state
    const { strategy } = parameters
    if (market === null) return
    execution.counters.decisions++
    const held = ledger.position / CONTRACT
    quoter.configure(parameters, market, grid)
    quoter.price(held, state.externalCents, calendar, at)
    const decision = this.#decision
    decision.at = at
    decision.triggeredAt = triggeredAt
    const { view } = decision
    view.limits = parameters.limits
    view.grid = grid
    view.bestBid = quoter.top.bid
    view.bestAsk = quoter.top.ask
    if (strategy.placement === 'queue') {
      for (const side of SIDES) state.placement.apply(side, strategy, grid, at)
    }
    if (execution.orders.foreignCount > 0) {
      for (const side of SIDES) standOff(side, quoter, execution.orders, grid)
    }
    this.#guards.calendar = calendar
    this.#guards.reducing = state.isCredible ? reducingBy(state) : 'market-not-credible'
    this.#guards.noWorseThan = state.isCredible ? null : ledger.averagePrice()
    view.reducing = this.#guards.reducing !== null || calendar.mode === 'reduce-only'
    this.#guards.taking = state.takerExit.step(calendar, view, at)
    this.targets.fill(strategy, view, this.#guards, at)
    fillRules(strategy, execution.rules)
    for (const side of SIDES) this.#moveSide(side, decision)
  }

  /**
   * Cancels what an external shock has taken away, while a crossed book stops all other decisions.
   */
  cancelPulled(at: Millis): void {
    const { execution, pulled, quoter } = this.#state
    for (const order of execution.orders.live) {
      if (isOver(order.status) || !isPulled(pulled, order.side, at)) continue
      quoter.silence[order.side] = 'shock'
      execution.cancel(order, at)
    }
  }

  #moveSide(side: Side, decision: Decision): void {
    const { quoter, execution, grid, parameters } = this.#state
    const { orders, rules } = execution
    const wanted = this.targets.wanted[side]
    const innermost = orders.slot(side)?.price ?? wanted[0]?.price ?? PRICE_CENT
    const tick = grid.tickAt(innermost)
    decision.tick = tick
    if (parameters.strategy.levels > 1) reassignLevels(orders, side, wanted, tick, rules)
    for (let level = 0; level < MOST_LEVELS; level++) {
      const target = wanted[level] ?? null
      if (level > 0 && target === null && orders.slot(side, level) === null) continue
      const why = execution.moveToward(side, level, target, decision)
      if (level === 0 && target !== null) quoter.silence[side] = why
      const order = orders.slot(side, level)
      if (order !== null && order.requests.sentAt === decision.at) keepReasons(order, quoter, level)
    }
    const until = this.#guards.fillBurst.until(side)
    if (decision.at < until) execution.wakeAt = Math.min(execution.wakeAt, until)
  }
}

/** Keeps the reasons of a price that was sent: the quoter overwrites its own at each decision. */
const keepReasons = (order: Order, quoter: Quoter, level: number): void => {
  if (order.why !== null && order.next.price === order.price) return
  const { price, raw, candidates } = quoter.sides[order.side]
  const reasons = quoter.reasons[order.side]
  order.why = reasonsOfLevel(reasons, price[level]!, raw[level]!, candidates[level]!)
}
