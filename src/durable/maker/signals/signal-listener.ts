// Listens to external signals for one maker: follows one feed or two, evaluates them by its own
// clock, and logs what it would have done.
//
// In: updates of feeds. Out: the answer of one ExternalSkew, and rows of the shadow log. No quote
// waits for it. In shadow mode it answers with pulls and nothing else. A feed that falls silent is
// followed again, and until it answers its values count for exactly nothing.

import type { Log } from '../../../config/log.ts'
import type { ExternalStatus } from '../../../core/status/status.ts'
import type { Fill } from '../../../core/vocabulary/events.ts'
import type { Strategy } from '../../../core/vocabulary/parameters.ts'
import { CONTRACT, type Millis, PRICE_CENT } from '../../../core/vocabulary/units.ts'
import { fixtureDay } from '../../../signals/licence/observations.ts'
import type { ShadowHead } from '../../../signals/licence/shadow-log.ts'
import { formatFill, formatResult, formatShadow } from '../../../signals/licence/shadow-log.ts'
import type { Mapping } from '../../../signals/mapping/mapping-config.ts'
import { parseTicker } from '../../../signals/mapping/ticker.ts'
import type { Evaluation, EvaluatorMemory, VenueView } from '../../../signals/signal/evaluator.ts'
import { SignalEvaluator } from '../../../signals/signal/evaluator.ts'
import {
  type ExternalSkew,
  NO_SKEW,
  type SkewAnswer,
} from '../../../signals/signal/external-skew.ts'
import type { FeedName, SignalUpdate, SourceSet } from '../../../signals/signal/signal-update.ts'
import { feedsOf } from '../../../signals/signal/signal-update.ts'
import type { ShadowBook } from '../../../tape/shadow-store.ts'

export interface ListenerWorld {
  now(): Millis
  follow(feed: FeedName, set: SourceSet, ticker: string, mapping: Mapping): Promise<SignalUpdate>
  unfollow(feed: FeedName, ticker: string): Promise<void>
  /** Reports a failed check of the mapping that the licence's feed cannot know of. */
  failed(set: SourceSet, ticker: string): Promise<void>
  kept(): Promise<unknown>
  keep(memory: ListenerMemory): void
  /** `skew` may answer something else from now on. */
  changed(at: Millis): void
  /** Our own venue now; null while there is no engine. */
  view(): VenueView | null
  /** How the market has resolved; null before it has, and for what is neither YES nor NO. */
  result(): boolean | null
  readonly log: Log
}

/** What outlives the object; good only for the mapping that it was learnt with. */
interface ListenerMemory {
  readonly learntWith: string
  readonly adviser: EvaluatorMemory
  /** The result has been written down. */
  readonly resolved: boolean
}

const EVALUATE_EVERY: Millis = 1_000
const FOLLOW_EVERY: Millis = 60_000
/** Silence after which a feed is followed again, and how often. */
const SILENT: Millis = 15_000
const ROW_EVERY: Millis = 60_000
const ROW_CENTS = 0.1
const EPSILON = 1e-9

const NO_VENUE: VenueView = {
  fair: Number.NaN,
  bid: null,
  ask: null,
  closeAt: 0,
  horizonSeconds: 10,
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits))

export class SignalListener implements ExternalSkew {
  readonly #world: ListenerWorld
  readonly #shadow: ShadowBook
  #ticker = ''
  #set: SourceSet | null = null
  #evaluator: SignalEvaluator | null = null
  #noMapping = false
  #learntWith = ''
  #distrusted = false
  #resolved = false
  /** Feeds whose part of the mapping has failed. */
  readonly #failedFeeds = new Set<FeedName>()
  readonly #following = new Set<FeedName>()
  readonly #followedAt = new Map<FeedName, Millis>()
  #evaluatedAt: Millis = Number.NEGATIVE_INFINITY
  #loggedAt: Millis = Number.NEGATIVE_INFINITY
  #logged = 0
  #answer = NO_SKEW
  /** A later start wins over an earlier one whose memory has not been read yet. */
  #generation = 0

  constructor(world: ListenerWorld, shadow: ShadowBook) {
    this.#world = world
    this.#shadow = shadow
  }

  /** Starts, or restarts after a change. What was learnt with the same mapping is kept. */
  async start(
    ticker: string,
    { alpha_source: source, alpha_mode: mode }: Strategy,
    mapping: Mapping | null,
  ): Promise<void> {
    const set = source === 'none' ? null : source
    const learntWith = set === null || mapping === null ? '' : JSON.stringify([set, mapping])
    this.#noMapping = set !== null && mapping === null
    if (learntWith !== '' && learntWith === this.#learntWith && this.#evaluator !== null) {
      this.#evaluator.live = mode === 'licensed'
      this.#evaluate()
      return
    }
    const generation = ++this.#generation
    const wanted: readonly FeedName[] = set === null ? [] : feedsOf(set)
    for (const feed of this.#set === null ? [] : feedsOf(this.#set)) {
      if (!wanted.includes(feed)) void this.#world.unfollow(feed, ticker).catch(() => undefined)
    }
    this.#ticker = ticker
    this.#set = set
    this.#followedAt.clear()
    this.#failedFeeds.clear()
    this.#learntWith = learntWith
    this.#evaluator = null
    this.#clear()
    if (set === null || mapping === null) return
    const kept = (await this.#world.kept().catch(() => null)) as ListenerMemory | null | undefined
    if (generation !== this.#generation) return
    const memory = kept?.learntWith === learntWith ? kept.adviser : null
    this.#evaluator = new SignalEvaluator(mapping, set, memory)
    this.#evaluator.live = mode === 'licensed'
    this.#distrusted = this.#evaluator.distrust !== ''
    this.#resolved = kept?.learntWith === learntWith && kept.resolved
    for (const feed of feedsOf(set)) this.#follow(feed, this.#world.now())
  }

  /** An update from a feed; false when it is not wanted. */
  receive(update: SignalUpdate): boolean {
    const set = this.#set
    if (set === null || !feedsOf(set).includes(update.feed)) return false
    // Wanted, but what was learnt before is still being read.
    if (this.#evaluator === null) return !this.#noMapping
    this.#evaluator.receive(update, this.#world.now())
    this.#evaluate()
    this.#reportFailure(set, update)
    return true
  }

  /** Called each second: follows, evaluates and logs what is due. */
  tick(at: Millis): void {
    const evaluator = this.#evaluator
    if (evaluator === null || this.#set === null) return
    for (const feed of feedsOf(this.#set)) {
      const since = at - (this.#followedAt.get(feed) ?? Number.NEGATIVE_INFINITY)
      const receivedAt = evaluator.receivedAt(feed)
      const silent = at - receivedAt > SILENT || at < receivedAt
      if (since < 0 || since >= (silent ? SILENT : FOLLOW_EVERY)) this.#follow(feed, at)
    }
    if (at - this.#evaluatedAt >= EVALUATE_EVERY || at < this.#evaluatedAt) this.#evaluate()
    this.#resolve(at)
    this.#shadow.tick(at)
  }

  /** Logs a fill of ours; `cents` is the skew it happened under. */
  filled({ side, price, quantity }: Fill, at: Millis, cents: number): void {
    const head = this.#headAt(at)
    if (head === null) return
    const fill = { at, side, priceCents: price / PRICE_CENT, contracts: quantity / CONTRACT }
    this.#shadow.push(this.#ticker, formatFill(head, fill, cents), at)
  }

  /** The operator confirms the mapping; false where there is none. */
  acknowledge(): boolean {
    if (this.#evaluator === null) return false
    this.#evaluator.acknowledge()
    this.#distrusted = false
    this.#store()
    this.#evaluate()
    return true
  }

  skew(): SkewAnswer {
    return this.#answer
  }

  /** The maker is removed: its feeds may stop. */
  async leave(): Promise<void> {
    const feeds = this.#set === null ? [] : feedsOf(this.#set)
    this.stop()
    await Promise.allSettled(feeds.map((feed) => this.#world.unfollow(feed, this.#ticker)))
    await this.#shadow.flush()
  }

  stop(): void {
    this.#generation++
    this.#set = null
    this.#evaluator = null
    this.#learntWith = ''
  }

  flush(): Promise<void> {
    return this.#shadow.flush()
  }

  status(): ExternalStatus | null {
    const evaluator = this.#evaluator
    if (this.#set === null) return null
    const at = this.#world.now()
    const base = { source: this.#set, mode: evaluator?.live ? 'licensed' : 'shadow' } as const
    if (evaluator === null) {
      const reason = this.#noMapping ? 'no mapping: PUT one as alpha' : 'starting'
      return {
        ...base,
        state: this.#noMapping ? 'off' : 'starting',
        reason,
        value_cents: null,
        age_ms: null,
        skew_would_be: 0,
        skew_cents: 0,
        pull: 'none',
        licence: 0,
        verified: null,
        failures: [],
        gap_cents: null,
        basis: { cents: null, observations: 0, seconds: 0, ready: false },
        gain: 0,
        learned_gain: null,
        sources: [],
      }
    }
    const evaluation = evaluator.evaluate(this.#world.view() ?? NO_VENUE, at)
    const { pool, decision, confirmedAt } = evaluation
    return {
      ...base,
      state: evaluation.state,
      reason: evaluation.reason,
      value_cents: pool.p === null ? null : Number((100 * pool.p).toFixed(3)),
      age_ms: Number.isNaN(confirmedAt) ? null : Math.max(0, at - confirmedAt),
      skew_would_be: Number(decision.shadow.toFixed(4)),
      skew_cents: Number(evaluation.cents.toFixed(4)),
      pull: evaluation.pull ?? 'none',
      licence: evaluation.licence,
      verified: evaluator.verified,
      failures: [...evaluator.failures],
      gap_cents: pool.p === null || Number.isNaN(decision.gap) ? null : rounded(decision.gap, 3),
      basis: this.#basisOf(evaluator),
      gain: rounded(decision.gain, 6),
      learned_gain: evaluation.licence > 0 ? evaluator.licenceAt(at).gain : null,
      sources: evaluator.sources(at).map(({ source, state, reason, value }) => ({
        source,
        state,
        reason,
        value_cents: value === null ? null : rounded(100 * value.pYes, 3),
        age_ms: value === null ? null : Math.max(0, at - value.confirmedAt),
      })),
    }
  }

  #basisOf({ memory, basisReady }: SignalEvaluator): ExternalStatus['basis'] {
    const { value, count, firstAt, lastAt } = memory.basis
    return {
      cents: count === 0 ? null : rounded(value, 3),
      observations: count,
      seconds: Math.max(0, Math.round((lastAt - firstAt) / 1000)),
      ready: basisReady,
    }
  }

  #follow(feed: FeedName, at: Millis): void {
    const { mapping } = this.#evaluator ?? {}
    const set = this.#set
    if (this.#following.has(feed) || mapping === undefined || set === null) return
    this.#following.add(feed)
    this.#followedAt.set(feed, at)
    const generation = this.#generation
    this.#world
      .follow(feed, set, this.#ticker, mapping)
      .then((update) => {
        if (generation === this.#generation) this.receive(update)
      })
      .catch((error: unknown) => {
        this.#world.log('warn', 'external-not-followed', { feed, detail: String(error) })
      })
      .finally(() => {
        this.#following.delete(feed)
      })
  }

  #evaluate(): void {
    const evaluator = this.#evaluator
    if (evaluator === null) return
    const at = this.#world.now()
    this.#evaluatedAt = at
    const view = this.#world.view()
    const evaluation = evaluator.evaluate(view ?? NO_VENUE, at)
    this.#answer = evaluation
    this.#world.changed(at)
    if (evaluator.distrust !== '' && !this.#distrusted) this.#distrust(evaluator.distrust)
    if (view !== null) this.#logRow(view, evaluation, at)
  }

  #clear(): void {
    this.#answer = NO_SKEW
    this.#world.changed(this.#world.now())
  }

  #distrust(detail: string): void {
    this.#distrusted = true
    this.#store()
    this.#world.log('error', 'mapping-distrusted', { detail })
    if (this.#set === null) return
    void this.#world.failed(this.#set, this.#ticker).catch(() => undefined)
  }

  /** Reports once to the licence's feed that another feed's part of the mapping has failed. */
  #reportFailure(set: SourceSet, { feed, verified }: SignalUpdate): void {
    if (feed === feedsOf(set)[0]) return
    if (verified !== false) {
      if (verified === true) this.#failedFeeds.delete(feed)
      return
    }
    if (this.#failedFeeds.has(feed)) return
    this.#failedFeeds.add(feed)
    void this.#world.failed(set, this.#ticker).catch(() => undefined)
  }

  #logRow(view: VenueView, evaluation: Evaluation, at: Millis): void {
    const { shadow } = evaluation.decision
    const due = at - this.#loggedAt >= ROW_EVERY || at < this.#loggedAt
    if (!due && Math.abs(shadow - this.#logged) < ROW_CENTS - EPSILON) return
    this.#loggedAt = at
    this.#logged = shadow
    const head = this.#headAt(at)
    if (head === null) return
    this.#shadow.push(this.#ticker, formatShadow(head, view, evaluation), at)
    this.#store()
  }

  #resolve(at: Millis): void {
    if (this.#resolved) return
    const yes = this.#world.result()
    const head = yes === null ? null : this.#headAt(at)
    if (yes === null || head === null) return
    this.#resolved = true
    this.#shadow.push(this.#ticker, formatResult(head, at, yes), at)
    // Stored before it counts as written: a crash in between writes it twice rather than never.
    void this.#shadow.flush()
    this.#store()
  }

  #headAt(at: Millis): ShadowHead | null {
    const ticker = this.#ticker
    const evaluator = this.#evaluator
    if (this.#set === null || evaluator === null) return null
    const parsed = parseTicker(ticker)
    const cluster = parsed.kind === 'ticker' ? parsed.fixture : fixtureDay(ticker, at)
    return { ticker, set: this.#set, cluster, regime: evaluator.regimeAt(at) }
  }

  #store(): void {
    if (this.#evaluator === null) return
    this.#world.keep({
      learntWith: this.#learntWith,
      adviser: this.#evaluator.memory,
      resolved: this.#resolved,
    })
  }
}
