// The life of one maker: what is stored about it, its start, its alarm, and which command holds.
//
// In: the object's storage, the desk's halt, the alarm. Out: a running loop under the
// command that persons and the desk want. What the market does is not known here.
//
// An object that only holds an outgoing socket is dropped after some 140 s without a trace. An
// alarm every few seconds keeps it in memory and, should it be lost all the same, brings it back.

import type { Env } from '../../config/env.ts'
import type { EngineMemory } from '../../core/maker/engine.ts'
import { FIRST_TERMS } from '../../core/orders/desk-room.ts'
import { FIRST_LEASE } from '../../core/orders/rate-budget.ts'
import type { TradingState } from '../../core/vocabulary/desk.ts'
import { withDefaults } from '../../core/vocabulary/parameters.ts'
import type { LeaseGrant, StoredMaker } from '../../rpc/contracts.ts'
import { deskStub } from '../../rpc/desk-stub.ts'
import { none, type SkewRelay } from '../../signals/signal/external-skew.ts'
import { takeOldRows } from '../../tape/old-rows.ts'
import type { ObjectStore } from '../common/object-store.ts'
import { within } from '../common/timers.ts'
import { Connection, type Hooks } from './exchange/connection.ts'
import type { OrderGroup, StoredGroup } from './exchange/order-group.ts'
import { ALARM_MS, MARKET_RECHECK_MS } from './heartbeat.ts'
import type { LiveSockets } from './live-sockets.ts'
import type { MakerLoop } from './maker-loop.ts'
import type { MakerTape } from './maker-tape.ts'
import { SecondLatch } from './second-latch.ts'
import type { SignalListener } from './signals/signal-listener.ts'
import { StorageWatch } from './storage-watch.ts'

/** The journal is in memory alone, so it leaves each minute; the tape is stored: 5 minutes. */
const JOURNAL_EVERY_ALARMS = 12
const TAPE_EVERY_ALARMS = 60
const NOT_STORED = 'The change could not be stored, so the maker stops quoting: see its log'
/** A start must not wait for a desk that hangs. */
const DESK_DEADLINE_MS = 5_000
/** A removal waits no longer than this for its order group to be deleted. */
const GROUP_DEADLINE_MS = 3_000

/** The parts of one maker's object. */
interface MakerParts {
  readonly ctx: DurableObjectState
  readonly store: ObjectStore
  readonly env: Env
  readonly hooks: Hooks
  readonly loop: MakerLoop
  readonly tape: MakerTape
  readonly signals: SignalListener
  readonly skew: SkewRelay
  readonly live: LiveSockets
}

export class MakerLife {
  readonly #parts: MakerParts
  #stored: StoredMaker | null = null
  /** Opened for the admission of the ticker; the next start takes it over. */
  #admitted: Connection | null = null
  #connection: Connection | null = null
  #booting: Promise<void> | null = null
  #storage: StorageWatch | null = null
  #secondLatch: SecondLatch | null = null
  #restarted = false
  #refusal: string | null = null
  #alarms = 0
  /** The desk could not be asked whether the account is halted: assume that it is. */
  #deskUnknown = false
  /** When a person last released this maker: what the desk said before that is out of date. */
  #releasedAt = 0

  constructor(parts: MakerParts) {
    this.#parts = parts
  }

  /** Why the maker could not start; null where it could, or has not tried. */
  get refusal(): string | null {
    return this.#refusal
  }

  get stored(): StoredMaker | null {
    return this.#stored
  }

  /** True while a person or the desk wants a halt, or may want one. */
  get isHalted(): boolean {
    return this.#deskUnknown || this.#stored?.halted === true
  }

  /** Why it was halted; null while it is not. */
  get #haltReason(): string | null {
    return this.#stored?.halted === true ? (this.#stored.haltReason ?? 'operator') : null
  }

  get clockOffset(): number | null {
    return this.#connection?.clockOffset ?? null
  }

  /** The order group at the exchange; null before the maker has started. */
  get group(): OrderGroup | null {
    return this.#connection?.group ?? null
  }

  get storedGroup(): StoredGroup | null {
    return this.#parts.store.get<StoredGroup>('order-group') ?? null
  }

  /** Lost in a crash, it costs a group that nobody uses. */
  keepGroup(group: StoredGroup | null): void {
    const { store } = this.#parts
    void (group === null ? store.delete(['order-group']) : store.put('order-group', group))
  }

  /** Signatures that had to be made while a request waited for them. */
  get signedLate(): number {
    return this.#connection?.signedLate ?? 0
  }

  /** Reads storage only: the exchange must not be waited for here (30 s limit). */
  async load(): Promise<void> {
    const { ctx, store, loop, tape } = this.#parts
    const stored = store.get<StoredMaker>('maker') ?? null
    this.#stored = stored && { ...stored, parameters: withDefaults(stored.parameters) }
    this.#restarted = this.#stored !== null
    loop.memory = store.get<EngineMemory>('memory') ?? null
    const ticker = store.get<string>('ticker')
    takeOldRows(ctx.storage.sql, store)
    if (ticker !== undefined) tape.open(ticker)
    if (this.#stored === null) return
    this.#watch(this.#stored.ticker)
    if ((await store.getAlarm()) === null) void store.setAlarm(Date.now() + 100)
  }

  /** A new maker, whose market was read over `connection`. */
  async create(maker: StoredMaker, connection: Connection): Promise<void> {
    const { store, tape } = this.#parts
    const { ticker } = maker
    this.#stored = maker
    this.#admitted = connection
    tape.open(ticker)
    this.#watch(ticker)
    void store.put('maker', maker)
    void store.put('ticker', ticker)
    void store.setAlarm(Date.now() + ALARM_MS)
    if (!(await store.confirmed())) throw new Error(NOT_STORED)
    await this.boot()
  }

  #watch(ticker: string): void {
    const { ctx, env, hooks, store, loop } = this.#parts
    this.#secondLatch = new SecondLatch(env, ticker, hooks.log)
    this.#storage = new StorageWatch(ticker, {
      ...{ store, log: hooks.log, now: Date.now },
      changed: (reason) => this.obey(this.#haltReason ?? reason),
      clean: (since, ms) => loop.clean(since, ms),
      abort: (reason) => ctx.abort(reason),
    })
    this.#storage.begin()
  }

  /** Storage has refused a write. */
  storageFailed(reason: string): void {
    this.#storage?.failed(reason)
  }

  /** Starts the loop where it is not running. Resolves when it runs or could not be started. */
  boot(): Promise<void> {
    if (this.#parts.loop.engine !== null || this.#stored === null) return Promise.resolve()
    this.#booting ??= this.#start(this.#stored).finally(() => {
      this.#booting = null
    })
    return this.#booting
  }

  async #start(found: StoredMaker): Promise<void> {
    const { env, loop } = this.#parts
    const { ticker } = found
    const connection = this.#admitted ?? (await this.#open(ticker))
    this.#admitted = null
    if (connection === null) return
    const askedAt = Date.now()
    const [halt] = await Promise.all([
      within(DESK_DEADLINE_MS, deskStub(env).getHalt()).catch(() => null),
      this.#takeSecondLatch(),
    ])
    const stored = this.#stored ?? found
    // Until the alarm has asked again.
    this.#deskUnknown = halt === null
    if (halt?.halted === true) await this.keep({ halted: true })
    loop.open(ticker, stored.parameters, connection)
    this.#connection = connection
    loop.step({ type: 'desk', at: Date.now(), terms: FIRST_TERMS })
    this.#applyState()
    const doubt = this.#deskUnknown && !stored.halted
    const own = this.#haltReason ?? 'operator'
    const reason = doubt ? 'desk-unreachable' : halt?.halted ? 'account-halted' : own
    if (this.#command !== 'resume') this.obey(this.#command === 'pause' ? this.#pause : reason)
    if (halt?.halted === false) {
      loop.step({ type: 'lease', at: Date.now(), lease: FIRST_LEASE, notHaltedAt: askedAt })
    }
    if (stored.leaving) loop.step({ type: 'stop', at: Date.now() })
    loop.begin(this.#restarted)
    loop.startHeartbeat()
    void connection.renewLease(Date.now())
    void this.listen()
  }

  /** Moves a halt that storage once refused to where it belongs. */
  async #takeSecondLatch(): Promise<void> {
    const haltReason = (await this.#secondLatch?.read()) ?? null
    if (haltReason === null) return
    // In memory it holds also where storage still refuses it; then the second place keeps it.
    await this.keep({ halted: true, haltReason }).catch(() => undefined)
  }

  async #open(ticker: string): Promise<Connection | null> {
    const { env, hooks } = this.#parts
    const opened = await Connection.open(env, ticker, hooks)
    this.#refusal = opened.ok ? null : opened.problem.message
    if (opened.ok) return opened.value
    hooks.log('error', 'start-refused', { detail: opened.problem.message })
    return null
  }

  /** Listens to external signals as far as the strategy asks for them. */
  async listen(): Promise<void> {
    if (this.#stored === null) return
    const { ticker, parameters, alpha } = this.#stored
    const { signals, skew } = this.#parts
    skew.use(parameters.strategy.alpha_source === 'none' ? none : signals)
    await signals.start(ticker, parameters.strategy, alpha ?? null)
  }

  /** What persons and the desk want of the engine, the strictest first. */
  get #command(): 'halt' | 'pause' | 'resume' {
    if (this.isHalted) return 'halt'
    return this.#stored?.paused === true || this.#storage?.isFailing ? 'pause' : 'resume'
  }

  get #pause(): string {
    if (this.#storage?.isFailing) return 'storage-failing'
    return this.#stored?.pauseReason ?? 'operator'
  }

  /** Gives the engine the command that holds now. */
  obey(reason: string): void {
    const command = this.#command
    // A maker that was flattened while halted is told why it stays paused when it is released.
    const own = command === 'pause' && this.#stored?.pauseReason === 'flattened'
    const why = own && !this.#storage?.isFailing ? 'flattened' : reason
    this.#parts.loop.step({ type: 'command', at: Date.now(), command, reason: why })
  }

  /**
   * Resolves once the change will survive; no request waits for it.
   * @throws Error when it may not survive: the maker stops quoting then
   */
  async keep(change: Partial<StoredMaker>): Promise<void> {
    if (this.#stored === null) return
    const { store } = this.#parts
    this.#stored = { ...this.#stored, ...change }
    const taken = store.put('maker', this.#stored)
    const kept = (async () => (await taken) && (await store.confirmed()))()
    this.#keepTwice(change, kept)
    if (!(await kept)) throw new Error(NOT_STORED)
  }

  // Not after storage has refused: the platform may end the object with the write that failed.
  #keepTwice({ halted, haltReason }: Partial<StoredMaker>, kept: Promise<boolean>): void {
    const latch = this.#secondLatch
    if (latch === null || halted === undefined) return
    const keeping = async (): Promise<void> => {
      if (halted) await latch.set(haltReason ?? 'operator')
      if (!halted || (await kept)) await latch.clear()
    }
    this.#parts.ctx.waitUntil(keeping())
  }

  /** The maker has halted itself. A storage that refuses this has ended quoting already. */
  latch(haltReason: string): void {
    void this.keep({ halted: true, haltReason }).catch(() => undefined)
  }

  /** Changes what is wanted of a maker that exists, and has the engine obey. */
  async operate(change: Partial<StoredMaker>, reason: string): Promise<void> {
    await this.boot()
    // Act first, store second: a halt must not wait for a disk.
    const before = this.#command
    const kept = this.keep(change)
    // Nothing that is wanted of a maker that is being removed may bring its quotes back.
    const leaving = this.#stored?.leaving === true && this.#command !== 'halt'
    if (!leaving && (this.#command !== 'halt' || before !== 'halt' || change.halted === true)) {
      this.obey(reason)
    }
    await kept
  }

  /** A person releases the maker: their word stands for the desk's, whatever that would say. */
  async trustPerson(): Promise<void> {
    const { loop } = this.#parts
    await this.boot()
    const at = Date.now()
    this.#deskUnknown = false
    this.#releasedAt = at
    const lease = loop.engine?.state.execution.budget.lease ?? FIRST_LEASE
    loop.step({ type: 'lease', at, lease, notHaltedAt: at })
  }

  #applyState(): void {
    const state = this.#stored?.state ?? 'active'
    const { loop } = this.#parts
    if (loop.engine?.state.trading === state) return
    loop.step({ type: 'state', at: Date.now(), state })
  }

  /** A person sets what the ticker may do: acted on first, stored second. */
  async setState(state: TradingState): Promise<void> {
    await this.boot()
    const kept = this.keep({ state })
    this.#applyState()
    await kept
  }

  /** Asks the desk for its terms, because they have changed. */
  async renew(): Promise<void> {
    await this.boot()
    await this.#connection?.renewLease(Date.now())
  }

  /** The desk has answered a question that was asked at `askedAt`: a halt of the account holds. */
  granted({ halt }: LeaseGrant, askedAt: number): void {
    if (this.#stored === null || askedAt <= this.#releasedAt) return
    const doubted = this.#deskUnknown
    this.#deskUnknown = false
    if (halt.halted && !this.#stored.halted) {
      this.#obeyDesk({ halted: true, haltReason: 'account-halted' }, 'account-halted')
    } else if (doubted) this.#obeyDesk({}, 'desk-answered')
  }

  #obeyDesk(change: Partial<StoredMaker>, reason: string): void {
    const { hooks } = this.#parts
    this.operate(change, reason).catch((error: unknown) => {
      hooks.log('error', 'desk-not-obeyed', { reason, detail: String(error) })
    })
  }

  /** Forgets a maker whose orders are gone. Its tape stays until R2 has it. */
  async forget(): Promise<void> {
    const { store, env, loop, tape, live } = this.#parts
    if (this.#stored === null) return
    const { ticker } = this.#stored
    await within(GROUP_DEADLINE_MS, this.group?.remove() ?? Promise.resolve()).catch(
      () => undefined,
    )
    loop.close()
    this.#connection = null
    this.#stored = null
    live.close()
    void store.delete(['maker', 'memory', 'external', 'order-group'])
    if (!(await store.confirmed())) throw new Error(NOT_STORED)
    // A share that a silent desk does not take back ends by itself.
    await within(DESK_DEADLINE_MS, deskStub(env).release(ticker)).catch(() => undefined)
    // What R2 would not take is tried again by the alarm.
    if ((await tape.flush()) === 0) await store.deleteAlarm()
    else await store.setAlarm(Date.now() + MARKET_RECHECK_MS)
  }

  async wake(): Promise<void> {
    if (this.#stored === null) return
    const { store, loop } = this.#parts
    await this.boot()
    await this.#storage?.recheck()
    if (loop.idleMs !== null) loop.begin()
    if ((await store.getAlarm()) === null) await store.setAlarm(Date.now() + ALARM_MS)
  }

  async alarm(): Promise<void> {
    const { ctx, store, hooks, loop, tape, signals } = this.#parts
    const asleep = loop.idleMs
    // First, so that a failure below cannot end the chain.
    await store.setAlarm(Date.now() + (asleep ?? ALARM_MS))
    try {
      if (this.#stored === null) {
        if ((await tape.flush()) === 0) await store.deleteAlarm()
        return
      }
      await this.boot()
      await this.#restartIfCutOff()
      await this.#storage?.recheck()
      await this.#askDeskAgain()
      if (asleep === null) loop.step({ type: 'clock', at: Date.now() })
      else loop.begin()
      // Not awaited: an upload that hangs must not hold up the next alarm.
      const count = ++this.#alarms
      if (count % TAPE_EVERY_ALARMS === 0 || asleep !== null) ctx.waitUntil(tape.flush())
      else if (count % JOURNAL_EVERY_ALARMS === 0) ctx.waitUntil(tape.journal.flush())
      if (asleep === null) return
      signals.tick(Date.now())
      ctx.waitUntil(signals.flush())
    } catch (error) {
      hooks.log('error', 'alarm-failed', { detail: String(error) })
    }
  }

  // Nothing leaves this instance any more: the alarm brings up another, which recovers as ever.
  async #restartIfCutOff(): Promise<void> {
    const { ctx, store, hooks } = this.#parts
    const at = Date.now()
    const detail = this.#connection?.restartFor(store.get<number>('restartedAt') ?? 0, at)
    if (detail == null) return
    hooks.log('error', 'object-restarted', { detail })
    void store.put('restartedAt', at)
    // Without this stored it would start over again and again.
    if (await store.confirmed()) ctx.abort(`No request gets out: ${detail}`)
  }

  // Halted only because the desk could not be asked: ask again.
  async #askDeskAgain(): Promise<void> {
    if (!this.#deskUnknown) return
    const { halted } = await within(DESK_DEADLINE_MS, deskStub(this.#parts.env).getHalt())
    this.#deskUnknown = false
    await this.operate(halted ? { halted } : {}, halted ? 'account-halted' : 'desk-answered')
  }
}
