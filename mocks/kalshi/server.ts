// Opens the mock exchange on loopback: REST, WebSocket and the operator API on one port, with the
// crowd or a recording acting on a timer. A test gets addresses, keys, the exchange itself, faults,
// the log of requests and a way to wait for a condition. All rooms come together here and know
// nothing of this file.

import type { AddressInfo } from 'node:net'
import { type Recording, readRecording } from '../../research/recordings/recording.ts'
import { DOLLAR, type Millis } from '../../src/core/vocabulary/units.ts'
import { type AuthWindow, DEFAULT_WINDOW, Gatekeeper } from './access/auth.ts'
import { type ClientKeys, makeKeys } from './access/keys.ts'
import { type Tier, TokenBuckets } from './access/token-buckets.ts'
import { Crowd, type CrowdOptions } from './crowd/crowd.ts'
import { runScenario, type ScenarioName } from './crowd/scenarios.ts'
import type { Account } from './exchange/account.ts'
import { Exchange } from './exchange/exchange.ts'
import type { MarketSpec } from './exchange/listing.ts'
import { Faults } from './faults/faults.ts'
import { Feed } from './feed/feed.ts'
import type { FeedLimits } from './feed/session.ts'
import { HttpServer } from './http-server.ts'
import type { ExchangeKnobs } from './matching/requests.ts'
import { Admin } from './operator/admin.ts'
import { Operator } from './operator/operator.ts'
import { Script, type ScriptStep } from './operator/scenario-file.ts'
import { type PlayerOptions, RecordedPlayer } from './recorded/player.ts'
import { ReadModel } from './rest/read-model.ts'
import { type LoggedRequest, RequestLog } from './rest/request-log.ts'
import { Rest } from './rest/rest.ts'
import { Waiters } from './waiters.ts'

interface MockKnobs extends ExchangeKnobs {
  /** How far GETs about the account trail behind, in ms. */
  readonly readLagMs: Millis
  readonly rateLimitBody: 'string' | 'object'
  readonly authWindow: AuthWindow
  /** Offers compression to sockets. Default off. */
  readonly compress: boolean
  /** How often sockets are pinged, in ms. Default 10000. */
  readonly pingEveryMs: Millis
}

interface RecordingOptions extends Omit<PlayerOptions, 'startAt'> {
  /** A file, or a recording already read. */
  readonly source: string | Recording
}

/** When nobody says how long to wait: only against a condition that never comes. */
const HANGS_MS = 300_000

export interface MockOptions {
  /** 0 = any free one. */
  readonly port?: number
  readonly seed?: number
  readonly markets?: readonly MarketSpec[]
  /**
   * Other people in every market; false for an empty exchange. Default on, off with a recording.
   */
  readonly crowd?: false | Partial<CrowdOptions>
  readonly recording?: RecordingOptions
  /** Starts at once. */
  readonly scenario?: ScenarioName
  readonly tier?: Tier
  readonly knobs?: Partial<MockKnobs>
  /** The steps of a scenario file. Starts at once. */
  readonly script?: readonly ScriptStep[]
  /** Receives the steps of the script that failed. */
  readonly warn?: (sentence: string) => void
  /** Limits of one socket. */
  readonly limits?: Partial<FeedLimits>
  /** Dollars in the tested account, on shard 0. */
  readonly balance?: number
  /** Dollars on other shards, by shard. */
  readonly balances?: Readonly<Record<number, number>>
  readonly keys?: ClientKeys
  readonly now?: () => Millis
  /** False: nothing happens without a call of `tick`. For tests with their own clock. */
  readonly timers?: boolean
}

export interface MockKalshi {
  /** http://127.0.0.1:PORT/trade-api/v2 */
  readonly url: string
  /** ws://127.0.0.1:PORT/trade-api/ws/v2 */
  readonly wsUrl: string
  /** http://127.0.0.1:PORT/admin */
  readonly adminUrl: string
  readonly port: number
  /** The PKCS#8 RSA key; `keys` has the other forms of the same account. */
  readonly keyId: string
  readonly privateKeyPem: string
  readonly keys: ClientKeys
  readonly exchange: Exchange
  /** The tested account. */
  readonly account: Account
  /** Here a test locks, scopes and removes the account's keys. */
  readonly gate: Gatekeeper
  readonly operator: Operator
  readonly faults: Faults
  readonly reads: ReadModel
  /** One per market, in the order of the markets; empty without a crowd. */
  readonly crowds: readonly Crowd[]
  readonly crowd: Crowd | null
  readonly player: RecordedPlayer | null
  readonly requests: RequestLog
  /** Calls `listener` with each request on arrival; the result stops it. */
  onRequest(listener: (request: LoggedRequest) => void): () => void
  /** Resolves when `predicate` holds; checks again whenever something happened. */
  until(predicate: (mock: MockKalshi) => boolean, timeoutMs?: number): Promise<void>
  /** Open sockets. */
  readonly connections: number
  scenario(name: ScenarioName): void
  /** Advances the exchange, the crowd and the recording to now. */
  tick(): void
  close(): Promise<void>
}

export const DEFAULT_TICKER = 'KXMOCK-26DEC31-T50'

const TICK_MS = 10
const CROWD_EVERY_MS = 50

/** Crowds for these markets. */
const openCrowds = (exchange: Exchange, tickers: readonly string[], options: MockOptions) => {
  const wanted = options.crowd ?? (options.recording === undefined ? {} : false)
  if (wanted === false) return []
  const seed = options.seed ?? 1
  return tickers.map(
    (ticker, index) => new Crowd(exchange, ticker, { seed: seed + index, ...wanted }),
  )
}

const openRecording = (
  exchange: Exchange,
  { source, ...options }: RecordingOptions,
  startAt: Millis,
): RecordedPlayer => {
  const recording = typeof source === 'string' ? readRecording(source) : source
  return new RecordedPlayer(exchange, recording, { ...options, startAt })
}

/** The exchange with its markets, the tested account, its keys and the faults. */
const openExchange = async (options: MockOptions, clock: () => Millis) => {
  const { seed = 1, knobs, recording } = options
  const faults = new Faults(seed)
  faults.rateLimitBody = knobs?.rateLimitBody ?? 'string'
  const now = (): Millis => clock() + faults.clockSkewMs
  const exchange = new Exchange({ now, seed, ...(knobs ? { knobs } : {}) })
  const account = exchange.addAccount('tested', options.balance ?? 10_000)
  for (const [shard, dollars] of Object.entries(options.balances ?? {})) {
    account.deposit(Math.round(dollars * DOLLAR), Number(shard))
  }
  const keys = options.keys ?? (await makeKeys())
  const gate = new Gatekeeper(now, knobs?.authWindow ?? DEFAULT_WINDOW)
  for (const { keyId, pem } of Object.values(keys)) gate.register(keyId, pem, account)
  const reads = new ReadModel(exchange)
  reads.lagMs = knobs?.readLagMs ?? 0
  const feed = new Feed(exchange, faults, knobs?.pingEveryMs)
  Object.assign(feed.limits, options.limits)

  const specs = options.markets ?? (recording === undefined ? [{ ticker: DEFAULT_TICKER }] : [])
  for (const spec of specs) exchange.addMarket(spec)
  const player = recording === undefined ? null : openRecording(exchange, recording, clock())
  const crowds = openCrowds(
    exchange,
    specs.map(({ ticker }) => ticker),
    options,
  )
  for (const crowd of crowds) crowd.step(clock())
  const buckets = new TokenBuckets(options.tier ?? 'basic')
  const operator = new Operator({
    exchange,
    faults,
    reads,
    crowds,
    feed,
    gate,
    buckets,
    account,
    clock,
  })
  const script =
    options.script === undefined
      ? null
      : new Script(options.script, operator, clock(), options.warn)
  return {
    exchange,
    account,
    keys,
    gate,
    faults,
    reads,
    feed,
    player,
    crowds,
    buckets,
    operator,
    script,
  }
}

/** Opens a mock exchange. */
export const startMockKalshi = async (options: MockOptions = {}): Promise<MockKalshi> => {
  const clock = options.now ?? Date.now
  const parts = await openExchange(options, clock)
  const { exchange, keys, gate, faults, reads, feed, player, crowds, buckets, script } = parts
  const requests = new RequestLog()
  const waiters = new Waiters()
  exchange.on(() => waiters.notify())
  const scenario = (name: ScenarioName): void => {
    for (const crowd of crowds) runScenario(name, crowd, clock())
  }
  if (options.scenario !== undefined) {
    if (crowds.length === 0) throw new Error('Scenario failed: there is no crowd to direct')
    scenario(options.scenario)
  }

  let crowdAt = clock()
  const tick = (): void => {
    const at = clock()
    script?.step(at)
    exchange.tick()
    player?.step(at)
    if (at - crowdAt < CROWD_EVERY_MS) return
    crowdAt = at
    for (const crowd of crowds) crowd.step(at)
  }

  const rest = new Rest(exchange, gate, buckets, reads, faults)
  const admin = new Admin({ ...parts, requests, connections: () => feed.connections })
  const compress = options.knobs?.compress ?? false
  const http = new HttpServer({ ...parts, rest, admin, requests, waiters, compress })
  await new Promise<void>((resolve, reject) => {
    http.server.once('error', reject)
    http.server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const { port } = http.server.address() as AddressInfo
  const timer = options.timers === false ? null : setInterval(tick, TICK_MS)

  const { account, operator } = parts
  const mock: MockKalshi = {
    url: `http://127.0.0.1:${port}/trade-api/v2`,
    wsUrl: `ws://127.0.0.1:${port}/trade-api/ws/v2`,
    adminUrl: `http://127.0.0.1:${port}/admin`,
    port,
    keyId: keys.rsaPkcs8.keyId,
    privateKeyPem: keys.rsaPkcs8.pem,
    ...{ keys, exchange, account, gate, operator, faults, reads, crowds, player, requests },
    crowd: crowds[0] ?? null,
    onRequest: (listener) => requests.on(listener),
    until: (predicate, timeoutMs = HANGS_MS) =>
      waiters.until(() => predicate(mock), timeoutMs, String(predicate)),
    get connections() {
      return feed.connections
    },
    scenario,
    tick,
    close: async () => {
      if (timer !== null) clearInterval(timer)
      feed.close()
      waiters.close()
      await http.close()
    },
  }
  return mock
}
