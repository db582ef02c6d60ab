// A whole world in one process: the mock exchange over real loopback sockets, and the built worker
// inside workerd, reached the way an operator reaches it.
//
// Nothing here sleeps for a fixed time: `until` resolves on a pushed view, `mock.until` on a fact
// of the exchange. A crash is the runtime thrown away and started again on the same state folder.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { afterAll, beforeAll } from 'vitest'
import { unstable_getMiniflareWorkerOptions } from 'wrangler'
import { mockVariables } from '../../cli/lib/worker.ts'
import { type MockKalshi, type MockOptions, startMockKalshi } from '../../mocks/kalshi/server.ts'
import type { LiveView, MakerStatus } from '../../src/core/status/status.ts'
import { formatMoney, formatQuantity } from '../../src/core/vocabulary/units.ts'
import type { Usage } from '../../src/rpc/contracts.ts'

const ROOT = new URL('../../', import.meta.url).pathname
/**
 * The worker as it is built, but that a test can kill an oracle, have a maker's storage refuse
 * writes, and see which of its writes would hold back what it sends.
 */
const MORTAL = `
import worker, {
  Desk as BuiltDesk, Oracle as BuiltOracle, MarketMaker as BuiltMaker,
} from './index.js'
export * from './index.js'
let fault = 'works'
export class Desk extends BuiltDesk {
  async fetch(request) {
    const [, test, wanted] = new URL(request.url).pathname.split('/')
    if (test === 'test') {
      fault = wanted
      return new Response(fault)
    }
    if (fault === 'throws') throw new Error('broken by a test')
    if (fault === 'hangs') await new Promise((resolve) => setTimeout(resolve, 600_000))
    return super.fetch(request)
  }
  async persist() {
    if (fault === 'full') throw new Error('storage is full')
    return super.persist()
  }
}
export class Oracle extends BuiltOracle {
  async die() { this.ctx.abort('killed by a test') }
}
let refusing = false
const gated = []
const watched = (storage) => {
  const own = (name, options) => {
    const real = storage[name].bind(storage)
    storage[name] = (...given) => {
      if (given[options]?.allowUnconfirmed !== true) gated.push(name + ' ' + given[0])
      return refusing ? Promise.reject(new Error('disk is full')) : real(...given)
    }
  }
  own('put', 2)
  own('delete', 1)
  own('setAlarm', 1)
  own('deleteAlarm', 0)
  const { sql, kv } = storage
  const exec = sql.exec.bind(sql)
  sql.exec = (query, ...given) => {
    if (!/^SELECT/i.test(query)) gated.push('sql ' + query)
    return exec(query, ...given)
  }
  for (const name of ['put', 'delete']) {
    kv[name] = () => { throw new Error('a synchronous write: it holds back requests') }
  }
}
export class MarketMaker extends BuiltMaker {
  constructor(ctx, env) {
    watched(ctx.storage)
    super(ctx, env)
  }
  async gatedWrites() { return gated.splice(0) }
  async refuseWrites(on) { refusing = on }
}
export default worker
`
const BUNDLE = join(ROOT, 'dist/index.js')

export const TOKEN = 'test-token-0123456789'
export const TICKER = 'KXMOCK-26DEC31-T50'

export interface Reply {
  readonly status: number
  readonly json: Record<string, unknown>
  readonly text: string
}

export interface WorldOptions {
  readonly mock?: MockOptions
  /** Replaces or (with undefined) removes a variable; called when the world opens. */
  readonly variables?: () => Readonly<Record<string, string | undefined>>
}

export class World {
  mock!: MockKalshi
  readonly #folder = mkdtempSync(join(tmpdir(), 'kmm-world-'))
  readonly #options: WorldOptions
  #mf!: Miniflare
  #socket: { close(): void } | null = null
  #views = new Set<(view: LiveView) => void>()
  /** Log lines of the worker, as they came. */
  readonly logs: string[] = []

  static async open(options: WorldOptions = {}): Promise<World> {
    const world = new World(options)
    await world.open()
    return world
  }

  constructor(options: WorldOptions = {}) {
    this.#options = options
  }

  async open(): Promise<void> {
    this.mock = await startMockKalshi({ port: 0, seed: 7, ...this.#options.mock })
    await this.start()
  }

  get #variables(): Record<string, string> {
    const variables = {
      ...mockVariables(this.mock, TOKEN),
      PROBE_TICKER: TICKER,
      LOG_LEVEL: 'info',
      ...this.#options.variables?.(),
    }
    return JSON.parse(JSON.stringify(variables)) as Record<string, string>
  }

  async start(): Promise<void> {
    if (!existsSync(BUNDLE)) throw new Error('No bundle at dist/index.js: run npm run build first')
    const { workerOptions } = unstable_getMiniflareWorkerOptions(join(ROOT, 'wrangler.toml'))
    const { assets: _assets, ...rest } = workerOptions as Record<string, unknown>
    const log = new Log(LogLevel.NONE)
    const mf = new Miniflare(
      convertV4MiniflareOptions({
        ...rest,
        modules: [
          { type: 'ESModule', path: 'mortal.js', contents: MORTAL },
          { type: 'ESModule', path: 'index.js', contents: readFileSync(BUNDLE, 'utf8') },
        ],
        bindings: this.#variables,
        resourcePersistencePath: this.#folder,
        cf: false,
        log,
        handleStructuredLogs: ({ message }: { message: string }) => {
          this.logs.push(message)
        },
      } as never),
    )
    this.#mf = mf
    await mf.ready
  }

  /** The control API, with the operator's token unless `token` says otherwise. */
  async api(
    method: string,
    path: string,
    body?: unknown,
    token: string | null = TOKEN,
  ): Promise<Reply> {
    const answer = await this.#mf.dispatchFetch(`http://kmm${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await answer.text()
    let json: Record<string, unknown> = {}
    try {
      json = JSON.parse(text) as Record<string, unknown>
    } catch {
      // Not every answer is JSON: the tape is CSV.
    }
    return { status: answer.status, json, text }
  }

  async add(body: unknown = {}, ticker = TICKER): Promise<MakerStatus> {
    const reply = await this.api('PUT', `/tickers/${ticker}`, body)
    if (reply.status !== 200 && reply.status !== 201)
      throw new Error(`PUT failed: ${reply.status} ${reply.text}`)
    await this.watch(ticker)
    return reply.json as unknown as MakerStatus
  }

  async status(ticker = TICKER): Promise<MakerStatus> {
    return (await this.api('GET', `/tickers/${ticker}`)).json as unknown as MakerStatus
  }

  /** Opens the live socket, whose views `until` looks at. */
  async watch(ticker = TICKER): Promise<void> {
    this.#socket?.close()
    const answer = await this.#mf.dispatchFetch(`http://kmm/tickers/${ticker}/live`, {
      headers: { upgrade: 'websocket', 'sec-websocket-protocol': `kmm, ${TOKEN}` },
    })
    const socket = answer.webSocket
    if (!socket) throw new Error(`Live socket refused: ${answer.status} ${await answer.text()}`)
    socket.addEventListener('message', ({ data }) => {
      if (String(data) === 'pong') return
      const view = JSON.parse(String(data)) as LiveView
      for (const look of this.#views) look(view)
    })
    socket.accept()
    this.#socket = socket
    socket.send('view')
  }

  /** Resolves with the first pushed status for which `predicate` holds. */
  until(
    predicate: (status: MakerStatus, view: LiveView) => boolean,
    // Only against a test that would hang: how soon is for the test to measure.
    ms = 300_000,
  ): Promise<MakerStatus> {
    return new Promise((resolve, reject) => {
      let last: MakerStatus | null = null
      const look = (view: LiveView): void => {
        last = view.status
        if (!predicate(view.status, view)) return
        clearTimeout(timer)
        this.#views.delete(look)
        resolve(view.status)
      }
      const timer = setTimeout(() => {
        this.#views.delete(look)
        reject(
          new Error(
            `Not within ${ms} ms; last status: ${JSON.stringify(last)?.slice(0, 1500)}\nlogs:\n${this.logs.slice(-15).join('\n')}`,
          ),
        )
      }, ms)
      this.#views.add(look)
      // A live socket that was opened before may have nothing new to say.
      ;(this.#socket as { send?(text: string): void } | null)?.send?.('view')
    })
  }

  /** Resolves when so many makers have recovered. */
  async started(count: number): Promise<void> {
    for (;;) {
      // Each look waits for something that has happened at the exchange since.
      const seen = this.mock.requests.total
      const { tickers } = (await this.api('GET', '/tickers')).json
      const known = tickers as { phase: string }[]
      if (known.filter(({ phase }) => phase !== 'recovering').length === count) return
      await this.mock.until((mock) => mock.requests.total > seen)
    }
  }

  quoting(): Promise<MakerStatus> {
    return this.until(
      (status) =>
        status.phase === 'quoting' &&
        status.quotes.bid?.order_id != null &&
        status.quotes.ask?.order_id != null,
    )
  }

  /** Log lines with this event, oldest first. */
  logged(event: string): Record<string, unknown>[] {
    return this.logs
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line.event === event)
  }

  /** Runs a cron handler. */
  async cron(cron: string): Promise<void> {
    const worker = (await this.#mf.getWorker()) as unknown as {
      scheduled(event: { cron: string }): Promise<unknown>
    }
    await worker.scheduled({ cron })
  }

  async #mortal(ticker: string) {
    const makers = await this.#mf.getDurableObjectNamespace('MAKER')
    return makers.get(makers.idFromName(ticker)) as unknown as {
      gatedWrites(): Promise<string[]>
      refuseWrites(on: boolean): Promise<void>
    }
  }

  /** The writes of all makers since the last call that would hold back what they send. */
  async gatedWrites(ticker = TICKER): Promise<string[]> {
    return (await this.#mortal(ticker)).gatedWrites()
  }

  /** What a maker has used of what the platform bills. */
  async usage(ticker = TICKER): Promise<Usage> {
    const { json } = await this.api('GET', '/usage')
    return (json.makers as Record<string, Usage>)[ticker]!
  }

  /** From now on the storage of makers refuses writes, or takes them again. */
  async refuseWrites(on: boolean, ticker = TICKER): Promise<void> {
    await (await this.#mortal(ticker)).refuseWrites(on)
  }

  /** Tells a maker to write its tape to R2 now; returns the rows still unwritten. */
  async flushTape(ticker = TICKER): Promise<number> {
    const makers = await this.#mf.getDurableObjectNamespace('MAKER')
    const maker = makers.get(makers.idFromName(ticker)) as unknown as {
      flushTape(): Promise<number>
    }
    return maker.flushTape()
  }

  tapeObjects(): Promise<string[]> {
    return this.objects('tape/')
  }

  /** Keys in the bucket that begin so. */
  async objects(prefix: string): Promise<string[]> {
    const bucket = await this.#mf.getR2Bucket('TAPE')
    return (await bucket.list({ prefix })).objects.map((object) => object.key)
  }

  /** Where the worker listens, on loopback. */
  address(): Promise<URL> {
    return this.#mf.ready
  }

  /** Puts an object into the bucket. */
  async put(key: string, bytes: Uint8Array): Promise<void> {
    const bucket = await this.#mf.getR2Bucket('TAPE')
    await bucket.put(key, bytes)
  }

  /** What the desk does from now on: it works, throws, hangs, or cannot store. */
  async breakDesk(fault: 'works' | 'throws' | 'hangs' | 'full'): Promise<void> {
    const desks = await this.#mf.getDurableObjectNamespace('DESK')
    await desks.get(desks.idFromName('desk')).fetch(`http://desk/test/${fault}`)
  }

  /** Kills the object of one feed without notice; its storage stays. */
  async killOracle(feed: string): Promise<void> {
    const oracles = await this.#mf.getDurableObjectNamespace('ORACLE')
    const oracle = oracles.get(oracles.idFromName(feed)) as unknown as { die(): Promise<void> }
    await oracle.die().catch(() => undefined)
  }

  /** The runtime dies without notice; its storage stays. */
  async crash(): Promise<void> {
    this.#socket?.close()
    this.#socket = null
    await this.#mf.dispose()
  }

  async close(): Promise<void> {
    await this.crash()
    await this.mock.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** A world for the tests of the describe block around it: opened before them, closed after them. */
export const worldForTests = (options: WorldOptions = {}): World => {
  const world = new World(options)
  beforeAll(() => world.open())
  afterAll(() => world.close())
  return world
}

/** Somebody sells into our best bid, whatever it is. */
export const sellToOurBid = ({ account, exchange }: MockKalshi, ticker = TICKER): void => {
  const bids = [...account.holding(ticker).resting].filter(({ side }) => side === 'bid')
  exchange.place(exchange.stranger('seller'), {
    ticker,
    side: 'ask',
    price: Math.max(...bids.map(({ price }) => price)),
    quantity: 100_000,
    timeInForce: 'immediate_or_cancel',
  })
}

/** True when a status shows no quote on either side. */
export const isSilent = ({ quotes }: MakerStatus): boolean =>
  quotes.bid === null && quotes.ask === null

/** What the exchange holds for us in a market, as a status writes it. */
export const held = ({ mock }: World, ticker = TICKER) => {
  const { position, realized, fees } = mock.account.holding(ticker)
  return {
    position: formatQuantity(position),
    pnl: { realized: formatMoney(realized), fees: formatMoney(fees) },
  }
}
