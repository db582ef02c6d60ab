// Follows one ticker inside its feed: pools its sources, watches for shocks, decides when to
// notify.
//
// In: readings of the mapped sources. Out: updates for the maker: at once for a pull, soon for a
// change that could matter, and every few seconds if nothing changed, because a maker takes silence
// as the loss of every value.

import type { Millis } from '../../core/vocabulary/units.ts'
import { type LicenceState, UNLICENSED } from '../common/licence-state.ts'
import type { ExternalValue, SourceReading } from '../common/types.ts'
import { poolValues } from './combine.ts'
import { Shock } from './shock.ts'
import { aged, type FeedName, REGIMES, type Regime, type SignalUpdate } from './signal-update.ts'

/** What the mapped sources of one ticker say at a moment. */
export interface SourceReadings {
  readonly readings: readonly SourceReading[]
  /** Whose each reading is, by position: 'polymarket', 'oddsapi:draftkings', ... */
  readonly names: readonly string[]
  /** A mapped book shows one side only. */
  readonly oneSided: boolean
  /** Of readings by position: those that stand for a sportsbook's market. */
  readonly sportsbook: boolean
}

/** An external move, in cents, that is sent without waiting for the next heartbeat. */
const UPDATE_CENTS = 0.1
const SOONEST_MS = 250
/** Below half of the largest age, so that a lost message does not make a value old. */
const HEARTBEAT_MS: Readonly<Record<FeedName, Millis>> = {
  polymarket: 5_000,
  'odds-api': 30_000,
  draftkings: 30_000,
}
const EPSILON = 1e-9

const NOTHING: SourceReadings = { readings: [], names: [], oneSided: false, sportsbook: false }

export class TickerSignal {
  readonly feed: FeedName
  readonly shock = new Shock()
  licence: Readonly<Record<Regime, LicenceState>> = { before: UNLICENSED, play: UNLICENSED }
  /** null before the mapping has been looked at. */
  verified: boolean | null = null
  failures: readonly string[] = []
  #found: SourceReadings = NOTHING
  #p: number | null = null
  #wasLive = false
  #suspended = false
  #sent = ''
  #sentP: number | null = null
  #sentAt: Millis = Number.NEGATIVE_INFINITY

  constructor(feed: FeedName) {
    this.feed = feed
  }

  /** The pooled probability of the last look; null without one. */
  get p(): number | null {
    return this.#p
  }

  /** Takes in what the sources say. Call it at every change and every few seconds. */
  observe(found: SourceReadings, at: Millis): void {
    this.#found = found
    const values = liveValues(found)
    const pool = poolValues(values, at)
    this.#p = pool.p
    const suspended = found.sportsbook && found.readings.some(({ state }) => state === 'suspended')
    // A source that was never live is missing, not suspended.
    if (suspended && this.#wasLive && !this.#suspended) {
      this.shock.suspended(true, at)
      this.#suspended = true
    } else if (this.#suspended && !suspended && values.length > 0) {
      this.shock.suspended(false, at)
      this.#suspended = false
    }
    if (!found.sportsbook) this.shock.oneSided(found.oneSided && this.#wasLive, at)
    if (pool.p !== null) {
      this.#wasLive = true
      this.shock.reading(pool.p, at)
    } else if (found.readings.length > 0 && found.readings.every(isGone)) {
      this.#wasLive = false
      this.shock.lost(at)
    }
  }

  /** Whether the maker must be notified now. */
  isDue(at: Millis): boolean {
    if (this.#key(at) !== this.#sent) return true
    const since = at - this.#sentAt
    // A clock that went back knows nothing of when it last spoke.
    if (since < 0 || since >= HEARTBEAT_MS[this.feed]) return true
    if (since < SOONEST_MS || this.#p === null || this.#sentP === null) return false
    return 100 * Math.abs(this.#p - this.#sentP) >= UPDATE_CENTS - EPSILON
  }

  /** When `due` may become true by itself. */
  nextAt(at: Millis): Millis {
    const { pull, until } = this.shock.state(at)
    const beat = this.#sentAt + HEARTBEAT_MS[this.feed]
    return pull === null ? beat : Math.min(beat, until)
  }

  /** The update for the maker; it counts as sent. */
  nextUpdate(at: Millis): SignalUpdate {
    this.#sent = this.#key(at)
    this.#sentP = this.#p
    this.#sentAt = at
    const { readings, names } = this.#found
    const speaker = readings.find(({ state }) => state === 'live') ?? readings[0]
    const { pull, holding, reason, until, cents } = this.shock.state(at)
    return {
      feed: this.feed,
      state: speaker?.state ?? 'starting',
      reason: speaker === undefined ? 'nothing heard yet' : speaker.reason,
      values: liveValues(this.#found).map((value) => aged(value, at)),
      sources: readings.map(({ state, reason }, index) => ({
        source: names[index] ?? this.feed,
        state,
        reason,
      })),
      shock: { pull, holding, reason, forMs: pull === null ? 0 : until - at, cents },
      verified: this.verified,
      failures: this.failures,
      licence: this.licence,
    }
  }

  /** The last update has not arrived: it is due again. */
  notDelivered(): void {
    this.#sent = ''
  }

  /** Everything whose change is sent at once. */
  #key(at: Millis): string {
    const { pull, holding, until } = this.shock.state(at)
    const states = this.#found.readings.map(({ state, reason }) =>
      // The age inside a reason changes all the time and means nothing.
      state === 'stale' ? state : `${state}/${reason}`,
    )
    const licences = REGIMES.map((regime) => {
      const { level, grantedAt, gain } = this.licence[regime]
      return `${level}/${grantedAt}/${gain}`
    })
    return [pull, holding, pull === null ? 0 : until, this.verified, ...licences, ...states]
      .concat(this.failures)
      .join('|')
  }
}

const liveValues = ({ readings }: SourceReadings): ExternalValue[] =>
  readings.flatMap(({ value }) => (value === null ? [] : [value]))

/** A source that is out of reach, as opposed to one that shows no price. */
const isGone = ({ state }: SourceReading): boolean =>
  state === 'stale' || state === 'closed' || state === 'blocked' || state === 'error'
