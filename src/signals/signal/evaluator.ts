// Evaluates, for one maker, what its feeds say: how many cents of skew, which quotes to pull, and
// why.
//
// In: updates of feeds, and our venue's prices. Out: an evaluation, worked out afresh each time
// from the values that are still fresh by our own clock. A feed that dies leaves exactly nothing
// behind, and the others go on. Only what takes long to learn is kept: the basis, and a mapping
// found to be wrong.

import type { Millis } from '../../core/vocabulary/units.ts'
import { SOURCE_LIMITS, StandstillWatch } from '../common/freshness.ts'
import { type LicenceState, levelAt, UNLICENSED } from '../common/licence-state.ts'
import type {
  ExternalValue,
  LicenceLevel,
  PullSide,
  SkewDecision,
  SourceState,
  ZeroReason,
} from '../common/types.ts'
import type { Mapping } from '../mapping/mapping-config.ts'
import { GapWatch } from '../matching/watch.ts'
import { Basis, type BasisState } from './basis.ts'
import { EMPTY_POOL, type Pool, poolValues } from './combine.ts'
import { LatestUpdate, pullOf } from './latest-update.ts'
import {
  type FeedName,
  feedsOf,
  type Regime,
  type SignalUpdate,
  type SourceSet,
} from './signal-update.ts'
import { decideSkew } from './skew.ts'

/** Our own venue at a moment. Cents; NaN and null where there is none. */
export interface VenueView {
  readonly fair: number
  readonly bid: number | null
  readonly ask: number | null
  readonly closeAt: Millis
  /** Expected holding time of a contract, seconds. */
  readonly horizonSeconds: number
}

/** What survives a restart. */
export interface EvaluatorMemory {
  readonly basis: BasisState
  /** Why the mapping is distrusted until acknowledged; '' when it is not. */
  readonly distrust: string
}

/** Complete enough to act on, to show and to write down. */
export interface Evaluation {
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

/**
 * The basis learns once a minute, so that eight observations are eight minutes and not a second.
 */
const BASIS_EVERY: Millis = 60_000
const WIDEST = 6
/** Used where no value names its kind. */
const USUAL_TAU = SOURCE_LIMITS.polymarket.tauSeconds

/**
 * One mapped source by its last update; `value` is null where none counts.
 */
export interface SourceView {
  readonly source: string
  readonly state: SourceState
  readonly reason: string
  readonly value: ExternalValue | null
}

export class SignalEvaluator {
  readonly mapping: Mapping
  /** Whether a licence may move quotes; false: shadow. */
  live = false
  readonly #basis: Basis
  readonly #gap = new GapWatch()
  readonly #watches = new Map<string, StandstillWatch>()
  /** The first one knows the licence. */
  readonly #feeds: readonly [LatestUpdate, ...LatestUpdate[]]
  #basisAt: Millis = Number.NEGATIVE_INFINITY

  constructor(mapping: Mapping, set: SourceSet, memory: EvaluatorMemory | null = null) {
    this.mapping = mapping
    const [first, ...others] = feedsOf(set)
    this.#feeds = [new LatestUpdate(first), ...others.map((feed) => new LatestUpdate(feed))]
    this.#basis = new Basis(memory?.basis)
    if (memory !== null && memory.distrust !== '') {
      this.#gap.failed = true
      this.#gap.detail = memory.distrust
    }
  }

  /**
   * When the last update of a feed was received; -Infinity before the first, and for a feed of no
   * interest.
   */
  receivedAt(feed: FeedName): Millis {
    return this.#of(feed)?.at ?? Number.NEGATIVE_INFINITY
  }

  /** Why the mapping is distrusted; '' when it is not. */
  get distrust(): string {
    return this.#gap.failed ? this.#gap.detail : ''
  }

  /**
   * Whether the mapping holds: false as soon as one feed says no, true when one says yes and none
   * says no, null before any has checked it. An acknowledgement by the operator counts too.
   */
  get verified(): boolean | null {
    const verdicts = this.#feeds.map(({ update }) => update?.verified ?? null)
    if (this.#gap.failed || verdicts.includes(false)) return false
    return verdicts.includes(true) ? true : null
  }

  /** Everything that is wrong with the mapping, each with its code. */
  get failures(): readonly string[] {
    const known = this.#feeds.flatMap(({ update }) => update?.failures ?? [])
    return this.#gap.failed ? [...known, `M8: ${this.#gap.detail}`] : known
  }

  /** Each mapped source of each feed, by its last update. */
  sources(at: Millis): readonly SourceView[] {
    return this.#feeds.flatMap((feed) => viewsOf(feed, at))
  }

  get basisReady(): boolean {
    return this.#basis.ready
  }

  get memory(): EvaluatorMemory {
    return { basis: this.#basis.state(), distrust: this.distrust }
  }

  /** In play from the mapped start on, where the operator allows it. */
  regimeAt(at: Millis): Regime {
    return this.mapping.inPlay && at >= this.mapping.startAt ? 'play' : 'before'
  }

  /** The licence of the regime at `at`. */
  licenceAt(at: Millis): LicenceState {
    return this.#feeds[0].update?.licence[this.regimeAt(at)] ?? UNLICENSED
  }

  /** An update received at `at`; ignored if its feed is not in the set. */
  receive(update: SignalUpdate, at: Millis): void {
    this.#of(update.feed)?.receive(update, at)
  }

  /** The operator has checked the mapping and confirms it. */
  acknowledge(): void {
    this.#gap.acknowledge()
  }

  evaluate(view: VenueView, at: Millis): Evaluation {
    const { mapping } = this
    const mid = midOf(view)
    const received = this.#trusted(at)
    const awake = this.#awake(received, mid, at)
    const fresh = this.#fresh(awake, at)
    const pool = fresh.length === 0 ? EMPTY_POOL : poolValues(awake, at)
    if (pool.p !== null && mid !== null) this.#gap.observe(pool.p, mid, at)
    else this.#gap.noValue()
    const granted = this.licenceAt(at)
    const licence = levelAt(granted, at, Number.POSITIVE_INFINITY)
    const pull = pullOf(this.#feeds, at)
    const shocked = pull !== null || this.#feeds.some((feed) => feed.isShockedAt(at))
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
      tauSeconds: tauOf(fresh),
      maxCents: mapping.maxCents,
      learnedGain: licence > 0 ? granted.gain : null,
    })
    const evaluation: Evaluation = {
      decision,
      cents: decision.alpha,
      pull: pull?.side ?? null,
      until: pull?.until ?? 0,
      ...this.#standing(
        fresh.length > 0,
        awake.length < received.length,
        decision.shadowReason,
        at,
      ),
      licence,
      pool,
      values: fresh,
      confirmedAt: youngest(fresh),
      basis: this.#basis.value,
      horizonSeconds: view.horizonSeconds,
    }
    this.#learn(decision, view, at)
    return evaluation
  }

  #of(name: FeedName): LatestUpdate | undefined {
    return this.#feeds.find(({ feed }) => feed === name)
  }

  /** Values of the feeds that have proved their part of the mapping; of all, where none has yet. */
  #trusted(at: Millis): readonly ExternalValue[] {
    const proved = this.#feeds.filter(({ update }) => update?.verified === true)
    return (proved.length > 0 ? proved : this.#feeds).flatMap((feed) => feed.valuesAt(at))
  }

  /** Values that have not stood still while our venue moved. */
  #awake(
    values: readonly ExternalValue[],
    mid: number | null,
    at: Millis,
  ): readonly ExternalValue[] {
    if (mid === null) return values
    return values.filter(({ source, key, pYes }) => {
      const id = `${source}/${key}`
      let watch = this.#watches.get(id)
      if (watch === undefined) this.#watches.set(id, (watch = new StandstillWatch()))
      return !watch.isStandingStill(pYes, mid, at)
    })
  }

  #fresh(values: readonly ExternalValue[], at: Millis): readonly ExternalValue[] {
    return values.filter(({ confirmedAt, kind }) => {
      const age = at - confirmedAt
      return age <= SOURCE_LIMITS[kind].maxAge && age >= -1_000
    })
  }

  #standing(
    some: boolean,
    asleep: boolean,
    zero: ZeroReason,
    at: Millis,
  ): { state: SourceState; reason: string } {
    const speaker =
      this.#feeds.find((feed) => feed.update?.state === 'live' && feed.silentFor(at) === 0) ??
      this.#feeds.find(({ update }) => update !== null)
    const update = speaker?.update
    if (speaker === undefined || update === null || update === undefined) {
      return { state: 'starting', reason: 'nothing heard from the feed yet' }
    }
    const silent = speaker.silentFor(at)
    if (silent > 0) {
      return {
        state: 'stale',
        reason: `nothing heard from the feed for ${Math.round(silent / 1000)} s`,
      }
    }
    if (this.#gap.failed) return { state: 'error', reason: `M8: ${this.#gap.detail}` }
    if (this.verified === false) return { state: 'error', reason: this.failures.join('; ') }
    if (update.state !== 'live') return { state: update.state, reason: update.reason }
    if (this.verified === null) {
      return { state: 'starting', reason: 'the mapping is being checked' }
    }
    if (asleep && !some) {
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

/** The slowest of the kinds: a smaller skew rather than a larger one. Seconds. */
const tauOf = (values: readonly ExternalValue[]): number =>
  values.length === 0
    ? USUAL_TAU
    : Math.max(...values.map(({ kind }) => SOURCE_LIMITS[kind].tauSeconds))

const viewsOf = (feed: LatestUpdate, at: Millis): SourceView[] => {
  const { update } = feed
  if (update === null) {
    return [{ source: feed.feed, state: 'starting', reason: 'nothing heard yet', value: null }]
  }
  const values = feed.valuesAt(at)
  const silent = feed.silentFor(at) > 0
  let next = 0
  return update.sources.map(({ source, state, reason }) => {
    if (silent) return { source, state: 'stale', reason: 'the feed is silent', value: null }
    return { source, state, reason, value: state === 'live' ? (values[next++] ?? null) : null }
  })
}

const midOf = ({ bid, ask }: VenueView): number | null =>
  bid !== null && ask !== null && bid < ask ? (bid + ask) / 2 : null

const youngest = (values: readonly ExternalValue[]): Millis => {
  let at = Number.NaN
  for (const { confirmedAt } of values) if (!(at >= confirmedAt)) at = confirmedAt
  return at
}
