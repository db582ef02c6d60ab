// What the other markets of the event may do to a price, whatever is said of them: the fair value
// stays within the best prices of others in the maker's own book, and once nothing has been said
// for a minute all is as if nobody had ever spoken.

import { FRESH_MS } from '../../src/core/siblings/event-fair.ts'
import type { Event } from '../../src/core/vocabulary/events.ts'
import { CONTRACT, PRICE_CENT } from '../../src/core/vocabulary/units.ts'
import type { Life } from '../world/life.ts'
import type { Scene } from './scene.ts'
import type { Law } from './venue-laws.ts'

/** Far below any tick, far above the rounding error of a scaled price. */
const TOLERANCE = 1e-6

export class EventLaw {
  readonly #scene: Scene
  readonly #law: Law

  constructor(scene: Scene, law: Law) {
    this.#scene = scene
    this.#law = law
  }

  decided({ type, at }: Event, { engine }: Life): void {
    const { quoter, book, ledger } = engine.state
    // After any other event the prices are those of an earlier decision.
    if (type === 'delta' || engine.decider.phase !== 'quoting' || book.isCrossed) return
    const { input, top, reasons } = quoter
    if (!Number.isFinite(input.fair)) return
    const [bid, ask] = [top.bid / PRICE_CENT, top.ask / PRICE_CENT]
    const within = input.fair >= bid - TOLERANCE && input.fair <= ask + TOLERANCE
    const found = () => `${input.fair} beside ${bid} and ${ask}`
    this.#law('the fair value lies within the best prices of others', within, found)
    const { heardAt } = this.#scene.siblings
    if (heardAt !== null && Math.abs(at - heardAt) <= FRESH_MS) return
    const alone = reasons.bid.event === 0 && input.inventory === ledger.position / CONTRACT
    const shown = () => `${reasons.bid.event} c, and a skew for ${input.inventory} contracts`
    this.#law('nothing counts of siblings that nobody speaks of', alone, shown)
  }
}
