// npm run cost -- [--tickers 3] [--minutes 10] [--json]: what a month costs, counted on the worker.
//
//   --tickers N   makers on the mock exchange
//   --minutes M   how long to count; less than 10 misses objects that leave every five minutes
//   --keep DAYS   days that R2 keeps objects (default 30, as the lifecycle rules of the README)
//   --json        the counts and the bills as JSON
//
// It starts the mock exchange and the worker, waits until every maker quotes, and reads GET /usage
// twice. The bill is for 1, 5 and 20 makers that use as much as these did on average. Cron never
// fires locally, so the watchdog's calls are added.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { startMockKalshi } from '../mocks/kalshi/server.ts'
import type { Usage } from '../src/rpc/contracts.ts'
import { billOf, type Rates, ratesOf } from './lib/bill.ts'
import { closeOnSignal, failWith, numberOf, optionsOf, showUsage, wholeOf } from './lib/options.ts'
import { addTicker, freePort, mockVariables, startWorker, untilHealthy } from './lib/worker.ts'

const { values } = optionsOf({
  options: {
    tickers: { type: 'string', default: '3' },
    minutes: { type: 'string', default: '10' },
    keep: { type: 'string', default: '30' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) showUsage(import.meta.url, 0)
const makers = wholeOf('tickers', values.tickers, 1)
const minutes = numberOf('minutes', values.minutes, 0.5, 1440)
const keptDays = wholeOf('keep', values.keep, 1)

const TOKEN = 'cost-count-token-0123456789'
const BILLS = [1, 5, 20]
const tickers = Array.from({ length: makers }, (_, i) => `KXCOST-26DEC31-T${i + 10}`)
const persistTo = join(new URL('../', import.meta.url).pathname, '.kmm/cost')
rmSync(persistTo, { recursive: true, force: true })
const mock = await startMockKalshi({
  ...{ port: 0, seed: 5, tier: 'unlimited' },
  markets: tickers.map((ticker) => ({ ticker })),
})
let logLines = 0
const worker = startWorker({
  port: await freePort(8798),
  persistTo,
  output: 'pipe',
  onLine: (line) => {
    if (line.startsWith('{"level"')) logLines++
  },
  variables: { ...mockVariables(mock, TOKEN), LOG_LEVEL: 'info' },
})
const close = (): Promise<void> => worker.stop().then(() => mock.close())
closeOnSignal(close, 1)

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

interface Reading {
  readonly at: number
  readonly makers: Record<string, Usage>
  readonly desk: Usage
}

const read = async <T>(path: string): Promise<T> => {
  const answer = await fetch(`${worker.url}${path}`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  })
  if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}

const objectsOf = (reading: Reading): Usage[] => [...Object.values(reading.makers), reading.desk]

const perMinute = (usages: readonly Usage[], before: readonly Usage[], seconds: number) => {
  const rate = (of: keyof Usage): string =>
    (
      ((usages.reduce((sum, usage) => sum + usage[of], 0) -
        before.reduce((sum, usage) => sum + usage[of], 0)) /
        seconds) *
      60
    ).toFixed(1)
  return {
    requests: rate('requests'),
    frames: rate('frames'),
    'rows written': rate('rowsWritten'),
    'rows read': rate('rowsRead'),
    'class A': rate('objectsWritten'),
    'class B': rate('objectsRead'),
    'R2 bytes': rate('objectBytes'),
  }
}

const print = (before: Reading, after: Reading, rates: Rates): void => {
  const seconds = (after.at - before.at) / 1000
  console.log(`Counted over ${(seconds / 60).toFixed(1)} minutes, a minute:`)
  console.table({
    [`${makers} makers`]: perMinute(
      Object.values(after.makers),
      Object.values(before.makers),
      seconds,
    ),
    desk: perMinute([after.desk], [before.desk], seconds),
  })
  for (const count of BILLS) {
    const { lines, total } = billOf(rates, count, { keptDays })
    console.log(`\n${count} tickers, a month: $${total.toFixed(2)} with the plan's $5`)
    for (const { name, amount, included, dollars } of lines) {
      const used = amount < 100 ? amount.toFixed(3) : Math.round(amount).toLocaleString('en')
      const of = `of ${included.toLocaleString('en')} included`
      console.log(
        `  ${name.padEnd(20)} ${used.padStart(14)} ${of.padEnd(26)} $${dollars.toFixed(2)}`,
      )
    }
  }
}

const main = async (): Promise<void> => {
  await untilHealthy(worker)
  for (const ticker of tickers) await addTicker(worker, TOKEN, ticker, {})
  for (const ticker of tickers) {
    while ((await read<{ phase: string }>(`/tickers/${ticker}`)).phase !== 'quoting') {
      await sleep(500)
    }
  }
  const [before, linesBefore] = [await read<Reading>('/usage'), logLines]
  await sleep(minutes * 60_000)
  const after = await read<Reading>('/usage')
  const restarted = objectsOf(after).some(({ since }) => since > before.at)
  if (restarted) throw new Error('an object was started anew, and its counts with it: count again')
  const rates = ratesOf(objectsOf(before), objectsOf(after), makers, {
    seconds: (after.at - before.at) / 1000,
    logLines: logLines - linesBefore,
  })
  if (values.json) {
    const bills = BILLS.map((count) => ({ makers: count, ...billOf(rates, count, { keptDays }) }))
    console.log(JSON.stringify({ rates, bills }))
  } else print(before, after, rates)
}

await main().catch(failWith('Counting failed: '))
await close()
process.exit(0)
