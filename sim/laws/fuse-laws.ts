// The laws of the brakes of last resort: cancels leave at once, and nothing is quoted on what has
// not been compared with the exchange for long.

import type { Event } from '../../src/core/vocabulary/events.ts'
import {
  MOST_BUT_CANCELS,
  MOST_IN_FLIGHT,
} from '../../src/durable/maker/exchange/request-places.ts'
import type { Life } from '../world/life.ts'
import type { Parcel } from '../world/post.ts'
import type { Scene } from './scene.ts'
import type { Law } from './venue-laws.ts'

const COMPARED = ['orders', 'fills', 'position'] as const
const ROUNDS = 3
/** Time for a report of what rests, an amend, a report of that, and a cancel, in any weather. */
const MENDED_WITHIN_MS = 40_000
/** A request arrives within four seconds, and its answer as late as that again. */
const ON_THEIR_WAY_MS = 8_000
const MOST_TRIES = 6
/** Clocks jump, and an answer takes its time. */
const SLACK_MS = 5_000
/** The probe's orders and those of others are theirs to end. */
const OURS = /^kmm-(?!probe-)/
/** What the maker lets pass. */
const LATE_MS = 12_000

export class FuseLaws {
  readonly #scene: Scene
  readonly #law: Law
  /** When each of the compared reads last came back good; absent before the first. */
  readonly #read = new Map<string, number>()

  /** Since when an order of ours would rest for too long, by its id. */
  readonly #lasting = new Map<string, number>()

  /** When orders were tried into the pause that holds, newest last. */
  readonly #tries: number[] = []
  #pausedAt = 0
  #wasPaused = false

  constructor(scene: Scene, law: Law) {
    this.#scene = scene
    this.#law = law
  }

  /** A new life knows nothing of a pause, so that it has its first tries. */
  born(): void {
    this.#tries.length = 0
    this.#read.clear()
    this.forget()
  }

  /** The maker cannot know now what rests: the time that it has to find out begins anew. */
  forget(): void {
    this.#lasting.clear()
  }

  received(event: Event): void {
    if (event.type !== 'answer' || event.outcome.kind !== 'accepted') return
    this.#read.set(event.what, this.#scene.mailbox.now)
  }

  /** A request is about to be carried out: order tries while the exchange is paused are counted. */
  arriving({ method, path }: Parcel): void {
    const { exchange, listing, mailbox } = this.#scene
    const { now } = mailbox
    if (method !== 'POST' || !path.includes('/events/orders')) return
    if (!exchange.pauses.isPaused(listing.exchangeIndex)) {
      this.#tries.length = 0
      return
    }
    // What was on its way when the pause began is no try.
    if (now < this.#pausedAt + ON_THEIR_WAY_MS) return
    while (this.#tries.length > 0 && this.#tries[0]! <= now - 60_000) this.#tries.shift()
    this.#tries.push(now)
    this.#law('few orders are tried into a pause', this.#tries.length <= MOST_TRIES, () => {
      return `${this.#tries.length} within a minute`
    })
  }

  check(life: Life): void {
    const { exchange, listing } = this.#scene
    const paused = exchange.pauses.isPaused(listing.exchangeIndex)
    if (paused && !this.#wasPaused) this.#pausedAt = this.#scene.mailbox.now
    this.#wasPaused = paused
    this.#cancelsLeave(life)
    if (life.engine.decider.phase !== 'quoting') return
    const { mailbox, parameters } = this.#scene
    const most = ROUNDS * parameters.strategy.reconcile_seconds * 1000 + SLACK_MS
    for (const what of COMPARED) {
      const age = mailbox.now - (this.#read.get(what) ?? 0)
      if (age <= most) continue
      this.#law('quotes need a recent comparison', false, () => `${what} read ${age} ms ago`)
    }
  }

  /** No order of ours expires later than its time, by the exchange's clock, or not for long. */
  expiries(linkUpAt: number): void {
    const { account, listing, mailbox, parameters, venueNow } = this.#scene
    const latest = venueNow + parameters.strategy.order_ttl_seconds * 1000 + LATE_MS
    for (const order of account.holding(listing.ticker).resting) {
      const good = order.expiresAt > 0 && order.expiresAt <= latest
      if (good || !OURS.test(order.clientOrderId) || linkUpAt > mailbox.now) {
        this.#lasting.delete(order.id)
        continue
      }
      const since = this.#lasting.get(order.id) ?? mailbox.now
      this.#lasting.set(order.id, since)
      const age = mailbox.now - since
      this.#law('no order outlives its time', age <= MENDED_WITHIN_MS, () => {
        return `${order.id} for ${age} ms, expires ${order.expiresAt}`
      })
    }
  }

  #cancelsLeave({ runner: { places } }: Life): void {
    if (places.waiting('cancel') === 0) return
    const full = places.inFlight() === MOST_IN_FLIGHT
    const cancels = places.inFlight('cancel')
    this.#law(
      'a cancel waits for cancels only',
      full && cancels >= MOST_IN_FLIGHT - MOST_BUT_CANCELS,
      () => `${places.inFlight()} in flight, ${cancels} of them cancels`,
    )
  }
}
