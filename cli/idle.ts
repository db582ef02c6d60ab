// npm run idle -- [--minutes 10]: does a maker go on quoting while nobody calls the worker?
//
// An object that only holds an outgoing socket is dropped after some 140 s, without a close event
// and without a log line. This starts the mock exchange and the worker, adds one ticker, then makes
// no request at all for the given time and watches from the exchange's side alone.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { startMockKalshi } from '../mocks/kalshi/server.ts'
import { closeOnSignal, optionsOf } from './lib/options.ts'
import { addTicker, freePort, mockVariables, startWorker, untilHealthy } from './lib/worker.ts'

const { values } = optionsOf({
  options: {
    minutes: { type: 'string', default: '10' },
    help: { type: 'boolean', default: false },
  },
})
const minutes = Number(values.minutes)
if (values.help || !(minutes > 0)) {
  console.log('Usage: npm run idle -- [--minutes 10]')
  process.exit(values.help ? 0 : 2)
}

const TICKER = 'KXMOCK-26DEC31-T50'
const TOKEN = 'idle-check-token-0123456789'
const persistTo = join(new URL('../', import.meta.url).pathname, '.kmm/idle')
rmSync(persistTo, { recursive: true, force: true })
const mock = await startMockKalshi({ port: 0, seed: 3 })
const port = await freePort(8797)
const worker = startWorker({
  port,
  persistTo,
  output: 'pipe',
  variables: mockVariables(mock, TOKEN),
})
await untilHealthy(worker)
await addTicker(worker, TOKEN, TICKER, {})

const close = (): Promise<void> => worker.stop().then(() => mock.close())
closeOnSignal(close, 1)

let closed = 0
let connections = 0
const began = Date.now()
let lastWrite = Date.now()
let longest = 0
mock.onRequest(({ kind }) => {
  if (kind !== 'create' && kind !== 'amend') return
  longest = Math.max(longest, Date.now() - lastWrite)
  lastWrite = Date.now()
})
const timer = setInterval(() => {
  if (mock.connections < connections) closed++
  connections = mock.connections
  const elapsed = (Date.now() - began) / 60_000
  const resting = mock.account.holding(TICKER).resting.size
  if (Math.round(elapsed * 60) % 60 === 0) {
    console.log(
      `${elapsed.toFixed(1)} min: ${connections} socket, ${resting} orders resting, ${mock.requests.count('create', 'amend')} creates and amends, sockets lost ${closed}`,
    )
  }
  if (elapsed < minutes) return
  clearInterval(timer)
  const good = closed === 0 && resting > 0 && Date.now() - lastWrite < 120_000
  console.log(
    `${good ? 'Still quoting' : 'NOT quoting'} after ${minutes} minutes without one request: ${resting} orders rest, sockets lost ${closed}, longest time between order requests ${(longest / 1000).toFixed(1)} s`,
  )
  void close().then(() => process.exit(good ? 0 : 1))
}, 1000)
