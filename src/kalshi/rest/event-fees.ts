// The fees of an event, and whether at most one of its markets can be yes: two reads, shared by
// all markets of the event and kept for a while.
//
// In: how to GET a path. Out: terms; those that cannot be read are assumed at their dearest, and
// are neither kept nor shared.

import type { FeeTerms } from '../../core/vocabulary/market.ts'
import { accepted, type Outcome, unknown } from '../../core/vocabulary/outcome.ts'
import type { Millis } from '../../core/vocabulary/units.ts'
import { ASSUMED_FEES, feeTerms, readEventFee, readSeriesFee } from './market-terms.ts'
import type { Sharing } from './sharing.ts'

/** Fees change rarely, so they are kept this long, ms, by whomever they were read. */
const FEES_KEPT_MS = 300_000

/** Plain JSON: clients share it. */
interface EventFees {
  readonly terms: FeeTerms
  readonly exclusive: boolean
}

/** Whether a shared value is what we share: whoever has read it may run another version. */
const isUsable = (value: Partial<EventFees> | null): boolean =>
  typeof value?.exclusive === 'boolean' &&
  Number.isSafeInteger(value.terms?.maker) &&
  Number.isSafeInteger(value.terms?.taker) &&
  typeof value.terms?.source === 'string'

const keyOf = (eventTicker: string): string => `fees ${eventTicker}`

export class FeeReader {
  readonly #get: (path: string) => Promise<Outcome<unknown>>
  readonly #sharing: Sharing
  readonly #now: () => Millis
  readonly #kept = new Map<string, { readonly fees: EventFees; readonly at: Millis }>()
  /** Events that were asked for. */
  readonly #events = new Set<string>()
  /** Events of which at most one market can be yes. */
  readonly #exclusive = new Set<string>()
  #changes = 0

  constructor(
    get: (path: string) => Promise<Outcome<unknown>>,
    sharing: Sharing,
    now: () => Millis,
  ) {
    this.#get = get
    this.#sharing = sharing
    this.#now = now
  }

  async of(eventTicker: string): Promise<EventFees> {
    const known = this.#kept.get(eventTicker)
    if (known && this.#now() - known.at < FEES_KEPT_MS) return known.fees
    this.#events.add(eventTicker)
    const changes = this.#changes
    const read = () => this.#read(eventTicker)
    const shared = await this.#sharing.get(keyOf(eventTicker), FEES_KEPT_MS, read)
    const { outcome, at } =
      shared.outcome.kind === 'accepted' && !isUsable(shared.outcome.value)
        ? { at: this.#now(), outcome: await read() }
        : shared
    if (outcome.kind !== 'accepted') {
      return { terms: ASSUMED_FEES, exclusive: this.#exclusive.has(eventTicker) }
    }
    // Read before a change of which we heard meanwhile: not worth keeping.
    if (changes === this.#changes) this.#kept.set(eventTicker, { fees: outcome.value, at })
    if (outcome.value.exclusive) this.#exclusive.add(eventTicker)
    return outcome.value
  }

  /** They have changed at the exchange: the next question reads them again. */
  forget(): void {
    this.#changes++
    this.#kept.clear()
    for (const eventTicker of this.#events) this.#sharing.forget(keyOf(eventTicker))
  }

  /** Changes may have been missed: the next question goes to those who share. */
  askAgain(): void {
    this.#kept.clear()
  }

  async #read(eventTicker: string): Promise<Outcome<EventFees>> {
    const event = await this.#get(`/events/${encodeURIComponent(eventTicker)}`)
    if (event.kind !== 'accepted') return event
    const { override, seriesTicker, exclusive } = readEventFee(event.value)
    if (exclusive) this.#exclusive.add(eventTicker)
    const series = await this.#get(`/series/${encodeURIComponent(seriesTicker)}`)
    const rule = readSeriesFee(series.kind === 'accepted' ? series.value : null)
    const terms = feeTerms(rule, override)
    if (terms === ASSUMED_FEES) return unknown(`The fees of ${eventTicker} could not be read`)
    return accepted({ terms, exclusive })
  }
}
