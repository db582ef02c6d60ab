// One maker's ear for prices elsewhere: it follows a feed, works out by its own clock what that is worth
// now, tells the engine, and writes down what it would have done.
//
// Nothing here is waited for by a quote. In shadow the engine hears of pulls and of nothing else. A feed
// that falls silent is followed anew, and until it speaks its values are worth exactly nothing.

import { type Advice, Adviser, type AdviserMemory, type VenueView } from '../alpha/adviser.ts'
import { fixtureDay } from '../alpha/licence-log.ts'
import type { Mapping } from '../alpha/mapping-config.ts'
import type { ExternalNews, FeedName } from '../alpha/news.ts'
import { formatShadow } from '../alpha/shadow-log.ts'
import { parseTicker } from '../alpha/ticker.ts'
import type { Event, LogLevel } from '../core/events.ts'
import type { Strategy } from '../core/parameters.ts'
import type { ExternalStatus } from '../core/status.ts'
import type { Millis } from '../core/units.ts'
import type { ShadowBook } from './shadow-book.ts'

export interface ExternalWorld {
  now(): Millis
  follow(feed: FeedName, ticker: string, mapping: Mapping): Promise<ExternalNews>
  unfollow(feed: FeedName, ticker: string): Promise<void>
  /** A check of the mapping that only we can make has failed. */
  failed(feed: FeedName, ticker: string): Promise<void>
  kept(): Promise<unknown>
  keep(memory: ExternalMemory): void
  deliver(event: Event): void
  /** Our own venue now; null while there is no engine. */
  view(): VenueView | null
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

export class External {
  readonly #world: ExternalWorld
  readonly #shadow: ShadowBook
  #ticker = ''
  #feed: FeedName | null = null
  #adviser: Adviser | null = null
  #noMapping = false
  #learntWith = ''
  #distrusted = false
  #following = false
  #followedAt: Millis = Number.NEGATIVE_INFINITY
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
    const feed = source === 'none' ? null : source
    const learntWith = feed === null || mapping === null ? '' : JSON.stringify([feed, mapping])
    this.#noMapping = feed !== null && mapping === null
    if (learntWith !== '' && learntWith === this.#learntWith && this.#adviser !== null) {
      this.#adviser.live = mode === 'licensed'
      this.#sent.at = 0
      this.#advise()
      return
    }
    const turn = ++this.#turn
    if (this.#feed !== null && this.#feed !== feed) {
      void this.#world.unfollow(this.#feed, ticker).catch(() => undefined)
    }
    this.#ticker = ticker
    this.#feed = feed
    this.#learntWith = learntWith
    this.#adviser = null
    this.#silence()
    if (feed === null || mapping === null) return
    const kept = (await this.#world.kept().catch(() => null)) as ExternalMemory | null | undefined
    if (turn !== this.#turn) return
    const memory = kept?.learntWith === learntWith ? kept.adviser : null
    this.#adviser = new Adviser(mapping, memory)
    this.#adviser.live = mode === 'licensed'
    this.#distrusted = this.#adviser.distrust !== ''
    this.#follow(this.#world.now())
  }

  /** A word from a feed; false when it is not wanted. */
  hear(news: ExternalNews): boolean {
    if (news.feed !== this.#feed) return false
    // Wanted, but what was learnt before is still being read.
    if (this.#adviser === null) return !this.#noMapping
    this.#adviser.hear(news, this.#world.now())
    this.#advise()
    return true
  }

  /** Each beat of the maker. */
  beat(at: Millis): void {
    const adviser = this.#adviser
    if (adviser === null) return
    const since = at - this.#followedAt
    const silent = at - adviser.heardAt > SILENT || at < adviser.heardAt
    if (since < 0 || since >= (silent ? SILENT : FOLLOW_EVERY)) this.#follow(at)
    if (at - this.#advisedAt >= ADVISE_EVERY || at < this.#advisedAt) this.#advise()
    this.#shadow.beat(at)
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
    const feed = this.#feed
    this.stop()
    if (feed !== null) await this.#world.unfollow(feed, this.#ticker).catch(() => undefined)
    await this.#shadow.flush()
  }

  stop(): void {
    this.#turn++
    this.#feed = null
    this.#adviser = null
    this.#learntWith = ''
  }

  flush(): Promise<void> {
    return this.#shadow.flush()
  }

  status(): ExternalStatus | null {
    const adviser = this.#adviser
    if (this.#feed === null) return null
    const at = this.#world.now()
    const base = { source: this.#feed, mode: adviser?.live ? 'licensed' : 'shadow' } as const
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
    }
  }

  #follow(at: Millis): void {
    const { mapping } = this.#adviser ?? {}
    const feed = this.#feed
    if (this.#following || mapping === undefined || feed === null) return
    this.#following = true
    this.#followedAt = at
    const turn = this.#turn
    this.#world
      .follow(feed, this.#ticker, mapping)
      .then((news) => {
        if (turn === this.#turn) this.hear(news)
      })
      .catch((error: unknown) => {
        this.#world.log('warn', 'external-not-followed', { feed, detail: String(error) })
      })
      .finally(() => {
        this.#following = false
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
    if (this.#feed === null) return
    void this.#world.failed(this.#feed, this.#ticker).catch(() => undefined)
  }

  #write(view: VenueView, advice: Advice, at: Millis): void {
    const { shadow } = advice.decision
    const due = at - this.#loggedAt >= ROW_EVERY || at < this.#loggedAt
    if (!due && Math.abs(shadow - this.#logged) < ROW_CENTS - EPSILON) return
    this.#loggedAt = at
    this.#logged = shadow
    const ticker = this.#ticker
    if (this.#feed === null) return
    const head = { ticker, feed: this.#feed, cluster: this.#clusterAt(at) }
    this.#shadow.push(ticker, formatShadow(head, view, advice), at)
    this.#remember()
  }

  #clusterAt(at: Millis): string {
    const parsed = parseTicker(this.#ticker)
    return parsed.kind === 'ticker' ? parsed.fixture : fixtureDay(this.#ticker, at)
  }

  #remember(): void {
    if (this.#adviser === null) return
    this.#world.keep({ learntWith: this.#learntWith, adviser: this.#adviser.memory })
  }
}
