// One maker's ear for prices elsewhere: it follows one feed or two, works out by its own clock what they
// are worth now, tells the engine, and writes down what it would have done.
//
// Nothing here is waited for by a quote. In shadow the engine hears of pulls and of nothing else. A feed
// that falls silent is followed anew, and until it speaks its values are worth exactly nothing.

import type { ExternalStatus } from '../../core/status/status.ts'
import type { Event, Fill, LogLevel } from '../../core/vocabulary/events.ts'
import type { Strategy } from '../../core/vocabulary/parameters.ts'
import { CONTRACT, type Millis, PRICE_CENT } from '../../core/vocabulary/units.ts'
import { fixtureDay } from '../../signals/licence/observations.ts'
import {
  formatFill,
  formatResult,
  formatShadow,
  type ShadowHead,
} from '../../signals/licence/shadow-log.ts'
import type { Mapping } from '../../signals/mapping/mapping-config.ts'
import { parseTicker } from '../../signals/mapping/ticker.ts'
import {
  type Advice,
  Adviser,
  type AdviserMemory,
  type VenueView,
} from '../../signals/signal/adviser.ts'
import {
  type ExternalNews,
  type FeedName,
  feedsOf,
  type SourceSet,
} from '../../signals/signal/news.ts'
import type { ShadowBook } from '../../tape/shadow-writer.ts'

export interface ExternalWorld {
  now(): Millis
  follow(feed: FeedName, set: SourceSet, ticker: string, mapping: Mapping): Promise<ExternalNews>
  unfollow(feed: FeedName, ticker: string): Promise<void>
  /** A check of the mapping has failed that the keeper of the licence cannot know of. */
  failed(set: SourceSet, ticker: string): Promise<void>
  kept(): Promise<unknown>
  keep(memory: ExternalMemory): void
  deliver(event: Event): void
  /** Our own venue now; null while there is no engine. */
  view(): VenueView | null
  /** How the market has resolved; null before it has, and for what is neither YES nor NO. */
  result(): boolean | null
  log(
    level: LogLevel,
    event: string,
    detail: Readonly<Record<string, string | number | boolean | null>>,
  ): void
}

/** What outlives the object; good only for the mapping that it was learnt with. */
export interface ExternalMemory {
  readonly learntWith: string
  readonly adviser: AdviserMemory
  /** The result has been written down. */
  readonly resolved: boolean
}

const ADVISE_EVERY: Millis = 1_000
const FOLLOW_EVERY: Millis = 60_000
/** Silence after which a feed is followed anew, and how often. */
const SILENT: Millis = 15_000
const ROW_EVERY: Millis = 60_000
const ROW_CENTS = 0.1
const REPEAT_EVERY: Millis = 30_000
/** A change of the skew that is worth a decision of the engine, cents. */
const STEP_CENTS = 0.005
const EPSILON = 1e-9

const SILENCE: VenueView = {
  fair: Number.NaN,
  bid: null,
  ask: null,
  closeAt: 0,
  horizonSeconds: 10,
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits))

export class External {
  readonly #world: ExternalWorld
  readonly #shadow: ShadowBook
  #ticker = ''
  #set: SourceSet | null = null
  #adviser: Adviser | null = null
  #noMapping = false
  #learntWith = ''
  #distrusted = false
  #resolved = false
  /** Feeds whose part of the mapping has failed. */
  readonly #refuted = new Set<FeedName>()
  readonly #following = new Set<FeedName>()
  readonly #followedAt = new Map<FeedName, Millis>()
  #advisedAt: Millis = Number.NEGATIVE_INFINITY
  #loggedAt: Millis = Number.NEGATIVE_INFINITY
  #logged = 0
  #sent = { cents: 0, pull: 'none', until: 0, at: 0 }
  /** Later starts win over earlier ones whose memory has not been read yet. */
  #turn = 0

  constructor(world: ExternalWorld, shadow: ShadowBook) {
    this.#world = world
    this.#shadow = shadow
  }

  /** Begins, or begins anew after a change. What was learnt with the same mapping is kept. */
  async start(
    ticker: string,
    { alpha_source: source, alpha_mode: mode }: Strategy,
    mapping: Mapping | null,
  ): Promise<void> {
    const set = source === 'none' ? null : source
    const learntWith = set === null || mapping === null ? '' : JSON.stringify([set, mapping])
    this.#noMapping = set !== null && mapping === null
    if (learntWith !== '' && learntWith === this.#learntWith && this.#adviser !== null) {
      this.#adviser.live = mode === 'licensed'
      this.#sent.at = 0
      this.#advise()
      return
    }
    const turn = ++this.#turn
    const wanted: readonly FeedName[] = set === null ? [] : feedsOf(set)
    for (const feed of this.#set === null ? [] : feedsOf(this.#set)) {
      if (!wanted.includes(feed)) void this.#world.unfollow(feed, ticker).catch(() => undefined)
    }
    this.#ticker = ticker
    this.#set = set
    this.#followedAt.clear()
    this.#refuted.clear()
    this.#learntWith = learntWith
    this.#adviser = null
    this.#silence()
    if (set === null || mapping === null) return
    const kept = (await this.#world.kept().catch(() => null)) as ExternalMemory | null | undefined
    if (turn !== this.#turn) return
    const memory = kept?.learntWith === learntWith ? kept.adviser : null
    this.#adviser = new Adviser(mapping, set, memory)
    this.#adviser.live = mode === 'licensed'
    this.#distrusted = this.#adviser.distrust !== ''
    this.#resolved = kept?.learntWith === learntWith && kept.resolved
    for (const feed of feedsOf(set)) this.#follow(feed, this.#world.now())
  }

  /** A word from a feed; false when it is not wanted. */
  hear(news: ExternalNews): boolean {
    const set = this.#set
    if (set === null || !feedsOf(set).includes(news.feed)) return false
    // Wanted, but what was learnt before is still being read.
    if (this.#adviser === null) return !this.#noMapping
    this.#adviser.hear(news, this.#world.now())
    this.#advise()
    this.#refute(set, news)
    return true
  }

  /** Each beat of the maker. */
  beat(at: Millis): void {
    const adviser = this.#adviser
    if (adviser === null || this.#set === null) return
    for (const feed of feedsOf(this.#set)) {
      const since = at - (this.#followedAt.get(feed) ?? Number.NEGATIVE_INFINITY)
      const heardAt = adviser.heardAt(feed)
      const silent = at - heardAt > SILENT || at < heardAt
      if (since < 0 || since >= (silent ? SILENT : FOLLOW_EVERY)) this.#follow(feed, at)
    }
    if (at - this.#advisedAt >= ADVISE_EVERY || at < this.#advisedAt) this.#advise()
    this.#resolve(at)
    this.#shadow.beat(at)
  }

  /** A fill of ours, just heard of: what the signal did to it is judged later. */
  filled({ side, price, quantity }: Fill, at: Millis): void {
    const head = this.#headAt(at)
    if (head === null) return
    const fill = { at, side, priceCents: price / PRICE_CENT, contracts: quantity / CONTRACT }
    this.#shadow.push(this.#ticker, formatFill(head, fill, this.#sent.cents), at)
  }

  /** The operator stands by the mapping; null where there is none. */
  acknowledge(): boolean {
    if (this.#adviser === null) return false
    this.#adviser.acknowledge()
    this.#distrusted = false
    this.#remember()
    this.#advise()
    return true
  }

  /** The maker is removed: whoever tells us things may stop. */
  async leave(): Promise<void> {
    const feeds = this.#set === null ? [] : feedsOf(this.#set)
    this.stop()
    await Promise.allSettled(feeds.map((feed) => this.#world.unfollow(feed, this.#ticker)))
    await this.#shadow.flush()
  }

  stop(): void {
    this.#turn++
    this.#set = null
    this.#adviser = null
    this.#learntWith = ''
  }

  flush(): Promise<void> {
    return this.#shadow.flush()
  }

  status(): ExternalStatus | null {
    const adviser = this.#adviser
    if (this.#set === null) return null
    const at = this.#world.now()
    const base = { source: this.#set, mode: adviser?.live ? 'licensed' : 'shadow' } as const
    if (adviser === null) {
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
    const advice = adviser.advise(this.#world.view() ?? SILENCE, at)
    const { pool, decision, confirmedAt } = advice
    return {
      ...base,
      state: advice.state,
      reason: advice.reason,
      value_cents: pool.p === null ? null : Number((100 * pool.p).toFixed(3)),
      age_ms: Number.isNaN(confirmedAt) ? null : Math.max(0, at - confirmedAt),
      skew_would_be: Number(decision.shadow.toFixed(4)),
      skew_cents: Number(advice.cents.toFixed(4)),
      pull: advice.pull ?? 'none',
      licence: advice.licence,
      verified: adviser.verified,
      failures: [...adviser.failures],
      gap_cents: pool.p === null || Number.isNaN(decision.gap) ? null : rounded(decision.gap, 3),
      basis: this.#basisOf(adviser),
      gain: rounded(decision.gain, 6),
      learned_gain: advice.licence > 0 ? adviser.licenceAt(at).gain : null,
      sources: adviser.sources(at).map(({ source, state, reason, value }) => ({
        source,
        state,
        reason,
        value_cents: value === null ? null : rounded(100 * value.pYes, 3),
        age_ms: value === null ? null : Math.max(0, at - value.confirmedAt),
      })),
    }
  }

  #basisOf({ memory, basisReady }: Adviser): ExternalStatus['basis'] {
    const { value, count, firstAt, lastAt } = memory.basis
    return {
      cents: count === 0 ? null : rounded(value, 3),
      observations: count,
      seconds: Math.max(0, Math.round((lastAt - firstAt) / 1000)),
      ready: basisReady,
    }
  }

  #follow(feed: FeedName, at: Millis): void {
    const { mapping } = this.#adviser ?? {}
    const set = this.#set
    if (this.#following.has(feed) || mapping === undefined || set === null) return
    this.#following.add(feed)
    this.#followedAt.set(feed, at)
    const turn = this.#turn
    this.#world
      .follow(feed, set, this.#ticker, mapping)
      .then((news) => {
        if (turn === this.#turn) this.hear(news)
      })
      .catch((error: unknown) => {
        this.#world.log('warn', 'external-not-followed', { feed, detail: String(error) })
      })
      .finally(() => {
        this.#following.delete(feed)
      })
  }

  /** Works out what counts now and tells the engine what has changed. */
  #advise(): void {
    const adviser = this.#adviser
    if (adviser === null) return
    const at = this.#world.now()
    this.#advisedAt = at
    const view = this.#world.view()
    const advice = adviser.advise(view ?? SILENCE, at)
    this.#tell(advice, at)
    if (adviser.distrust !== '' && !this.#distrusted) this.#distrust(adviser.distrust)
    if (view !== null) this.#write(view, advice, at)
  }

  #tell({ cents, pull, until }: Advice, at: Millis): void {
    const sent = this.#sent
    const side = pull ?? 'none'
    // Ages that have crossed over shift by some milliseconds each time: the same pull all the same.
    const moved = side !== sent.pull || Math.abs(until - sent.until) > 1_000
    const stepped =
      Math.abs(cents - sent.cents) > STEP_CENTS || (cents === 0) !== (sent.cents === 0)
    // The engine may be another one by now.
    const again = (cents !== 0 || side !== 'none') && Math.abs(at - sent.at) >= REPEAT_EVERY
    if (!moved && !stepped && !again) return
    this.#sent = { cents, pull: side, until, at }
    this.#world.deliver({ type: 'alpha', at, cents, pull: side, until })
  }

  /** Nothing from outside counts any more. */
  #silence(): void {
    const { cents, pull } = this.#sent
    if (cents === 0 && pull === 'none') return
    const at = this.#world.now()
    this.#sent = { cents: 0, pull: 'none', until: 0, at }
    this.#world.deliver({ type: 'alpha', at, cents: 0, pull: 'none', until: 0 })
  }

  #distrust(detail: string): void {
    this.#distrusted = true
    this.#remember()
    this.#world.log('error', 'mapping-distrusted', { detail })
    if (this.#set === null) return
    void this.#world.failed(this.#set, this.#ticker).catch(() => undefined)
  }

  /** Tells the keeper of the licence that another feed's part of the mapping has failed, once. */
  #refute(set: SourceSet, { feed, verified }: ExternalNews): void {
    if (feed === feedsOf(set)[0]) return
    if (verified !== false) {
      if (verified === true) this.#refuted.delete(feed)
      return
    }
    if (this.#refuted.has(feed)) return
    this.#refuted.add(feed)
    void this.#world.failed(set, this.#ticker).catch(() => undefined)
  }

  #write(view: VenueView, advice: Advice, at: Millis): void {
    const { shadow } = advice.decision
    const due = at - this.#loggedAt >= ROW_EVERY || at < this.#loggedAt
    if (!due && Math.abs(shadow - this.#logged) < ROW_CENTS - EPSILON) return
    this.#loggedAt = at
    this.#logged = shadow
    const head = this.#headAt(at)
    if (head === null) return
    this.#shadow.push(this.#ticker, formatShadow(head, view, advice), at)
    this.#remember()
  }

  /** Writes down how the market has resolved, once. */
  #resolve(at: Millis): void {
    if (this.#resolved) return
    const yes = this.#world.result()
    const head = yes === null ? null : this.#headAt(at)
    if (yes === null || head === null) return
    this.#resolved = true
    this.#shadow.push(this.#ticker, formatResult(head, at, yes), at)
    // Stored before it counts as written: a crash in between writes it twice rather than never.
    void this.#shadow.flush()
    this.#remember()
  }

  #headAt(at: Millis): ShadowHead | null {
    const ticker = this.#ticker
    const adviser = this.#adviser
    if (this.#set === null || adviser === null) return null
    const parsed = parseTicker(ticker)
    const cluster = parsed.kind === 'ticker' ? parsed.fixture : fixtureDay(ticker, at)
    return { ticker, set: this.#set, cluster, regime: adviser.regimeAt(at) }
  }

  #remember(): void {
    if (this.#adviser === null) return
    this.#world.keep({
      learntWith: this.#learntWith,
      adviser: this.#adviser.memory,
      resolved: this.#resolved,
    })
  }
}
