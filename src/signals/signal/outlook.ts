// One ticker as its feed sees it: what its mapped sources say together, the watch for shocks, and the
// decision when the maker must be told.
//
// A maker is told at once of a pull, soon of a change that could matter, and every few seconds that all
// is as it was, because a maker that hears nothing takes every value as gone.

import type { Millis } from '../../core/vocabulary/units.ts'
import { type LicenceState, UNLICENSED } from '../common/licence-state.ts'
import type { ExternalValue, SourceReading } from '../common/types.ts'
import { poolValues } from './combine.ts'
import { aged, type ExternalNews, type FeedName, REGIMES, type Regime } from './news.ts'
import { Shock } from './shock.ts'

/** What the mapped sources of one ticker say at a moment. */
export interface Sight {
  readonly readings: readonly SourceReading[]
  /** Whose each reading is, by position: 'polymarket', 'oddsapi:draftkings', ... */
  readonly names: readonly string[]
  /** A mapped book shows one side only. */
  readonly oneSided: boolean
  /** Of readings by position: those that stand for a sportsbook's market. */
  readonly sportsbook: boolean
}

/** An external move that a maker hears of without waiting for the next heartbeat, cents. */
const NEWS_CENTS = 0.1
const SOONEST_MS = 250
/** Below half of the largest age, so that a lost message does not make a value old. */
const HEARTBEAT_MS: Readonly<Record<FeedName, Millis>> = {
  polymarket: 5_000,
  'odds-api': 30_000,
  draftkings: 30_000,
}
const EPSILON = 1e-9

const NOTHING: Sight = { readings: [], names: [], oneSided: false, sportsbook: false }

export class Outlook {
  readonly feed: FeedName
  readonly shock = new Shock()
  licence: Readonly<Record<Regime, LicenceState>> = { before: UNLICENSED, play: UNLICENSED }
  /** null before the mapping has been looked at. */
  verified: boolean | null = null
  failures: readonly string[] = []
  #sight: Sight = NOTHING
  #p: number | null = null
  #wasLive = false
  #suspended = false
  #told = ''
  #toldP: number | null = null
  #toldAt: Millis = Number.NEGATIVE_INFINITY

  constructor(feed: FeedName) {
    this.feed = feed
  }

  /** The pooled probability of the last look; null without one. */
  get p(): number | null {
    return this.#p
  }

  /** Takes in what the sources say. Call it at every change and every few seconds. */
  look(sight: Sight, at: Millis): void {
    this.#sight = sight
    const values = liveValues(sight)
    const pool = poolValues(values, at)
    this.#p = pool.p
    const suspended = sight.sportsbook && sight.readings.some(({ state }) => state === 'suspended')
    // What was never live has not been suspended: it is only missing.
    if (suspended && this.#wasLive && !this.#suspended) {
      this.shock.suspended(true, at)
      this.#suspended = true
    } else if (this.#suspended && !suspended && values.length > 0) {
      this.shock.suspended(false, at)
      this.#suspended = false
    }
    if (!sight.sportsbook) this.shock.oneSided(sight.oneSided && this.#wasLive, at)
    if (pool.p !== null) {
      this.#wasLive = true
      this.shock.reading(pool.p, at)
    } else if (sight.readings.length > 0 && sight.readings.every(isGone)) {
      this.#wasLive = false
      this.shock.lost(at)
    }
  }

  /** Whether the maker must be told now. */
  due(at: Millis): boolean {
    if (this.#key(at) !== this.#told) return true
    const since = at - this.#toldAt
    // A clock that went back knows nothing of when it last spoke.
    if (since < 0 || since >= HEARTBEAT_MS[this.feed]) return true
    if (since < SOONEST_MS || this.#p === null || this.#toldP === null) return false
    return 100 * Math.abs(this.#p - this.#toldP) >= NEWS_CENTS - EPSILON
  }

  /** When `due` may become true by itself. */
  nextAt(at: Millis): Millis {
    const { pull, until } = this.shock.state(at)
    const beat = this.#toldAt + HEARTBEAT_MS[this.feed]
    return pull === null ? beat : Math.min(beat, until)
  }

  /** What the maker is to hear; it counts as told. */
  news(at: Millis): ExternalNews {
    this.#told = this.#key(at)
    this.#toldP = this.#p
    this.#toldAt = at
    const { readings, names } = this.#sight
    const speaks = readings.find(({ state }) => state === 'live') ?? readings[0]
    const { pull, holding, reason, until, cents } = this.shock.state(at)
    return {
      feed: this.feed,
      state: speaks?.state ?? 'starting',
      reason: speaks === undefined ? 'nothing heard yet' : speaks.reason,
      values: liveValues(this.#sight).map((value) => aged(value, at)),
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

  /** The last word has not arrived: it is due again. */
  untold(): void {
    this.#told = ''
  }

  /** Everything whose change is told at once. */
  #key(at: Millis): string {
    const { pull, holding, until } = this.shock.state(at)
    const states = this.#sight.readings.map(({ state, reason }) =>
      // An age inside a reason is no news.
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

const liveValues = ({ readings }: Sight): ExternalValue[] =>
  readings.flatMap(({ value }) => (value === null ? [] : [value]))

/** A source that cannot be heard any more, as opposed to one that shows no price. */
const isGone = ({ state }: SourceReading): boolean =>
  state === 'stale' || state === 'closed' || state === 'blocked' || state === 'error'
