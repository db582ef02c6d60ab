// The Durable Object for what is account-wide: the list of tickers, the halt latch, the leases of
// the rate budget and the last probe. It knows no market, no order and no exchange.
//
// It is built on itty-durable, which loads the stored fields before each call that comes in by
// fetch and saves them when asked to. So every method that changes something awaits `persist`
// before it answers, and fields hold plain JSON only. Only `deskStub` may send this object a
// request: the library exposes every method, including the one that wipes it.

import type { DurableObjectState } from '@cloudflare/workers-types'
import { createDurable } from 'itty-durable'
import type { Env } from '../../config/env.ts'
import { factorsOf, type HoursLearnt, learn, nothingLearnt } from '../../core/hours/learnt.ts'
import type {
  AccountBudget,
  AccountHalt,
  CommonAnswer,
  DeskChange,
  DeskRpc,
  DeskView,
  LeaseGrant,
  MakerReport,
  ProbeResult,
  RegisteredTicker,
  Usage,
} from '../../rpc/contracts.ts'
import { Tally } from '../common/tally.ts'
import { ConditionWaiter } from '../common/timers.ts'
import { Commons } from './commons.ts'
import {
  afterRestart,
  grantLease,
  type LeaseState,
  mostMakers,
  mustStore,
  noLeases,
  readPoolOf,
  releaseLease,
} from './lease.ts'
import { LimitsTurn } from './limits-turn.ts'
import { Places } from './places.ts'
import { ReadPool } from './read-pool.ts'
import {
  freshRisk,
  grantRisk,
  mustStoreRisk,
  type RiskState,
  releaseRisk,
  riskView,
  writeOffDay,
} from './risk.ts'
import { siblingsOf } from './siblings.ts'

interface Itty {
  readonly state: DurableObjectState
  persist(): Promise<void>
  fetch(request: Request): Promise<Response>
}

// The package's own types say `{}` and `any`. Automatic persistence is off, because it is not
// awaited and its failures are not reported.
const Base = createDurable({ autoPersist: false, autoReturn: false }) as unknown as new (
  state: DurableObjectState,
  env: Env,
) => Itty

/** No ticker is refused by limits that were assumed before the real ones had so long to come. */
const LIMITS_WAIT_MS = 3_000
/** What was learnt of hours is worth a row of its own this often. */
const HOURS_STORED_MS = 600_000

export class Desk extends Base implements DeskRpc {
  tickers: RegisteredTicker[] = []
  halt: AccountHalt = { halted: false, since: 0 }
  leases: LeaseState = noLeases()
  /** What to add to our clock to get the exchange's, ms; null while nobody corrected theirs. */
  clock: { offset: number | null } = { offset: null }
  probe: { result: ProbeResult | null } = { result: null }
  limits: RiskState = freshRisk()
  hours: HoursLearnt = nothingLearnt()

  /** Leases as they were stored last. */
  #stored: LeaseState = noLeases()
  #storedRisk: RiskState = freshRisk()
  /** Hours as they were stored last, and when, epoch ms. */
  readonly #storedHours = { state: nothingLearnt(), at: 0 }
  /** False until the first lease since the object came to memory. */
  #awake = false
  readonly #pool = new ReadPool()
  readonly #commons = new Commons()
  readonly #limitsTurn = new LimitsTurn()
  readonly #places = new Places()
  readonly #waiter = new ConditionWaiter()
  readonly #tally = new Tally(Date.now())

  override fetch(request: Request): Promise<Response> {
    this.#tally.requests++
    return super.fetch(request)
  }

  override async persist(): Promise<void> {
    const { leases, limits, hours } = this
    this.#tally.rowsWritten++
    await super.persist()
    this.#stored = leases
    this.#storedRisk = limits
    this.#storedHours.state = hours
    this.#storedHours.at = Date.now()
  }

  async usage(): Promise<Usage> {
    return this.#tally.with({ frames: 0, storedBytes: this.state.storage.sql.databaseSize })
  }

  async list(): Promise<RegisteredTicker[]> {
    return this.tickers
  }

  async room(ticker: string): Promise<{ taken: number; most: number; isFree: boolean }> {
    let isFree = false
    const look = () => {
      const at = Date.now()
      const taken = this.#places.taken(ticker, this.tickers, at)
      const most = mostMakers(this.leases)
      isFree ||= taken < most
      if (isFree) this.#places.keep(ticker, at)
      return { taken, most, isFree }
    }
    // The first of many makers may be just about to say what the account carries.
    const isClear = () => look().isFree || this.leases.budget !== null
    await this.#waiter.until(isClear, LIMITS_WAIT_MS)
    return look()
  }

  /** Adding a known ticker keeps its first time. `at` is epoch ms. */
  async add(ticker: string, at: number): Promise<RegisteredTicker[]> {
    if (!this.tickers.some((known) => known.ticker === ticker)) {
      this.tickers = [...this.tickers, { ticker, addedAt: at }]
    }
    this.#places.free(ticker)
    await this.persist()
    return this.tickers
  }

  /** Forgets the ticker and frees its share of the budget. */
  async remove(ticker: string): Promise<RegisteredTicker[]> {
    this.tickers = this.tickers.filter((known) => known.ticker !== ticker)
    this.#places.free(ticker)
    this.leases = releaseLease(this.leases, ticker)
    this.limits = releaseRisk(this.limits, ticker)
    await this.persist()
    return this.tickers
  }

  async setHalt(on: boolean, at: number): Promise<AccountHalt> {
    if (this.halt.halted !== on) this.halt = { halted: on, since: at }
    // Also when nothing changed: an earlier save may have failed after memory was set.
    await this.persist()
    return this.halt
  }

  async getHalt(): Promise<AccountHalt> {
    return this.halt
  }

  async lease(
    ticker: string,
    at: number,
    budget: AccountBudget | null,
    report: MakerReport,
  ): Promise<LeaseGrant> {
    if (!this.#awake) this.leases = afterRestart(this.leases, at)
    this.#awake = true
    const { state, grant } = grantLease(this.leases, ticker, at, budget)
    this.leases = state
    this.#waiter.check()
    const account = report.account ?? ''
    if (budget !== null) this.#limitsTurn.reported(account, Date.now())
    const readLimits = this.#limitsTurn.take(account, ticker, Date.now())
    if (report.clockOffset !== null) this.clock = { offset: report.clockOffset }
    // Before the answer: a desk that forgot a live grant after a restart would hand it out twice.
    const risk = this.#grantRisk(ticker, at, grant.until, report)
    if (report.hours) this.hours = learn(this.hours, ticker, report.hours, at)
    const stale = mustStoreRisk(this.#storedRisk, this.limits, ticker) || this.#mustStoreHours()
    if (stale || mustStore(this.#stored, state, ticker)) await this.persist()
    const partial = grant.partial || risk?.partial === true
    const { halt, clock } = this
    const siblings = siblingsOf(this.limits.holdings, ticker, at)
    const hours = factorsOf(this.hours, ticker, at)
    const terms = { risk: risk?.terms ?? null, siblings, hours, readLimits }
    return { ...grant, partial, halt, ...terms, clockOffset: clock.offset }
  }

  #grantRisk(ticker: string, at: number, until: number, { risk }: MakerReport) {
    if (risk === null) return null
    const granted = grantRisk(this.limits, ticker, at, until, risk)
    this.limits = granted.risk
    return granted
  }

  /** What was learnt can be lost: makers report totals, so they count once whatever was stored. */
  #mustStoreHours(): boolean {
    const { state, at } = this.#storedHours
    return this.hours !== state && Date.now() - at >= HOURS_STORED_MS
  }

  async risk(at: number): Promise<DeskView> {
    return riskView(this.limits, at)
  }

  async setRisk({ state, limits, resetDay }: DeskChange, at: number): Promise<DeskView> {
    const before = resetDay === true ? writeOffDay(this.limits, at) : this.limits
    this.limits = {
      ...before,
      state: state ?? before.state,
      limits: { ...before.limits, ...limits },
    }
    await this.persist()
    return riskView(this.limits, at)
  }

  async borrowReads(tokens: number, at: number): Promise<{ waitMs: number }> {
    return { waitMs: this.#pool.borrow(tokens, at, readPoolOf(this.leases)) }
  }

  async common(key: string, maxAge: number): Promise<CommonAnswer> {
    return this.#commons.ask(key, maxAge, Date.now())
  }

  async offer(key: string, reading: number, value: unknown): Promise<{ kept: boolean }> {
    return { kept: this.#commons.offer(key, reading, value) }
  }

  async forget(key: string): Promise<{ forgotten: true }> {
    this.#commons.forget(key, Date.now())
    return { forgotten: true }
  }

  /** @param offset ms, or null to ask only */
  async syncClock(offset: number | null): Promise<{ offset: number | null }> {
    if (offset !== null && offset !== this.clock.offset) {
      this.clock = { offset }
      await this.persist()
    }
    return this.clock
  }

  async release(ticker: string): Promise<{ released: true }> {
    this.leases = releaseLease(this.leases, ticker)
    await this.persist()
    return { released: true }
  }

  async saveProbe(result: ProbeResult): Promise<ProbeResult> {
    this.probe = { result }
    await this.persist()
    return result
  }

  async lastProbe(): Promise<{ result: ProbeResult | null }> {
    return this.probe
  }
}
