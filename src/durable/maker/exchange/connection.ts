// The connection of one maker to the exchange: key, requests, socket, its lease of the rate budget.
//
// In: effects of the engine. Out: events. Signing happens here and never between a frame and an
// order: signatures for new orders and for each resting order are made ahead, a moment after the
// last ones were used, so that the processor is free while a request is on its way out.

import { type Config, type Env, loadConfig } from '../../../config/env.ts'
import type { Log } from '../../../config/log.ts'
import { isHoursNews } from '../../../core/hours/news.ts'
import type { GroupTerms } from '../../../core/maker/limits/group-terms.ts'
import { isOver } from '../../../core/orders/lifecycle.ts'
import type { Order } from '../../../core/orders/orders.ts'
import { FIRST_LEASE } from '../../../core/orders/rate-budget.ts'
import { isNews } from '../../../core/siblings/news.ts'
import type { RiskReport } from '../../../core/vocabulary/desk.ts'
import type { Effect, Event } from '../../../core/vocabulary/events.ts'
import type { HourFactors, HoursReport } from '../../../core/vocabulary/hours.ts'
import type { Market } from '../../../core/vocabulary/market.ts'
import type { Outcome } from '../../../core/vocabulary/outcome.ts'
import type { SiblingsView } from '../../../core/vocabulary/siblings.ts'
import { HeaderPool, type SigningKey } from '../../../kalshi/auth/sign.ts'
import { GROUP_CHANNEL } from '../../../kalshi/common/requests.ts'
import { inOwnTime } from '../../../kalshi/common/venue-time.ts'
import { FrameDecoder } from '../../../kalshi/feed/decoder.ts'
import { dialKalshi, type Fetcher } from '../../../kalshi/feed/dial.ts'
import { Feed } from '../../../kalshi/feed/feed.ts'
import { KalshiRest } from '../../../kalshi/rest/rest.ts'
import {
  type AccountBudget,
  type Answer,
  bad,
  good,
  type LeaseGrant,
  type MakerReport,
} from '../../../rpc/contracts.ts'
import { deskStub } from '../../../rpc/desk-stub.ts'
import { within } from '../../common/timers.ts'
import { EffectRunner } from './effect-runner.ts'
import { OrderGroup, type StoredGroup } from './order-group.ts'
import { FIRST_READS, ReadTurns } from './read-turns.ts'
import { RequestHealth } from './request-health.ts'
import { SharedReads } from './shared-reads.ts'

/** The outcome of an order request that is not answered by then is unknown. */
const REQUEST_TIMEOUT_MS = 4_000
/** A read that hangs gives its place to another. */
const READ_TIMEOUT_MS = 2_000
/** Signatures kept ready for new orders: one per side and one to spare. */
const READY_PLACES = 3
/** A new maker gets what the others give back when they renew, so this is how long it waits. */
const RENEW_MS = 5_000
/** The same while others still hold part of the share, and after a failure. */
const RETRY_MS = 1_000
/** A desk that has not answered by then has failed. */
const DESK_DEADLINE_MS = 5_000
/** The same where only the clock's offset is asked for. */
const CLOCK_DEADLINE_MS = 1_500
/** An admission reads its market for so long, and waits this long before it tries again. */
const ADMISSION_MS = 10_000
const ADMISSION_PAUSE_MS = 300

/** Whether a read has failed for a reason that passes by itself. */
const mayPass = (outcome: Outcome<unknown>): boolean => {
  if (outcome.kind !== 'rejected') return outcome.kind === 'unknown'
  return outcome.status === 429 || outcome.code === 'header_timestamp_expired'
}

export interface Hooks {
  /** Runs the engine's step for an event. */
  deliver(event: Event): void
  /** The desk has answered a renewal of the lease that was asked for at `askedAt`. */
  granted(grant: LeaseGrant, askedAt: number): void
  /** What the desk is to know of this ticker; null before its market has been read. */
  risk(): RiskReport | null
  /** What it has seen of the hours of its series; null for nothing. */
  hours(): HoursReport | null
  /** What the order group is to be; null before the market has been read. */
  groupTerms(): GroupTerms | null
  storedGroup(): StoredGroup | null
  keepGroup(group: StoredGroup | null): void
  readonly log: Log
}

// The runtime's fetch must be called as a function of nothing.
const plainFetch: Fetcher = (url, init) => fetch(url, init)

export class Connection {
  readonly #env: Env
  readonly #ticker: string
  readonly #hooks: Hooks
  readonly #pool: HeaderPool
  readonly #health = new RequestHealth(Date.now)
  readonly #rest: KalshiRest
  readonly #decoder: FrameDecoder
  readonly #feed: Feed
  readonly #runner: EffectRunner
  readonly #turns: ReadTurns
  /** The order group that our orders join. */
  readonly group: OrderGroup
  /** Which exchange and whose account: makers of another one share nothing with us. */
  readonly #account: string
  #kept = new Set<string>()
  #open = false
  #closed = false
  #leaseUntil = 0
  #renewAt = 0
  /** What the engine was last told of the other markets of the event. */
  #siblings: SiblingsView | null = null
  /** What the engine was last told of the hours of the series. */
  #hours: HourFactors | null = null

  /** Reads the configuration and the key; a Problem names the variable that is wrong. */
  static async open(env: Env, ticker: string, hooks: Hooks): Promise<Answer<Connection>> {
    const loaded = await loadConfig(env)
    if (!loaded.ok) return bad(503, 'config', loaded.message)
    const connection = new Connection(env, loaded.config, loaded.key, ticker, hooks)
    // Others may have measured it: a fresh connection need not be refused first.
    const clock = within(CLOCK_DEADLINE_MS, deskStub(env).syncClock(null)).catch(() => null)
    const offset = (await clock)?.offset ?? null
    if (offset !== null) connection.#pool.adoptOffset(offset)
    return good(connection)
  }

  constructor(env: Env, config: Config, key: SigningKey, ticker: string, hooks: Hooks) {
    this.#env = env
    this.#ticker = ticker
    this.#hooks = hooks
    this.#account = `${config.restUrl} ${config.keyId}`
    this.#pool = new HeaderPool(config.keyId, key, Date.now)
    const fetcher = this.#health.watch(plainFetch)
    const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
    this.#rest = new KalshiRest({ baseUrl: config.restUrl }, this.#pool, fetcher, {
      timeoutMs: REQUEST_TIMEOUT_MS,
      readTimeoutMs: READ_TIMEOUT_MS,
      subaccount: config.subaccount,
      onClockSkew: (ms) => {
        hooks.log('warn', 'clock-skew', { ms })
        void deskStub(env)
          .syncClock(ms)
          .catch(() => undefined)
      },
      onRead: () => this.#turns.sent(),
      onOtherSubaccount: (rows) => hooks.log('warn', 'other-subaccount-rows', { rows }),
      sharing: new SharedReads({ now: Date.now, sleep, desk: deskStub(env), scope: this.#account }),
    })
    this.#turns = new ReadTurns({
      now: Date.now,
      sleep,
      borrow: async (tokens) => {
        const asked = deskStub(env).borrowReads(tokens, Date.now())
        return (await within(DESK_DEADLINE_MS, asked)).waitMs
      },
    })
    const deliver = (event: Event): void => {
      hooks.deliver(event)
      if (event.type === 'reply' && event.kind === 'place' && event.outcome.kind === 'rejected') {
        this.group.refused(event.outcome, event.at)
      }
      // The reply is here: now is the time to sign, not while a request is on its way out.
      void this.#pool.refresh()
    }
    const turn = (urgent: boolean) => this.#turns.turn(urgent)
    this.#runner = new EffectRunner(this.#rest, ticker, Date.now, deliver, turn)
    // `use_yes_price` is asked for at every subscription, so asks come at YES prices.
    const { subaccount } = config
    const decoder = new FrameDecoder({ noSide: 'yes-price', subaccount, ticker })
    this.#decoder = decoder
    this.#feed = new Feed({
      ticker,
      dial: () => dialKalshi(config.wsUrl, this.#pool, plainFetch),
      now: Date.now,
      random: Math.random,
      setTimer: (run, ms) => setTimeout(run, ms),
      clearTimer: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
      onUp: (at) => {
        this.#rest.askFeesAgain()
        hooks.deliver({ type: 'link-up', at, ...this.#clockOffset })
        this.group.doubt(at)
      },
      onDown: (at, reason) => hooks.deliver({ type: 'link-down', at, reason }),
      decode: (text, at) => decoder.decode(text, at),
      onFrame: (frame) => {
        // Of other events nothing gets this far.
        if (frame.type === 'other' && frame.what === 'event_fee_update') this.#rest.forgetFees()
        if (frame.type === 'order') inOwnTime(frame.order, this.#pool.clockOffset)
        hooks.deliver(frame)
        if (frame.type === 'group') this.group.heard(frame)
      },
      log: hooks.log,
    })
    this.group = this.#groupOf(hooks)
    this.#rest.keepPlace(READY_PLACES)
    void this.#pool.refresh()
  }

  #groupOf(hooks: Hooks): OrderGroup {
    const runner = this.#runner
    return new OrderGroup({
      calls: this.#rest.groups,
      stored: hooks.storedGroup(),
      now: Date.now,
      read: (ask) => runner.read(ask),
      write: (ask) => runner.write(ask),
      terms: () => hooks.groupTerms(),
      keep: (group) => hooks.keepGroup(group),
      use: (id) => {
        runner.orderGroup = id
        if (id !== '') this.#feed.also(GROUP_CHANNEL)
      },
      triggered: (how) => hooks.deliver({ type: 'group-triggered', at: Date.now(), how }),
      log: hooks.log,
    })
  }

  get isOpen(): boolean {
    return this.#open
  }

  /** Why only a new instance of the object can send again; null while this one can, or just did. */
  restartFor(restartedAt: number, at: number): string | null {
    return this.#health.restartFor(restartedAt, at)
  }

  /** Signatures that had to be made while a request waited for them. */
  get signedLate(): number {
    return this.#pool.counters.missed
  }

  /**
   * The market for the admission of its ticker. What may pass is tried again: a wrong clock, which
   * the refusal has corrected, and a full budget.
   */
  async readMarket(): Promise<Outcome<Market>> {
    const until = Date.now() + ADMISSION_MS
    for (let wait = ADMISSION_PAUSE_MS; ; wait *= 2) {
      await this.#turns.turn(true)
      const market = await this.#rest.market(this.#ticker)
      // Until its socket is open this maker hears of no change; others may tell the desk of one.
      this.#rest.askFeesAgain()
      if (!mayPass(market) || Date.now() + wait > until) return market
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }

  /** What is added to our clock, ms; null while it was never found wrong. */
  get clockOffset(): number | null {
    return this.#pool.isCorrected ? this.#pool.clockOffset : null
  }

  /** The shard that requests name, and the event whose frames are ours. */
  setMarket({ exchangeIndex, eventTicker }: Market): void {
    this.#runner.exchangeIndex = exchangeIndex
    this.#decoder.eventTicker = eventTicker
  }

  /** Wants a socket, and goes on wanting it until `disconnect`. */
  connect(): void {
    if (this.#open || this.#closed) return
    this.#open = true
    // After a sleep every signature is too old, and the first orders come within moments.
    void this.#pool.refresh()
    // The market has just been read: now the desk can be told what it is about.
    void this.renewLease(Date.now())
    this.group.tend(Date.now())
    this.#feed.start()
  }

  disconnect(): void {
    if (!this.#open) return
    this.#open = false
    this.#feed.stop()
  }

  close(): void {
    this.#closed = true
    this.disconnect()
  }

  resubscribe(sid: number): void {
    this.#feed.resubscribe(sid)
  }

  /** Drops the socket and dials anew. */
  reconnect(reason: string): void {
    this.#feed.reconnect(reason)
  }

  get #clockOffset(): { clockOffset?: number } {
    return this.#pool.isCorrected ? { clockOffset: this.#pool.clockOffset } : {}
  }

  perform(effects: readonly Effect[]): void {
    this.#runner.perform(effects)
  }

  /**
   * Checks at each heartbeat that the other end is alive, signatures are young and the lease holds.
   * @param pingAfterMs silence after which to ping
   */
  check(at: number, orders: readonly Order[], pingAfterMs: number): void {
    this.#feed.check(at, pingAfterMs)
    this.#keepOnly(orders)
    void this.#pool.refresh()
    this.group.tend(at)
    if (at >= this.#renewAt && this.#renewAt > 0) void this.renewLease(at)
  }

  /** Asks the desk for this maker's share of the write budget. Never throws. */
  async renewLease(at: number): Promise<void> {
    this.#renewAt = 0
    try {
      const grant = await this.#lease(at, null)
      if (grant.readLimits !== true) return
      const budget = await this.#budget()
      if (budget !== null && !this.#closed) await this.#lease(Date.now(), budget)
    } catch (error) {
      this.#hooks.log('warn', 'lease-failed', { detail: String(error) })
      this.#renewAt = at + RETRY_MS
      // A lease that has run out may be another maker's by now.
      if (at > this.#leaseUntil) {
        this.#turns.setLease(FIRST_READS)
        this.#hooks.deliver({ type: 'lease', at: Date.now(), lease: FIRST_LEASE })
      }
    }
  }

  /** One renewal, with what was read of the account's limits. Rejects without a desk. */
  async #lease(at: number, budget: AccountBudget | null): Promise<LeaseGrant> {
    const asked = deskStub(this.#env).lease(this.#ticker, at, budget, this.#report)
    const grant = await within(DESK_DEADLINE_MS, asked)
    this.#leaseUntil = grant.until
    this.#renewAt = at + (grant.partial ? RETRY_MS : RENEW_MS)
    // One that corrected itself knows better; all others need not be refused first.
    if (grant.clockOffset !== null && !this.#pool.isCorrected) {
      this.#pool.adoptOffset(grant.clockOffset)
    }
    this.#turns.setLease(grant.read)
    this.#hooks.granted(grant, at)
    const known = grant.halt.halted ? {} : { notHaltedAt: at }
    this.#hooks.deliver({ type: 'lease', at: Date.now(), lease: grant.write, ...known })
    if (grant.risk !== null) {
      this.#hooks.deliver({ type: 'desk', at: Date.now(), terms: grant.risk })
    }
    this.#tellSiblings(grant.siblings ?? null)
    this.#tellHours(grant.hours ?? null)
    return grant
  }

  /** The engine hears of the other markets when that is news to it. */
  #tellSiblings(view: SiblingsView | null): void {
    if (view === null || !isNews(this.#siblings, view)) return
    this.#siblings = view
    this.#hooks.deliver({ type: 'siblings', at: Date.now(), view })
  }

  #tellHours(factors: HourFactors | null): void {
    if (factors === null || !isHoursNews(this.#hours, factors)) return
    this.#hours = factors
    this.#hooks.deliver({ type: 'hours', at: Date.now(), factors })
  }

  /** What the desk learns from this maker with each renewal. */
  get #report(): MakerReport {
    const { clockOffset } = this
    const hours = this.#hooks.hours()
    const seen = hours === null ? {} : { hours }
    return { clockOffset, risk: this.#hooks.risk(), account: this.#account, ...seen }
  }

  /** The account's limits, which the desk keeps for all makers; null when they cannot be read. */
  async #budget(): Promise<AccountBudget | null> {
    const answer = await this.#runner.read(() => this.#rest.accountBudget())
    if (answer.kind === 'accepted') return answer.value
    this.#hooks.log('warn', 'limits-unreadable', { detail: answer.detail })
    return null
  }

  #keepOnly(orders: readonly Order[]): void {
    const live = orders.filter(({ orderId, status }) => orderId !== '' && !isOver(status))
    const resting = new Set(live.map(({ orderId }) => orderId))
    for (const orderId of this.#kept) if (!resting.has(orderId)) this.#rest.dropOrder(orderId)
    for (const orderId of resting) this.#rest.keepOrder(orderId)
    this.#kept = resting
  }
}
