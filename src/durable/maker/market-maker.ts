// The Durable Object that makes one market: its parts put together, and its RPC surface.
//
// In: commands of the control API, signals, browsers' sockets, the alarm. Out: answers as values.
// MakerLife knows what is stored and how a maker starts and ends, MakerLoop leads from frames to
// orders. How the exchange is reached is not known here.

import { DurableObject } from 'cloudflare:workers'
import { type Env, readConfig } from '../../config/env.ts'
import { jsonLog, type Log } from '../../config/log.ts'
import { groupTerms } from '../../core/maker/limits/group-terms.ts'
import { riskReport } from '../../core/maker/limits/risk-report.ts'
import { readParameters } from '../../core/pricing/self-check.ts'
import type { FlattenAnswer, MakerStatus } from '../../core/status/status.ts'
import { statusOf } from '../../core/status/view.ts'
import type { TradingState } from '../../core/vocabulary/desk.ts'
import {
  type Answer,
  bad,
  type FlattenRequest,
  good,
  type MakerRpc,
  type StoredMaker,
  type Usage,
} from '../../rpc/contracts.ts'
import { alertsStub } from '../../rpc/stubs.ts'
import { SkewRelay } from '../../signals/signal/external-skew.ts'
import type { SignalUpdate } from '../../signals/signal/signal-update.ts'
import type { TapeBucket } from '../../tape/store.ts'
import type { TapeTail } from '../../tape/writer.ts'
import { ObjectStore } from '../common/object-store.ts'
import { countedBucket, Tally } from '../common/tally.ts'
import { AlertReporter, viewOf } from './alert-reporter.ts'
import { admit, offGrid } from './exchange/admission.ts'
import { Connection, type Hooks } from './exchange/connection.ts'
import { flattenMaker } from './flatten.ts'
import { LiveSockets } from './live-sockets.ts'
import { MakerLife } from './maker-life.ts'
import { MakerLoop } from './maker-loop.ts'
import { MakerTape } from './maker-tape.ts'
import { makerSignals, splitAlpha } from './signals/signal-bindings.ts'
import type { SignalListener } from './signals/signal-listener.ts'

/** Below the deadline that the route gives a maker. */
const HALT_WAIT_MS = 5_000
const REMOVE_WAIT_MS = 15_000

const NO_MAKER = bad(404, 'not-found', 'No maker here: PUT the ticker first')

const tooSoon = (until: number): Answer<never> => {
  const time = new Date(until).toISOString()
  const why = 'the exchange was told to cancel everything and may still cancel what is placed now'
  return bad(409, 'too-soon', `Release refused before ${time}: ${why}`)
}

const notReset = (why: string): Answer<never> =>
  bad(502, 'order-group', `Release refused: the exchange did not reset the order group (${why})`)

export class MarketMaker extends DurableObject<Env> implements MakerRpc {
  readonly #hooks: Hooks = {
    deliver: (event) => this.#loop.step(event),
    granted: (grant, askedAt) => this.#life.granted(grant, askedAt),
    risk: () => {
      const { engine } = this.#loop
      return engine && riskReport(engine.state, engine.decider, Date.now())
    },
    hours: () => this.#loop.engine?.decider.hours.report ?? null,
    groupTerms: () => {
      const { engine } = this.#loop
      return engine && groupTerms(engine.state)
    },
    storedGroup: () => this.#life.storedGroup,
    keepGroup: (group) => this.#life.keepGroup(group),
    log: (level, event, detail) => {
      this.#write(level, event, { ticker: this.#tape.ticker ?? '', ...detail })
    },
  }
  readonly #tally = new Tally(Date.now())
  readonly #write: Log
  readonly #tape: MakerTape
  readonly #live: LiveSockets
  readonly #signals: SignalListener
  readonly #loop: MakerLoop
  readonly #life: MakerLife
  readonly #alerts: AlertReporter

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    const config = readConfig(env)
    this.#write = jsonLog(config.ok ? config.config.logLevel : 'info')
    const { log } = this.#hooks
    const engine = () => this.#loop.engine
    const bucket = countedBucket(env.TAPE as unknown as TapeBucket, this.#tally)
    const store = new ObjectStore(ctx.storage, this.#tally, (reason) => {
      this.#life.storageFailed(reason)
    })
    const tape = new MakerTape(store, bucket, log)
    // Asks the one source of external skew: `none` unless the strategy names another.
    const skew = new SkewRelay((event) => this.#loop.step(event))
    const signals = makerSignals({ env, store, bucket, log, engine, skew })
    const live = new LiveSockets(ctx, engine, () => this.#known)
    const alerts = new AlertReporter({ alerts: () => alertsStub(env), log })
    const loop = new MakerLoop({
      ...{ tape, signals, live, store },
      log: (level, event, detail) => {
        log(level, event, detail)
        alerts.logged(event, Date.now())
      },
      checked: (engine, at) =>
        alerts.check(engine.state.ticker, viewOf(engine, tape.dropped + tape.journal.dropped), at),
      filled: (fill, at) => signals.filled(fill, at, skew.cents),
      configured: () => this.#life.stored,
      latched: (haltReason) => this.#life.latch(haltReason),
    })
    this.#tape = tape
    this.#signals = signals
    this.#live = live
    this.#loop = loop
    this.#alerts = alerts
    const own = { ctx, store, env, hooks: this.#hooks }
    this.#life = new MakerLife({ ...own, loop, tape, signals, skew, live })
    ctx.blockConcurrencyWhile(async () => {
      await this.#life.load()
      if (this.#life.stored !== null) alerts.happened('restarted', '', Date.now())
    })
  }

  /** What this object has used of what the platform bills. */
  async usage(): Promise<Usage> {
    this.#tally.requests++
    const frames = this.#loop.engine?.state.execution.counters.frames ?? 0
    return this.#tally.with({ frames, storedBytes: this.ctx.storage.sql.databaseSize })
  }

  async configure(ticker: string, body: unknown): Promise<Answer<MakerStatus>> {
    const split = splitAlpha(ticker, body, this.env)
    if (!split.ok) return split
    const parsed = readParameters(split.value.rest, this.#life.stored?.parameters ?? null)
    if (!parsed.ok) return bad(422, 'parameters', parsed.error.message)
    const { parameters } = parsed
    const change = { parameters, ...split.value.change }
    if (this.#life.stored !== null) return this.#change(change)
    const opened = await Connection.open(this.env, ticker, this.#hooks)
    if (!opened.ok) return opened
    const refusal = admit(ticker, await opened.value.readMarket(), parameters.limits)
    if (refusal !== null) return refusal
    // Another request may have added it while the market was being read.
    if (this.#life.stored !== null) return this.configure(ticker, body)
    const maker = { ticker, ...change, paused: false, halted: false, leaving: false }
    await this.#life.create(maker, opened.value)
    return this.status()
  }

  // Adding a maker that is on its way out keeps it.
  async #change(change: Pick<StoredMaker, 'parameters' | 'alpha'>): Promise<Answer<MakerStatus>> {
    const { parameters } = change
    const refusal = offGrid(this.#loop.engine?.state.market ?? null, parameters.limits)
    if (refusal !== null) return refusal
    const returns = this.#life.stored?.leaving === true
    await this.#life.keep({ ...change, leaving: false })
    await this.#life.boot()
    this.#loop.step({ type: 'configure', at: Date.now(), parameters })
    await this.#life.listen()
    if (returns) this.#life.obey('operator')
    return this.status()
  }

  async status(): Promise<Answer<MakerStatus>> {
    this.#tally.requests++
    if (this.#life.stored === null) return NO_MAKER
    await this.#life.boot()
    if (this.#loop.engine === null) return this.#notStarted()
    // The engine's status with what only the object knows.
    const status = statusOf(this.#loop.engine, Date.now())
    status.counters.signed_on_hot_path = this.#life.signedLate
    status.counters.tape_pending = this.#tape.pending
    status.counters.tape_dropped = this.#tape.dropped
    status.counters.journal_dropped = this.#tape.journal.dropped
    status.counters.alerts_unreachable = this.#alerts.reachable ? 0 : 1
    return good(Object.assign(status, this.#known))
  }

  /** What the engine's status leaves open. */
  get #known(): Partial<MakerStatus> {
    const { group, clockOffset } = this.#life
    const order_group = group === null ? {} : { order_group: group.status }
    return { ...order_group, clock_offset_ms: clockOffset, external: this.#signals.status() }
  }

  pause(): Promise<Answer<MakerStatus>> {
    return this.#operate({ paused: true, pauseReason: 'operator' }, 'operator')
  }

  async resume(): Promise<Answer<MakerStatus>> {
    if (this.#life.stored === null) return NO_MAKER
    await this.#life.boot()
    if (this.#life.isHalted) {
      return bad(409, 'halted', 'Resume refused: the maker is halted; release it with POST /resume')
    }
    return this.#operate({ paused: false, pauseReason: 'operator' }, 'operator')
  }

  async flatten(request: FlattenRequest): Promise<Answer<FlattenAnswer>> {
    if (this.#life.stored === null) return NO_MAKER
    await this.#life.boot()
    if (this.#loop.engine === null) return this.#notStarted()
    return flattenMaker(this.#life, this.#loop, request)
  }

  /**
   * Answers when the exchange has confirmed that nothing rests, or says that it has not.
   * @param holdUntil no release before then, epoch ms
   */
  async halt(reason: string, holdUntil?: number): Promise<Answer<MakerStatus>> {
    const since = Date.now()
    const held = holdUntil === undefined ? {} : { heldUntil: holdUntil }
    const answer = await this.#operate({ halted: true, haltReason: reason, ...held }, reason)
    if (!answer.ok || this.#loop.engine === null) return answer
    if (await this.#loop.clean(since, HALT_WAIT_MS)) return this.status()
    return bad(504, 'orders-remain', 'Halted, but orders are not yet proven gone')
  }

  async release(): Promise<Answer<MakerStatus>> {
    const heldUntil = this.#life.stored?.heldUntil ?? 0
    if (Date.now() < heldUntil) return tooSoon(heldUntil)
    const halted = this.#life.stored?.halted === true
    if (this.#life.stored !== null) await this.#life.boot()
    const refused = await this.#life.group?.rearm()
    if (refused != null) return notReset(refused)
    await this.#life.trustPerson()
    // With the desk's terms of now: a limit that was just raised must not halt it again.
    await this.#life.renew()
    if (halted) this.#loop.step({ type: 'rearm', at: Date.now() })
    const answer = await this.#operate({ halted: false, haltReason: 'operator' }, 'operator')
    const { stored } = this.#life
    if (stored?.halted !== true) return answer
    return bad(409, 'halted-again', `Released, and halted again at once: ${stored.haltReason}`)
  }

  async setState(state: TradingState): Promise<Answer<MakerStatus>> {
    if (this.#life.stored === null) return NO_MAKER
    await this.#life.setState(state)
    return this.status()
  }

  async renew(): Promise<void> {
    if (this.#life.stored !== null) await this.#life.renew()
  }

  async #operate(change: Partial<StoredMaker>, reason: string): Promise<Answer<MakerStatus>> {
    if (this.#life.stored === null) return NO_MAKER
    await this.#life.operate(change, reason)
    return this.status()
  }

  async remove(): Promise<Answer<{ removed: true; foreignOrders: number }>> {
    if (this.#life.stored === null) return bad(404, 'not-found', 'No maker here: nothing to remove')
    const { ticker } = this.#life.stored
    await this.#life.boot()
    if (this.#loop.engine === null) {
      // It goes on by itself once the maker can start.
      await this.#life.keep({ leaving: true })
      return this.#notStarted()
    }
    const since = Date.now()
    this.#loop.step({ type: 'stop', at: since })
    await this.#life.keep({ leaving: true })
    if (!(await this.#loop.clean(since, REMOVE_WAIT_MS))) {
      return bad(
        504,
        'orders-remain',
        `Removal of ${ticker} not finished: orders are not yet proven gone; it goes on, try again`,
      )
    }
    const foreignOrders = this.#loop.engine.state.execution.orders.foreignCount
    await this.#signals.leave()
    this.#alerts.close(ticker, Date.now())
    await this.#life.forget()
    return good({ removed: true, foreignOrders })
  }

  // What is wanted of the maker is stored and holds, but nothing here can cancel.
  #notStarted(): Answer<never> {
    const why = this.#life.refusal ?? 'see its log'
    const ttl = this.#life.stored?.parameters.strategy.order_ttl_seconds ?? 0
    const rest = `it cannot cancel, and what rests ends by itself within ${ttl} s`
    return bad(503, 'starting', `The maker could not start (${why}): ${rest}, or by POST /halt`)
  }

  wake(): Promise<void> {
    this.#tally.requests++
    return this.#life.wake()
  }

  override alarm(): Promise<void> {
    this.#tally.requests++
    return this.#life.alarm()
  }

  async tapeTail(from: number, to: number): Promise<TapeTail> {
    return this.#tape.tail(from, to)
  }

  /** Writes the shadow log and the tape; returns the tape's rows that are still unwritten. */
  async flushTape(): Promise<number> {
    await this.#signals.flush()
    return this.#tape.flush()
  }

  /** An external signal; false when it is not wanted. */
  async external(update: SignalUpdate): Promise<boolean> {
    this.#tally.requests++
    await this.#life.boot()
    return this.#signals.receive(update)
  }

  /** The operator confirms the mapping. */
  async acknowledge(): Promise<Answer<{ acknowledged: true }>> {
    if (this.#life.stored === null) return NO_MAKER
    await this.#life.boot()
    if (this.#signals.acknowledge()) return good({ acknowledged: true })
    return bad(409, 'no-mapping', 'Nothing to acknowledge: no mapping is in use for this ticker')
  }

  /** The live socket. Only the worker can reach this, after it has checked the token. */
  override async fetch(request: Request): Promise<Response> {
    if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket') {
      return new Response('Wanted a WebSocket upgrade', { status: 426 })
    }
    if (this.#life.stored === null) return new Response('No maker here', { status: 404 })
    await this.#life.boot()
    return this.#live.accept(request)
  }

  override webSocketMessage(socket: WebSocket): void {
    this.#live.greet(socket)
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    // 1005 and 1006 mean that there was no code, and may not be sent back.
    socket.close(code >= 3000 || code === 1000 ? code : 1000)
  }
}
