// Moves a market through its states: creation, pause, reactivation, close, determination, dispute
// and settlement; also a new close time, price grid, settlement floor and metadata. Opening and
// closing on schedule send no frame; everything else does, as Kalshi documents it (2026).

import type { PriceRange } from '../../../src/core/vocabulary/market.ts'
import { PriceGrid } from '../../../src/core/vocabulary/market.ts'
import {
  formatPrice,
  type Millis,
  PRICE_ONE,
  type Price,
} from '../../../src/core/vocabulary/units.ts'
import type { Order, Reason } from '../matching/order.ts'
import type { Result } from './account.ts'
import { FeeChanges } from './fee-changes.ts'
import type { Hub } from './hub.ts'
import type { Listing } from './listing.ts'

const seconds = (at: Millis): number => Math.floor(at / 1000)

/** Price ranges as on the wire. */
export const wireRanges = (ranges: readonly PriceRange[]): Record<string, string>[] =>
  ranges.map(({ start, end, step }) => ({
    end: formatPrice(end),
    start: formatPrice(start),
    step: formatPrice(step),
  }))

/** Moves markets through their states. Reached as `exchange.lifecycle`. */
export class Lifecycle {
  readonly #hub: Hub
  readonly fees: FeeChanges

  constructor(hub: Hub) {
    this.#hub = hub
    this.fees = new FeeChanges(hub)
  }

  /** Announces a new market. */
  announceCreated(listing: Listing): void {
    this.#announce(listing, 'created', {
      open_ts: seconds(listing.openAt),
      close_ts: seconds(listing.closeAt),
      exchange_index: listing.exchangeIndex,
      price_level_structure: listing.priceLevelStructure,
      price_ranges: wireRanges(listing.priceRanges),
      additional_metadata: {
        name: listing.title,
        title: listing.title,
        yes_sub_title: listing.title,
        no_sub_title: listing.title,
        rules_primary: '',
        rules_secondary: '',
        can_close_early: listing.canCloseEarly,
        event_ticker: listing.event.ticker,
        expected_expiration_ts: seconds(listing.expectedAt),
        ...listing.metadata,
      },
    })
  }

  /** Pauses one market: no new orders; cancels pass; resting orders stay unless marked. */
  deactivate(ticker: string): void {
    const listing = this.#at(ticker)
    if (listing.status !== 'active') return
    this.#move(listing, 'inactive')
    this.#announce(listing, 'deactivated', { is_deactivated: true })
    this.cancelOnPause(listing)
  }

  /** Ends a pause. Resting orders are canceled first: Kalshi does not keep them. */
  activate(ticker: string): void {
    const listing = this.#at(ticker)
    if (listing.status !== 'inactive') return
    this.#cancelResting(listing, 'HaltCancel')
    this.#move(listing, 'active')
    this.#announce(listing, 'activated', { is_deactivated: false })
  }

  /** Opens an initialized market. Sends no frame. */
  open(ticker: string): void {
    const listing = this.#at(ticker)
    if (listing.status === 'initialized') this.#move(listing, 'active')
  }

  /** Closes now: cancels resting orders and refuses new ones. Sends no lifecycle frame. */
  close(ticker: string): void {
    const listing = this.#at(ticker)
    if (listing.closeAt > this.#hub.at) listing.closeAt = this.#hub.at
    this.closeIfOpen(listing)
  }

  /** Closes a market that is active or paused; does nothing otherwise. */
  closeIfOpen(listing: Listing): void {
    if (listing.status !== 'active' && listing.status !== 'inactive') return
    this.#move(listing, 'closed')
    this.#cancelResting(listing, 'CloseCancel')
  }

  /** Moves the close, earlier only where the market allows it. @throws Error when it does not. */
  moveClose(ticker: string, closeAt: Millis): void {
    const listing = this.#at(ticker)
    if (closeAt < listing.closeAt && !listing.canCloseEarly) {
      throw new Error(`Moving close failed: ${ticker} cannot close early`)
    }
    listing.closeAt = closeAt
    listing.updatedAt = this.#hub.at
    this.#announce(listing, 'close_date_updated', { close_ts: seconds(closeAt) })
    if (closeAt <= this.#hub.at) this.closeIfOpen(listing)
  }

  /**
   * Determines the outcome, closing the market first when it still trades. `value` is what a YES
   * contract pays: given for 'scalar', else 1 or 0 dollars. After a dispute the market is
   * `amended`.
   * @throws Error when a scalar outcome has no value, or one below the settlement floor.
   */
  determine(ticker: string, result: Result, value?: Price): void {
    const listing = this.#at(ticker)
    this.close(ticker)
    if (listing.status !== 'closed' && listing.status !== 'disputed') return
    const pays = result === 'yes' ? PRICE_ONE : result === 'no' ? 0 : value
    if (pays === undefined)
      throw new Error(`Determination failed: ${ticker} is scalar without value`)
    const least = listing.settlementFloor ?? 0
    if (!(pays >= least && pays <= PRICE_ONE)) {
      throw new Error(
        `Determination failed: found a value of ${formatPrice(pays)}, wanted ${formatPrice(least)} to 1`,
      )
    }
    listing.result = result
    listing.settlementValue = pays
    listing.determinedAt = this.#hub.at
    this.#move(listing, listing.status === 'disputed' ? 'amended' : 'determined')
    this.#announce(listing, 'determined', {
      determination_ts: seconds(this.#hub.at),
      result,
      settlement_value: formatPrice(pays),
    })
  }

  /** Withdraws an outcome for review; nothing is paid until it is determined again. */
  dispute(ticker: string): void {
    const listing = this.#at(ticker)
    if (listing.status !== 'determined' && listing.status !== 'amended') {
      throw new Error(`Dispute failed: ${ticker} is ${listing.status}, wanted determined`)
    }
    listing.result = ''
    this.#move(listing, 'disputed')
  }

  /** Pays out a determined market. @throws Error when it has no outcome. */
  settle(ticker: string): void {
    const listing = this.#at(ticker)
    if (listing.status === 'finalized') return
    const { result } = listing
    if (result === '') {
      throw new Error(`Settlement failed: ${ticker} is ${listing.status} and has no outcome`)
    }
    const { at } = this.#hub
    for (const account of this.#hub.accounts.values()) {
      account.settle(ticker, listing.event.ticker, result, listing.settlementValue, at)
      for (const purse of account.purses) {
        const holding = purse.holdings.get(ticker)
        if (holding !== undefined) {
          this.#hub.emit({ kind: 'position', at, listing, account, holding })
        }
      }
    }
    listing.settledAt = at
    listing.openInterest = 0
    this.#move(listing, 'finalized')
    this.#announce(listing, 'settled', { settled_ts: seconds(at) })
  }

  /**
   * Changes the legal prices of a live market. Resting orders keep their prices, even off the new
   * grid, and can be amended there in size and expiry (a guess).
   */
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

  /** Raises the settlement floor and cancels orders at or below it. Sends no frame. */
  raiseFloor(ticker: string, floor: Price): void {
    const listing = this.#at(ticker)
    if (!(floor > 0 && floor < PRICE_ONE) || floor < (listing.settlementFloor ?? 0)) {
      throw new Error(
        `Raising floor failed: found ${floor}, wanted more than before, below a dollar`,
      )
    }
    listing.settlementFloor = floor
    listing.updatedAt = this.#hub.at
    this.#cancelResting(listing, '', (order) => order.price <= floor)
  }

  /** Changes descriptive keys (strikes, subtitles) and announces them. */
  updateMetadata(ticker: string, metadata: Readonly<Record<string, unknown>>): void {
    const listing = this.#at(ticker)
    listing.metadata = { ...listing.metadata, ...metadata }
    listing.updatedAt = this.#hub.at
    this.#announce(listing, 'metadata_updated', metadata)
  }

  /** Waives the fees of a market until a time. */
  waiveFees(ticker: string, until: Millis): void {
    this.#at(ticker).feeWaiverUntil = until
  }

  /** Overrides the fees of an event, or clears the override with nulls. */
  overrideFees(eventTicker: string, feeType: string | null, feeMultiplier: number | null): void {
    this.#hub.at = this.#hub.now()
    this.fees.override(eventTicker, feeType, feeMultiplier)
  }

  /** Carries out due fee changes, and settlements where the knob `autoSettle` is on. */
  follow(at: Millis): void {
    this.fees.follow(at)
    if (!this.#hub.knobs.autoSettle) return
    for (const listing of this.#hub.listings.values()) {
      const settles = listing.status === 'determined' || listing.status === 'amended'
      if (settles && at >= listing.determinedAt + listing.settlementTimerSeconds * 1000) {
        this.settle(listing.ticker)
      }
    }
  }

  /** Cancels the orders marked cancelOnPause. */
  cancelOnPause(listing: Listing): void {
    this.#cancelResting(listing, 'HaltCancel', (order) => order.cancelOnPause)
  }

  #cancelResting(
    listing: Listing,
    reason: Reason,
    which: (order: Order) => boolean = () => true,
  ): void {
    for (const order of [...listing.book.resting()]) {
      if (which(order)) listing.book.cancel(order, reason, null)
    }
  }

  #at(ticker: string): Listing {
    this.#hub.at = this.#hub.now()
    return this.#hub.listing(ticker)
  }

  #move(listing: Listing, status: Listing['status']): void {
    listing.status = status
    listing.updatedAt = this.#hub.at
    listing.stale = true
  }

  #announce(listing: Listing, change: string, extra: Record<string, unknown>): void {
    this.#hub.emit({ kind: 'lifecycle', at: this.#hub.at, listing, change, extra })
  }
}
