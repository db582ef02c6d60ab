// What our own orders did to a public book, so that it can be undone.
//
// The feed names our order in each change that a request of ours caused, so placing, moving and
// cancelling are known. A fill, an expiry or a cancel by the exchange changes the book without a
// name: what is left of an order by its named changes is taken out of the nearest unnamed decreases
// of the same level, where the fills were and at its end. An order that was in the book before the
// first snapshot shows itself by what it takes away later.

import type { Fill, OrderReport } from '../../../src/core/vocabulary/events.ts'
import type { Millis, Price, Quantity, Side } from '../../../src/core/vocabulary/units.ts'

/** One change of a level in the feed; `change` shrinks as our share of it is found. */
export interface PublicChange {
  readonly at: Millis
  /** The exchange's time; 0 where not given. */
  readonly venueAt: Millis
  readonly side: Side
  readonly price: Price
  change: Quantity
}

/** A whole book; our share is taken out in place. */
interface PublicBook {
  /** Flat pairs price, quantity. */
  readonly bids: number[]
  readonly asks: number[]
}

interface Removal {
  readonly at: Millis
  readonly venueAt: Millis
  readonly price: Price
  readonly quantity: Quantity
}

interface Trace {
  readonly side: Side
  /** By price: what the book was shown to hold of it, as it was at the snapshot and now. */
  readonly first: Map<Price, Quantity>
  readonly shown: Map<Price, Quantity>
  readonly fills: Removal[]
  ended: Omit<Removal, 'price' | 'quantity'> | null
}

/**
 * A private message and the change of the book that it belongs to come within this of each other.
 */
const APART_MS = 2_000

export class OwnTraces {
  readonly #known = new Map<string, { side: Side; price: Price; remaining: Quantity; at: Millis }>()
  #traces = new Map<string, Trace>()
  #changes: PublicChange[] = []
  #book: PublicBook | null = null

  /** A snapshot: what came before it has no part in what follows. */
  snapshot(book: PublicBook): void {
    this.settle()
    this.#book = book
    for (const [id, { side, price, remaining }] of this.#known) {
      const trace = this.#trace(id, side)
      trace.first.set(price, remaining)
      trace.shown.set(price, remaining)
    }
  }

  /** A change that carries our order's name. */
  named(id: string, side: Side, price: Price, change: Quantity): void {
    add(this.#trace(id, side).shown, price, change)
  }

  unnamed(change: PublicChange): void {
    if (change.change < 0) this.#changes.push(change)
  }

  fill({ clientOrderId, side, price, quantity, venueAt, isTaker }: Fill, at: Millis): void {
    if (clientOrderId === '' || isTaker) return
    this.#trace(clientOrderId, side).fills.push({ at, venueAt, price, quantity })
  }

  order({ clientOrderId, side, price, remaining, status, venueAt }: OrderReport, at: Millis): void {
    if (clientOrderId === '' || status === 'unknown') return
    if (status === 'resting') this.#known.set(clientOrderId, { side, price, remaining, at })
    else {
      this.#known.delete(clientOrderId)
      this.#trace(clientOrderId, side).ended ??= { at, venueAt }
    }
  }

  /** All that rests, as it was asked for at `askedAt`. */
  listing(reports: readonly OrderReport[], askedAt: Millis): void {
    for (const [id, { at }] of this.#known) if (at < askedAt) this.#known.delete(id)
    for (const report of reports) {
      if (!this.#known.has(report.clientOrderId)) this.order(report, askedAt)
    }
  }

  /** The exchange has confirmed a cancel. */
  canceled(id: string): void {
    this.#known.delete(id)
  }

  /** Takes our share out of everything since the last snapshot. */
  settle(): void {
    for (const trace of this.#traces.values()) {
      for (const [price, left] of trace.shown) {
        const before = (trace.first.get(price) ?? 0) + Math.max(0, -left)
        if (before > 0 && this.#book !== null) takeOut(this.#book, trace.side, price, before)
        if (left > 0) this.#remove(trace, price, left)
      }
    }
    this.#traces = new Map()
    this.#changes = []
    this.#book = null
  }

  #remove(trace: Trace, price: Price, left: Quantity): void {
    let rest = left
    for (const fill of trace.fills) {
      if (fill.price !== price || rest === 0) continue
      const quantity = Math.min(rest, fill.quantity)
      this.#shrink(trace.side, { ...fill, quantity })
      rest -= quantity
    }
    if (rest > 0 && trace.ended !== null) {
      this.#shrink(trace.side, { ...trace.ended, price, quantity: rest })
    }
  }

  #shrink(side: Side, removal: Removal): void {
    const apart = ({ at, venueAt }: PublicChange): number =>
      venueAt > 0 && removal.venueAt > 0
        ? Math.abs(venueAt - removal.venueAt)
        : Math.abs(at - removal.at)
    const near = this.#changes
      .filter((one) => one.side === side && one.price === removal.price && one.change < 0)
      .map((one) => ({ one, ms: apart(one) }))
      .filter(({ ms }) => ms <= APART_MS)
      .sort((a, b) => a.ms - b.ms)
    let rest = removal.quantity
    for (const { one } of near) {
      const share = Math.min(rest, -one.change)
      one.change += share
      rest -= share
      if (rest === 0) return
    }
  }

  #trace(id: string, side: Side): Trace {
    let trace = this.#traces.get(id)
    if (trace === undefined) {
      trace = { side, first: new Map(), shown: new Map(), fills: [], ended: null }
      this.#traces.set(id, trace)
    }
    return trace
  }
}

const add = (map: Map<Price, Quantity>, price: Price, change: Quantity): void => {
  map.set(price, (map.get(price) ?? 0) + change)
}

const takeOut = (book: PublicBook, side: Side, price: Price, quantity: Quantity): void => {
  const pairs = side === 'bid' ? book.bids : book.asks
  for (let index = 0; index < pairs.length; index += 2) {
    if (pairs[index] !== price) continue
    const left = Math.max(0, pairs[index + 1]! - quantity)
    if (left > 0) pairs[index + 1] = left
    else pairs.splice(index, 2)
    return
  }
}
