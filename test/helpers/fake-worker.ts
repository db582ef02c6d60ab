// The control API in plain Node: the real app over a desk and makers that live in memory.

import type { Alert } from '../../src/alerts/alert-book.ts'
import type { Config, ConfigResult, Env } from '../../src/config/env.ts'
import type { FlattenAnswer, FlattenQuote, MakerStatus } from '../../src/core/status/status.ts'
import { freshRisk, riskView } from '../../src/durable/desk/risk.ts'
import { createApp } from '../../src/routes/app.ts'
import type { Deps } from '../../src/routes/deps.ts'
import type { OracleRpc, Usage } from '../../src/rpc/contracts.ts'
import {
  type Answer,
  bad,
  type DeskRpc,
  good,
  type ProbeResult,
  type RegisteredTicker,
} from '../../src/rpc/contracts.ts'
import type { TickerRegistry } from '../../src/rpc/registry.ts'
import type { MakerStub } from '../../src/rpc/stubs.ts'
import { newRecord } from '../../src/signals/licence/review.ts'
import type { TapeTail } from '../../src/tape/writer.ts'
import { FakeBucket } from './tape-fakes.ts'

export const TOKEN = 'a-token-of-some-length'
const NO_ALERTS = { open: [], recent: [], channels: [], waiting: 0, dropped: 0 }
export const NOW = Date.UTC(2026, 10, 10, 12)

const SILENT = { agreed_at: null, disagreed_at: null, disagreements: 0 }

const statusOf = (ticker: string, phase: MakerStatus['phase']): MakerStatus => ({
  ticker,
  phase,
  reason: phase,
  since: new Date(NOW).toISOString(),
  book: { bid: '0.4900', ask: '0.5100', mid: '0.5000' },
  witnesses: {
    ...{ doubted: false, proofs: 0, silent_ms: 0, market_read: SILENT, prints: SILENT },
    ...{ refusals: SILENT, own_orders: SILENT, audit: { ...SILENT, differing: null } },
  },
  quotes: {
    bid: { price: '0.4900', quantity: '10.00', order_id: 'o-1', queue_ahead: null, why: null },
    ask: null,
  },
  levels: { bid: [], ask: [] },
  explain: null,
  worth: null,
  estimates: null,
  timing: { mode: 'normal', reason: '', widen: 1 },
  silence: { bid: null, ask: 'limit' },
  uptime: { two_sided_s: 60, one_sided_s: 20, none_s: 4, silence: { limit: 20, connecting: 8 } },
  position: '-3.00',
  average_price: '0.5100',
  pnl: {
    ...{ realized: '1.200000', unrealized: '-0.030000', fees: '0.010000' },
    ...{ mark: '0.52000', mark_source: 'mid', mark_age_seconds: 0 },
    ...{ liquidation: '-0.080000', liquidation_missing: '0.00' },
    ...{ equity: '1.160000', liquidation_equity: '1.110000' },
  },
  ledger: {
    position: '-3.00',
    cost: '-1.530000',
    realized: '1.200000',
    fees: '0.010000',
    cash: '2.720000',
  },
  settlement: null,
  flatten: null,
  taker_exit: {
    ...{ orders: 0, filled: '0.00', average_price: null, fees: '0.000000' },
    ...{ last_at: null, gain_cents: null },
  },
  foreign_orders: { count: 2, bid: '3.00', ask: '1.00', orders: [] },
  latency: { last_ms: null, p50_ms: null, p99_ms: null, count: 0 },
  feed: {
    ...{ channels: [], lag_ms: 0, lag_p50_ms: null, lag_p99_ms: null },
    ...{ clock_offset_ms: null, book_questions: 0 },
  },
  model: null,
  market: null,
  counters: {},
  brakes: {
    ...{ state: 'active', ticker_state: 'active', desk_state: null, session_since: null },
    ...{ equity: null, peak: null, day_gain: null, others_day_gain: null, price_age_ms: null },
    uses: [],
  },
  order_group: { id: null, limit: null, state: 'none', detail: '' },
  clock_offset_ms: null,
  ...{ external: null, siblings: null },
  parameters: { strategy: {}, limits: {} },
})

/** One maker: what it has been asked, and how it misbehaves. */
const USAGE: Usage = {
  ...{ since: 0, requests: 1, frames: 2, rowsWritten: 3, rowsRead: 4 },
  ...{ objectsWritten: 5, objectsRead: 6, objectBytes: 7, storedBytes: 8 },
}

const QUOTE: FlattenQuote = {
  ...{ side: 'bid', position: '-3.00', limit_price: '0.5700', fills: '3.00', remains: '0.00' },
  ...{ average_price: '0.520000', worst_price: '0.5200', orders: 1, cash: '-1.560000' },
  ...{ fees: '0.052500', cost_against_mark: '0.082500' },
}

export class FakeMaker {
  readonly ticker: string
  readonly calls: string[]
  phase: MakerStatus['phase'] | null = null
  /** Calls by these names reject. */
  readonly broken = new Set<string>()
  /** Calls by these names answer with this problem. */
  readonly refused = new Map<string, Answer<never>>()
  /** Calls by these names never answer. */
  readonly hung = new Set<string>()
  tail: TapeTail = { lines: '', firstSeq: null, lo: null }
  live: { status: number; webSocket?: unknown } = { status: 101, webSocket: 'socket' }
  lastRequest: Request | null = null

  constructor(ticker: string, calls: string[]) {
    this.ticker = ticker
    this.calls = calls
  }

  stub(): MakerStub {
    const run = async <T>(name: string, work: () => Answer<T>): Promise<Answer<T>> => {
      this.calls.push(`${this.ticker} ${name}`)
      if (this.broken.has(name)) throw new Error('object overloaded')
      if (this.hung.has(name)) await new Promise(() => {})
      return this.refused.get(name) ?? work()
    }
    const status = (): Answer<MakerStatus> =>
      this.phase === null
        ? bad(404, 'unknown-ticker', 'not configured')
        : good(statusOf(this.ticker, this.phase))
    const become = (phase: MakerStatus['phase']) => () => {
      this.phase = phase
      return status()
    }
    /** Only of a maker that is there. */
    const turn = (phase: MakerStatus['phase']) => (this.phase === null ? status : become(phase))
    return {
      configure: (_ticker, body) => run(`configure ${JSON.stringify(body)}`, become('recovering')),
      status: () => run('status', status),
      pause: () => run('pause', turn('paused')),
      resume: () => run('resume', turn('quoting')),
      halt: (reason, until) =>
        run(`halt ${reason}${until === undefined ? '' : ' and hold'}`, become('halted')),
      flatten: (request) => {
        const { dry_run } = request
        const answer = { dry_run, quote: QUOTE, result: null }
        const flat = (): Answer<FlattenAnswer> =>
          this.phase === null ? bad(404, 'unknown-ticker', 'not configured') : good(answer)
        return run(`flatten ${JSON.stringify(request)}`, flat)
      },
      release: () => run('release', become('recovering')),
      setState: (state) => run(`state ${state}`, status),
      renew: async () => {
        this.calls.push(`${this.ticker} renew`)
        if (this.broken.has('renew')) throw new Error('object overloaded')
      },
      remove: () =>
        run('remove', () => {
          if (this.phase === null) return bad(404, 'not-found', 'No maker here')
          this.phase = null
          return good({ removed: true as const, foreignOrders: 3 })
        }),
      wake: async () => {},
      tapeTail: async () => {
        if (this.broken.has('tapeTail')) throw new Error('object overloaded')
        return this.tail
      },
      flushTape: async () => 0,
      external: async () => true,
      acknowledge: () => run('acknowledge', () => good({ acknowledged: true as const })),
      usage: async () => USAGE,
      fetch: async (request) => {
        if (this.phase === null) return new Response('No maker here', { status: 404 })
        this.lastRequest = request
        return this.live as unknown as Response
      },
    }
  }
}

export const fakeWorker = (
  env: Partial<Env> = { CONTROL_TOKEN: TOKEN },
  config: ConfigResult = { ok: true, config: { environment: 'mock' } as Config },
) => {
  const calls: string[] = []
  const makers = new Map<string, FakeMaker>()
  const bucket = new FakeBucket()
  let tickers: RegisteredTicker[] = []
  let halt = { halted: false, since: 0 }
  let probe: ProbeResult | null = null
  let risk = freshRisk()
  const desk: DeskRpc = {
    list: async () => tickers,
    add: async (ticker, addedAt) => {
      calls.push(`desk add ${ticker}`)
      const isNew = !tickers.some((known) => known.ticker === ticker)
      if (isNew) tickers = [...tickers, { ticker, addedAt }]
      return tickers
    },
    remove: async (ticker) => {
      calls.push(`desk remove ${ticker}`)
      tickers = tickers.filter((known) => known.ticker !== ticker)
      return tickers
    },
    setHalt: async (halted, since) => {
      calls.push(`desk halt ${halted}`)
      halt = { halted, since }
      return halt
    },
    getHalt: async () => halt,
    lease: () => Promise.reject(new Error('unused')),
    borrowReads: async () => ({ waitMs: 0 }),
    common: async () => ({ state: 'wait' }),
    offer: async () => ({ kept: false }),
    forget: async () => ({ forgotten: true }),
    syncClock: async (offset) => ({ offset }),
    release: async () => ({ released: true }),
    risk: async (at) => riskView(risk, at),
    setRisk: async ({ resetDay, ...change }, at) => {
      calls.push(`desk change ${JSON.stringify({ resetDay, ...change })}`)
      const limits = { ...risk.limits, ...change.limits }
      risk = { ...risk, ...change, limits }
      return riskView(risk, at)
    },
    saveProbe: async (result) => (probe = result),
    room: async (ticker) => {
      const isKnown = tickers.some((known) => known.ticker === ticker)
      return { taken: tickers.length, most: 6, isFree: isKnown || tickers.length < 6 }
    },
    lastProbe: async () => ({ result: probe }),
    usage: async () => USAGE,
  }
  /** What the bucket's copy of the list names; null: it cannot be read. */
  const copy = { tickers: [] as RegisteredTicker[] | null }
  const registry: TickerRegistry = {
    list: async () => {
      if (copy.tickers === null) throw new Error('bucket is down')
      return copy.tickers
    },
    add: async (entry) => {
      calls.push(`copy add ${entry.ticker}`)
      if (copy.tickers === null) throw new Error('bucket is down')
      copy.tickers = [...copy.tickers, entry]
    },
    remove: async (ticker) => {
      copy.tickers = (copy.tickers ?? []).filter((known) => known.ticker !== ticker)
    },
  }
  /** What the exchange answers when it is told to cancel everything. */
  const resort = { answer: good({ subaccount: 0 }) as Answer<{ subaccount: number }> }
  const maker = (ticker: string): FakeMaker => {
    let found = makers.get(ticker)
    if (found === undefined) makers.set(ticker, (found = new FakeMaker(ticker, calls)))
    return found
  }
  const oracle: OracleRpc = {
    follow: () => Promise.reject(new Error('unused')),
    unfollow: async () => {},
    failed: async () => {},
    candidates: async (feed, ticker) => {
      calls.push(`oracle ${feed} candidates ${ticker}`)
      return good({ ticker, refusal: '', candidates: [] })
    },
    licences: async (feed) => [newRecord(feed, 'KXA')],
    usage: async () => null,
    judge: async (set, series, regime) => {
      calls.push(`oracle ${set} judge ${series} ${regime}`)
      return good(newRecord(set, series, regime))
    },
  }
  const logged: string[] = []
  const reported: { source: string; alerts: readonly Alert[] }[] = []
  const deps: Deps = {
    config: async () => config,
    maker: (ticker) => maker(ticker).stub(),
    desk,
    registry,
    cancelAll: async () => {
      calls.push('exchange cancels all')
      return resort.answer
    },
    oracle: () => oracle,
    tape: bucket,
    probe: async () => bad(409, 'no-probe-ticker', 'Probe refused: PROBE_TICKER is not set'),
    alerts: {
      report: async (source, alerts) => void reported.push({ source, alerts }),
      test: async () => NO_ALERTS,
      view: async () => NO_ALERTS,
      usage: async () => USAGE,
    },
    account: async () => bad(502, 'exchange', 'Reading balance failed: no exchange here'),
    upgrade: (socket, protocol) => Response.json({ socket, protocol }),
    now: () => NOW,
    // Deadlines pass only where a test has hung a call.
    // Ten times as fast as it says: deadlines pass soon, and what is on its way comes first.
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms / 10)),
    log: (_level, event) => logged.push(event),
  }
  const app = createApp(() => deps)
  /** Sends a request; with the right token unless headers say otherwise. */
  const ask = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` },
  ) => {
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    const response = await app.request(
      path,
      {
        method,
        headers: { ...json, ...headers },
        ...(body === undefined
          ? {}
          : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      },
      env,
    )
    const text = await response.text()
    const type = response.headers.get('content-type') ?? ''
    return {
      status: response.status,
      headers: response.headers,
      text,
      // Read loosely: tests look at what they expect to be there.
      json: (type.startsWith('application/json') ? JSON.parse(text) : null) as {
        error?: { code: string; message: string }
        [key: string]: unknown
      },
    }
  }
  /** Status and error code of what is answered. */
  const refusal = async (...request: Parameters<typeof ask>): Promise<string> => {
    const { status, json } = await ask(...request)
    return `${status} ${json.error?.code}`
  }
  return { ask, refusal, calls, maker, desk, copy, resort, deps, bucket, logged, reported }
}
