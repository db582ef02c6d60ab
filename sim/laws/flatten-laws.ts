// The laws of the orders that take: only while somebody has asked for it or the close is near,
// within the limit, one at a time, and never so that more is held at the exchange than before.

import type { Effect, Event, PlaceIntent } from '../../src/core/vocabulary/events.ts'
import { LOSS_BRAKES } from '../../src/core/vocabulary/reason-codes.ts'
import {
  type Millis,
  type Price,
  parseQuantity,
  type Side,
} from '../../src/core/vocabulary/units.ts'
import type { Life } from '../world/life.ts'
import type { Parcel } from '../world/post.ts'
import type { Scene } from './scene.ts'
import type { Law } from './venue-laws.ts'

const BRAKES: ReadonlySet<string> = new Set([...LOSS_BRAKES, 'order-rate', 'reject-share'])
/** A minute, by a clock that jumps. */
const LONGEST_MS = 62_000

/** What a flattening is allowed to do. */
interface Order {
  readonly since: Millis
  readonly limit: Price
}

export class FlattenLaws {
  readonly #scene: Scene
  readonly #law: Law
  /** How many fills the maker knew of when it decided on an order, by client order id. */
  readonly #knownTo: ReadonlyMap<string, number>
  /** What somebody has asked for, and nobody has ended since. */
  #asked: Order | null = null
  /** The orders that a flattening has sent, by client order id; of all lives. */
  readonly #flattening = new Set<string>()
  /** The limit of each order that takes, by client order id; of all lives. */
  readonly #limits = new Map<string, { side: Side; limit: Price }>()
  /** Position and fills of our account just before the request that is being carried out. */
  #before = { position: 0, fills: 0 }

  constructor(scene: Scene, law: Law, knownTo: ReadonlyMap<string, number>) {
    this.#scene = scene
    this.#law = law
    this.#knownTo = knownTo
  }

  /** A new life has been asked for nothing. */
  born(): void {
    this.#asked = null
  }

  /** Whether an order takes, and a flattening that was asked for has sent it. */
  readonly isTake = (clientOrderId: string): boolean => this.#flattening.has(clientOrderId)

  /** Whether a request is an order that takes, and says of itself that it may do no more. */
  readonly takes = ({ body }: Parcel): boolean =>
    body?.reduce_only === true &&
    body.time_in_force === 'immediate_or_cancel' &&
    this.#limits.has(body.client_order_id as string)

  /** Just before the maker hears of an event. */
  received(event: Event): void {
    if (event.type === 'flatten') {
      this.#asked ??= { since: this.#scene.mailbox.now, limit: event.limit }
    } else if (event.type === 'command') {
      if (event.command !== 'pause' || event.reason === 'operator') this.#asked = null
    }
  }

  decided(effects: readonly Effect[], life: Life): void {
    const { flatten, parameters } = life.engine.state
    for (const effect of effects) {
      if (effect.type === 'latch' && BRAKES.has(effect.code)) {
        const isWanted = parameters.strategy.flatten_on_brake === 'on' && flatten.isWorking
        if (isWanted && this.#asked === null) {
          this.#asked = { since: this.#scene.mailbox.now, limit: flatten.run!.limit }
        }
      } else if (effect.type === 'send' && effect.intent.kind === 'place') {
        if (effect.intent.take !== undefined) this.#sent(effect.intent, life)
      } else if (effect.type === 'log' && effect.event === 'flatten-ended') this.#asked = null
    }
  }

  #sent(intent: PlaceIntent, life: Life): void {
    const { clientOrderId, side, price } = intent
    this.#oneAtATime()
    if (life.engine.state.takerExit.isOwn(clientOrderId)) {
      this.#exits(intent, life)
      this.#limits.set(clientOrderId, { side, limit: price })
      return
    }
    const { mailbox } = this.#scene
    const asked = this.#asked
    this.#law('nothing is taken unasked', asked !== null, () => clientOrderId)
    if (asked === null) return
    const age = mailbox.now - asked.since
    this.#law('flattening ends within a minute', age <= LONGEST_MS, () => `${age} ms`)
    const { limit } = asked
    const isWithin = side === 'ask' ? price >= limit : price <= limit
    this.#law('nothing is taken beyond the limit', isWithin, () => `${side} ${price}, ${limit}`)
    this.#flattening.add(clientOrderId)
    this.#limits.set(clientOrderId, { side, limit })
  }

  /** An order of the exit before the close; when it may be sent at all is the law of quotes. */
  #exits({ side, price, quantity }: PlaceIntent, life: Life): void {
    const { state, decider } = life.engine
    const { strategy } = state.parameters
    const { mode, reason } = decider.tracker.calendar.state
    const isNear = mode === 'reduce-only' && reason === 'near-close'
    const may = strategy.exit === 'taker' && isNear
    this.#law('a lot is taken only near the close, where wanted', may, () => `${mode} ${reason}`)
    const isLot = quantity <= strategy.size
    this.#law('no more than a lot is taken before the close', isLot, () => `${quantity}`)
    const best = side === 'ask' ? state.quoter.top.bid : state.quoter.top.ask
    this.#law('a lot is taken at the best price', price === best, () => `${side} ${price}, ${best}`)
  }

  #oneAtATime(): void {
    const { post, lifeNumber } = this.#scene
    let onTheWay = 0
    for (const parcel of post.underWay) {
      // One that is held back for a minute has been given up: the exchange caps it.
      const { life, arriving, late } = parcel
      if (life === lifeNumber && arriving && late === '' && this.takes(parcel)) onTheWay++
    }
    this.#law('one order at a time takes', onTheWay === 0, () => `${onTheWay} on their way`)
  }

  /** Just before a request is carried out. */
  arriving(parcel: Parcel): void {
    const { account, listing, own, lifeNumber } = this.#scene
    if (!this.takes(parcel)) return
    const position = account.position(listing.ticker)
    this.#before = { position, fills: own.fills.length }
    const { client_order_id: id, count, side } = parcel.body as Record<string, string>
    // Only where every fill was known when it was decided on.
    if (parcel.life !== lifeNumber || this.#knownTo.get(id!) !== own.fills.length) return
    const [held, size] = [side === 'ask' ? position : -position, parseQuantity(count)]
    this.#law('no more is taken than is held', size <= held, () => `${size} of ${held}`)
  }

  /** A request has been carried out. */
  arrived(parcel: Parcel): void {
    if (!this.takes(parcel)) return
    const { account, listing, own } = this.#scene
    const { position: was, fills } = this.#before
    const is = account.position(listing.ticker)
    const isLess = is === 0 || (Math.sign(is) === Math.sign(was) && Math.abs(is) <= Math.abs(was))
    this.#law('what takes leaves less than was held', isLess || is === was, () => `${was}, ${is}`)
    const id = parcel.body!.client_order_id as string
    const { side, limit } = this.#limits.get(id)!
    for (const { order, price } of own.fills.slice(fills)) {
      if (order.clientOrderId !== id) continue
      const isWithin = side === 'ask' ? price >= limit : price <= limit
      this.#law('no fill is beyond the limit', isWithin, () => `${side} ${price}, ${limit}`)
    }
  }

  /** After everything that happens. */
  check(life: Life): void {
    const { run, isWorking } = life.engine.state.flatten
    if (run === null || !isWorking) return
    const age = this.#scene.ownNow - run.startedAt
    if (age > LONGEST_MS) this.#law('flattening ends within a minute', false, () => `${age} ms`)
  }
}
