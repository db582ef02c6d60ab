// The life of one maker: what is stored about it, its start, its alarm, and which command holds.
//
// In: the object's storage, the desk's halt, the alarm. Out: a running loop under the
// command that persons and the desk want. What the market does is not known here.
//
// An object that only holds an outgoing socket is dropped after some 140 s without a trace. An
// alarm every few seconds keeps it in memory and, should it be lost all the same, brings it back.

import type { Env } from '../../config/env.ts'
import type { EngineMemory } from '../../core/maker/engine.ts'
import { withDefaults } from '../../core/vocabulary/parameters.ts'
import type { LeaseGrant, StoredMaker } from '../../rpc/contracts.ts'
import { deskStub } from '../../rpc/desk-stub.ts'
import { none, type SkewRelay } from '../../signals/signal/external-skew.ts'
import { Connection, type Hooks } from './connection.ts'
import { ALARM_MS, MARKET_RECHECK_MS } from './heartbeat.ts'
import type { LiveSockets } from './live-sockets.ts'
import type { MakerLoop } from './maker-loop.ts'
import type { MakerTape } from './maker-tape.ts'
import type { SignalListener } from './signal-listener.ts'

const FLUSH_EVERY_ALARMS = 12

/** The parts of one maker's object. */
interface MakerParts {
  readonly ctx: DurableObjectState
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
  #restarted = false
  #alarms = 0
  /** The desk could not be asked whether the account is halted: assume that it is. */
  #deskUnknown = false
  /** When a person last released this maker: what the desk said before that is out of date. */
  #releasedAt = 0

  constructor(parts: MakerParts) {
    this.#parts = parts
  }

  get stored(): StoredMaker | null {
    return this.#stored
  }

  /** True while a person or the desk wants a halt, or may want one. */
  get isHalted(): boolean {
    return this.#deskUnknown || this.#stored?.halted === true
  }

  /** Signatures that had to be made while a request waited for them. */
  get signedLate(): number {
    return this.#connection?.signedLate ?? 0
  }

  /** Reads storage only: the exchange must not be waited for here (30 s limit). */
  async load(): Promise<void> {
    const { ctx, loop, tape } = this.#parts
    const stored = (await ctx.storage.get<StoredMaker>('maker')) ?? null
    this.#stored = stored && { ...stored, parameters: withDefaults(stored.parameters) }
    this.#restarted = this.#stored !== null
    loop.memory = (await ctx.storage.get<EngineMemory>('memory')) ?? null
    tape.ticker = (await ctx.storage.get<string>('ticker')) ?? null
    if (this.#stored !== null && (await ctx.storage.getAlarm()) === null) {
      await ctx.storage.setAlarm(Date.now() + 100)
    }
  }

  /** A new maker, whose market was read over `connection`. */
  async create(maker: StoredMaker, connection: Connection): Promise<void> {
    const { ctx, tape } = this.#parts
    const { ticker } = maker
    this.#stored = maker
    this.#admitted = connection
    tape.ticker = ticker
    await ctx.storage.put({ maker, ticker })
    await ctx.storage.setAlarm(Date.now() + ALARM_MS)
    await this.boot()
  }

  /** Starts the loop where it is not running. Resolves when it runs or could not be started. */
  boot(): Promise<void> {
    if (this.#parts.loop.engine !== null || this.#stored === null) return Promise.resolve()
    this.#booting ??= this.#start(this.#stored).finally(() => {
      this.#booting = null
    })
    return this.#booting
  }

  async #start(stored: StoredMaker): Promise<void> {
    const { env, loop } = this.#parts
    const { ticker } = stored
    const connection = this.#admitted ?? (await this.#open(ticker))
    this.#admitted = null
    if (connection === null) return
    const halt = await deskStub(env)
      .getHalt()
      .catch(() => null)
    // Until the alarm has asked again.
    this.#deskUnknown = halt === null
    if (halt?.halted === true) await this.keep({ halted: true })
    loop.open(ticker, this.#stored?.parameters ?? stored.parameters, connection)
    this.#connection = connection
    const doubt = this.#deskUnknown && !stored.halted
    const own = stored.halted ? (stored.haltReason ?? 'operator') : 'operator'
    const reason = doubt ? 'desk-unreachable' : halt?.halted ? 'account-halted' : own
    if (this.#command !== 'resume') this.obey(reason)
    if (stored.leaving) loop.step({ type: 'stop', at: Date.now() })
    loop.begin(this.#restarted)
    loop.startHeartbeat()
    void connection.renewLease(Date.now())
    void this.listen()
  }

  async #open(ticker: string): Promise<Connection | null> {
    const { env, hooks } = this.#parts
    const opened = await Connection.open(env, ticker, hooks)
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
    return this.#stored?.paused === true ? 'pause' : 'resume'
  }

  /** Gives the engine the command that holds now. */
  obey(reason: string): void {
    const command = this.#command
    this.#parts.loop.step({ type: 'command', at: Date.now(), command, reason })
  }

  async keep(change: Partial<StoredMaker>): Promise<void> {
    if (this.#stored === null) return
    this.#stored = { ...this.#stored, ...change }
    await this.#parts.ctx.storage.put('maker', this.#stored)
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

  /** A person releases the maker, whatever the desk would say. */
  trustDesk(): void {
    this.#deskUnknown = false
    this.#releasedAt = Date.now()
  }

  /** The desk has answered a question that was asked at `askedAt`: a halt of the account holds. */
  granted({ halt }: LeaseGrant, askedAt: number): void {
    if (this.#stored === null || askedAt <= this.#releasedAt) return
    if (!halt.halted || this.#stored.halted) return
    void this.operate({ halted: true, haltReason: 'account-halted' }, 'account-halted')
  }

  /** Forgets a maker whose orders are gone. Its tape stays until R2 has it. */
  async forget(): Promise<void> {
    const { ctx, env, loop, tape, live } = this.#parts
    if (this.#stored === null) return
    const { ticker } = this.#stored
    loop.close()
    this.#connection = null
    this.#stored = null
    live.close()
    await ctx.storage.delete(['maker', 'memory', 'external'])
    await deskStub(env)
      .release(ticker)
      .catch(() => undefined)
    // What R2 would not take is tried again by the alarm.
    if ((await tape.flush()) === 0) await ctx.storage.deleteAlarm()
    else await ctx.storage.setAlarm(Date.now() + MARKET_RECHECK_MS)
  }

  async wake(): Promise<void> {
    if (this.#stored === null) return
    const { ctx, loop } = this.#parts
    await this.boot()
    if (loop.idleMs !== null) loop.begin()
    if ((await ctx.storage.getAlarm()) === null) {
      await ctx.storage.setAlarm(Date.now() + ALARM_MS)
    }
  }

  async alarm(): Promise<void> {
    const { ctx, hooks, loop, tape, signals } = this.#parts
    const asleep = loop.idleMs
    // First, so that a failure below cannot end the chain.
    await ctx.storage.setAlarm(Date.now() + (asleep ?? ALARM_MS))
    try {
      if (this.#stored === null) {
        if ((await tape.flush()) === 0) await ctx.storage.deleteAlarm()
        return
      }
      await this.boot()
      await this.#askDeskAgain()
      if (asleep === null) loop.step({ type: 'clock', at: Date.now() })
      else loop.begin()
      // Not awaited: an upload that hangs must not hold up the next alarm.
      const due = ++this.#alarms % FLUSH_EVERY_ALARMS === 0 || asleep !== null
      if (due) ctx.waitUntil(tape.flush())
      if (asleep === null) return
      signals.tick(Date.now())
      ctx.waitUntil(signals.flush())
    } catch (error) {
      hooks.log('error', 'alarm-failed', { detail: String(error) })
    }
  }

  // Halted only because the desk could not be asked: ask again.
  async #askDeskAgain(): Promise<void> {
    if (!this.#deskUnknown) return
    const { halted } = await deskStub(this.#parts.env).getHalt()
    this.#deskUnknown = false
    await this.operate(halted ? { halted } : {}, halted ? 'account-halted' : 'desk-answered')
  }
}
