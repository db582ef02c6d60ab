// npm start: a mock exchange with a crowd, mock prices of other venues, the worker, one ticker, and
// the dashboard's address.
//
// No account and no network needed. What the maker quotes and trades is printed here as it happens.
// State lives in .kmm/ and is made anew at each start, because the mock exchange forgets
// everything.

import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import WebSocket from 'ws'
import { SCENARIO_NAMES } from '../mocks/kalshi/crowd/scenarios.ts'
import { startMockKalshi } from '../mocks/kalshi/server.ts'
import { follow } from '../mocks/oracles/follow.ts'
import { startMockOracles } from '../mocks/oracles/server.ts'
import type { LiveView } from '../src/core/status/status.ts'
import { DEMO_SLUG, demoMapping } from './lib/demo-mapping.ts'
import { oneOf, optionsOf } from './lib/options.ts'
import { addTicker, freePort, mockVariables, startWorker, untilHealthy } from './lib/worker.ts'

const { values } = optionsOf({
  options: {
    port: { type: 'string', default: '8787' },
    seed: { type: 'string', default: '1' },
    scenario: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log('Usage: npm start -- [--port 8787] [--seed 1] [--scenario NAME]')
  process.exit(0)
}

const TICKER = 'KXMOCK-26DEC31-T50'
const persistTo = join(new URL('../', import.meta.url).pathname, '.kmm/state')
rmSync(persistTo, { recursive: true, force: true })

const seed = Number(values.seed)
const mock = await startMockKalshi({
  port: 0,
  seed,
  // More takers than the default crowd, so that a newcomer need not wait for the first fill, and a
  // price that wanders rather than jumps: four cents in a minute would pull the quotes, and
  // rightly.
  crowd: { takersPerSecond: 1.2, volatility: 0.005 },
  ...(values.scenario === undefined
    ? {}
    : { scenario: oneOf('scenario', values.scenario, SCENARIO_NAMES) }),
})
console.log(`Mock exchange at ${mock.url} (seed ${seed})`)

// The same index at an external source: its price follows the crowd's.
const oracles = await startMockOracles({ port: 0, seed })
const stopFollowing = follow({
  adminUrl: mock.adminUrl,
  ties: [{ ticker: TICKER, slug: DEMO_SLUG, outcome: null }],
  everyMs: 250,
  apply: ({ slug }, p) => oracles.oracles.fair(slug).follow(p, Date.now()),
  warn: (sentence) => console.error(sentence),
})
console.log(`Mock oracles at ${oracles.adminUrl}`)

const port = await freePort(Number(values.port))
const token = randomBytes(18).toString('base64url')
const hidden: string[] = []
const worker = startWorker({
  port,
  persistTo,
  output: 'pipe',
  onLine: (line) => {
    hidden.push(line)
    if (hidden.length > 200) hidden.shift()
    // The maker's own warnings are worth seeing; wrangler's chatter is not.
    if (line.startsWith('{"level":"error"') || line.startsWith('{"level":"warn"')) console.log(line)
  },
  variables: {
    ...mockVariables(mock, token),
    POLYMARKET_GAMMA_URL: oracles.gammaUrl,
    POLYMARKET_CLOB_URL: oracles.clobUrl,
    POLYMARKET_WS_URL: oracles.wsUrl,
    ODDS_API_URL: oracles.oddsUrl,
    ODDS_API_KEY: oracles.oddsKey,
    PROBE_TICKER: TICKER,
    LOG_LEVEL: 'info',
  },
})

let stopping = false
const stop = async (code: number): Promise<void> => {
  if (stopping) return
  stopping = true
  stopFollowing()
  await worker.stop()
  await oracles.close()
  await mock.close()
  process.exit(code)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0))
void worker.ended.then((code) => {
  if (stopping) return
  console.error(hidden.join('\n'))
  console.error(`The worker ended by itself with code ${code}; its last output is above`)
  void stop(1)
})

await untilHealthy(worker)
await addTicker(worker, token, TICKER, {
  // Takers come far faster here than in any real market before its event: a short pause is enough.
  strategy: { size: 10, alpha_source: 'polymarket', burst_pause_seconds: 1 },
  limits: { max_position: 60 },
  alpha: await demoMapping(oracles.gammaUrl, mock.url, TICKER),
}).catch(async (error: Error) => {
  console.error(error.message)
  await stop(1)
})
console.log(`Maker added: ${TICKER}`)
console.log(`\nDashboard:  ${worker.url}/#token=${token}`)
console.log(`API token:  ${token}`)
console.log('Stop with Ctrl-C\n')

let lastQuotes = ''
let lastFill = ''
const watch = (): void => {
  const socket = new WebSocket(`${worker.url.replace('http', 'ws')}/tickers/${TICKER}/live`, [
    'kmm',
    token,
  ])
  socket.on('message', (data) => {
    const view = JSON.parse(String(data)) as LiveView
    const { status } = view
    const time = view.at.slice(11, 19)
    const show = (quote: { price: string; quantity: string } | null): string =>
      quote === null ? '-' : `${quote.quantity} @ ${quote.price}`
    const known = view.fills.findIndex((fill) => fill.trade_id === lastFill)
    for (const fill of view.fills.slice(0, lastFill === '' ? 1 : Math.max(0, known)).reverse()) {
      const verb = fill.side === 'bid' ? 'bought' : 'sold'
      console.log(
        `${time}  FILL   ${verb} ${fill.quantity} @ ${fill.price}   position ${status.position}`,
      )
    }
    lastFill = view.fills[0]?.trade_id ?? lastFill
    const quotes = `bid ${show(status.quotes.bid)}   ask ${show(status.quotes.ask)}`
    if (quotes !== lastQuotes) {
      lastQuotes = quotes
      const { realized, unrealized, fees } = status.pnl
      const net = Number(realized) + Number(unrealized) - Number(fees)
      console.log(
        `${time}  ${status.phase === 'quoting' ? 'QUOTE ' : status.phase.toUpperCase()} ${quotes}   mid ${status.book.mid ?? '-'}   P&L $${net.toFixed(2)}`,
      )
    }
  })
  socket.on('error', () => undefined)
  socket.on('close', () => {
    if (!stopping) setTimeout(watch, 1000)
  })
}
watch()
