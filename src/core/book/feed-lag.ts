// How far what is heard lies behind what has happened, by the exchange's own times.
//
// A frame's age by two clocks is its lag plus the difference of the clocks. That difference is
// measured as NTP does: the answer to a question of ours carries the time at which it was sent, and
// that lies between question and answer by our clock. See docs/decisions/32.

import type { Millis } from '../vocabulary/units.ts'

/** A question that took longer measures no clock: half of it would be the error. */
const LONGEST_MEASURE_MS = 1000
/** Clocks drift: a measure that is older gives way to any newer one. */
const MEASURE_KEPT_MS = 600_000
const SAMPLES_KEPT = 500

export class FeedLag {
  /**
   * The age by two clocks beyond which a change of the book is looked at closely, ms; compared with
   * every change, so it is worked out beforehand.
   */
  bound = Number.NEGATIVE_INFINITY
  /** The age by two clocks of the newest change of the book and of the newest trade; NaN: none. */
  book = Number.NaN
  trade = Number.NaN
  /** Lags, ms, newest last. */
  readonly samples: number[] = []
  /** How long the newest answer took, ms. It is a lag that no clock can falsify. */
  #answer = 0
  #sampled = Number.NaN
  /** How old a snapshot without a time may be, ms, until something tells the age of the book. */
  #untimed = 0
  /** Our clock less the exchange's, ms, give or take `error`; NaN while it was not measured. */
  #clock = Number.NaN
  #error = Number.POSITIVE_INFINITY
  #measuredAt: Millis = 0
  /** The same as known from requests, where no answer of the feed has measured it. */
  #known = Number.NaN
  /** The least age by two clocks on this link: without any measure, its frame was prompt. */
  #least = Number.POSITIVE_INFINITY

  /** @param clockOffset what to add to our clock to get the exchange's, ms, where it is known */
  up(clockOffset: Millis | undefined): void {
    this.book = this.trade = this.#sampled = Number.NaN
    this.#answer = this.#untimed = 0
    this.#least = Number.POSITIVE_INFINITY
    this.#known = clockOffset === undefined ? Number.NaN : -clockOffset
    this.bound = Number.NEGATIVE_INFINITY
  }

  /** Our clock less the exchange's, ms; 0 while nothing is known. */
  get clock(): number {
    if (!Number.isNaN(this.#clock)) return this.#clock
    if (!Number.isNaN(this.#known)) return this.#known
    return Number.isFinite(this.#least) ? this.#least : 0
  }

  /** Whether the clock's error was measured, and not only supposed. */
  get isMeasured(): boolean {
    return !Number.isNaN(this.#clock)
  }

  /** Whether anything but the ages themselves tells our clock's error. */
  get isKnown(): boolean {
    return !Number.isNaN(this.#clock) || !Number.isNaN(this.#known)
  }

  /**
   * The answer to a question of ours.
   * @param askedAt by our clock; 0 when unknown
   * @param sentAt when the exchange sent the answer, by its clock; 0 when unknown
   */
  answered(askedAt: Millis, sentAt: Millis, at: Millis): void {
    if (askedAt > 0) this.#answer = at - askedAt
    this.#measure(askedAt, sentAt, at)
    this.#sample(sentAt, at)
  }

  /**
   * A snapshot: the book is as old as the frame, if that says how old it is. If not, it may be as
   * old as the question for it.
   * @param waited since the question for it, ms
   */
  snapshot(sentAt: Millis, at: Millis, waited: Millis = 0): void {
    this.#untimed = sentAt > 0 ? 0 : waited
    this.book = sentAt > 0 ? this.#seen(at - sentAt) : Number.NaN
    this.#sampled = Number.NaN
  }

  /** A change of the book that is looked at closely. False when it does not say how old it is. */
  look(venueAt: Millis, at: Millis): boolean {
    if (venueAt === 0) return false
    this.book = this.#seen(at - venueAt)
    this.#untimed = 0
    return true
  }

  traded(venueAt: Millis, at: Millis): void {
    if (venueAt > 0) this.trade = this.#seen(at - venueAt)
  }

  /** The lag now, ms: the greatest of book, trades and answers. */
  get now(): number {
    const { clock } = this
    let most = Math.max(this.#answer, this.#untimed)
    if (this.book - clock > most) most = this.book - clock
    if (this.trade - clock > most) most = this.trade - clock
    return most
  }

  #seen(age: number): number {
    if (age < this.#least) this.#least = age
    return age
  }

  #measure(askedAt: Millis, sentAt: Millis, at: Millis): void {
    const took = at - askedAt
    if (askedAt === 0 || sentAt === 0 || !(took >= 0 && took <= LONGEST_MEASURE_MS)) return
    const error = took / 2
    const clock = at - sentAt - error
    const old = at - this.#measuredAt > MEASURE_KEPT_MS || at < this.#measuredAt
    // One that no error explains: a clock was set.
    const moved = Math.abs(clock - this.#clock) > error + this.#error
    if (!(this.isMeasured && !old && !moved && error > this.#error)) {
      this.#clock = clock
      this.#error = error
      this.#measuredAt = at
    }
  }

  #sample(sentAt: Millis, at: Millis): void {
    if (!Number.isNaN(this.book)) this.#seen(this.book)
    const { clock } = this
    let lag = sentAt > 0 ? at - sentAt - clock : this.#answer
    if (!Number.isNaN(this.book) && this.book !== this.#sampled) lag = this.book - clock
    this.#sampled = this.book
    this.samples.push(Math.max(0, Math.round(lag)))
    if (this.samples.length > SAMPLES_KEPT) this.samples.splice(0, SAMPLES_KEPT / 2)
  }
}
