// The object that makes one market: it holds the socket to Kalshi, the engine, the tape and the alarm.
//
// The shell around the engine and nothing more: it turns frames, replies and the clock into events,
// and effects into requests, rows and log lines. Nothing is stored between a frame and an order.
// An object that only holds an outgoing socket is dropped after some 140 s without a trace, so an
// alarm every few seconds keeps it in memory and, should it be lost all the same, brings it back.

import { type Env, readConfig } from '../../config/env.ts'
import { jsonLog, type Log } from '../../config/log.ts'
import { Engine, type EngineMemory } from '../../core/maker/engine.ts'
import { readParameters } from '../../core/pricing/self-check.ts'
import type { MakerStatus } from '../../core/status/status.ts'
import type { Effect, Event } from '../../core/vocabulary/events.ts'
import { InvariantError } from '../../core/vocabulary/outcome.ts'
import { type Parameters, withDefaults } from '../../core/vocabulary/parameters.ts'
import { type Answer, bad, good, type MakerRpc, type StoredMaker } from '../../rpc/contracts.ts'
import { deskStub } from '../../rpc/desk-stub.ts'
import { none, SkewRelay } from '../../signals/signal/external-skew.ts'
import type { StepRecorder } from '../../tape/step-recorder.ts'
import { ConditionWaiter, RepeatingTimer, WakeTimer } from '../common/timers.ts'
import { admit, offGrid } from './admission.ts'
import { Connection, type Hooks } from './connection.ts'
import { heartbeatOf, idleMs, MARKET_RECHECK_MS } from './heartbeat.ts'
import { LiveSockets } from './live-sockets.ts'
import { MakerDoors, shellStatus } from './maker-doors.ts'
import { MakerTape } from './maker-tape.ts'
import { makerSignals, splitAlpha } from './signal-bindings.ts'

/** The longest that orders rest unattended after the object is lost; far below the 70 s of idleness. */
const ALARM_MS = 5_000
const FLUSH_EVERY_ALARMS = 12
/** Below the deadline that the route gives a maker. */
const HALT_WAIT_MS = 5_000
const REMOVE_WAIT_MS = 15_000
/** A little less than a second, so that a beat that is a moment early still saves. */
const SAVE_EVERY_MS = 950

export class MarketMaker extends MakerDoors implements MakerRpc {
  #stored: StoredMaker | null = null
  #memory: EngineMemory | null = null
  #engine: Engine | null = null
  #recorder: StepRecorder | null = null
  #connection: Connection | null = null
  #booting: Promise<void> | null = null
  readonly #timer = new RepeatingTimer(
    () => heartbeatOf(this.#engine?.state.parameters.strategy).everyMs,
    () => this.#beat(),
  )
  readonly #wakeTimer = new WakeTimer(() => {
    this.#step({ type: 'clock', at: Date.now() })
    return this.#engine?.wakeAt ?? Number.POSITIVE_INFINITY
  })
  #fillsSaved = 0
  #restarted = false
  #savedAt = 0
  #alarms = 0
  /** The desk could not be asked whether the account is halted: take it that it is. */
  #doubtsDesk = false
  readonly #waiter = new ConditionWaiter()
  /** Asks the one source of external skew, `none` unless the strategy names one. */
  readonly #skew = new SkewRelay((event) => this.#step(event))
  readonly #write: Log
  protected override readonly boot = (): Promise<void> => this.#boot()

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.live = new LiveSockets(
      ctx,
      () => this.#engine,
      () => this.signals.status(),
    )
    this.signals = makerSignals(env, ctx.storage, this.#hooks, () => this.#engine, this.#skew)
    this.tape = new MakerTape(ctx.storage.sql, env.TAPE, this.#log)
    const config = readConfig(env)
    this.#write = jsonLog(config.ok ? config.config.logLevel : 'info')
    // Storage only: the exchange must not be waited for here (30 s limit).
    ctx.blockConcurrencyWhile(async () => {
      const stored = (await ctx.storage.get<StoredMaker>('maker')) ?? null
      this.#stored = stored && { ...stored, parameters: withDefaults(stored.parameters) }
      this.#restarted = this.#stored !== null
      this.#memory = (await ctx.storage.get<EngineMemory>('memory')) ?? null
      this.tape.ticker = (await ctx.storage.get<string>('ticker')) ?? null
      if (this.#stored !== null && (await ctx.storage.getAlarm()) === null) {
        await ctx.storage.setAlarm(Date.now() + 100)
      }
    })
  }

  // --- control ----------------------------------------------------------------------------------

  async configure(ticker: string, body: unknown): Promise<Answer<MakerStatus>> {
    const split = splitAlpha(ticker, body, this.env)
    if (!split.ok) return split
    const parsed = readParameters(split.value.rest, this.#stored?.parameters ?? null)
    if (!parsed.ok) return bad(422, 'parameters', parsed.error.message)
    const { parameters } = parsed
    const change = { parameters, ...split.value.change }
    if (this.#stored !== null) return this.#change(change)
    const opened = await Connection.open(this.env, ticker, this.#hooks)
    if (!opened.ok) return opened
    const refusal = admit(ticker, await opened.value.readMarket(), parameters.limits)
    if (refusal !== null) return refusal
    // Another request may have added it while the market was being read.
    if (this.#stored !== null) return this.configure(ticker, body)
    this.#stored = { ticker, ...change, paused: false, halted: false, leaving: false }
    this.tape.ticker = ticker
    await this.ctx.storage.put({ maker: this.#stored, ticker })
    await this.ctx.storage.setAlarm(Date.now() + ALARM_MS)
    await this.#boot()
    return this.status()
  }

  // Adding a maker that is on its way out keeps it.
  async #change(change: Pick<StoredMaker, 'parameters' | 'alpha'>): Promise<Answer<MakerStatus>> {
    const { parameters } = change
    const refusal = offGrid(this.#engine?.state.market ?? null, parameters.limits)
    if (refusal !== null) return refusal
    const returns = this.#stored?.leaving === true
    await this.#keep({ ...change, leaving: false })
    await this.#boot()
    this.#step({ type: 'configure', at: Date.now(), parameters })
    await this.#listen()
    if (returns) this.#obey('operator')
    return this.status()
  }

  async status(): Promise<Answer<MakerStatus>> {
    if (this.#stored === null) return bad(404, 'not-found', 'No maker here: PUT the ticker first')
    await this.#boot()
    if (this.#engine === null) return bad(503, 'starting', 'The maker could not start; see its log')
    const late = this.#connection?.signedLate ?? 0
    return good(shellStatus(this.#engine, this.tape, this.signals, late))
  }

  pause(): Promise<Answer<MakerStatus>> {
    return this.#operate({ paused: true }, 'operator')
  }

  async resume(): Promise<Answer<MakerStatus>> {
    if (this.#stored === null) return bad(404, 'not-found', 'No maker here: PUT the ticker first')
    await this.#boot()
    if (this.#stored.halted || this.#doubtsDesk) {
      return bad(409, 'halted', 'Resume refused: the maker is halted; release it with POST /resume')
    }
    return this.#operate({ paused: false }, 'operator')
  }

  /** Answers when the exchange has confirmed that nothing rests, or says that it has not. */
  async halt(reason: string): Promise<Answer<MakerStatus>> {
    const since = Date.now()
    const answer = await this.#operate({ halted: true }, reason)
    const engine = this.#engine
    if (!answer.ok || engine === null) return answer
    const clean = await this.#waiter.until(() => engine.provenClean(since), HALT_WAIT_MS)
    if (clean) return this.status()
    return bad(504, 'orders-remain', 'Halted, but orders are not yet proven gone')
  }

  release(): Promise<Answer<MakerStatus>> {
    this.#doubtsDesk = false
    return this.#operate({ halted: false }, 'operator')
  }

  async remove(): Promise<Answer<{ removed: true }>> {
    if (this.#stored === null) return bad(404, 'not-found', 'No maker here: nothing to remove')
    const { ticker } = this.#stored
    await this.#boot()
    const engine = this.#engine
    if (engine === null) return bad(503, 'starting', 'The maker could not start; see its log')
    const since = Date.now()
    this.#step({ type: 'stop', at: since })
    await this.#keep({ leaving: true })
    const clean = await this.#waiter.until(() => engine.provenClean(since), REMOVE_WAIT_MS)
    if (!clean) {
      return bad(
        504,
        'orders-remain',
        `Removal of ${ticker} not finished: orders are not yet proven gone; it goes on, try again`,
      )
    }
    await this.signals.leave()
    this.#shutDown()
    this.#stored = null
    this.#memory = null
    this.live.close()
    await this.ctx.storage.delete(['maker', 'memory', 'external'])
    await deskStub(this.env)
      .release(ticker)
      .catch(() => undefined)
    // The tape outlives the maker: what R2 would not take is tried again by the alarm.
    if ((await this.tape.flush()) === 0) await this.ctx.storage.deleteAlarm()
    else await this.ctx.storage.setAlarm(Date.now() + MARKET_RECHECK_MS)
    return good({ removed: true })
  }

  async wake(): Promise<void> {
    if (this.#stored === null) return
    await this.#boot()
    if (this.#idleMs() !== null) this.#begin()
    if ((await this.ctx.storage.getAlarm()) === null) {
      await this.ctx.storage.setAlarm(Date.now() + ALARM_MS)
    }
  }

  // --- watch ------------------------------------------------------------------------------------

  override async alarm(): Promise<void> {
    // First, so that a failure below cannot end the chain.
    const asleep = this.#idleMs()
    await this.ctx.storage.setAlarm(Date.now() + (asleep ?? ALARM_MS))
    try {
      if (this.#stored === null) {
        if ((await this.tape.flush()) === 0) await this.ctx.storage.deleteAlarm()
        return
      }
      await this.#boot()
      await this.#askDeskAgain()
      if (asleep === null) this.#step({ type: 'clock', at: Date.now() })
      else this.#begin()
      // Not awaited: an upload that hangs must not hold up the next alarm.
      const due = ++this.#alarms % FLUSH_EVERY_ALARMS === 0 || asleep !== null
      if (due) this.ctx.waitUntil(this.tape.flush())
      if (asleep === null) return
      this.signals.tick(Date.now())
      this.ctx.waitUntil(this.signals.flush())
    } catch (error) {
      this.#log('error', 'alarm-failed', { detail: String(error) })
    }
  }

  // Halted only because the desk could not be asked: ask again.
  async #askDeskAgain(): Promise<void> {
    if (!this.#doubtsDesk) return
    const { halted } = await deskStub(this.env).getHalt()
    this.#doubtsDesk = false
    await this.#operate(halted ? { halted } : {}, halted ? 'account-halted' : 'desk-answered')
  }

  #idleMs(): number | null {
    const decider = this.#engine?.decider
    return decider === undefined ? null : idleMs(decider.phase, decider.reason)
  }

  // --- life -------------------------------------------------------------------------------------

  #boot(): Promise<void> {
    if (this.#engine !== null || this.#stored === null) return Promise.resolve()
    this.#booting ??= this.#start(this.#stored).finally(() => {
      this.#booting = null
    })
    return this.#booting
  }

  async #start(stored: StoredMaker): Promise<void> {
    const { ticker } = stored
    const opened = await Connection.open(this.env, ticker, this.#hooks)
    if (!opened.ok) {
      this.#log('error', 'start-refused', { detail: opened.problem.message })
      return
    }
    const halted = await deskStub(this.env)
      .getHalt()
      .catch(() => null)
    // Unable to ask whether the account is halted: take it that it is, until the alarm has asked again.
    this.#doubtsDesk = halted === null
    if (halted?.halted === true) await this.#keep({ halted: true })
    this.#engine = this.#newEngine(ticker, this.#stored?.parameters ?? stored.parameters)
    this.#connection = opened.value
    const doubt = this.#doubtsDesk && !stored.halted
    const reason = doubt ? 'desk-unreachable' : halted?.halted ? 'account-halted' : 'operator'
    if (this.#command !== 'resume') this.#obey(reason)
    if (stored.leaving) this.#step({ type: 'stop', at: Date.now() })
    this.#begin(this.#restarted)
    this.#timer.start()
    void opened.value.renewLease(Date.now())
    void this.#listen()
  }

  /** Listens to external signals as far as the strategy asks for them. */
  async #listen(): Promise<void> {
    if (this.#stored === null) return
    const { ticker, parameters, alpha } = this.#stored
    this.#skew.use(parameters.strategy.alpha_source === 'none' ? none : this.signals)
    await this.signals.start(ticker, parameters.strategy, alpha ?? null)
  }

  #newEngine(ticker: string, parameters: Parameters): Engine {
    this.#recorder = this.tape.journal.begin(ticker, parameters, this.#memory, Date.now())
    return new Engine(ticker, parameters, this.#memory)
  }

  /** The engine asks what is true at the exchange: at the start, and when a market has slept. */
  #begin(afterRestart = false): void {
    this.#step({ type: 'start', at: Date.now(), nonce: newNonce(), afterRestart })
  }

  /** What persons and the desk want of the engine, the strictest first. */
  get #command(): 'halt' | 'pause' | 'resume' {
    if (this.#doubtsDesk || this.#stored?.halted === true) return 'halt'
    return this.#stored?.paused === true ? 'pause' : 'resume'
  }

  #obey(reason: string): void {
    this.#step({ type: 'command', at: Date.now(), command: this.#command, reason })
  }

  async #keep(change: Partial<StoredMaker>): Promise<void> {
    if (this.#stored === null) return
    this.#stored = { ...this.#stored, ...change }
    await this.ctx.storage.put('maker', this.#stored)
  }

  async #operate(change: Partial<StoredMaker>, reason: string): Promise<Answer<MakerStatus>> {
    if (this.#stored === null) return bad(404, 'not-found', 'No maker here: PUT the ticker first')
    await this.#boot()
    // Act first, store second: a halt must not wait for a disk.
    const before = this.#command
    const kept = this.#keep(change)
    // Nothing that is wanted of a maker that leaves may bring its quotes back.
    const leaving = this.#stored.leaving && this.#command !== 'halt'
    if (!leaving && (this.#command !== 'halt' || before !== 'halt' || change.halted === true)) {
      this.#obey(reason)
    }
    await kept
    return this.status()
  }

  #shutDown(): void {
    this.#connection?.close()
    this.#timer.stop()
    this.#wakeTimer.cancel()
    this.#engine = null
    this.#connection = null
  }

  // --- the loop ---------------------------------------------------------------------------------

  readonly #hooks: Hooks = {
    deliver: (event) => this.#step(event),
    log: (level, event, detail) => this.#log(level, event, detail),
  }

  #step(event: Event): void {
    const engine = this.#engine
    if (engine === null) return
    const { counters } = engine.state.execution
    const { fills } = counters
    const recorder = this.#recorder
    recorder?.event(event)
    let effects: readonly Effect[]
    try {
      effects = engine.step(event)
    } catch (error) {
      this.#fail(error)
      return
    }
    if (event.type === 'fill' && counters.fills > fills) {
      this.signals.filled(event.fill, event.at, this.#skew.cents)
    }
    if (effects.length > 0) {
      // Copied, because acting may cause another step, which reuses the engine's array.
      const kept = effects.slice()
      recorder?.effects(kept)
      this.#act(kept)
    }
    recorder?.encodeSoon()
    if (this.#connection?.isOpen === false) this.#connect()
    this.#wakeTimer.by(engine.wakeAt)
    this.#waiter.check()
    this.live.touch()
  }

  #act(effects: readonly Effect[]): void {
    const connection = this.#connection
    connection?.perform(effects)
    for (const effect of effects) {
      switch (effect.type) {
        case 'resubscribe':
          connection?.resubscribe(effect.sid)
          break
        case 'row':
          this.tape.push(effect.row)
          break
        case 'log':
          this.#log(effect.level, effect.event, effect.detail)
      }
    }
  }

  // The market is read before the socket is wanted: one that takes no orders needs none.
  #connect(): void {
    const market = this.#engine?.state.market
    if (market == null || this.#idleMs() !== null) return
    this.#connection?.setShard(market.exchangeIndex)
    this.#connection?.connect()
    // An object that slept has no beat any more.
    if (!this.#timer.isRunning) this.#timer.start()
  }

  // We are wrong: cancel everything of this ticker by listing it, and stay halted until a person looks.
  #fail(error: unknown): void {
    const kind = error instanceof InvariantError ? 'invariant' : 'crash'
    this.#log('error', kind, {
      detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
    })
    const { parameters, ticker } = this.#stored ?? {}
    if (parameters === undefined || ticker === undefined) return
    this.#connection?.disconnect()
    this.#engine = this.#newEngine(ticker, parameters)
    const at = Date.now()
    this.#step({ type: 'command', at, command: 'halt', reason: kind })
    this.#step({ type: 'start', at, nonce: newNonce(), afterRestart: true })
    void this.#keep({ halted: true })
  }

  // Liveness, signatures, and the writes that must not stand between frame and order.
  #beat(): boolean {
    const engine = this.#engine
    if (engine === null) return false
    try {
      const at = Date.now()
      const { orders } = engine.state.execution
      const { pingMs } = heartbeatOf(engine.state.parameters.strategy)
      if (this.#idleMs() !== null && orders.exposedCount === 0) this.#sleep()
      else this.#connection?.check(at, orders.live, pingMs)
      if (at >= this.#savedAt + SAVE_EVERY_MS) this.#save(engine, at)
      this.signals.tick(at)
    } catch (error) {
      this.#log('error', 'tick-failed', { detail: String(error) })
    }
    return this.#connection?.isOpen === true || this.#idleMs() === null
  }

  /** No market to make: let go of the socket, so that the object can sleep until its alarm. */
  #sleep(): void {
    if (this.#connection?.isOpen !== true) return
    this.#log('info', 'asleep', { reason: this.#engine?.decider.reason ?? '' })
    this.#connection.disconnect()
    void this.ctx.storage.setAlarm(Date.now() + (this.#idleMs() ?? ALARM_MS))
  }

  #save(engine: Engine, at: number): void {
    this.#savedAt = at
    this.tape.persist()
    const { fills } = engine.state.execution.counters
    if (fills === this.#fillsSaved) return
    this.#fillsSaved = fills
    this.#memory = engine.memory
    // Unconfirmed: a write that is still on its way must not hold back an order.
    void this.ctx.storage.put('memory', this.#memory, { allowUnconfirmed: true })
  }

  readonly #log: Hooks['log'] = (level, event, detail) => {
    this.#write(level, event, { ticker: this.tape.ticker ?? '', ...detail })
  }
}

/**
 * What makes the client order ids of one start unique for ever: the exchange never takes an id
 * twice, not even that of an order that was killed. 40 random bits; a counter follows in each id.
 */
const newNonce = (): string => crypto.randomUUID().replaceAll('-', '').slice(0, 10)
