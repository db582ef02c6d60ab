// The life of a market: pause and reactivation, close, determination, settlement, a new close time,
// a new price grid, and fee overrides of its event. Opening and closing on schedule send no frame;
// everything else does, as Kalshi documents it (2026).

import type { PriceRange } from '../src/core/market.ts'
import { PriceGrid } from '../src/core/market.ts'
import { formatPrice, type Millis, PRICE_ONE } from '../src/core/units.ts'
import type { Exchange } from './exchange.ts'
import { isKnownFeeType, type Listing } from './listing.ts'
import type { Reason } from './order.ts'

const seconds = (at: Millis): number => Math.floor(at / 1000)

/** Price ranges as the wire writes them. */
export const wireRanges = (ranges: readonly PriceRange[]): Record<string, string>[] =>
  ranges.map(({ start, end, step }) => ({
    end: formatPrice(end),
    start: formatPrice(start),
    step: formatPrice(step),
  }))

/** Moves markets through their states. Reached as `exchange.lifecycle`. */
export class Lifecycle {
  readonly #exchange: Exchange

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  /** Pauses one market: no new orders, cancels allowed, resting orders stay unless marked otherwise. */
  deactivate(ticker: string): void {
    const listing = this.#at(ticker)
    if (listing.status !== 'active') return
    this.#move(listing, 'inactive')
    this.#announce(listing, 'deactivated', { is_deactivated: true })
    this.cancelOnPause(listing)
  }

  /** Ends a pause. All orders that still rest are canceled first: Kalshi does not carry them over. */
  activate(ticker: string): void {
    const listing = this.#at(ticker)
    if (listing.status !== 'inactive') return
    this.#cancelResting(listing, 'HaltCancel', false)
    this.#move(listing, 'active')
    this.#announce(listing, 'activated', { is_deactivated: false })
  }

  /** Opens a market that was only initialized. Sends no frame. */
  open(ticker: string): void {
    const listing = this.#at(ticker)
    if (listing.status === 'initialized') this.#move(listing, 'active')
  }

  /** Closes now: cancels what rests, refuses orders from here on. Sends no lifecycle frame. */
  close(ticker: string): void {
    const listing = this.#at(ticker)
    if (listing.closeAt > this.#exchange.at) listing.closeAt = this.#exchange.at
    this.closeIfOpen(listing)
  }

  /** Closes a market that trades or is paused; nothing for any other. */
  closeIfOpen(listing: Listing): void {
    if (listing.status !== 'active' && listing.status !== 'inactive') return
    this.#move(listing, 'closed')
    this.#cancelResting(listing, 'CloseCancel', false)
  }

  /** Moves the close: earlier or later. */
  moveClose(ticker: string, closeAt: Millis): void {
    const listing = this.#at(ticker)
    listing.closeAt = closeAt
    this.#announce(listing, 'close_date_updated', { close_ts: seconds(closeAt) })
  }

  /** Says the outcome. Closes the market first when it still trades. */
  determine(ticker: string, result: 'yes' | 'no'): void {
    const listing = this.#at(ticker)
    this.close(ticker)
    if (listing.status !== 'closed') return
    listing.result = result
    listing.determinedAt = this.#exchange.at
    this.#move(listing, 'determined')
    this.#announce(listing, 'determined', {
      determination_ts: seconds(this.#exchange.at),
      result,
      settlement_value: formatPrice(result === 'yes' ? PRICE_ONE : 0),
    })
  }

  /** Pays out a determined market. @throws Error when it has no outcome. */
  settle(ticker: string): void {
    const listing = this.#at(ticker)
    if (listing.status === 'finalized') return
    if (listing.result === '') {
      throw new Error(`Settlement failed: ${ticker} is ${listing.status} and has no outcome`)
    }
    for (const account of this.#exchange.accounts.values()) {
      account.settle(ticker, listing.event.ticker, listing.result, this.#exchange.at)
      const holding = account.holdings.get(ticker)
      if (holding === undefined) continue
      this.#exchange.emit({ kind: 'position', at: this.#exchange.at, listing, account, holding })
    }
    listing.settledAt = this.#exchange.at
    listing.openInterest = 0
    this.#move(listing, 'finalized')
    this.#announce(listing, 'settled', { settled_ts: seconds(this.#exchange.at) })
  }

  /** Changes the legal prices of a live market. Orders already resting keep their prices. */
  changeGrid(ticker: string, structure: string, ranges: readonly PriceRange[]): void {
    const listing = this.#at(ticker)
    listing.grid = new PriceGrid(ranges)
    listing.priceRanges = ranges
    listing.priceLevelStructure = structure
    this.#announce(listing, 'price_level_structure_updated', {
      price_level_structure: structure,
      price_ranges: wireRanges(ranges),
    })
  }

  /** Overrides the fees of an event, or clears the override with nulls. */
  overrideFees(eventTicker: string, feeType: string | null, feeMultiplier: number | null): void {
    const event = this.#exchange.events.get(eventTicker)
    if (event === undefined) throw new Error(`Fee override failed: no event ${eventTicker}`)
    if (feeType !== null && !isKnownFeeType(feeType)) {
      throw new Error(`Fee override failed: fee type "${feeType}" has no known formula`)
    }
    event.feeTypeOverride = feeType
    event.feeMultiplierOverride = feeMultiplier
    const at = (this.#exchange.at = this.#exchange.now())
    this.#exchange.emit({ kind: 'fee', at, eventTicker, feeType, feeMultiplier })
  }

  /** Cancels the orders that asked to be canceled when trading pauses. */
  cancelOnPause(listing: Listing): void {
    this.#cancelResting(listing, 'HaltCancel', true)
  }

  #cancelResting(listing: Listing, reason: Reason, onlyMarked: boolean): void {
    for (const order of [...listing.book.resting()]) {
      if (!onlyMarked || order.cancelOnPause) listing.book.cancel(order, reason, null)
    }
  }

  #at(ticker: string): Listing {
    this.#exchange.at = this.#exchange.now()
    return this.#exchange.listing(ticker)
  }

  #move(listing: Listing, status: Listing['status']): void {
    listing.status = status
    listing.updatedAt = this.#exchange.at
    listing.stale = true
  }

  #announce(listing: Listing, change: string, extra: Record<string, unknown>): void {
    this.#exchange.emit({ kind: 'lifecycle', at: this.#exchange.at, listing, change, extra })
  }
}
