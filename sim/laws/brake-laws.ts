// What must hold of losses and limits, by sums made here: a loss beyond a brake halts at once, no
// more fills after that than was exposed, and no order exceeds what the desk has granted.
//
// A brake cannot keep a price from jumping on what is held. What it can do is to stop adding to it:
// from the step on in which the loss stands above the limit, nothing new is sent.

import type { LossMemory } from '../../src/core/guards/loss-brakes.ts'
import { liquidate } from '../../src/core/ledger/marks.ts'
import type { EngineMemory } from '../../src/core/maker/engine.ts'
import { tradingState } from '../../src/core/maker/limits/trading-state.ts'
import type { Order } from '../../src/core/orders/orders.ts'
import { PROBE_PREFIX } from '../../src/core/recovery/reconciliation.ts'
import type { Effect } from '../../src/core/vocabulary/events.ts'
import { LOSS_BRAKES } from '../../src/core/vocabulary/reason-codes.ts'
import { DOLLAR, PRICE_ONE, type Side } from '../../src/core/vocabulary/units.ts'
import type { Life } from '../world/life.ts'
import type { Scene } from './scene.ts'
import type { Law } from './venue-laws.ts'

const BRAKES: ReadonlySet<string> = new Set([...LOSS_BRAKES, 'order-rate', 'reject-share'])
/** The maker looks once a second, and clocks jump. */
const WITHIN_MS = 2_500
/** A peak that has moved by less need not be stored, and the rest once a second. */
const PEAK_KEPT = DOLLAR / 10
const KEPT_WITHIN_MS = 3_000

export class BrakeLaws {
  readonly #scene: Scene
  readonly #law: Law
  /** Equity at the start of the session `#since`, and its peak, by the sums here. */
  #since = 0
  #start = 0
  #peak = 0
  #overSince = Number.POSITIVE_INFINITY
  /** The losses that are stored, and since when those in memory have differed from them. */
  #kept: LossMemory | null = null
  #owedSince = Number.POSITIVE_INFINITY
  /** Contracts that could still fill when the maker halted itself, and fills until then. */
  #tripped: { exposed: number; fills: number } | null = null

  /** Whether an order takes because somebody has asked for that. */
  readonly #isTake: (clientOrderId: string) => boolean

  constructor(scene: Scene, law: Law, isTake: (clientOrderId: string) => boolean) {
    this.#isTake = isTake
    this.#scene = scene
    this.#law = law
  }

  /** A new life has only the peak that storage has kept. */
  born(memory: EngineMemory | null): void {
    this.#peak = memory?.brakes?.losses.peak ?? this.#peak
    this.stored(memory)
    this.#owedSince = Number.POSITIVE_INFINITY
  }

  /** What storage has taken. */
  stored(memory: EngineMemory | null): void {
    this.#kept = memory?.brakes?.losses ?? null
  }

  decided(effects: readonly Effect[], life: Life): void {
    const { losses } = life.engine.decider.brakes
    if (losses.since !== this.#since) {
      // In the very step: a letter later the book may be another.
      this.#since = losses.since
      this.#start = equityOf(life) ?? losses.start
      this.#peak = losses.peak
    }
    for (const effect of effects) {
      // Other halts do not wait until what an earlier life has sent is known.
      if (effect.type === 'latch' && BRAKES.has(effect.code)) this.#trips(life)
      else if (effect.type === 'send' && effect.intent.kind !== 'cancel') {
        if (effect.intent.kind !== 'decrease') this.#sent(effect.intent.clientOrderId, life)
      }
    }
  }

  /** A person wants something else of it than a halt. */
  released(): void {
    this.#tripped = null
    this.#overSince = Number.POSITIVE_INFINITY
  }

  check(): void {
    const { life } = this.#scene
    this.#afterTrip()
    if (life !== null) this.#keeps(life.engine.decider.brakes.losses)
    const equity = life === null ? null : equityOf(life)
    if (life === null || equity === null) {
      this.#overSince = Number.POSITIVE_INFINITY
      return
    }
    const { state, decider } = life.engine
    const { losses } = decider.brakes
    if (losses.since === 0) return
    // Its peak is the highest at its looks; here only what it surely has seen counts.
    this.#peak = Math.max(this.#peak, losses.peak)
    const { max_session_loss, max_drawdown } = state.parameters.limits
    const lost = Math.max(
      this.#start - equity - max_session_loss * DOLLAR,
      this.#peak - equity - max_drawdown * DOLLAR,
    )
    const { now } = this.#scene.mailbox
    // A cent of tolerance.
    if (lost <= DOLLAR / 100 || state.operator === 'halt') {
      this.#overSince = Number.POSITIVE_INFINITY
      return
    }
    this.#overSince = Math.min(this.#overSince, now)
    const late = now - this.#overSince
    this.#law('a loss beyond a brake halts', late <= WITHIN_MS, () => {
      return `${lost / DOLLAR} dollars beyond for ${late} ms, ${decider.phase} ${decider.reason}`
    })
  }

  /** While storage works, a session and its peak are stored. */
  #keeps({ since, peak }: LossMemory): void {
    const { storage, mailbox } = this.#scene
    const kept = this.#kept
    const isKept =
      since === 0 || (kept !== null && kept.since === since && peak - kept.peak < PEAK_KEPT)
    if (isKept || storage.isFailing) this.#owedSince = Number.POSITIVE_INFINITY
    else this.#owedSince = Math.min(this.#owedSince, mailbox.now)
    const late = mailbox.now - this.#owedSince
    this.#law('the peak of a session is stored', late <= KEPT_WITHIN_MS, () => {
      return `${peak / DOLLAR} dollars for ${late} ms, stored ${(kept?.peak ?? 0) / DOLLAR}`
    })
  }

  #trips(life: Life): void {
    const { orders } = life.engine.state.execution
    let exposed = 0
    for (const order of orders.live) exposed += openOf(order)
    this.#tripped = { exposed, fills: this.#scene.own.fills.length }
  }

  #afterTrip(): void {
    if (this.#tripped === null) return
    const { exposed, fills } = this.#tripped
    let filled = 0
    for (const { quantity, order } of this.#scene.own.fills.slice(fills)) {
      // Not those of a stranger on the same account, nor of the probe, nor what the trip itself has
      // taken off.
      const { clientOrderId: id } = order
      const isOwn = id.startsWith('kmm-') && !id.startsWith(PROBE_PREFIX)
      if (isOwn && !this.#isTake(id)) filled += quantity
    }
    this.#law('after a trip no more fills than was exposed', filled <= exposed, () => {
      return `${filled} filled of ${exposed} exposed`
    })
  }

  /** After an order has been sent, or an amend of one: what rested before was judged before. */
  #sent(id: string, life: Life): void {
    const { state } = life.engine
    const { ledger, execution, deskRoom } = state
    const sent = execution.orders.byClient(id)
    if (sent === undefined) return
    const { side, price, remaining, next, requests } = sent
    // A renewal at the same price that is no larger opens nothing.
    if (requests.amended && next.price === price && next.remaining <= remaining) {
      if (sent.status === 'amending') return
    }
    const held = side === 'bid' ? ledger.position : -ledger.position
    let [open, outlay] = [0, 0]
    let bound = 0
    for (const order of execution.orders.live) {
      const cost = order === sent ? costOfNext(order) : costOf(order)
      bound += cost
      if (order.side !== side) continue
      // A person's own order is no doing of the maker.
      if (!order.foreign)
        open += order === sent ? order.next.remaining + owedOf(order) : openOf(order)
      outlay += cost
    }
    const trading = tradingState(state)
    const may = trading !== 'halted' || this.#isTake(id)
    this.#law('nothing is sent while halted', may, () => trading)
    // What only reduces the position may always be sent.
    if (open <= -held) return
    this.#law('only what reduces while reducing', trading === 'active', () => {
      return `${side} of ${open} against ${-held}`
    })
    const { terms } = deskRoom
    if (terms === null) return
    const most = side === 'bid' ? terms.most.no : terms.most.yes
    const loss = (side === 'bid' ? ledger.cost : ledger.cost - ledger.position * PRICE_ONE) + outlay
    this.#law('no order beyond what the desk has granted', loss <= most, () => {
      return `${side}: ${loss / DOLLAR} of ${most / DOLLAR} dollars`
    })
    if (terms.cash === null) return
    const closing = Math.abs(ledger.position) * PRICE_ONE
    this.#law('no order beyond the cash', bound <= terms.cash + closing, () => {
      return `${bound / DOLLAR} of ${terms.cash} dollars`
    })
  }
}

/** Contracts that may still fill, at the worse end of a change in flight. */
const openOf = (order: Order): number =>
  (order.status === 'done' ? 0 : Math.max(order.remaining, order.next.remaining)) + owedOf(order)

/** Filled, and not in the ledger yet. */
const owedOf = ({ filled, booked }: Order): number => Math.max(0, filled - booked)

/** What that may cost: a change in flight has happened or has not. */
const costOf = ({ side, status, price, remaining, next, filled, booked }: Order): number => {
  const [now, then] =
    side === 'bid' ? [price, next.price] : [PRICE_ONE - price, PRICE_ONE - next.price]
  const open = status === 'done' ? 0 : Math.max(remaining * now, next.remaining * then)
  return open + Math.max(0, filled - booked) * Math.max(now, then)
}

/** The same of an order just sent, if that happens; what has filled has done so before. */
const costOfNext = (order: Order): number => {
  const { side, price, next } = order
  const [now, then] =
    side === 'bid' ? [price, next.price] : [PRICE_ONE - price, PRICE_ONE - next.price]
  return next.remaining * then + owedOf(order) * now
}

/** Cash and what the book would pay for the position; null where that cannot be seen. */
const equityOf = ({ engine }: Life): number | null => {
  const { ledger, recovery, book, execution, market } = engine.state
  const { position, cash } = ledger
  if (!recovery.isDone) return null
  if (position === 0) return cash
  if (!book.isLive || book.isCrossed || market === null) return null
  const side: Side = position > 0 ? 'bid' : 'ask'
  const own = execution.orders.ownSize
  const others = book
    .depth(side, PRICE_ONE)
    .map(([price, size]): [number, number] => [price, size - own(side, price)])
  const { turnover, missing, worst, fee } = liquidate(others, position, market.fees.taker)
  if (worst === null) return null
  return cash + Math.sign(position) * (turnover + missing * worst) - fee
}
