// Tick to order, seen from outside: from the write of a book frame by the exchange to the arrival
// of the order request it causes.
//
// Two workers in workerd take turns against the same exchange over loopback: the maker, and a bare
// worker whose object answers each book frame with a fetch and does nothing else. The difference is
// what the pipeline costs: sequence, book, estimators, quoting, planning, risk, budget and headers.

import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { type MockKalshi, startMockKalshi } from '../mocks/kalshi/server.ts'
import { World } from '../test/helpers/world.ts'
import { signed } from '../test/mocks/kalshi/client.ts'
import { at } from './decision.ts'

const MOVES = 2000
/** Enough for the runtime to have compiled both; a maker runs for days. */
const WARM_UP = 1000
/** A move that causes no request within this time never will. */
const PATIENCE_MS = 5000
const TICKER = 'KXMOCK-26DEC31-T50'

const BARE = `
import { DurableObject } from 'cloudflare:workers'
export class Bare extends DurableObject {
  async start(url, rest, headers, ticker) {
    const answer = await fetch(url, { headers: { Upgrade: 'websocket', ...headers } })
    const socket = answer.webSocket
    socket.accept()
    socket.addEventListener('message', (event) => {
      if (!event.data.includes('"orderbook_delta"') || event.data.includes('"subscribed"')) return
      fetch(rest, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })
        .then((reply) => reply.text())
    })
    socket.send(JSON.stringify({ id: 1, cmd: 'subscribe', params: {
      channels: ['orderbook_delta'], market_tickers: [ticker], use_yes_price: true } }))
    this.socket = socket
  }
}
export default { async fetch(request, env) {
  const { url, rest, headers, ticker } = await request.json()
  await env.BARE.get(env.BARE.idFromName('x')).start(url, rest, headers, ticker)
  return new Response('ok')
} }
`

const MARKET = { ticker: TICKER }
/** Enough budget for 300 amends a second. */
const MOCK = { crowd: false, tier: 'prestige', markets: [MARKET] } as const

const percentile = (values: readonly number[], share: number): number =>
  at(Float64Array.from(values).sort(), share)

/** A book of 50 x 500 and 52 x 500 by other people, into which one bid at 51 comes and goes. */
class Mover {
  readonly #mock: MockKalshi
  #order: { id: string } | null = null

  constructor(mock: MockKalshi) {
    this.#mock = mock
    const base = mock.exchange.stranger('bench-base')
    const level = (side: 'bid' | 'ask', price: number): void => {
      mock.exchange.place(base, { ticker: TICKER, side, price, quantity: 50_000 })
    }
    level('bid', 5000)
    level('ask', 5200)
  }

  /** One delta that moves the mid by half a cent; resolves with ms until the request it causes. */
  async move(): Promise<number> {
    const { exchange } = this.#mock
    const mover = exchange.stranger('bench-mover')
    const arrival = new Promise<number>((resolve, reject) => {
      const late = setTimeout(() => {
        stop()
        reject(new Error(`no order request within ${PATIENCE_MS} ms of a move of half a cent`))
      }, PATIENCE_MS)
      const stop = this.#mock.onRequest((request) => {
        if (request.kind !== 'amend' && request.kind !== 'create') return
        clearTimeout(late)
        stop()
        resolve(request.at)
      })
    })
    const sent = performance.now()
    if (this.#order === null) {
      const bid = { ticker: TICKER, side: 'bid', price: 5100, quantity: 100 } as const
      const placed = exchange.place(mover, bid)
      if (!('id' in placed)) throw new Error(`Mover refused: ${JSON.stringify(placed)}`)
      this.#order = placed
    } else {
      exchange.withdraw(this.#order as Parameters<typeof exchange.withdraw>[0])
      this.#order = null
    }
    const arrived = await arrival
    // Lets the acknowledgement and our own change of the book come back before the next move.
    await new Promise((resolve) => setTimeout(resolve, 3))
    return arrived - sent
  }
}

/** The two take turns move by move, so that the machine's moods fall on both alike. */
const takeTurns = async (
  movers: readonly [Mover, Mover],
  moves: number,
): Promise<[number[], number[]]> => {
  const times: [number[], number[]] = [[], []]
  for (let move = 0; move < moves; move++) {
    times[0].push(await movers[0].move())
    times[1].push(await movers[1].move())
  }
  return times
}

export const benchTickToOrder = async (): Promise<void> => {
  const world = await World.open({ mock: MOCK })
  const maker = new Mover(world.mock)
  // Not by `world.add`, which also watches the live socket: nobody watches the bare worker either.
  await world.api('PUT', `/tickers/${TICKER}`, {
    // Each change of the mid moves an order, as on the bare worker each frame causes a request: the
    // micro-price would hardly follow one contract, and break-even would let the order stay.
    strategy: { size: 1, sigma: 0.05, fair_value: 'mid', debounce: 'ticks', min_move_ticks: 0 },
    limits: { max_order_size: 1, max_position: 5, max_orders_per_minute: 100_000 },
  })
  await world.mock.until(({ account }) => account.holding(TICKER).resting.size === 2, 20_000)

  const bareMock = await startMockKalshi({ port: 0, seed: 1, ...MOCK })
  const bare = new Mover(bareMock)
  const mf = new Miniflare(
    convertV4MiniflareOptions({
      modules: [{ type: 'ESModule', path: 'index.js', contents: BARE }],
      compatibilityDate: '2026-10-20',
      durableObjects: { BARE: { className: 'Bare', useSQLite: true } },
      cf: false,
      log: new Log(LogLevel.NONE),
    } as never),
  )
  const key = bareMock.keys.ed25519
  await mf.dispatchFetch('http://bare/', {
    method: 'POST',
    body: JSON.stringify({
      url: bareMock.wsUrl.replace('ws:', 'http:'),
      rest: `${bareMock.url}/portfolio/events/orders`,
      headers: signed(key, 'GET', '/trade-api/ws/v2', Date.now()),
      ticker: TICKER,
    }),
  })

  await takeTurns([maker, bare], WARM_UP)
  const before = await world.status()
  const [ours, theirs] = await takeTurns([maker, bare], MOVES)
  const after = await world.status()
  const late = (after.counters.signed_on_hot_path ?? 0) - (before.counters.signed_on_hot_path ?? 0)
  const line = (values: readonly number[]): string =>
    `p50 ${percentile(values, 0.5).toFixed(3)} ms, p90 ${percentile(values, 0.9).toFixed(3)} ms, p99 ${percentile(values, 0.99).toFixed(3)} ms`
  const ratio = percentile(ours, 0.5) / percentile(theirs, 0.5)
  console.log(`tick to order: ${ratio.toFixed(2)} x a bare worker's p50, over ${MOVES} moves each`)
  console.log(`  maker         ${line(ours)}; ${late} signatures made while an order waited`)
  console.log(`  bare worker   ${line(theirs)}`)
  await mf.dispose()
  await bareMock.close()
  await world.close()
}
