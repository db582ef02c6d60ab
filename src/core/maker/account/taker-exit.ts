// Takes off what the settlement makes too dear to hold, a lot at a time, where the strategy allows.
//
// In the last minutes a contract soon pays 0 or 100, and few takers are left to come. In: the
// decision that is being priced. Out: one immediate-or-cancel order that only reduces, for a lot at
// the best price of others, where that price less the fee is better than holding half of the lot.
// Our own quote of the side goes first. Runs only inside the phase `quoting`, so that whatever
// stops quotes stops this too. See docs/decisions/62.

import type { CalendarState } from '../../guards/calendar.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import type { Execution } from '../../orders/execution.ts'
import type { RiskView } from '../../orders/risk.ts'
import { uncappedReservation } from '../../pricing/full-model.ts'
import type { Quoter } from '../../pricing/quoter.ts'
import { isPulled, type ShockPull } from '../../sizing/targets.ts'
import type { Fill, LogLevel } from '../../vocabulary/events.ts'
import { feePerContractCents } from '../../vocabulary/fees.ts'
import type { Market } from '../../vocabulary/market.ts'
import type { Parameters } from '../../vocabulary/parameters.ts'
import {
  CONTRACT,
  type Millis,
  type Money,
  PRICE_CENT,
  PRICE_ONE,
  type Quantity,
  type Side,
} from '../../vocabulary/units.ts'
import { isUnsettled } from './flatten.ts'

/** After an order that took nothing, the book is given this long. */
const ROUND_MS = 1_000

/** The part of a maker's state that is read and changed. */
interface Maker {
  readonly ledger: Ledger
  readonly execution: Execution
  readonly quoter: Quoter
  readonly market: Market | null
  readonly parameters: Parameters
  readonly isCredible: boolean
  readonly pulled: ShockPull
  log(
    level: LogLevel,
    event: string,
    detail: Record<string, string | number | boolean | null>,
  ): void
}

export class TakerExit {
  /** Since the maker started. */
  orders = 0
  filled: Quantity = 0
  /** Sum of price x contracts. */
  turnover: Money = 0
  fees: Money = 0
  lastAt: Millis = 0
  /** What taking a lot is better than holding it, cents a contract; NaN where it was not asked. */
  gain = Number.NaN
  readonly #maker: Maker
  /** The order that was sent last. */
  #sent = ''
  #notBefore: Millis = 0

  constructor(maker: Maker) {
    this.#maker = maker
  }

  /** Whether an order is one of those sent here. */
  isOwn(clientOrderId: string): boolean {
    return clientOrderId === this.#sent
  }

  onFill({ price, quantity, fee }: Fill): void {
    this.filled += quantity
    this.turnover += price * quantity
    this.fees += fee
    this.#notBefore = 0
  }

  /**
   * Takes a lot where that pays, once nothing of ours may trade any more. Both sides have just been
   * priced.
   * @returns the side on which our quote must make room; null where nothing is to be taken
   */
  step(calendar: CalendarState, view: RiskView, at: Millis): Side | null {
    this.gain = Number.NaN
    const { strategy } = this.#maker.parameters
    if (strategy.exit !== 'taker' || strategy.model !== 'full') return null
    if (calendar.mode !== 'reduce-only' || calendar.reason !== 'near-close') return null
    return this.#consider(view, at)
  }

  #consider(view: RiskView, at: Millis): Side | null {
    const { ledger, execution, market, quoter, isCredible, pulled } = this.#maker
    const { position } = ledger
    if (position === 0 || market === null || !isCredible) return null
    if (!(Number.isFinite(quoter.input.fair) && Number.isFinite(quoter.pricing.reservation))) {
      return null
    }
    const side = position > 0 ? 'ask' : 'bid'
    if (isPulled(pulled, side, at)) return null
    const quantity = this.#lot(side)
    this.gain = this.#gainOf(side, quantity, market)
    if (!(quantity > 0 && this.gain > 0)) return null
    if (at < this.#notBefore) {
      execution.wakeBy(this.#notBefore)
      return null
    }
    // With an order on its way, nobody knows yet what is held.
    if (!execution.orders.live.some(isUnsettled)) this.#take(side, quantity, view, at)
    return side
  }

  /** A lot, or what is left of the position, as far as the best price of others shows it. */
  #lot(side: Side): Quantity {
    const { ledger, quoter, parameters } = this.#maker
    const { bidSize, askSize } = quoter.top
    const there = side === 'ask' ? bidSize : askSize
    const { size } = parameters.strategy
    const { max_order_size: largest } = parameters.limits
    return Math.min(size, largest, Math.abs(ledger.position), there)
  }

  /**
   * The best price of others, less the fee of a taker, against what half of the lot is worth to
   * hold: positive where the skew there, without its cap, exceeds half the spread and the fee.
   */
  #gainOf(side: Side, quantity: Quantity, market: Market): number {
    const { input, pricing, top } = this.#maker.quoter
    const sign = side === 'ask' ? 1 : -1
    const best = (side === 'ask' ? top.bid : top.ask) / PRICE_CENT
    const half = (sign * quantity) / CONTRACT / 2
    const held = uncappedReservation(input.inventory - half, input, pricing)
    return sign * (best - held) - feePerContractCents(market.fees.taker, best)
  }

  #take(side: Side, quantity: Quantity, view: RiskView, at: Millis): void {
    const { execution, quoter } = this.#maker
    const price = side === 'ask' ? quoter.top.bid : quoter.top.ask
    this.#notBefore = at + ROUND_MS
    execution.wakeBy(this.#notBefore)
    const why = execution.take({ side, price, quantity, take: { limit: price } }, view, at)
    const contracts = quantity / CONTRACT
    const detail = { side, contracts, price: price / PRICE_ONE, gain_cents: this.gain }
    if (why !== null) {
      this.#maker.log('warn', 'taker-exit-refused', { ...detail, reason: why })
      return
    }
    this.#sent = execution.orders.live.at(-1)?.clientOrderId ?? ''
    this.orders++
    this.lastAt = at
    this.#maker.log('info', 'taker-exit', detail)
  }
}
