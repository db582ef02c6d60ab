// Binds the probe and the watchdog to the real world: Kalshi's client, the objects, the clock.

import {
  type Config,
  type ConfigResult,
  type Env,
  exchangeOnly,
  loadConfig,
  readConfig,
} from '../config/env.ts'
import { jsonLog, type Log } from '../config/log.ts'
import { PriceGrid } from '../core/vocabulary/market.ts'
import { messageOf, rejected } from '../core/vocabulary/outcome.ts'
import { CONTRACT, PRICE_CENT } from '../core/vocabulary/units.ts'
import { HeaderPool, type SigningKey } from '../kalshi/auth/sign.ts'
import { listCommand, type MarketRef } from '../kalshi/common/requests.ts'
import { dialKalshi, type Fetcher } from '../kalshi/feed/dial.ts'
import type { FeedSocket } from '../kalshi/feed/feed.ts'
import { readAccount } from '../kalshi/rest/account.ts'
import { KalshiRest } from '../kalshi/rest/rest.ts'
import type {
  AccountReading,
  AlertsRpc,
  Answer,
  DeskRpc,
  MakerRpc,
  ProbeResult,
} from '../rpc/contracts.ts'
import { bad, good } from '../rpc/contracts.ts'
import { deskStub } from '../rpc/desk-stub.ts'
import { registryOf, type TickerRegistry } from '../rpc/registry.ts'
import { alertsStub, makerStub } from '../rpc/stubs.ts'
import { type ProbeDeps, refuseProbe, runProbe } from './probe.ts'

export interface CronDeps {
  readonly desk: Pick<DeskRpc, 'list' | 'getHalt'>
  /** The second list of tickers, for when the desk does not answer. */
  readonly registry: TickerRegistry
  maker(ticker: string): Pick<MakerRpc, 'wake'>
  readonly alerts: Pick<AlertsRpc, 'report'>
  readonly log: Log
  config(): Promise<ConfigResult>
  probe(): Promise<Answer<ProbeResult>>
}

const REQUEST_TIMEOUT = 5_000
const REPLY_TIMEOUT = 10_000

// The runtime's fetch must be called as a function of nothing.
const plainFetch: Fetcher = (url, init) => fetch(url, init)

/** Resolves with the first frame that answers our command; rejects on loss or silence. */
const firstReply = (socket: FeedSocket): Promise<string> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`No reply over the socket within ${REPLY_TIMEOUT} ms`)),
      REPLY_TIMEOUT,
    )
    const settle = (run: () => void): void => {
      clearTimeout(timer)
      run()
    }
    const lost = (): void => settle(() => reject(new Error('The socket closed before a reply')))
    socket.addEventListener('message', ({ data }) => {
      // Nothing is subscribed, so only replies to our one command can come.
      settle(() => {
        const text = String(data)
        if (/"type"\s*:\s*"ok"/.test(text)) resolve(text)
        else reject(new Error(`Unexpected reply over the socket: ${text.slice(0, 200)}`))
      })
    })
    socket.addEventListener('close', lost)
    socket.addEventListener('error', lost)
    socket.send(listCommand(1))
  })

const openClient = (config: Config, key: SigningKey): { pool: HeaderPool; rest: KalshiRest } => {
  const pool = new HeaderPool(config.keyId, key, Date.now)
  const rest = new KalshiRest({ baseUrl: config.restUrl }, pool, plainFetch, {
    timeoutMs: REQUEST_TIMEOUT,
    subaccount: config.subaccount,
  })
  return { pool, rest }
}

/** The clock's offset is good to know, and not worth a longer wait for the desk, ms. */
const CLOCK_DEADLINE = 1_500

/** A client that begins with the clock's offset as the desk knows it. */
const openInTime = async (env: Env, config: Config, key: SigningKey) => {
  const client = openClient(config, key)
  const asked = deskStub(env).syncClock(null)
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), CLOCK_DEADLINE))
  const known = await Promise.race([asked, late]).catch(() => null)
  if (known !== null && known.offset !== null) client.pool.adoptOffset(known.offset)
  return client
}

type Client = ReturnType<typeof openClient>

/** Tries once more where the first try failed over a clock that has been corrected since. */
const inTime = async <T>({ pool }: Client, attempt: () => Promise<T>): Promise<T> => {
  const before = pool.clockOffset
  try {
    return await attempt()
  } catch (error) {
    if (pool.clockOffset === before) throw error
    return attempt()
  }
}

/** The probe's dependencies for one run on `ticker`. */
const probeDeps = (config: Config, client: Client, ticker: string): ProbeDeps => {
  const { pool, rest } = client
  let market: MarketRef = { ticker, exchangeIndex: 0 }
  const dial = async (): Promise<void> => {
    const socket = await dialKalshi(config.wsUrl, pool, plainFetch)
    try {
      await firstReply(socket)
    } finally {
      socket.close(1000, 'probe done')
    }
  }
  const readMarket = async (): Promise<void> => {
    const answer = await rest.market(ticker)
    if (answer.kind !== 'accepted') {
      const why = answer.kind === 'rejected' ? `${answer.status} ${answer.code}` : answer.detail
      throw new Error(`Market ${ticker} could not be read: ${why}`)
    }
    const { status, exchangeIndex, priceRanges } = answer.value
    if (status !== 'active') throw new Error(`Market ${ticker} is ${status}, wanted active`)
    if (!new PriceGrid(priceRanges).isLegal(PRICE_CENT)) {
      throw new Error(`Market ${ticker} does not take the probe's price of $0.0100`)
    }
    market = { ticker, exchangeIndex }
  }
  return {
    environment: config.environment,
    ticker,
    now: Date.now,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    newId: () => `kmm-probe-${crypto.randomUUID().replaceAll('-', '').slice(0, 20)}`,
    async connect() {
      await inTime(client, () => Promise.all([dial(), readMarket()]))
      return `socket and REST answer, shard ${market.exchangeIndex}`
    },
    place: (clientOrderId, expiresAt) =>
      rest.send(
        {
          ...{ kind: 'place', clientOrderId, expiresAt },
          ...{ side: 'bid', price: PRICE_CENT, quantity: CONTRACT },
        },
        market,
      ),
    cancel: (orderId, clientOrderId) =>
      orderId === ''
        ? Promise.resolve(rejected(0, 'no-order-id', 'there is no order to cancel'))
        : rest.send({ kind: 'cancel', clientOrderId, orderId, side: 'bid' }, market),
    order: (orderId) => rest.order(orderId),
    resting: () => rest.orders(ticker),
  }
}

/** Runs the probe with what `env` says, keeps the result at the desk, and logs the verdict. */
export const probeNow = async (env: Env): Promise<Answer<ProbeResult>> => {
  const loaded = await loadConfig(env)
  if (!loaded.ok) return bad(503, 'config', loaded.message)
  const { config, key } = loaded
  const refusal = refuseProbe(config)
  if (refusal !== null) return { ok: false, problem: refusal }
  const log = jsonLog(config.logLevel)
  const client = await openInTime(env, config, key)
  const ran = await runProbe(probeDeps(config, client, config.probeTicker ?? ''))
  const offset = client.pool.isCorrected ? client.pool.clockOffset : null
  const result = { ...ran, clock_offset_ms: offset }
  log(result.ok ? 'info' : 'error', 'probe', { verdict: result.verdict })
  try {
    await deskStub(env).saveProbe(result)
    await deskStub(env).syncClock(offset)
  } catch (error) {
    log('error', 'probe-not-saved', { detail: messageOf(error) })
  }
  return good(result)
}

/** What the exchange says now of one market of ours. */
export const accountNow = async (env: Env, ticker: string): Promise<Answer<AccountReading>> => {
  const loaded = await loadConfig(env)
  if (!loaded.ok) return bad(503, 'config', loaded.message)
  const { pool, rest } = await openInTime(env, loaded.config, loaded.key)
  const before = pool.clockOffset
  let reading = await readAccount(rest, ticker, Date.now())
  // Refused over a clock that has been corrected since.
  if ('code' in reading && pool.clockOffset !== before) {
    reading = await readAccount(rest, ticker, Date.now())
  }
  return 'code' in reading ? { ok: false, problem: reading } : good(reading)
}

/** Times that the exchange is asked to cancel everything: repeating it does no harm. */
const CANCEL_TRIES = 3
const CANCEL_PAUSE_MS = 1_000

/**
 * Has the exchange cancel every order of our subaccount. Works also where a variable is wrong that
 * the exchange does not need.
 */
export const cancelAllNow = async (env: Env): Promise<Answer<{ subaccount: number }>> => {
  const loaded = await loadConfig(exchangeOnly(env))
  if (!loaded.ok) return bad(503, 'config', loaded.message)
  const { rest } = openClient(loaded.config, loaded.key)
  let why = ''
  for (let tries = 1; tries <= CANCEL_TRIES; tries++) {
    if (tries > 1) await new Promise((resolve) => setTimeout(resolve, CANCEL_PAUSE_MS))
    const outcome = await rest.cancelAll()
    if (outcome.kind === 'accepted') return good({ subaccount: loaded.config.subaccount })
    const code = outcome.kind === 'rejected' ? `${outcome.status} ${outcome.code} ` : ''
    why = `${code}${outcome.detail}`.trim()
  }
  return bad(502, 'exchange', why)
}

export const openCron = (env: Env): CronDeps => {
  const config = readConfig(env)
  return {
    desk: deskStub(env),
    registry: registryOf(env),
    maker: (ticker) => makerStub(env, ticker),
    get alerts() {
      return alertsStub(env)
    },
    log: jsonLog(config.ok ? config.config.logLevel : 'info'),
    config: () => loadConfig(env),
    probe: () => probeNow(env),
  }
}
