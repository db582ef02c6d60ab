// The maker's own judgement of what a feed tells it: how many cents, which quotes to pull, and why not.
//
// Everything is worked out anew at each look from the values that are still fresh by our own clock, so
// a feed that dies leaves exactly nothing behind. Only what takes long to learn is kept: the basis, and
// a mapping that was seen to be wrong.

import type { Millis } from '../core/units.ts'
import { Basis, type BasisState } from './basis.ts'
import { EMPTY_POOL, type Pool, poolValues } from './combine.ts'
import { PATIENCE, Sleeper } from './freshness.ts'
import { type LicenceState, levelAt, UNLICENSED } from './licence.ts'
import type { Mapping } from './mapping-config.ts'
import { GapWatch } from './mapping-watch.ts'
import { dated, type ExternalNews } from './news.ts'
import { decideSkew } from './skew.ts'
import type {
  ExternalValue,
  LicenceLevel,
  PullSide,
  SkewDecision,
  SourceState,
  ZeroReason,
} from './types.ts'

/** Our own venue at a moment. Cents; NaN and null where there is none. */
export interface VenueView {
  readonly fair: number
  readonly bid: number | null
  readonly ask: number | null
  readonly closeAt: Millis
  /** Expected holding time of a contract, seconds. */
  readonly horizonSeconds: number
}

/** What is kept between lives. */
export interface AdviserMemory {
  readonly basis: BasisState
  /** Why the mapping is distrusted until acknowledged; '' when it is not. */
  readonly distrust: string
}

/** Complete enough to act on, to show and to write down. */
export interface Advice {
  readonly decision: SkewDecision
  /** Cents for the fair value: the decision's, 0 in shadow. */
  readonly cents: number
  readonly pull: PullSide | null
  /** End of the pull, by our clock; 0 without one. */
  readonly until: Millis
  readonly state: SourceState
  /** Why nothing external counts now; '' when it does. */
  readonly reason: string
  readonly licence: LicenceLevel
  readonly pool: Pool
  readonly values: readonly ExternalValue[]
  /** Our clock when the youngest value was last confirmed; NaN without one. */
  readonly confirmedAt: Millis
  readonly basis: number
  readonly horizonSeconds: number
}

/** Silence of the feed itself after which its last word about its state is no longer repeated. */
const FEED_SILENT: Millis = 45_000
/** The basis learns once a minute, so that eight observations are eight minutes and not a second. */
const BASIS_EVERY: Millis = 60_000
const WIDEST = 6
/** Taken where there is no value to name its kind. */
const USUAL_TAU = PATIENCE.polymarket.tauSeconds

export class Adviser {
  readonly mapping: Mapping
  /** Whether a licence may move quotes; false: shadow. */
  live = false
  readonly #basis: Basis
  readonly #gap = new GapWatch()
  readonly #sleepers = new Map<string, Sleeper>()
  #news: ExternalNews | null = null
  #values: readonly ExternalValue[] = []
  #heardAt: Millis = Number.NEGATIVE_INFINITY
  #pull: PullSide | null = null
  #pullUntil: Millis = 0
  #basisAt: Millis = Number.NEGATIVE_INFINITY

  constructor(mapping: Mapping, memory: AdviserMemory | null = null) {
    this.mapping = mapping
    this.#basis = new Basis(memory?.basis)
    if (memory !== null && memory.distrust !== '') {
      this.#gap.failed = true
      this.#gap.detail = memory.distrust
    }
  }

  get heardAt(): Millis {
    return this.#heardAt
  }

  /** Why the mapping is distrusted; '' when it is not. */
  get distrust(): string {
    return this.#gap.failed ? this.#gap.detail : ''
  }

  /** null before the feed has looked; the operator's own look counts here too. */
  get verified(): boolean | null {
    return this.#gap.failed ? false : (this.#news?.verified ?? null)
  }

  /** Everything that is wrong with the mapping, each with its code. */
  get failures(): readonly string[] {
    const known = this.#news?.failures ?? []
    return this.#gap.failed ? [...known, `M8: ${this.#gap.detail}`] : known
  }

  get memory(): AdviserMemory {
    return { basis: this.#basis.state(), distrust: this.distrust }
  }

  get licence(): LicenceState {
    return this.#news?.licence ?? UNLICENSED
  }

  /** A word from the feed, received at `at`. */
  hear(news: ExternalNews, at: Millis): void {
    this.#news = news
    this.#heardAt = at
    this.#values = news.values.map((value) => dated(value, at))
    this.#pull = news.shock.pull
    this.#pullUntil = news.shock.pull === null ? 0 : at + news.shock.forMs
  }

  /** The operator has looked at the mapping and stands by it. */
  acknowledge(): void {
    this.#gap.acknowledge()
  }

  advise(view: VenueView, at: Millis): Advice {
    const { mapping } = this
    const mid = midOf(view)
    const awake = this.#awake(mid, at)
    const fresh = this.#fresh(awake, at)
    const pool = fresh.length === 0 ? EMPTY_POOL : poolValues(awake, at)
    if (pool.p !== null && mid !== null) this.#gap.look(pool.p, mid, at)
    else this.#gap.absent()
    const licence = levelAt(this.licence, at, Number.POSITIVE_INFINITY)
    const shocked = this.#news?.shock.holding === true || this.#pullAt(at) !== null
    const decision = decideSkew({
      at,
      mode: this.live ? 'live' : 'shadow',
      licence,
      killed: false,
      mapped: this.verified === true,
      shocked,
      pool,
      fair: view.fair,
      kalshiBid: view.bid,
      kalshiAsk: view.ask,
      basis: {
        value: this.#basis.value,
        ready: this.#basis.ready,
        overCap: this.#basis.overCap,
      },
      startAt: Number.isNaN(mapping.startAt) ? null : mapping.startAt,
      inPlay: mapping.inPlay,
      closeAt: view.closeAt,
      horizonSeconds: view.horizonSeconds,
      tauSeconds: fresh[0] === undefined ? USUAL_TAU : PATIENCE[fresh[0].kind].tauSeconds,
      maxCents: mapping.maxCents,
      learnedGain: null,
    })
    const advice: Advice = {
      decision,
      cents: decision.alpha,
      pull: this.#pullAt(at),
      until: this.#pullAt(at) === null ? 0 : this.#pullUntil,
      ...this.#standing(fresh.length > 0, awake.length, decision.shadowReason, at),
      licence,
      pool,
      values: fresh,
      confirmedAt: youngest(fresh),
      basis: this.#basis.value,
      horizonSeconds: view.horizonSeconds,
    }
    this.#learn(decision, view, at)
    return advice
  }

  /** Values whose own venue has not fallen asleep while ours moved. */
  #awake(mid: number | null, at: Millis): readonly ExternalValue[] {
    if (mid === null) return this.#values
    return this.#values.filter(({ source, key, pYes }) => {
      const id = `${source}/${key}`
      let sleeper = this.#sleepers.get(id)
      if (sleeper === undefined) this.#sleepers.set(id, (sleeper = new Sleeper()))
      return !sleeper.asleep(pYes, mid, at)
    })
  }

  #fresh(values: readonly ExternalValue[], at: Millis): readonly ExternalValue[] {
    return values.filter(({ confirmedAt, kind }) => {
      const age = at - confirmedAt
      return age <= PATIENCE[kind].maxAge && age >= -1_000
    })
  }

  #pullAt(at: Millis): PullSide | null {
    return at < this.#pullUntil ? this.#pull : null
  }

  #standing(
    some: boolean,
    awake: number,
    zero: ZeroReason,
    at: Millis,
  ): { state: SourceState; reason: string } {
    const news = this.#news
    if (news === null) return { state: 'starting', reason: 'nothing heard from the feed yet' }
    const silent = at - this.#heardAt
    if (silent > FEED_SILENT) {
      return {
        state: 'stale',
        reason: `nothing heard from the feed for ${Math.round(silent / 1000)} s`,
      }
    }
    if (this.#gap.failed) return { state: 'error', reason: `M8: ${this.#gap.detail}` }
    if (news.verified === false) return { state: 'error', reason: news.failures.join('; ') }
    if (news.state !== 'live') return { state: news.state, reason: news.reason }
    if (news.verified === null) return { state: 'starting', reason: 'the mapping is being checked' }
    if (awake < this.#values.length) {
      return { state: 'quiet', reason: 'unchanged for 30 minutes while our venue moved' }
    }
    if (!some) return { state: 'stale', reason: 'the last value is too old' }
    return { state: 'live', reason: zero }
  }

  /** The basis learns from what counts, after the decision and never before it. */
  #learn({ gap, shadowReason: why }: SkewDecision, { bid, ask }: VenueView, at: Millis): void {
    if (at < this.#basisAt + BASIS_EVERY && at >= this.#basisAt) return
    // These two forbid a skew because of the basis itself.
    if (why !== '' && why !== 'basis-warming' && why !== 'basis-cap') return
    if (bid === null || ask === null || ask - bid > WIDEST) return
    this.#basisAt = at
    this.#basis.observe(gap, at)
  }
}

const midOf = ({ bid, ask }: VenueView): number | null =>
  bid !== null && ask !== null && bid < ask ? (bid + ask) / 2 : null

const youngest = (values: readonly ExternalValue[]): Millis => {
  let at = Number.NaN
  for (const { confirmedAt } of values) if (!(at >= confirmedAt)) at = confirmedAt
  return at
}
