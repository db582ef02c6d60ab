// One life of the maker's object, from its start to its eviction: the real engine, runner, feed,
// client and decoder, in a small restatement of the shell around them
// (durable/maker/market-maker.ts and exchange/connection.ts) that takes its time, dice and timers
// from the simulation.
//
// Only what the last housekeeping has stored outlives it; a life that is over hears nothing any
// more.

import { Engine, type EngineMemory } from '../../src/core/maker/engine.ts'
import { groupTerms } from '../../src/core/maker/limits/group-terms.ts'
import { FIRST_LEASE } from '../../src/core/orders/rate-budget.ts'
import type { Command, Effect, Event, Lease } from '../../src/core/vocabulary/events.ts'
import type { Parameters } from '../../src/core/vocabulary/parameters.ts'
import type { Millis } from '../../src/core/vocabulary/units.ts'
import { EffectRunner } from '../../src/durable/maker/exchange/effect-runner.ts'
import { OrderGroup, type StoredGroup } from '../../src/durable/maker/exchange/order-group.ts'
import { heartbeatOf, idleMs } from '../../src/durable/maker/heartbeat.ts'
import type { HeaderPool } from '../../src/kalshi/auth/sign.ts'
import { GROUP_CHANNEL } from '../../src/kalshi/common/requests.ts'
import { inOwnTime } from '../../src/kalshi/common/venue-time.ts'
import { FrameDecoder } from '../../src/kalshi/feed/decoder.ts'
import type { Fetcher } from '../../src/kalshi/feed/dial.ts'
import { Feed, type FeedSocket } from '../../src/kalshi/feed/feed.ts'
import { KalshiRest } from '../../src/kalshi/rest/rest.ts'
import type { Letter, Mailbox } from './mailbox.ts'

const ALARM_MS = 5_000
/** A memory that storage has refused is not written again before this. */
const SAVED_AGAIN_MS = 950
const SHORTEST_MS = 2
const LONGEST_MS = 20_000

// Timeouts are the post's business; a real timer per request would outlive the virtual minute.
const never = new AbortController().signal
AbortSignal.timeout = () => never

/** Signatures cost real time and are always ready here; what they say of the time is true. */
const readySignatures = (now: () => Millis): HeaderPool => {
  let offset = 0
  const headers = () => ({ 'KALSHI-ACCESS-TIMESTAMP': String(now() + offset) })
  return {
    now,
    get clockOffset() {
      return offset
    },
    keep: () => undefined,
    drop: () => undefined,
    take: headers,
    fresh: () => Promise.resolve(headers()),
    correctClock: (venueNow: Millis) => {
      offset = Math.round(venueNow - now())
      return offset
    },
  } as unknown as HeaderPool
}

export interface LifeDeps {
  readonly number: number
  readonly ticker: string
  readonly mailbox: Mailbox
  /** Our own clock, which may be wrong and may jump. */
  readonly now: () => Millis
  readonly random: () => number
  readonly fetcher: Fetcher
  readonly dial: () => Promise<FeedSocket>
  stir(): void
  /** Around every step: the event, and the effects that are about to be carried out. */
  received(event: Event): void
  decided(event: Event, effects: readonly Effect[]): void
  /** False when storage refuses it. */
  stored(memory: EngineMemory): boolean
  /** The alarm has gone off, and the next one is to be stored. */
  alarmed(): void
  /** The order group of an earlier life, and that of this one. */
  readonly storedGroup: StoredGroup | null
  keepGroup(group: StoredGroup | null): void
  /** The engine threw. */
  failed(error: unknown): void
}

export class Life {
  readonly engine: Engine
  readonly feed: Feed
  readonly runner: EffectRunner
  readonly group: OrderGroup
  alive = true
  /** Halted only because the desk could not be asked whether the account is. */
  doubtsDesk = false
  readonly #deps: LifeDeps
  readonly #decoder: FrameDecoder
  #open = false
  #stored = ''
  #refusedAt = Number.NEGATIVE_INFINITY
  #wakeUp: Letter | null = null
  #tick: Letter | null = null

  constructor(deps: LifeDeps, parameters: Parameters, memory: EngineMemory | null) {
    this.#deps = deps
    const { ticker, now, mailbox } = deps
    this.#decoder = new FrameDecoder({ noSide: 'yes-price', ticker })
    // As it comes back from storage.
    const kept = memory === null ? null : (JSON.parse(JSON.stringify(memory)) as EngineMemory)
    this.engine = new Engine(ticker, parameters, kept)
    const pool = readySignatures(now)
    const rest = new KalshiRest({ baseUrl: 'https://sim/trade-api/v2' }, pool, deps.fetcher, {
      timeoutMs: 4_000,
      subaccount: 0,
    })
    this.runner = new EffectRunner(rest, ticker, now, (event) => this.#reply(event))
    this.group = this.#groupOf(rest)
    this.feed = new Feed({
      ticker,
      dial: deps.dial,
      now,
      random: deps.random,
      setTimer: (run, ms) =>
        mailbox.post(ms, () => {
          if (!this.alive) return
          deps.stir()
          run()
        }),
      clearTimer: (timer) => {
        ;(timer as Letter).run = null
      },
      onUp: (at) => {
        this.step({ type: 'link-up', at })
        this.group.doubt(at)
      },
      onDown: (at, reason) => this.step({ type: 'link-down', at, reason }),
      decode: (text, at) => this.#decoder.decode(text, at),
      onFrame: (frame) => {
        if (frame.type === 'order') inOwnTime(frame.order, pool.clockOffset)
        this.step(frame)
        if (frame.type === 'group' && this.alive) this.group.heard(frame)
      },
      log: (_, event, detail) => {
        if (event === 'feed-listener-failed') deps.failed(detail.error)
      },
    })
  }

  #groupOf(rest: KalshiRest): OrderGroup {
    const { runner } = this
    const { storedGroup, now, keepGroup } = this.#deps
    return new OrderGroup({
      calls: rest.groups,
      stored: storedGroup,
      now,
      read: (ask) => runner.read(ask),
      write: (ask) => runner.write(ask),
      terms: () => groupTerms(this.engine.state),
      keep: keepGroup,
      use: (id) => {
        runner.orderGroup = id
        if (id !== '') this.feed.also(GROUP_CHANNEL)
      },
      triggered: (how) => this.step({ type: 'group-triggered', at: now(), how }),
      log: () => undefined,
    })
  }

  #reply(event: Event): void {
    this.step(event)
    if (event.type !== 'reply' || event.kind !== 'place' || !this.alive) return
    if (event.outcome.kind === 'rejected') this.group.refused(event.outcome, event.at)
  }

  #tend(): void {
    if (this.engine.state.parameters.strategy.order_group === 'off') return
    this.#deps.stir()
    this.group.tend(this.#deps.now())
  }

  /** A person releases the maker, and tries until its group is reset. */
  release(then: () => void): void {
    if (!this.alive) return
    if (!this.group.isTripped) {
      then()
      return
    }
    const { mailbox, stir } = this.#deps
    stir()
    void this.group.rearm().then((refused) => {
      if (!this.alive) return
      stir()
      if (refused === null) then()
      else mailbox.post(1_000, () => this.release(then))
    })
  }

  /** The object comes to life: what persons want of it is obeyed, then it begins. */
  begin(command: Command, deskAway: boolean): void {
    const at = this.#deps.now()
    this.doubtsDesk = deskAway
    const held = deskAway ? 'halt' : command
    const reason = deskAway ? 'desk-unreachable' : 'operator'
    if (held !== 'resume') this.step({ type: 'command', at, command: held, reason })
    this.#start(this.#deps.number > 1)
    this.#beat()
    this.#alarm()
  }

  /** Out of memory, without a word to anyone. */
  evict(): void {
    this.alive = false
    if (this.#wakeUp !== null) this.#wakeUp.run = null
    if (this.#tick !== null) this.#tick.run = null
  }

  lease(lease: Lease = FIRST_LEASE): void {
    this.step({ type: 'lease', at: this.#deps.now(), lease })
  }

  /** The desk has renewed the lease and knows of no halt. */
  renewed(lease: Lease, at: Millis): void {
    this.step({ type: 'lease', at, lease, notHaltedAt: at })
  }

  step(event: Event): void {
    if (!this.alive) return
    this.#deps.received(event)
    let effects: readonly Effect[]
    try {
      effects = this.engine.step(event).slice()
    } catch (error) {
      this.#deps.failed(error)
      return
    }
    this.#deps.decided(event, effects)
    if (effects.length > 0) this.#act(effects)
    if (!this.#open) this.#connect()
    this.#wakeBy(this.engine.wakeAt)
  }

  #act(effects: readonly Effect[]): void {
    this.#deps.stir()
    this.runner.perform(effects)
    for (const effect of effects) {
      if (effect.type === 'resubscribe') this.feed.resubscribe(effect.sid)
      else if (effect.type === 'reconnect') this.feed.reconnect(effect.reason)
    }
  }

  get #asleep(): number | null {
    const { decider, state } = this.engine
    return idleMs(decider.phase, decider.reason, state.settlement.isOwed)
  }

  #start(afterRestart = false): void {
    const nonce = `${this.#deps.number}x${Math.floor(this.#deps.random() * 1e9).toString(36)}`
    this.step({ type: 'start', at: this.#deps.now(), nonce, afterRestart })
  }

  #connect(): void {
    const { market } = this.engine.state
    if (market === null || this.#asleep !== null) return
    this.runner.exchangeIndex = market.exchangeIndex
    this.#decoder.eventTicker = market.eventTicker
    this.#open = true
    this.#deps.stir()
    this.#tend()
    this.feed.start()
    if (this.#tick === null) this.#beat()
  }

  #beat(): void {
    const { everyMs, pingMs } = heartbeatOf(this.engine.state.parameters.strategy)
    this.#tick = this.#deps.mailbox.post(everyMs, () => {
      this.#tick = null
      if (!this.alive) return
      const asleep = this.#asleep !== null
      if (asleep && this.engine.state.execution.orders.exposedCount === 0) {
        if (this.#open) {
          this.#open = false
          this.feed.stop()
        }
      } else if (this.#open) {
        this.feed.check(this.#deps.now(), pingMs)
        this.#tend()
      }
      this.#save()
      if (this.#open || this.#asleep === null) this.#beat()
    })
  }

  #save(): void {
    const { memoryStamp } = this.engine
    const { now } = this.#deps.mailbox
    if (memoryStamp === this.#stored || now < this.#refusedAt + SAVED_AGAIN_MS) return
    this.#stored = memoryStamp
    if (this.#deps.stored(this.engine.memory)) return
    this.#stored = ''
    this.#refusedAt = now
  }

  #alarm(): void {
    const asleep = this.#asleep
    this.#deps.mailbox.post(asleep ?? ALARM_MS, () => {
      if (!this.alive) return
      this.#deps.alarmed()
      if (this.#asleep === null) this.step({ type: 'clock', at: this.#deps.now() })
      else this.#start()
      this.#alarm()
    })
  }

  #wakeBy(at: Millis): void {
    const { mailbox, now } = this.#deps
    if (at === Number.POSITIVE_INFINITY) return
    const wait = Math.max(SHORTEST_MS, Math.min(at - now(), LONGEST_MS))
    const due = mailbox.now + wait
    if (this.#wakeUp !== null) {
      if (this.#wakeUp.at <= due) return
      this.#wakeUp.run = null
    }
    this.#wakeUp = mailbox.post(wait, () => {
      this.#wakeUp = null
      this.step({ type: 'clock', at: now() })
      this.#wakeBy(this.engine.wakeAt)
    })
  }
}
