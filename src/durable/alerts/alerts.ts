// The one object that calls a person: by webhook, by email, or by both.
//
// In: what makers and the watchdog find wrong. Out: messages, each once and again when it is over.
// Nobody waits for a delivery: it happens in the alarm a moment later, so that what breaks together
// is told together, and a channel that fails is tried again with back-off. It knows no exchange.

import { DurableObject } from 'cloudflare:workers'
import {
  type Alert,
  type AlertState,
  type Message,
  noAlerts,
  report,
  taken,
  waitingFor,
} from '../../alerts/alert-book.ts'
import { lineOf } from '../../alerts/alert-text.ts'
import { type Env, readConfig } from '../../config/env.ts'
import { jsonLog } from '../../config/log.ts'
import { backoffMs } from '../../core/vocabulary/backoff.ts'
import { messageOf } from '../../core/vocabulary/outcome.ts'
import type { AlertsRpc, AlertsView, Usage } from '../../rpc/contracts.ts'
import { ObjectStore } from '../common/object-store.ts'
import { Tally } from '../common/tally.ts'
import { type Channel, openChannels } from './channels.ts'

/** What breaks within this time is told in one message. */
const GATHER_MS = 1_000
const FIRST_RETRY_MS = 5_000
const LAST_RETRY_MS = 300_000
const RECENT = 50

/** What became of a channel's deliveries; epoch ms, 0 for never. */
interface Health {
  lastOk: number
  lastError: number
  error: string
  /** Failures since the last success. */
  failures: number
  retryAt: number
}

const healthy = (): Health => ({ lastOk: 0, lastError: 0, error: '', failures: 0, retryAt: 0 })

export class Alerts extends DurableObject<Env> implements AlertsRpc {
  #state: AlertState = noAlerts()
  #health: Record<string, Health> = {}
  readonly #tally = new Tally(Date.now())
  readonly #store = new ObjectStore(this.ctx.storage, this.#tally, (detail) => {
    this.#log('error', 'alerts-not-stored', { detail })
  })
  readonly #channels: readonly Channel[]
  readonly #log: ReturnType<typeof jsonLog>

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    const config = readConfig(env)
    this.#log = jsonLog(config.ok ? config.config.logLevel : 'info')
    this.#channels = config.ok ? openChannels(config.config, env.EMAIL) : []
    this.#state = this.#store.get<AlertState>('state') ?? this.#state
    this.#health = this.#store.get<Record<string, Health>>('health') ?? {}
  }

  async report(source: string, alerts: Alert[]): Promise<void> {
    this.#tally.requests++
    const names = this.#channels.map(({ name }) => name)
    const next = report(this.#state, source, alerts, Date.now(), names)
    if (next === this.#state) return
    const known = this.#state.messages.length
    for (const message of next.messages.slice(known)) {
      this.#log('warn', 'alert', { source, code: message.code, text: lineOf(message) })
    }
    this.#state = next
    await this.#store.put('state', this.#state)
    if (names.length > 0) await this.#store.setAlarm(Date.now() + GATHER_MS)
  }

  override async alarm(): Promise<void> {
    this.#tally.requests++
    await this.#deliver(Date.now())
    const due = this.#channels
      .filter(({ name }) => waitingFor(this.#state, name).length > 0)
      .map(({ name }) => this.#healthOf(name).retryAt)
    if (due.length > 0) await this.#store.setAlarm(Math.min(...due))
  }

  async test(): Promise<AlertsView> {
    const names = this.#channels.map(({ name }) => name)
    if (names.length === 0) return this.view()
    const at = Date.now()
    const alert: Alert = { code: 'test', reason: '', at }
    this.#state = report(this.#state, 'operator', [alert], at, names)
    // A person waits: no back-off holds a test back.
    await this.#deliver(Number.POSITIVE_INFINITY)
    return this.view()
  }

  async view(): Promise<AlertsView> {
    const { open, messages, dropped } = this.#state
    const time = (at: number): string | null => (at === 0 ? null : new Date(at).toISOString())
    return {
      open: Object.entries(open).flatMap(([source, list]) =>
        list.map(({ code, reason, since }) => ({
          ...{ source, code, reason },
          since: new Date(since).toISOString(),
        })),
      ),
      recent: messages
        .slice(-RECENT)
        .reverse()
        .map((message) => ({
          at: new Date(message.at).toISOString(),
          source: message.source,
          code: message.code,
          text: lineOf(message),
        })),
      channels: this.#channels.map(({ name }) => {
        const { lastOk, lastError, error, failures } = this.#healthOf(name)
        return {
          ...{ name, last_ok: time(lastOk), last_error: time(lastError) },
          ...{ error: error === '' ? null : error, alive: failures === 0 },
        }
      }),
      waiting: messages.filter(({ waiting }) => waiting.length > 0).length,
      dropped,
    }
  }

  async usage(): Promise<Usage> {
    this.#tally.requests++
    return this.#tally.with({ frames: 0, storedBytes: this.ctx.storage.sql.databaseSize })
  }

  #healthOf(name: string): Health {
    return (this.#health[name] ??= healthy())
  }

  async #deliver(before: number): Promise<void> {
    const send = async (channel: Channel): Promise<void> => {
      const waiting = waitingFor(this.#state, channel.name)
      if (waiting.length === 0 || this.#healthOf(channel.name).retryAt > before) return
      await this.#send(channel, waiting)
    }
    await Promise.all(this.#channels.map(send))
    await this.#store.put('state', this.#state)
    await this.#store.put('health', this.#health)
  }

  async #send(channel: Channel, messages: readonly Message[]): Promise<void> {
    const { name } = channel
    const health = this.#healthOf(name)
    try {
      await channel.send(messages)
      Object.assign(health, { lastOk: Date.now(), failures: 0, retryAt: 0 })
      this.#state = taken(this.#state, name, messages)
    } catch (error) {
      const at = Date.now()
      const wait = backoffMs(health.failures, FIRST_RETRY_MS, LAST_RETRY_MS)
      const detail = messageOf(error)
      health.failures++
      Object.assign(health, { lastError: at, error: detail.slice(0, 300), retryAt: at + wait })
      this.#log('error', 'alert-not-sent', { channel: name, detail: health.error })
    }
  }
}
