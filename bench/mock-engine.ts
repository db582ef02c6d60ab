// How much the mock exchange can do: orders matched per second by its engine alone and with
// accounts and fees around it, and whether its sockets keep up with 20 markets that change 100
// times a second.
//
// The engine: the same prepared orders in every round, half of them resting, half taking; a matched
// order is one that traded. The sockets: 20 clients in a thread of their own, first each with one
// market, then each with all of them; lag is the time from a change to the client that has read it.

import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { median } from 'simple-statistics'
import { WebSocket } from 'ws'
import { Exchange } from '../mocks/kalshi/exchange/exchange.ts'
import { Book } from '../mocks/kalshi/matching/matcher.ts'
import { newOrder, type Order } from '../mocks/kalshi/matching/order.ts'
import type { PlaceRequest } from '../mocks/kalshi/matching/requests.ts'
import { type MockKalshi, startMockKalshi } from '../mocks/kalshi/server.ts'
import { Dice } from '../src/statistics/random.ts'
import { signed } from '../test/mocks/kalshi/client.ts'

const ORDERS = 200_000
const ROUNDS = 5
const MARKETS = 20
const CLIENTS = 20
const PER_SECOND = 100
const SECONDS = 10
const ROLE = 'mock-exchange-readers'

const tickers = Array.from({ length: MARKETS }, (_, index) => `KXBENCH-26DEC31-T${index}`)

/** Orders around 50 cents: every second one crosses what rests. */
const prepared = (): PlaceRequest[] => {
  const dice = new Dice(42)
  return Array.from({ length: ORDERS }, (_, index): PlaceRequest => {
    const takes = index % 2 === 1
    const side = dice.chance(0.5) ? 'bid' : 'ask'
    const away = dice.whole(1, 8) * 100
    const sign = (side === 'bid') === takes ? 1 : -1
    return {
      ticker: tickers[0]!,
      side,
      price: 5_000 + sign * away,
      quantity: dice.whole(1, 20) * 100,
      timeInForce: takes ? 'immediate_or_cancel' : 'good_till_canceled',
    }
  })
}

interface Round {
  readonly ms: number
  readonly matched: number
}

const bookRound = (requests: readonly PlaceRequest[]): Round => {
  const book = new Book({ level: () => {}, trade: () => {}, order: () => {} })
  const orders = requests.map((request, index) =>
    newOrder(request, { id: '', number: index, owner: index % 2 ? 'taker' : 'maker', at: 0 }),
  )
  const started = performance.now()
  let matched = 0
  for (const order of orders) {
    book.place(order)
    if (order.filled > 0) matched++
  }
  return { ms: performance.now() - started, matched }
}

const exchangeRound = (requests: readonly PlaceRequest[]): Round => {
  const exchange = new Exchange({ now: () => 1_795_000_000_000 })
  exchange.addMarket({ ticker: tickers[0]! })
  const [maker, taker] = [exchange.stranger('maker'), exchange.stranger('taker')]
  const started = performance.now()
  let matched = 0
  requests.forEach((request, index) => {
    const order = exchange.place(index % 2 ? taker : maker, request)
    if ('filled' in order && order.filled > 0) matched++
  })
  return { ms: performance.now() - started, matched }
}

const engine = (): void => {
  const requests = prepared()
  bookRound(requests)
  exchangeRound(requests)
  const books: number[] = []
  const exchanges: number[] = []
  let share = 0
  for (let round = 0; round < ROUNDS; round++) {
    const book = bookRound(requests)
    const exchange = exchangeRound(requests)
    books.push(book.matched / book.ms)
    exchanges.push(exchange.matched / exchange.ms)
    share = book.matched / ORDERS
  }
  const rate = (perMs: number): string => `${Math.round(perMs).toLocaleString('en')}k`
  console.log(
    `mock exchange: ${rate(median(books))} matched orders/s in the engine, ${rate(median(exchanges))} with accounts and fees`,
  )
  console.log(
    `  of ${ORDERS} orders ${(share * 100).toFixed(0)}% matched; engine ${books.map(rate).join(' ')}, exchange ${exchanges.map(rate).join(' ')}`,
  )
}

/** What the readers' thread reports: frames read and their lags in ms. */
interface Report {
  readonly frames: number
  readonly most: number
  readonly p99: number
  readonly gaps: number
}

interface ReaderTask {
  readonly role: typeof ROLE
  readonly wsUrl: string
  readonly keyId: string
  readonly pem: string
  /** Markets of each client. */
  readonly markets: readonly (readonly string[])[]
}

/** The readers' thread: opens the sockets, says when all are subscribed, reports when asked. */
const readers = async ({ wsUrl, keyId, pem, markets }: ReaderTask): Promise<void> => {
  const lags: number[] = []
  let gaps = 0
  const sockets = await Promise.all(
    markets.map(
      (own) =>
        new Promise<WebSocket>((resolve, reject) => {
          const headers = signed({ keyId, pem }, 'GET', '/trade-api/ws/v2', Date.now())
          const socket = new WebSocket(wsUrl, { headers })
          let seq = 0
          socket.on('error', reject)
          const channels = ['orderbook_delta']
          const params = { channels, market_tickers: own, use_yes_price: true }
          const subscribe = JSON.stringify({ id: 1, cmd: 'subscribe', params })
          socket.on('open', () => socket.send(subscribe))
          socket.on('message', (data) => {
            type Frame = { seq?: number; type: string; msg: { ts_ms: number } }
            const frame = JSON.parse(data.toString()) as Frame
            if (frame.seq === undefined) return
            if (frame.seq !== ++seq) gaps++
            seq = frame.seq
            if (frame.type === 'orderbook_delta') lags.push(Date.now() - frame.msg.ts_ms)
            else if (seq === own.length) resolve(socket)
          })
        }),
    ),
  )
  parentPort?.on('message', () => {
    const sorted = [...lags].sort((a, b) => a - b)
    const report: Report = {
      frames: lags.length,
      most: sorted.at(-1) ?? Number.NaN,
      p99: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
      gaps,
    }
    for (const socket of sockets) socket.terminate()
    parentPort?.postMessage(report)
  })
  parentPort?.postMessage('ready')
}

const messageFrom = (worker: Worker): Promise<unknown> =>
  new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })

/** Changes every market 100 times a second, an order in, an order out; says how late it was. */
const drive = async (mock: MockKalshi): Promise<{ changes: number; behindMs: number }> => {
  const dice = new Dice(7)
  const people = mock.exchange.stranger('bench')
  const resting: (Order | null)[] = tickers.map(() => null)
  const started = performance.now()
  let done = 0
  let behindMs = 0
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsed = Math.min(SECONDS * 1000, performance.now() - started)
      const due = Math.floor((elapsed * PER_SECOND) / 1000)
      // One turn is a hundredth of a second: more than that means that it has fallen behind.
      behindMs = Math.max(behindMs, ((due - done) * 1000) / PER_SECOND)
      for (; done < due; done++) {
        tickers.forEach((ticker, index) => {
          const order = resting[index] ?? null
          resting[index] = null
          if (order !== null) {
            mock.exchange.withdraw(order)
            return
          }
          const [price, quantity] = [dice.whole(1, 60) * 100, dice.whole(1, 500) * 100]
          const placed = mock.exchange.place(people, { ticker, side: 'bid', price, quantity })
          if ('level' in placed) resting[index] = placed
        })
      }
      if (elapsed < SECONDS * 1000) return
      clearInterval(timer)
      resolve()
    }, 2)
  })
  return { changes: done * MARKETS, behindMs }
}

const sockets = async (what: string, markets: readonly (readonly string[])[]): Promise<void> => {
  const mock = await startMockKalshi({
    crowd: false,
    tier: 'unlimited',
    markets: tickers.map((ticker) => ({ ticker })),
  })
  const { keyId, pem } = mock.keys.ed25519
  const task: ReaderTask = { role: ROLE, wsUrl: mock.wsUrl, keyId, pem, markets }
  const worker = new Worker(new URL(import.meta.url), { workerData: task })
  await messageFrom(worker)
  const { changes, behindMs } = await drive(mock)
  const expected = (changes / MARKETS) * markets.reduce((sum, own) => sum + own.length, 0)
  // One more round trip for whatever is still under way: the last frames come before the answer.
  await new Promise((resolve) => setTimeout(resolve, 200))
  worker.postMessage('report')
  const report = (await messageFrom(worker)) as Report
  await worker.terminate()
  await mock.close()
  const lost = expected - report.frames
  console.log(
    `mock exchange sockets, ${what}: ${(report.frames / SECONDS).toFixed(0)} frames/s for ${SECONDS} s, max lag ${report.most} ms (p99 ${report.p99} ms), ${lost} lost, ${report.gaps} gaps, changes at most ${behindMs.toFixed(0)} ms late`,
  )
}

export const benchMockExchange = async (): Promise<void> => {
  engine()
  const one = Array.from({ length: CLIENTS }, (_, index) => [tickers[index % MARKETS]!])
  await sockets(`${CLIENTS} clients with a market each`, one)
  await sockets(
    `${CLIENTS} clients with all ${MARKETS} markets`,
    one.map(() => tickers),
  )
}

if (!isMainThread && (workerData as ReaderTask | null)?.role === ROLE) {
  await readers(workerData as ReaderTask)
}
