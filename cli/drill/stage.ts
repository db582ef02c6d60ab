// One evening's world: the mock exchange, the built worker in workerd, a receiver of alerts, and a
// watch that looks at the exchange's own account many times a second.
//
// Everything is on loopback. What the worker cannot be made to suffer from outside (a desk that
// throws, a bucket that is down) is done by a thin wrapper around its classes.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { unstable_getMiniflareWorkerOptions } from 'wrangler'
import { type MockKalshi, startMockKalshi } from '../../mocks/kalshi/server.ts'
import type { MakerStatus } from '../../src/core/status/status.ts'
import { CONTRACT, DOLLAR } from '../../src/core/vocabulary/units.ts'
import { mockVariables } from '../lib/worker.ts'

const ROOT = new URL('../../', import.meta.url).pathname
const BUNDLE = join(ROOT, 'dist/index.js')
const TOKEN = 'drill-token-0123456789'
export const TICKER = 'KXMOCK-26DEC31-T50'

/** Breaks parts of the worker by name: `desk` throws at every call, `bucket` at every operation. */
const WRAPPER = `
import worker, { Desk as BuiltDesk, MarketMaker as BuiltMaker } from './index.js'
export * from './index.js'
const broken = new Set()
const check = (what) => { if (broken.has(what)) throw new Error(what + ' is down') }
const flaky = (bucket) => new Proxy(bucket, {
  get: (real, name) => async (...given) => { check('bucket'); return real[name](...given) },
})
export class Desk {
  constructor(state, env) { this.real = new BuiltDesk(state, env) }
  async fetch(request) { check('desk'); return this.real.fetch(request) }
}
export class MarketMaker extends BuiltMaker {
  constructor(ctx, env) { super(ctx, { ...env, TAPE: flaky(env.TAPE) }) }
}
export default {
  ...worker,
  async fetch(request, env, ctx) {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname !== '/drill') return worker.fetch(request, { ...env, TAPE: flaky(env.TAPE) }, ctx)
    if (searchParams.get('on') === 'yes') broken.add(searchParams.get('what'))
    else broken.delete(searchParams.get('what'))
    return new Response('ok')
  },
}
`

interface Reply {
  readonly status: number
  readonly json: Record<string, unknown>
}

/** A time to wait for, against an evening that never ends. */
const LONGEST_MS = 240_000
const LOOK_EVERY_MS = 20

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export class Stage {
  mock!: MockKalshi
  readonly #receiver: Server
  readonly #alerts: string[] = []
  readonly #logs: string[] = []
  readonly #watch: ReturnType<typeof setInterval>
  #folder = mkdtempSync(join(tmpdir(), 'kmm-drill-'))
  #hook = ''
  #mf: Miniflare | null = null
  /** When the trouble began, epoch ms; 0 before. */
  #troubleAt = 0
  /** Orders of ours at the exchange: the most since the trouble began, and since when none. */
  mostResting = 0
  noneSince = 0

  constructor() {
    this.#receiver = createServer((request, response) => {
      let text = ''
      request.on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
      request.on('end', () => {
        const { alerts } = JSON.parse(text) as { alerts: { text: string }[] }
        this.#alerts.push(...alerts.map((alert) => alert.text))
        response.writeHead(200).end()
      })
    })
    this.#watch = setInterval(() => this.#look(), LOOK_EVERY_MS)
  }

  async open(): Promise<void> {
    if (!existsSync(BUNDLE)) throw new Error('No bundle at dist/index.js: run npm run build first')
    await new Promise<void>((resolve) => this.#receiver.listen(0, '127.0.0.1', resolve))
    this.#hook = `http://127.0.0.1:${(this.#receiver.address() as AddressInfo).port}/`
    this.mock = await startMockKalshi({
      port: 0,
      seed: 11,
      crowd: { fair: 0.75, takersPerSecond: 1.2 },
    })
    await this.start()
  }

  /** Starts the worker on what its storage holds. */
  async start(): Promise<void> {
    const { workerOptions } = unstable_getMiniflareWorkerOptions(join(ROOT, 'wrangler.toml'))
    const { assets: _assets, ...rest } = workerOptions as Record<string, unknown>
    this.#mf = new Miniflare(
      convertV4MiniflareOptions({
        ...rest,
        modules: [
          { type: 'ESModule', path: 'drill.js', contents: WRAPPER },
          { type: 'ESModule', path: 'index.js', contents: readFileSync(BUNDLE, 'utf8') },
        ],
        bindings: {
          ...mockVariables(this.mock, TOKEN),
          ALERT_WEBHOOK_URL: this.#hook,
          LOG_LEVEL: 'error',
        },
        resourcePersistencePath: this.#folder,
        cf: false,
        log: new Log(LogLevel.NONE),
        handleStructuredLogs: ({ message }: { message: string }) => {
          this.#logs.push(message)
        },
      } as never),
    )
    await this.#mf.ready
  }

  /** The worker is gone, in the middle of whatever it did; what it has stored stays. */
  async kill(): Promise<void> {
    await this.#mf?.dispose()
    this.#mf = null
  }

  /** All that the worker has stored is gone too. */
  async loseEverything(): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
    this.#folder = mkdtempSync(join(tmpdir(), 'kmm-drill-'))
  }

  async close(): Promise<void> {
    clearInterval(this.#watch)
    await this.kill()
    await this.mock?.close()
    this.#receiver.closeAllConnections()
    this.#receiver.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  get url(): Promise<URL> {
    return this.#mf!.ready
  }

  get token(): string {
    return TOKEN
  }

  async api(method: string, path: string, body?: unknown): Promise<Reply> {
    const answer = await this.#mf!.dispatchFetch(`http://kmm${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, json: JSON.parse(text || '{}') as Record<string, unknown> }
  }

  /** Breaks or mends a part of the worker. */
  async breakPart(what: 'desk' | 'bucket', on: boolean): Promise<void> {
    const answer = await this.#mf!.dispatchFetch(
      `http://kmm/drill?what=${what}&on=${on ? 'yes' : 'no'}`,
    )
    await answer.text()
  }

  /** Adds the maker, and waits until it quotes both sides. */
  async trade(limits: object = {}): Promise<void> {
    const body = {
      strategy: { size: 10, order_ttl_seconds: 30 },
      limits: { max_position: 60, ...limits },
    }
    const { status, json } = await this.api('PUT', `/tickers/${TICKER}`, body)
    if (status !== 200) throw new Error(`PUT answered ${status}: ${JSON.stringify(json)}`)
    await this.quoting()
  }

  async status(): Promise<MakerStatus | null> {
    const { status, json } = await this.api('GET', `/tickers/${TICKER}`)
    return status === 200 ? (json as unknown as MakerStatus) : null
  }

  /** Waits until the maker's status is as wanted; the status. */
  async until(what: string, holds: (status: MakerStatus) => boolean): Promise<MakerStatus> {
    const from = Date.now()
    let last: MakerStatus | null = null
    while (Date.now() - from < LONGEST_MS) {
      last = await this.status().catch(() => null)
      if (last !== null && holds(last)) return last
      await wait(50)
    }
    throw new Error(`Waited in vain until ${what}: ${last?.phase} ${last?.reason}`)
  }

  quoting(): Promise<MakerStatus> {
    return this.until(
      'it quotes both sides',
      ({ phase, quotes }) =>
        phase === 'quoting' && quotes.bid?.order_id != null && quotes.ask?.order_id != null,
    )
  }

  /** Waits until something holds; how long that took since the trouble began, ms. */
  async since(what: string, holds: () => boolean | Promise<boolean>): Promise<number> {
    const from = Date.now()
    while (Date.now() - from < LONGEST_MS) {
      if (await holds()) return Date.now() - this.#troubleAt
      await wait(LOOK_EVERY_MS)
    }
    throw new Error(`Waited in vain until ${what}`)
  }

  /** How long after the trouble began nothing of ours rested any more, ms. */
  async untilNoneRests(): Promise<number> {
    await this.since('nothing rests', () => this.noneSince > 0)
    return this.noneSince - this.#troubleAt
  }

  /** From now on the watch counts. */
  begin(): void {
    this.#troubleAt = Date.now()
    this.mostResting = 0
    this.noneSince = 0
  }

  get elapsed(): number {
    return Date.now() - this.#troubleAt
  }

  /** The first alert with these words, or null. */
  alert(words: string): string | null {
    return this.#alerts.find((text) => text.includes(words)) ?? null
  }

  /** Whether the worker has logged this event. */
  logged(event: string): boolean {
    return this.#logs.some((line) => line.includes(`"event":"${event}"`))
  }

  /** How many objects of the bucket begin so. */
  async objects(prefix: string): Promise<number> {
    const bucket = await this.#mf!.getR2Bucket('TAPE')
    return (await bucket.list({ prefix })).objects.length
  }

  /** How many orders and changes of orders the exchange has been asked for. */
  get ordersSent(): number {
    return this.mock.requests.count('create', 'amend')
  }

  /** Resting orders of the tested account. */
  get resting(): number {
    return [...this.mock.account.holding(TICKER).resting].length
  }

  get position(): number {
    return this.mock.account.holding(TICKER).position / CONTRACT
  }

  /** What the account is worth at the true price, dollars: cash and locked cash, and positions. */
  get worth(): number {
    const { account, crowd } = this.mock
    const fair = (crowd?.fair ?? 0) / 10_000
    const held = this.position
    const paid = held >= 0 ? held * fair : -held * (1 - fair)
    return account.cash / DOLLAR + paid
  }

  #look(): void {
    if (this.#troubleAt === 0) return
    const { resting } = this
    this.mostResting = Math.max(this.mostResting, resting)
    if (resting > 0) this.noneSince = 0
    else if (this.noneSince === 0) this.noneSince = Date.now()
  }
}
