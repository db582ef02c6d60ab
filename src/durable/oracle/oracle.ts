// The object of one feed of external prices, shared by all makers that listen to it.
//
// In: makers that follow tickers. Out: updates for them. Makers never wait for it, and treat its
// values as gone when it is gone. Like every object with an outgoing socket it needs an alarm to
// stay in memory; what it follows is stored, so that it resumes by itself. It must not know engines
// or quotes.

import { DurableObject } from 'cloudflare:workers'
import { type Config, type Env, readConfig } from '../../config/env.ts'
import { jsonLog } from '../../config/log.ts'
import { DRAFTKINGS_OFF } from '../../config/oracle-env.ts'
import { messageOf } from '../../core/vocabulary/outcome.ts'
import { type Answer, bad, good, type OracleRpc, type Usage } from '../../rpc/contracts.ts'
import { makerStub } from '../../rpc/stubs.ts'
import type { ExternalFeed } from '../../signals/feeds/feed.ts'
import { OddsFeed } from '../../signals/feeds/odds-feed.ts'
import { PolymarketFeed } from '../../signals/feeds/polymarket-feed.ts'
import type { LicenceRecord } from '../../signals/licence/review.ts'
import type { Mapping } from '../../signals/mapping/mapping-config.ts'
import type { Proposals } from '../../signals/matching/propose.ts'
import type {
  FeedName,
  Regime,
  SignalUpdate,
  SourceSet,
} from '../../signals/signal/signal-update.ts'
import { feedsOf, isFeed } from '../../signals/signal/signal-update.ts'
import { draftKings, theOddsApi } from '../../signals/sportsbooks/odds-hosts.ts'
import { readSeries } from '../../tape/shadow-store.ts'
import { ObjectStore } from '../common/object-store.ts'
import { Tally } from '../common/tally.ts'
import { RepeatingTimer } from '../common/timers.ts'
import { dialPlain, getJson, kalshiFacts, sha256 } from './oracle-bindings.ts'
import { type HubWorld, OracleHub } from './oracle-hub.ts'

const ALARM_MS = 20_000
const TICK_MS = 1_000

export class Oracle extends DurableObject<Env> implements OracleRpc {
  readonly #log = jsonLog('info')
  readonly #tally = new Tally(Date.now())
  readonly #store = new ObjectStore(this.ctx.storage, this.#tally, (detail) => {
    this.#log('error', 'oracle-not-stored', { detail })
  })
  #kept = new Map<string, unknown>()
  #hub: OracleHub | null = null
  #judging: Promise<unknown> = Promise.resolve()
  readonly #timer = new RepeatingTimer(
    () => TICK_MS,
    () => this.#tick(),
  )

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    // Storage only: waiting for a venue here could exceed the limit of 30 s.
    ctx.blockConcurrencyWhile(async () => {
      this.#kept = new Map(this.#store.list(''))
      const feed = this.#kept.get('feed')
      if (isFeed(feed)) this.#open(feed)
      if (this.#hub?.isIdle === false) await this.#stayAwake()
    })
  }

  async follow(
    feed: FeedName,
    set: SourceSet,
    ticker: string,
    mapping: Mapping,
  ): Promise<SignalUpdate> {
    this.#tally.requests++
    const update = this.#open(feed).follow(ticker, mapping, set)
    await this.#stayAwake()
    return update
  }

  async unfollow(feed: FeedName, ticker: string): Promise<void> {
    this.#open(feed).unfollow(ticker)
  }

  async failed(set: SourceSet, ticker: string): Promise<void> {
    this.#open(feedsOf(set)[0]).failed(set, ticker)
  }

  async candidates(feed: FeedName, ticker: string): Promise<Answer<Proposals>> {
    try {
      return good(await this.#open(feed).candidates(ticker))
    } catch (error) {
      return bad(502, 'external', `Candidates for ${ticker} could not be read: ${messageOf(error)}`)
    }
  }

  async licences(feed: FeedName): Promise<LicenceRecord[]> {
    return this.#open(feed).licences()
  }

  /** One after the other: two that overlap would take the same look twice. */
  judge(set: SourceSet, series: string, regime: Regime): Promise<Answer<LicenceRecord>> {
    const next = this.#judging.then(() => this.#judge(set, series, regime))
    this.#judging = next
    return next
  }

  async usage(): Promise<Usage | null> {
    this.#tally.requests++
    if (this.#hub?.isIdle !== false) return null
    return this.#tally.with({ frames: 0, storedBytes: this.ctx.storage.sql.databaseSize })
  }

  override async alarm(): Promise<void> {
    // First, so that a failure below cannot end the chain.
    this.#tally.requests++
    if (this.#hub?.isIdle !== false) return
    await this.#store.setAlarm(Date.now() + ALARM_MS)
    if (!this.#timer.isRunning) this.#timer.start()
  }

  async #judge(set: SourceSet, series: string, regime: Regime): Promise<Answer<LicenceRecord>> {
    try {
      const { rows, faults } = await readSeries(this.env.TAPE, series)
      for (const fault of faults.slice(0, 5)) this.#log('warn', 'shadow-unreadable', { fault })
      return good(this.#open(feedsOf(set)[0]).judge(set, series, regime, rows))
    } catch (error) {
      return bad(502, 'tape-unreachable', `The shadow log could not be read: ${messageOf(error)}`)
    }
  }

  #tick(): boolean {
    const hub = this.#hub
    if (hub === null || hub.isIdle) return false
    try {
      hub.tick(Date.now())
    } catch (error) {
      this.#log('error', 'oracle-beat-failed', { detail: messageOf(error) })
    }
    return true
  }

  async #stayAwake(): Promise<void> {
    if (!this.#timer.isRunning) this.#timer.start()
    if ((await this.#store.getAlarm()) === null) {
      await this.#store.setAlarm(Date.now() + ALARM_MS)
    }
  }

  #open(feed: FeedName): OracleHub {
    if (this.#hub !== null) return this.#hub
    const read = readConfig(this.env)
    if (!read.ok) throw new Error(read.message)
    const { config } = read
    const world = this.#world(feed, config)
    if (!this.#kept.has('feed')) world.keep('feed', feed)
    this.#hub = new OracleHub(
      feed,
      world,
      (changed) => openFeed(feed, world, config, changed),
      this.#kept,
    )
    return this.#hub
  }

  #world(feed: FeedName, { restUrl, logLevel }: Config): HubWorld {
    const write = jsonLog(logLevel)
    return {
      now: Date.now,
      random: Math.random,
      setTimer: (run, ms) => setTimeout(run, ms),
      clearTimer: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
      get: getJson,
      dial: dialPlain,
      sha256,
      kept: (key) => this.#kept.get(key),
      keep: (key, value) => {
        this.#kept.set(key, value)
        void this.#store.put(key, value)
      },
      forget: (key) => {
        this.#kept.delete(key)
        void this.#store.delete([key])
      },
      facts: (ticker) => kalshiFacts(restUrl, ticker),
      notify: (ticker, update) => makerStub(this.env, ticker).external(update),
      log: (level, event, detail) => write(level, event, { feed, ...detail }),
    }
  }
}

const openFeed = (
  feed: FeedName,
  world: HubWorld,
  { oracles }: Config,
  changed: (tickers: readonly string[]) => void,
): ExternalFeed => {
  if (feed === 'polymarket') {
    const { gammaUrl, clobUrl, polymarketWsUrl: wsUrl } = oracles
    return new PolymarketFeed(world, { gammaUrl, clobUrl, wsUrl }, changed)
  }
  const host =
    feed === 'odds-api'
      ? theOddsApi(oracles.oddsUrl, oracles.oddsKey)
      : draftKings(oracles.allowDraftKings ? '' : DRAFTKINGS_OFF)
  return new OddsFeed(world, host, changed)
}
