// Feed, its object and one maker's listener in virtual time: the real ones, over the mock oracles
// without a server. Nothing waits; a day passes as fast as its seconds can be counted.

import { createHash } from 'node:crypto'
import type { EventSpec } from '../../mocks/oracles/common/spec.ts'
import { Oracles, type OraclesOptions } from '../../mocks/oracles/oracles.ts'
import type { PolyMarket } from '../../mocks/oracles/polymarket/market.ts'
import type { ExternalStatus } from '../../src/core/status/status.ts'
import type { Event } from '../../src/core/vocabulary/events.ts'
import { defaultParameters, type Strategy } from '../../src/core/vocabulary/parameters.ts'
import { SignalListener } from '../../src/durable/maker/signals/signal-listener.ts'
import { type HubWorld, OracleHub } from '../../src/durable/oracle/oracle-hub.ts'
import {
  DialRefused,
  type Fetched,
  fetchedOf,
  type WireSocket,
} from '../../src/signals/feeds/feed.ts'
import { OddsFeed } from '../../src/signals/feeds/odds-feed.ts'
import { PolymarketFeed } from '../../src/signals/feeds/polymarket-feed.ts'
import { type Mapping, readMapping } from '../../src/signals/mapping/mapping-config.ts'
import type { KalshiFacts } from '../../src/signals/matching/verify.ts'
import type { VenueView } from '../../src/signals/signal/evaluator.ts'
import { SkewRelay } from '../../src/signals/signal/external-skew.ts'
import {
  type FeedName,
  feedsOf,
  type SignalUpdate,
  type SourceSet,
} from '../../src/signals/signal/signal-update.ts'
import { theOddsApi } from '../../src/signals/sportsbooks/odds-hosts.ts'
import { type ShadowBatch, ShadowBook } from '../../src/tape/shadow-store.ts'

export const START = Date.parse('2026-11-24T12:00:00Z')
export const QUESTION = 'mock-index-above-50'
export const QUESTION_TICKER = 'KXMOCK-26DEC31-T50'
const STEP_MS = 250
const ROOT = 'http://external'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const RULES = sha256('our rules')

export type AlphaEvent = Extract<Event, { type: 'alpha' }>

export class VirtualSignals {
  at = START
  readonly set: SourceSet
  readonly oracles: Oracles
  readonly logs: string[] = []
  readonly asked: string[] = []
  /** Every event that the engine would have received. */
  readonly events: AlphaEvent[] = []
  /** Shadow lines that reached R2. */
  readonly written: string[] = []
  facts: KalshiFacts = { open: true, floorStrike: null, rulesSha256: RULES }
  view: VenueView = {
    fair: 50,
    bid: 49,
    ask: 51,
    closeAt: START + 30 * 86_400_000,
    horizonSeconds: 3600,
  }
  /** How our own venue has resolved the question. */
  result: boolean | null = null
  delivered = 0
  dials = 0
  /** Feeds whose object is gone: every call to it fails. */
  readonly dead = new Set<FeedName>()
  memory: unknown = null
  shadow: readonly ShadowBatch[] = []
  readonly #hubs = new Map<FeedName, OracleHub>()
  readonly #kept = new Map<FeedName, Map<string, unknown>>()
  listener!: SignalListener
  relay!: SkewRelay
  readonly #oddsKey: string | null
  readonly #lives = new Map<FeedName, number>()

  constructor(
    set: SourceSet = 'polymarket',
    options: OraclesOptions = {},
    oddsKey: string | null = 'mock-odds-key',
  ) {
    this.set = set
    this.#oddsKey = oddsKey
    this.oracles = new Oracles({ walkCents: 0, takerEveryMs: 0, ...options }, this.at)
    for (const feed of feedsOf(set)) this.restartHub(feed)
    this.restartListener()
  }

  /** False: the objects of all feeds are gone. */
  set alive(alive: boolean) {
    for (const feed of feedsOf(this.set)) {
      if (alive) this.dead.delete(feed)
      else this.dead.add(feed)
    }
  }

  /** The first feed's, which keeps the licence. */
  get hub(): OracleHub {
    return this.hubOf(feedsOf(this.set)[0])
  }

  hubOf(feed: FeedName): OracleHub {
    const hub = this.#hubs.get(feed)
    if (hub === undefined) throw new Error(`No object looks at ${feed}`)
    return hub
  }

  /** What the first feed's object has stored. */
  get kept(): Map<string, unknown> {
    return this.#keptOf(feedsOf(this.set)[0])
  }

  #keptOf(feed: FeedName): Map<string, unknown> {
    let kept = this.#kept.get(feed)
    if (kept === undefined) this.#kept.set(feed, (kept = new Map()))
    return kept
  }

  /** The feed's object dies and another one takes up what it had stored. */
  restartHub(feed: FeedName = feedsOf(this.set)[0]): void {
    if (feed === 'polymarket') this.oracles.channel.drop()
    const world = this.#world(feed)
    const hub = new OracleHub(
      feed,
      world,
      (changed) =>
        feed === 'polymarket'
          ? new PolymarketFeed(
              world,
              { gammaUrl: `${ROOT}/gamma`, clobUrl: `${ROOT}/clob`, wsUrl: 'ws://external/ws' },
              changed,
            )
          : new OddsFeed(world, theOddsApi(`${ROOT}/v4`, this.#oddsKey), changed),
      this.#keptOf(feed),
    )
    this.#hubs.set(feed, hub)
  }

  restartListener(): void {
    const shadow = new ShadowBook({
      write: async (_ticker, _lo, lines) => {
        this.written.push(...lines)
      },
      kept: async () => this.shadow,
      keep: (batches) => {
        this.shadow = structuredClone(batches) as readonly ShadowBatch[]
      },
      log: (_level, event) => this.logs.push(event),
    })
    const reach = <T>(feed: FeedName, run: (hub: OracleHub) => T): Promise<T> =>
      this.dead.has(feed)
        ? Promise.reject(new Error('object is gone'))
        : Promise.resolve().then(() => run(this.hubOf(feed)))
    this.relay = new SkewRelay((event) => {
      if (event.type === 'alpha') this.events.push(event)
    })
    this.listener = new SignalListener(
      {
        now: () => this.at,
        follow: (feed, set, ticker, mapping) =>
          reach(feed, (hub) => hub.follow(ticker, mapping, set)),
        unfollow: (feed, ticker) => reach(feed, (hub) => hub.unfollow(ticker)),
        failed: (set, ticker) => reach(feedsOf(set)[0], (hub) => hub.failed(set, ticker)),
        kept: async () => {
          await shadow.load()
          return this.memory
        },
        keep: (memory) => {
          this.memory = structuredClone(memory)
        },
        changed: (at) => this.relay.relay(at),
        view: () => this.view,
        result: () => this.result,
        log: (_level, event) => this.logs.push(event),
      },
      shadow,
    )
  }

  #world(feed: FeedName): HubWorld {
    const life = (this.#lives.get(feed) ?? 0) + 1
    this.#lives.set(feed, life)
    const kept = this.#keptOf(feed)
    return {
      now: () => this.at,
      random: () => 0.5,
      setTimer: () => null,
      clearTimer: () => undefined,
      get: (url) => this.#get(url),
      dial: () => this.#dial(),
      sha256: async (text) => sha256(text),
      kept: (key) => kept.get(key),
      keep: (key, value) => {
        kept.set(key, structuredClone(value))
      },
      forget: (key) => {
        kept.delete(key)
      },
      facts: async () => this.facts,
      notify: async (_ticker, update: SignalUpdate) => {
        if (this.dead.has(feed) || life !== this.#lives.get(feed)) throw new Error('object is gone')
        this.delivered++
        return this.listener.receive(structuredClone(update))
      },
      log: (_level, event, detail) => this.logs.push(`${event} ${JSON.stringify(detail)}`),
    }
  }

  async #get(url: string): Promise<Fetched> {
    this.asked.push(url)
    const outcome = this.oracles.answer('GET', url.slice(ROOT.length), '', this.at)
    if (outcome === null) throw new Error('external: no answer within 10 s')
    const headers = new Map(Object.entries(outcome.headers))
    return fetchedOf(outcome.status, outcome.text, (name) => headers.get(name) ?? null)
  }

  async #dial(): Promise<WireSocket> {
    this.dials++
    const status = this.oracles.troubles.polymarket.meetDial()
    if (status !== null) throw new DialRefused(status, `found status ${status}, wanted 101`)
    const listeners: Record<string, ((event: { data?: unknown }) => void)[]> = {}
    const emit = (type: string, event: { data?: unknown } = {}): void => {
      for (const listen of listeners[type] ?? []) listen(event)
    }
    const wire = {
      send: (data: string) => emit('message', { data }),
      close: () => emit('close'),
      cut: () => emit('close'),
    }
    this.oracles.channel.attach(wire, this.at)
    return {
      send: (text) => this.oracles.channel.receive(wire, text, this.at),
      close: () => this.oracles.channel.detach(wire),
      addEventListener: (type, listener) => {
        ;(listeners[type] ??= []).push(listener)
      },
    }
  }

  get status(): ExternalStatus {
    const status = this.listener.status()
    if (status === null) throw new Error('Nothing is listened to')
    return status
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < 30; turn++) await Promise.resolve()
  }

  /** Lets time pass, and ticks both objects each second. */
  async pass(ms: number): Promise<void> {
    const end = this.at + ms
    while (this.at < end) {
      this.at = Math.min(this.at + STEP_MS, end)
      this.oracles.step(this.at)
      if ((this.at - START) % 1000 < STEP_MS) {
        for (const [feed, hub] of this.#hubs) if (!this.dead.has(feed)) hub.tick(this.at)
        this.listener.tick(this.at)
      }
      await this.settle()
    }
  }

  async listen(mapping: Mapping = this.question(), changes: Partial<Strategy> = {}): Promise<void> {
    const { strategy } = defaultParameters()
    const source = { alpha_source: this.set, ...changes }
    this.relay.use(this.listener)
    await this.listener.start(mapping.ticker, { ...strategy, ...source }, mapping)
    await this.pass(2_000)
  }

  /** Half an hour and eight looks: the basis is learnt. */
  async learn(): Promise<void> {
    await this.pass(32 * 60_000)
  }

  question(changes: Record<string, unknown> = {}, slugs: readonly string[] = [QUESTION]): Mapping {
    return mappingOf({
      ticker: QUESTION_TICKER,
      rulesSha256: RULES,
      ack: ['same-question'],
      sources: slugs.map((slug) => ({
        kind: 'polymarket',
        slug,
        outcome: 'Yes',
        side: 'same',
        rulesSha256: sha256(this.oracles.market(slug).spec.description),
        expires: '2026-12-30T00:00:00Z',
      })),
      ...changes,
    })
  }
}

/** A question of the external venue. */
export const questionOf = (changes: Partial<EventSpec> = {}): EventSpec => ({
  slug: QUESTION,
  title: 'The same question?',
  description: 'The same rules.',
  outcomes: ['Yes', 'No'],
  sport: null,
  startAt: null,
  endAt: START + 30 * 86_400_000,
  p: 0.5,
  version: 'v1',
  ...changes,
})

const HOUR = 3_600_000
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']

/** The football game that comes with the mock oracles, as they offer it. */
export const footballIn = (world: VirtualSignals): PolyMarket =>
  world.oracles.markets.find(({ spec }) => spec.sport?.title === 'NFL')!

/** The same game, so long from the start of the world. */
export const footballAfter = (ms: number): EventSpec => {
  const { spec } = footballIn(new VirtualSignals())
  return { ...spec, startAt: START + ms, endAt: START + ms + 24 * HOUR }
}

/** Our ticker of that game and its sources: bookmakers by name, and the external market. */
export const footballMapping = (
  world: VirtualSignals,
  names: readonly string[],
  changes: Record<string, unknown> = {},
): Mapping => {
  const { spec, ids } = footballIn(world)
  const start = new Date(spec.startAt!).toISOString()
  const date = new Date(spec.startAt! - 5 * HOUR)
  const day = String(date.getUTCDate()).padStart(2, '0')
  const common = { outcome: 'Dallas Cowboys', side: 'same' }
  const polymarket = {
    kind: 'polymarket',
    slug: spec.slug,
    rulesSha256: sha256(spec.description),
    expires: start,
    ...common,
  }
  const odds = {
    kind: 'oddsapi',
    sport: 'americanfootball_nfl',
    eventId: ids.odds,
    market: 'h2h',
    outcomes: 2,
    ...common,
  }
  return mappingOf({
    ticker: `KXNFLGAME-${date.getUTCFullYear() % 100}${MONTHS[date.getUTCMonth()]}${day}DALNYG-DAL`,
    start,
    sources: names.map((name) => (name === 'polymarket' ? polymarket : { ...odds, book: name })),
    ...changes,
  })
}

export const mappingOf = (raw: Record<string, unknown>): Mapping => {
  const mapping = readMapping(raw)
  if (mapping.kind === 'malformed') throw new Error(mapping.detail)
  return mapping
}
