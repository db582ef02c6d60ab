// What the hours of the series may do to a price, whatever is said of them: the variance expected
// stays within the bounds of the factors, and where nothing was said it is as if nobody ever spoke.

import { MOST_HOUR, MOST_OVERALL } from '../../src/core/hours/learnt.ts'
import type { Event } from '../../src/core/vocabulary/events.ts'
import type { Life } from '../world/life.ts'
import type { Scene } from './scene.ts'
import type { Law } from './venue-laws.ts'

const HOLDING = 30
/** Rounding errors only. */
const TOLERANCE = 1e-9

export class HoursLaw {
  readonly #scene: Scene
  readonly #law: Law

  constructor(scene: Scene, law: Law) {
    this.#scene = scene
    this.#law = law
  }

  decided({ type, at }: Event, { engine }: Life): void {
    if (type === 'delta') return
    const { hours } = engine.state.quoter.estimators.volatility
    const ahead = hours.ahead(at, HOLDING)
    const carried = hours.carried(at, HOLDING, 3600, 600)
    const most = MOST_OVERALL * MOST_HOUR * (1 + TOLERANCE)
    const isBounded = ahead <= most && ahead >= 1 / most && carried >= 0.25 && carried <= 4
    const found = () => `${ahead} for the prior, ${carried} for what was seen`
    this.#law('hours change the variance within their bounds', isBounded, found)
    if (this.#scene.hours.isHeard) return
    this.#law('hours that nobody speaks of change nothing', ahead === 1 && carried === 1, found)
  }
}
