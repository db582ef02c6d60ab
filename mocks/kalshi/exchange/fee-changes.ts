// Changes fees: overrides those of an event, now or at an announced time, and changes those of a
// series at an announced time. Announced changes can be read before they happen.

import type { Millis } from '../../../src/core/vocabulary/units.ts'
import type { Hub } from './hub.ts'
import { isKnownFeeType } from './listing.ts'

/** A change that is announced and not yet due. */
export interface FeeChange {
  readonly id: string
  readonly of: 'event' | 'series'
  readonly ticker: string
  /** Null clears an event's override. */
  readonly feeType: string | null
  readonly feeMultiplier: number | null
  readonly at: Millis
}

/** Reached as `exchange.lifecycle.fees`. */
export class FeeChanges {
  readonly #hub: Hub
  #scheduled: FeeChange[] = []

  constructor(hub: Hub) {
    this.#hub = hub
  }

  /** The announced changes, soonest first. */
  get scheduled(): readonly FeeChange[] {
    return this.#scheduled
  }

  /** Overrides an event's fees; nulls clear it. @throws Error for an unknown event. */
  override(eventTicker: string, feeType: string | null, feeMultiplier: number | null): void {
    const event = this.#hub.events.get(eventTicker)
    if (event === undefined) throw new Error(`Fee override failed: no event ${eventTicker}`)
    checkType(feeType)
    event.feeTypeOverride = feeType
    event.feeMultiplierOverride = feeMultiplier
    this.#hub.emit({
      kind: 'fee',
      at: this.#hub.at,
      eventTicker,
      feeType,
      feeMultiplier,
    })
  }

  /** Announces a later change. @throws Error for an unknown event, series or fee type. */
  announce(change: Omit<FeeChange, 'id'>): FeeChange {
    const known = change.of === 'event' ? this.#hub.events : this.#hub.series
    if (!known.has(change.ticker)) {
      throw new Error(`Fee change failed: no ${change.of} ${change.ticker}`)
    }
    checkType(change.feeType)
    const kept: FeeChange = { ...change, id: this.#hub.nextId() }
    this.#scheduled = [...this.#scheduled, kept].sort((a, b) => a.at - b.at)
    return kept
  }

  /** Makes the changes that are due. */
  follow(at: Millis): void {
    while (this.#scheduled.length > 0 && this.#scheduled[0]!.at <= at) {
      const { of, ticker, feeType, feeMultiplier } = this.#scheduled.shift()!
      if (of === 'event') this.override(ticker, feeType, feeMultiplier)
      else {
        const series = this.#hub.series.get(ticker)!
        series.feeType = feeType ?? series.feeType
        series.feeMultiplier = feeMultiplier ?? series.feeMultiplier
      }
    }
  }
}

const checkType = (feeType: string | null): void => {
  if (feeType !== null && !isKnownFeeType(feeType)) {
    throw new Error(`Fee override failed: fee type "${feeType}" has no known formula`)
  }
}
