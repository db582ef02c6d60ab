// The loop of one maker: ingest → step → act → record, and the chores in between.
//
// In: every event (frames, replies, the clock, commands). Out: requests, tape rows, log lines, the
// journal. Nothing is stored, signed or encoded between a frame and an order. Who gives commands,
// and what is stored about the maker, is not known here.

import type { Log } from '../../config/log.ts'
import { Engine, type EngineMemory } from '../../core/maker/engine.ts'
import { FIRST_TERMS } from '../../core/orders/desk-room.ts'
import type { TradingState } from '../../core/vocabulary/desk.ts'
import type { Effect, Event, Fill, TapeRow } from '../../core/vocabulary/events.ts'
import { InvariantError } from '../../core/vocabulary/outcome.ts'
import type { Parameters } from '../../core/vocabulary/parameters.ts'
import type { LatchCode, OperatorCode } from '../../core/vocabulary/reason-codes.ts'
import type { Millis } from '../../core/vocabulary/units.ts'
import type { MakerJournal } from '../../tape/journal-writer.ts'
import type { StepRecorder } from '../../tape/step-recorder.ts'
import type { ObjectStore } from '../common/object-store.ts'
import { ConditionWaiter, RepeatingTimer, WakeTimer } from '../common/timers.ts'
import type { Connection } from './exchange/connection.ts'
import { ALARM_MS, heartbeatOf, idleMs } from './heartbeat.ts'
import type { SignalListener } from './signals/signal-listener.ts'

/** A little less than two seconds, so that a heartbeat that is a moment early still saves. */
const TAPE_EVERY_MS = 1_950
/** The same for the memory, which is saved only after fills. */
const MEMORY_EVERY_MS = 950

/** What a new engine is made of. */
interface Configured {
  readonly ticker: string
  readonly parameters: Parameters
  readonly state?: TradingState
}

/** What the loop is given; tests stand in for each part. */
export interface LoopWorld {
  readonly tape: {
    readonly journal: Pick<MakerJournal, 'begin'>
    push(row: TapeRow): void
    persist(): void
  }
  readonly signals: Pick<SignalListener, 'tick'>
  readonly live: { touch(): void }
  readonly store: Pick<ObjectStore, 'put' | 'setAlarm'>
  readonly log: Log
  /** A fill of ours that the engine did not know. */
  filled(fill: Fill, at: Millis): void
  /** What a new engine is made of; null when the maker has been removed. */
  /** A heartbeat is over. */
  checked(engine: Engine, at: Millis): void
  configured(): Configured | null
  /** The maker has halted itself, and stays so until a person looks. */
  latched(code: LatchCode | OperatorCode): void
}

/** What the loop needs of the connection. */
type LoopConnection = Pick<
  Connection,
  | 'isOpen'
  | 'perform'
  | 'resubscribe'
  | 'reconnect'
  | 'setMarket'
  | 'connect'
  | 'disconnect'
  | 'check'
  | 'close'
>

export class MakerLoop {
  /** What survives a restart; null before the first fill. */
  memory: EngineMemory | null = null
  readonly #world: LoopWorld
  #engine: Engine | null = null
  #connection: LoopConnection | null = null
  #recorder: StepRecorder | null = null
  readonly #waiter = new ConditionWaiter()
  readonly #wakeTimer = new WakeTimer(() => {
    this.step({ type: 'clock', at: Date.now() })
    return this.#engine?.wakeAt ?? Number.POSITIVE_INFINITY
  })
  readonly #heartbeat = new RepeatingTimer(
    () => heartbeatOf(this.#engine?.state.parameters.strategy).everyMs,
    () => this.#check(),
  )
  #saved = ''
  #tapeSavedAt = 0
  #memorySavedAt = 0

  constructor(world: LoopWorld) {
    this.#world = world
  }

  get engine(): Engine | null {
    return this.#engine
  }

  /** How long the maker may sleep, ms; null while it has work. */
  get idleMs(): number | null {
    const engine = this.#engine
    if (engine === null) return null
    const { decider, state } = engine
    return idleMs(decider.phase, decider.reason, state.settlement.isOwed)
  }

  open(ticker: string, parameters: Parameters, connection: LoopConnection): void {
    this.#engine = this.#newEngine(ticker, parameters)
    this.#connection = connection
  }

  /** The engine asks what is true at the exchange: at the start, and when a market has slept. */
  begin(afterRestart = false): void {
    this.step({ type: 'start', at: Date.now(), nonce: newNonce(), afterRestart })
  }

  startHeartbeat(): void {
    this.#heartbeat.start()
  }

  close(): void {
    this.#connection?.close()
    this.#heartbeat.stop()
    this.#wakeTimer.cancel()
    this.#engine = null
    this.#connection = null
    this.memory = null
  }

  /** True once the exchange has confirmed that nothing rests; false when `ms` have passed. */
  clean(since: number, ms: number): Promise<boolean> {
    const engine = this.#engine
    return this.#waiter.until(() => engine?.provenClean(since) === true, ms)
  }

  /** True once a flattening has ended; false when `ms` have passed. */
  flattened(ms: number): Promise<boolean> {
    const engine = this.#engine
    return this.#waiter.until(() => engine?.state.flatten.isWorking !== true, ms)
  }

  step(event: Event): void {
    const engine = this.#engine
    const recorder = this.#recorder
    if (engine === null) return
    const { counters } = engine.state.execution
    const { fills } = counters
    recorder?.event(event)
    let effects: readonly Effect[]
    try {
      effects = engine.step(event)
    } catch (error) {
      this.#fail(error)
      return
    }
    if (event.type === 'fill' && counters.fills > fills) {
      this.#world.filled(event.fill, event.at)
    }
    if (effects.length > 0) {
      // Copied, because acting may cause another step, which reuses the engine's array.
      const copy = effects.slice()
      recorder?.effects(copy)
      this.#act(copy)
    }
    if (this.#connection?.isOpen === false) this.#connect()
    this.#wakeTimer.by(engine.wakeAt)
    recorder?.encodeSoon()
    this.#waiter.check()
    this.#world.live.touch()
  }

  #act(effects: readonly Effect[]): void {
    const connection = this.#connection
    connection?.perform(effects)
    for (const effect of effects) {
      switch (effect.type) {
        case 'resubscribe':
          connection?.resubscribe(effect.sid)
          break
        case 'reconnect':
          connection?.reconnect(effect.reason)
          break
        case 'row':
          this.#world.tape.push(effect.row)
          break
        case 'latch':
          this.#world.latched(effect.code)
          break
        case 'log':
          this.#world.log(effect.level, effect.event, effect.detail)
      }
    }
  }

  // The market is read before the socket is wanted: one that takes no orders needs none.
  #connect(): void {
    const market = this.#engine?.state.market
    if (market == null || this.idleMs !== null) return
    this.#connection?.setMarket(market)
    this.#connection?.connect()
    // An object that slept has lost its timer.
    if (!this.#heartbeat.isRunning) this.#heartbeat.start()
  }

  #newEngine(ticker: string, parameters: Parameters): Engine {
    const { journal } = this.#world.tape
    this.#recorder = journal.begin(ticker, parameters, this.memory, Date.now())
    return new Engine(ticker, parameters, this.memory)
  }

  // We are wrong: cancel everything of this ticker by listing it, and stay halted until a person
  // looks.
  #fail(error: unknown): void {
    const kind: OperatorCode = error instanceof InvariantError ? 'invariant' : 'crash'
    const { log, configured, latched } = this.#world
    log('error', kind, {
      detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
    })
    const known = configured()
    if (known === null) return
    this.#connection?.disconnect()
    this.#engine = this.#newEngine(known.ticker, known.parameters)
    this.step({ type: 'desk', at: Date.now(), terms: FIRST_TERMS })
    this.step({ type: 'state', at: Date.now(), state: known.state ?? 'active' })
    this.step({ type: 'command', at: Date.now(), command: 'halt', reason: kind })
    this.begin(true)
    latched(kind)
  }

  // Liveness, signatures, and the writes that must not stand between frame and order.
  #check(): boolean {
    const engine = this.#engine
    if (engine === null) return false
    try {
      const at = Date.now()
      const { orders } = engine.state.execution
      const { pingMs } = heartbeatOf(engine.state.parameters.strategy)
      if (this.idleMs !== null && orders.exposedCount === 0) this.#sleep(engine)
      else this.#connection?.check(at, orders.live, pingMs)
      this.#save(engine, at)
      this.#world.signals.tick(at)
      this.#world.checked(engine, at)
    } catch (error) {
      this.#world.log('error', 'tick-failed', { detail: String(error) })
    }
    return this.#connection?.isOpen === true || this.idleMs === null
  }

  // No market to make: let go of the socket, so that the object can sleep until its alarm.
  #sleep(engine: Engine): void {
    if (this.#connection?.isOpen !== true) return
    this.#world.log('info', 'asleep', { reason: engine.decider.reason })
    this.#connection.disconnect()
    void this.#world.store.setAlarm(Date.now() + (this.idleMs ?? ALARM_MS))
  }

  #save(engine: Engine, at: number): void {
    if (at >= this.#tapeSavedAt + TAPE_EVERY_MS) {
      this.#tapeSavedAt = at
      this.#world.tape.persist()
    }
    const { memoryStamp } = engine
    if (memoryStamp === this.#saved || at < this.#memorySavedAt + MEMORY_EVERY_MS) return
    this.#memorySavedAt = at
    this.#saved = memoryStamp
    this.memory = engine.memory
    void this.#keep(this.memory)
  }

  // What storage refuses is written again with the next save: it may recover in time.
  async #keep(memory: EngineMemory): Promise<void> {
    const isKept = await this.#world.store.put('memory', memory)
    if (!isKept) this.#saved = ''
  }
}

/**
 * What makes the client order ids of one start unique for ever: the exchange never takes an id
 * twice, not even that of an order that was killed. 40 random bits; a counter follows in each id.
 */
const newNonce = (): string => crypto.randomUUID().replaceAll('-', '').slice(0, 10)
