// What is measured while a session runs: the mid at all times, equity and inventory once a second,
// how long we were quoting, and what was asked of the exchange.
//
// Nothing here is taken from the engine except the fair value that it quoted on and the mid of its
// tape at a fill; mid, equity and quotes are the exchange's.

import { formatRow } from '../../../src/core/record/tape.ts'
import type {
  Effect,
  Fill,
  Intent,
  IntentKind,
  TapeRow,
} from '../../../src/core/vocabulary/events.ts'
import {
  CONTRACT,
  DOLLAR,
  type Millis,
  PRICE_CENT,
  PRICE_ONE,
  type Side,
} from '../../../src/core/vocabulary/units.ts'
import type { Cause, Exchange } from '../exchange/exchange.ts'

/** Requests' cost in tokens of the write budget. */
export const COST = { place: 10, amend: 10, decrease: 10, cancel: 2 } as const

const SECOND = 1000

export interface FillRow {
  /** By the exchange's time. */
  readonly at: Millis
  /** When the maker heard of it; as `at` where the feed did not tell. */
  readonly heardAt: Millis
  readonly side: Side
  /** Cents. */
  readonly price: number
  /** Contracts. */
  readonly quantity: number
  /** Dollars. */
  readonly fee: number
  /** Mid of the recorded book when it traded, cents; null before the first. */
  readonly mid: number | null
  /** Mid of the tape's row before the maker heard of it, cents; null where that has none. */
  readonly tapeMid: number | null
  /** What the engine last took for the fair value, cents; null where it had none. */
  readonly fair: number | null
  readonly cause: Cause
}

export class Meter {
  readonly fills: FillRow[] = []
  /** Pairs of epoch ms and dollars; of epoch ms and contracts. */
  readonly equity: [Millis, number][] = []
  readonly inventory: [Millis, number][] = []
  readonly calls: Record<IntentKind, number> = { place: 0, amend: 0, decrease: 0, cancel: 0 }
  reprices = 0
  /** Milliseconds in which neither, one or both sides rested. */
  readonly quoted: [number, number, number] = [0, 0, 0]
  readonly #until: Millis
  readonly #midTimes: Millis[] = []
  readonly #mids: number[] = []
  readonly #prices = new Map<string, number>()
  readonly #unheard = new Map<string, number>()
  readonly #taken: Record<Side, number> = { bid: 0, ask: 0 }
  #at: Millis
  #sampleAt: Millis

  /** @param until quoting time is counted up to here: the close, or the end of the recording */
  constructor(from: Millis, until: Millis) {
    this.#at = from
    this.#sampleAt = Math.ceil(from / SECOND) * SECOND
    this.#until = until
  }

  /** The last known mid, cents; null before the first. */
  get mid(): number | null {
    return this.#mids.at(-1) ?? null
  }

  /** Time is about to move on to `at`, and until then all stays as it is. */
  pass(at: Millis, exchange: Exchange): void {
    if (at <= this.#at) return
    const counted = Math.min(at, this.#until) - this.#at
    if (counted > 0) {
      const sides = (exchange.rests('bid') ? 1 : 0) + (exchange.rests('ask') ? 1 : 0)
      this.quoted[sides] = this.quoted[sides]! + counted
    }
    for (; this.#sampleAt < at; this.#sampleAt += SECOND) this.#sample(this.#sampleAt, exchange)
    this.#at = at
  }

  /** The top of the recorded book may have moved. */
  noteMid(at: Millis, { book, top }: Exchange): void {
    if (!book.isLive || top.bid === 0 || top.ask === PRICE_ONE || top.bid >= top.ask) return
    const mid = (top.bid + top.ask) / 2 / PRICE_CENT
    if (mid === this.mid) return
    this.#midTimes.push(at)
    this.#mids.push(mid)
  }

  /** One request leaves. A quote moves by an amend, or by a cancel and then a new order. */
  call(intent: Intent): void {
    const { kind, clientOrderId, side } = intent
    this.calls[kind]++
    if (kind === 'cancel') this.#taken[side]++
    if (kind === 'place' && this.#taken[side] > 0) {
      this.#taken[side]--
      this.reprices++
    }
    if (intent.kind !== 'place' && intent.kind !== 'amend') return
    const before = this.#prices.get(clientOrderId) ?? intent.price
    if (before !== intent.price) this.reprices++
    this.#prices.set(clientOrderId, intent.price)
  }

  /** An order of ours trades. */
  fill(fill: Fill, cause: Cause, fair: number): void {
    this.#unheard.set(fill.tradeId, this.fills.length)
    this.fills.push({
      at: fill.venueAt,
      heardAt: fill.venueAt,
      side: fill.side,
      price: fill.price / PRICE_CENT,
      quantity: fill.quantity / CONTRACT,
      fee: fill.fee / DOLLAR,
      mid: this.mid,
      tapeMid: null,
      fair: Number.isFinite(fair) ? fair : null,
      cause,
    })
  }

  /** The maker hears of a fill. */
  heard({ tradeId }: Fill, heardAt: Millis, tapeMid: number | null): void {
    const index = this.#unheard.get(tradeId)
    if (index === undefined) return
    this.#unheard.delete(tradeId)
    this.fills[index] = { ...this.fills[index]!, heardAt, tapeMid }
  }

  /** The mid that held at `at`, cents; null before the first and after the last event. */
  midAt(at: Millis): number | null {
    const times = this.#midTimes
    if (at > this.#at || times.length === 0 || at < times[0]!) return null
    let low = 0
    let high = times.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (times[middle]! <= at) low = middle
      else high = middle - 1
    }
    return this.#mids[low]!
  }

  #sample(at: Millis, { account }: Exchange): void {
    const { mid } = this
    if (mid === null) return
    this.equity.push([at, account.worthAt(mid * PRICE_CENT) / DOLLAR])
    this.inventory.push([at, account.position / CONTRACT])
  }
}

/**
 * The tape that the maker would have written in a run. A report of the run and a report of these
 * lines are made of the same rows, so they agree on quotes and prices.
 */
export class PaperTape {
  readonly #rows: TapeRow[] = []
  /** Mid of the newest row that says what was earned so far, cents; null before the first such. */
  mid: number | null = null

  /** Keeps what is a row among the effects of a step. */
  add(effect: Effect): void {
    if (effect.type !== 'row') return
    const { row } = effect
    this.#rows.push(row)
    // Without a mid, the position is valued at another price.
    if (row.mid !== null || row.inventory === 0) this.mid = row.mid
  }

  /** Without the header. */
  lines(): string[] {
    return this.#rows.map(formatRow)
  }
}
