// The object that makes one market: it holds the socket to Kalshi, the engine, the tape and the alarm.
//
// The shell around the engine and nothing more: it turns frames, replies and the clock into events,
// and effects into requests, rows and log lines. Nothing is stored between a frame and an order.
// An object that only holds an outgoing socket is dropped after some 140 s without a trace, so an
// alarm every 20 s keeps it in memory and, should it be lost all the same, brings it back.

import { DurableObject } from 'cloudflare:workers'
import { Engine, type EngineMemory } from '../core/engine.ts'
import type { Effect, Event } from '../core/events.ts'
import { InvariantError } from '../core/outcome.ts'
import { parseParameters } from '../core/parameters.ts'
import type { MakerStatus } from '../core/status.ts'
import { formatRow } from '../core/tape.ts'
import { statusOf } from '../core/view.ts'
import { type Env, readConfig } from '../env.ts'
import { jsonLog, type Log } from '../log.ts'
import { type FlushReport, type TapeTail, TapeWriter } from '../tape/writer.ts'
import { Connection } from './connection.ts'
import { deskStub } from './desk-stub.ts'
import { LiveSockets } from './live-sockets.ts'
import { type Answer, bad, good, type MakerRpc, type StoredMaker } from './rpc.ts'

/** Below the 70 s after which the platform may drop an idle object. */
const ALARM_MS = 20_000
const FLUSH_EVERY_ALARMS = 3
/** How often a market that takes no orders is looked at again. */
const ASLEEP_MS = 60_000
const OVER_MS = 3_600_000
const REMOVE_WAIT_MS = 15_000
const TICK_MS = 1_000
/** The shortest timer: the engine's clock events must not become a busy loop. */
const SHORTEST_MS = 2

export class MarketMaker extends DurableObject<Env> implements MakerRpc {
  #stored: StoredMaker | null = null
  #memory: EngineMemory | null = null
  #engine: Engine | null = null
  #connection: Connection | null = null
  #tape: TapeWriter | null = null
  /** Outlives the maker until its last row is in R2. */
  #tapeTicker: string | null = null
  #booting: Promise<void> | null = null
  #ticking: ReturnType<typeof setTimeout> | null = null
  #timer: ReturnType<typeof setTimeout> | null = null
  #timerAt = Number.POSITIVE_INFINITY
  #fillsSaved = 0
  #alarms = 0
  readonly #waiting = new Set<() => void>()
  readonly #live: LiveSockets
  readonly #write: Log

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#live = new LiveSockets(ctx, () => this.#engine)
    const config = readConfig(env)
    this.#write = jsonLog(config.ok ? config.config.logLevel : 'info')
    // Storage only: the exchange must not be waited for here (30 s limit).
    ctx.blockConcurrencyWhile(async () => {
      this.#stored = (await ctx.storage.get<StoredMaker>('maker')) ?? null
      this.#memory = (await ctx.storage.get<EngineMemory>('memory')) ?? null
      this.#tapeTicker = (await ctx.storage.get<string>('ticker')) ?? null
      if (this.#stored !== null && (await ctx.storage.getAlarm()) === null) {
        await ctx.storage.setAlarm(Date.now() + 100)
      }
    })
  }

  // --- control ----------------------------------------------------------------------------------

  async configure(ticker: string, body: unknown): Promise<Answer<MakerStatus>> {
    const parsed = parseParameters(body, this.#stored?.parameters ?? null)
    if (!parsed.ok) return bad(422, 'parameters', parsed.error.message)
    const { parameters } = parsed
    if (this.#stored !== null) {
      this.#stored = { ...this.#stored, parameters }
      await this.ctx.storage.put('maker', this.#stored)
      await this.#boot()
      this.#step({ type: 'configure', at: Date.now(), parameters })
      return this.status()
    }
    const opened = await Connection.open(this.env, ticker, this.#hooks)
    if (!opened.ok) return opened
    const market = await opened.value.readMarket()
    if (market.kind === 'rejected' && market.status === 404) {
      return bad(404, 'unknown-ticker', `Ticker refused: the exchange does not know ${ticker}`)
    }
    if (market.kind !== 'accepted') {
      const why =
        market.kind === 'rejected'
          ? `${market.status} ${market.code} ${market.detail}`
          : market.detail
      return bad(502, 'exchange', `Market ${ticker} could not be read from the exchange: ${why}`)
    }
    if (!market.value.binary) {
      return bad(422, 'not-binary', `Ticker refused: ${ticker} is not a plain yes/no market`)
    }
    this.#stored = { ticker, parameters, operator: 'run' }
    this.#tapeTicker = ticker
    await this.ctx.storage.put({ maker: this.#stored, ticker })
    await this.ctx.storage.setAlarm(Date.now() + ALARM_MS)
    await this.#boot()
    return this.status()
  }

  async status(): Promise<Answer<MakerStatus>> {
    if (this.#stored === null) return bad(404, 'not-found', 'No maker here: PUT the ticker first')
    await this.#boot()
    if (this.#engine === null) return bad(503, 'starting', 'The maker could not start; see its log')
    const status = statusOf(this.#engine)
    status.counters.signed_on_hot_path = this.#connection?.signedLate ?? 0
    status.counters.tape_pending = this.#tape?.pending ?? 0
    status.counters.tape_dropped = this.#tape?.dropped ?? 0
    return good(status)
  }

  pause(): Promise<Answer<MakerStatus>> {
    return this.#operate('pause', 'operator')
  }

  async resume(): Promise<Answer<MakerStatus>> {
    if (this.#stored?.operator === 'halt') {
      return bad(409, 'halted', 'Resume refused: the maker is halted; release it with POST /resume')
    }
    return this.#operate('resume', 'operator')
  }

  halt(reason: string): Promise<Answer<MakerStatus>> {
    return this.#operate('halt', reason)
  }

  async release(): Promise<Answer<MakerStatus>> {
    if (this.#stored?.operator === 'pause') return this.status()
    return this.#operate('release', 'operator')
  }

  async remove(): Promise<Answer<{ removed: true }>> {
    if (this.#stored === null) return bad(404, 'not-found', 'No maker here: nothing to remove')
    const { ticker } = this.#stored
    await this.#boot()
    const engine = this.#engine
    if (engine === null) return bad(503, 'starting', 'The maker could not start; see its log')
    const since = Date.now()
    this.#step({ type: 'stop', at: since })
    const clean = await this.#until(() => engine.provenClean(since), REMOVE_WAIT_MS)
    if (!clean) {
      return bad(
        504,
        'orders-remain',
        `Removal of ${ticker} not finished: ${engine.state.execution.orders.exposedCount} orders are not yet proven gone; it goes on, try again`,
      )
    }
    this.#shutDown()
    this.#stored = null
    this.#memory = null
    await this.ctx.storage.delete(['maker', 'memory'])
    await deskStub(this.env)
      .release(ticker)
      .catch(() => undefined)
    const report = await this.#flush()
    // The tape outlives the maker: what R2 would not take is tried again by the alarm.
    if (report === null || report.pending === 0) await this.ctx.storage.deleteAlarm()
    else await this.ctx.storage.setAlarm(Date.now() + ASLEEP_MS)
    return good({ removed: true })
  }

  async wake(): Promise<void> {
    if (this.#stored === null) return
    await this.#boot()
    if ((await this.ctx.storage.getAlarm()) === null) {
      await this.ctx.storage.setAlarm(Date.now() + ALARM_MS)
    }
  }

  async tapeTail(from: number, to: number): Promise<TapeTail> {
    return this.#writer()?.tail(from, to) ?? { lines: '', firstSeq: null, lo: null }
  }

  async flushTape(): Promise<number> {
    const report = await this.#flush()
    return report?.pending ?? 0
  }

  /** The live socket. Only the worker can reach this, after it has checked the token. */
  override async fetch(request: Request): Promise<Response> {
    if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket') {
      return new Response('Wanted a WebSocket upgrade', { status: 426 })
    }
    await this.#boot()
    return this.#live.accept(request)
  }

  override webSocketMessage(socket: WebSocket): void {
    this.#live.greet(socket)
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    // 1005 and 1006 say that there was no code, and may not be sent back.
    socket.close(code >= 3000 || code === 1000 ? code : 1000)
  }

  // --- watch ------------------------------------------------------------------------------------

  override async alarm(): Promise<void> {
    // First, so that a failure below cannot end the chain.
    const asleep = this.#asleepMs()
    await this.ctx.storage.setAlarm(Date.now() + (asleep ?? ALARM_MS))
    try {
      if (this.#stored === null) {
        const report = await this.#flush()
        if (report === null || report.pending === 0) await this.ctx.storage.deleteAlarm()
        return
      }
      await this.#boot()
      const now = Date.now()
      await this.#askDeskAgain(now)
      // A market that slept is looked at again; the engine asks for it and decides.
      this.#step(
        asleep === null ? { type: 'clock', at: now } : { type: 'start', at: now, nonce: nonce() },
      )
      await this.#connection?.renewLease(now)
      if (++this.#alarms % FLUSH_EVERY_ALARMS === 0 || asleep !== null) await this.#flush()
    } catch (error) {
      this.#log('error', 'alarm-failed', { detail: String(error) })
    }
  }

  // Halted only because the desk could not be asked: ask again.
  async #askDeskAgain(at: number): Promise<void> {
    const state = this.#engine?.state
    if (state?.operator !== 'halt' || state.operatorReason !== 'desk-unreachable') return
    const { halted } = await deskStub(this.env).getHalt()
    if (halted) this.#step({ type: 'command', at, command: 'halt', reason: 'account-halted' })
    else this.#step({ type: 'command', at, command: 'release', reason: 'desk-answered' })
  }

  /** How long an idle maker may sleep, ms; null while it has work. */
  #asleepMs(): number | null {
    const conduct = this.#engine?.conduct
    if (
      conduct === undefined ||
      conduct.phase !== 'idle' ||
      !conduct.reason.startsWith('market-')
    ) {
      return null
    }
    const over = conduct.reason === 'market-finalized' || conduct.reason === 'market-not-binary'
    return over ? OVER_MS : ASLEEP_MS
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
    const engine = new Engine(ticker, stored.parameters, this.#memory)
    this.#engine = engine
    this.#connection = opened.value
    const at = Date.now()
    // Unable to ask whether the account is halted: take it that it is, until the alarm has asked again.
    if (stored.operator === 'halt' || halted === null || halted.halted) {
      const reason =
        halted === null ? 'desk-unreachable' : halted.halted ? 'account-halted' : 'operator'
      this.#step({ type: 'command', at, command: 'halt', reason })
    } else if (stored.operator === 'pause') {
      this.#step({ type: 'command', at, command: 'pause', reason: 'operator' })
    }
    this.#step({ type: 'start', at, nonce: nonce() })
    this.#tick()
    void opened.value.renewLease(at)
  }

  async #operate(
    command: 'pause' | 'resume' | 'halt' | 'release',
    reason: string,
  ): Promise<Answer<MakerStatus>> {
    if (this.#stored === null) return bad(404, 'not-found', 'No maker here: PUT the ticker first')
    await this.#boot()
    // Act first, store second: a halt must not wait for a disk.
    this.#step({ type: 'command', at: Date.now(), command, reason })
    const operator = command === 'pause' || command === 'halt' ? command : 'run'
    this.#stored = { ...this.#stored, operator }
    await this.ctx.storage.put('maker', this.#stored)
    return this.status()
  }

  #shutDown(): void {
    this.#connection?.close()
    if (this.#ticking !== null) clearTimeout(this.#ticking)
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#ticking = null
    this.#timer = null
    this.#timerAt = Number.POSITIVE_INFINITY
    this.#engine = null
    this.#connection = null
  }

  // --- the loop ---------------------------------------------------------------------------------

  readonly #hooks = {
    deliver: (event: Event): void => this.#step(event),
    log: (level: 'debug' | 'info' | 'warn' | 'error', event: string, detail: Detail): void =>
      this.#log(level, event, detail),
  }

  #step(event: Event): void {
    const engine = this.#engine
    if (engine === null) return
    let effects: readonly Effect[]
    try {
      effects = engine.step(event)
    } catch (error) {
      this.#fail(error)
      return
    }
    // Copied, because what is done about them may lead to another step before we are through.
    if (effects.length > 0) this.#act(effects.slice())
    if (this.#connection?.isOpen === false) this.#connect()
    const { wakeAt } = engine
    if (wakeAt < this.#timerAt) this.#arm(wakeAt)
    if (this.#waiting.size > 0) for (const check of [...this.#waiting]) check()
    this.#live.touch()
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
          this.#writer()?.push(formatRow(effect.row), effect.row.at, false)
          break
        case 'log':
          this.#log(effect.level, effect.event, effect.detail)
      }
    }
  }

  // The market is read before the socket is wanted: one that takes no orders needs none.
  #connect(): void {
    const market = this.#engine?.state.market
    if (market == null || this.#asleepMs() !== null) return
    this.#connection?.setShard(market.exchangeIndex)
    this.#connection?.connect()
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
    const engine = new Engine(ticker, parameters, this.#memory)
    this.#engine = engine
    const at = Date.now()
    this.#step({ type: 'command', at, command: 'halt', reason: kind })
    this.#step({ type: 'start', at, nonce: nonce() })
    if (this.#stored !== null) {
      this.#stored = { ...this.#stored, operator: 'halt' }
      void this.ctx.storage.put('maker', this.#stored)
    }
  }

  #arm(wakeAt: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timerAt = wakeAt
    if (wakeAt === Number.POSITIVE_INFINITY) return
    const wait = Math.max(SHORTEST_MS, Math.min(wakeAt - Date.now(), ALARM_MS))
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#timerAt = Number.POSITIVE_INFINITY
      this.#step({ type: 'clock', at: Date.now() })
      const next = this.#engine?.wakeAt ?? Number.POSITIVE_INFINITY
      if (next < this.#timerAt) this.#arm(next)
    }, wait)
  }

  // Once a second: liveness, signatures, and the writes that must not stand between frame and order.
  #tick(): void {
    if (this.#ticking !== null) clearTimeout(this.#ticking)
    this.#ticking = setTimeout(() => {
      this.#ticking = null
      const engine = this.#engine
      if (engine === null) return
      try {
        const asleep = this.#asleepMs() !== null
        if (asleep && engine.state.execution.orders.exposedCount === 0) this.#sleep()
        else this.#connection?.check(Date.now(), engine.state.execution.orders.live)
        this.#save(engine)
      } catch (error) {
        this.#log('error', 'tick-failed', { detail: String(error) })
      }
      if (this.#connection?.isOpen === true || this.#asleepMs() === null) this.#tick()
    }, TICK_MS)
  }

  /** No market to make: let go of the socket, so that the object can sleep until its alarm. */
  #sleep(): void {
    if (this.#connection?.isOpen !== true) return
    this.#log('info', 'asleep', { reason: this.#engine?.conduct.reason ?? '' })
    this.#connection.disconnect()
    void this.ctx.storage.setAlarm(Date.now() + (this.#asleepMs() ?? ALARM_MS))
  }

  #save(engine: Engine): void {
    const stored = this.#writer()?.persist()
    if (stored?.error != null) this.#log('error', 'tape-not-stored', { detail: stored.error })
    const { fills } = engine.state.execution.counters
    if (fills === this.#fillsSaved) return
    this.#fillsSaved = fills
    this.#memory = engine.memory
    // Unconfirmed: a write that is still on its way must not hold back an order.
    void this.ctx.storage.put('memory', this.#memory, { allowUnconfirmed: true })
  }

  #writer(): TapeWriter | null {
    const ticker = this.#tapeTicker
    if (this.#tape === null && ticker !== null) {
      this.#tape = new TapeWriter({ sql: this.ctx.storage.sql, bucket: this.env.TAPE, ticker })
    }
    return this.#tape
  }

  async #flush(): Promise<FlushReport | null> {
    const report = (await this.#writer()?.flush()) ?? null
    if (report?.error != null) {
      this.#log('error', 'tape-not-written', { detail: report.error, pending: report.pending })
    }
    return report
  }

  /** Resolves true once `condition` holds after some step, false when `ms` have passed. */
  #until(condition: () => boolean, ms: number): Promise<boolean> {
    if (condition()) return Promise.resolve(true)
    return new Promise((resolve) => {
      const check = (): void => {
        if (condition()) done(true)
      }
      const timer = setTimeout(() => done(false), ms)
      const done = (value: boolean): void => {
        clearTimeout(timer)
        this.#waiting.delete(check)
        resolve(value)
      }
      this.#waiting.add(check)
    })
  }

  #log(level: 'debug' | 'info' | 'warn' | 'error', event: string, detail: Detail): void {
    this.#write(level, event, { ticker: this.#tapeTicker ?? '', ...detail })
  }
}

type Detail = Readonly<Record<string, string | number | boolean | null>>

/** Makes client order ids unique for ever: 40 random bits per start, beside a counter. */
const nonce = (): string => crypto.randomUUID().replaceAll('-', '').slice(0, 10)
