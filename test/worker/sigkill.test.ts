// The whole worker killed without notice, as a process group, and started again on the same state
// folder: the real thing under `wrangler dev`, where restart.test.ts throws away the runtime alone.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  addTicker,
  freePort,
  mockVariables,
  type RunningWorker,
  startWorker,
  untilHealthy,
} from '../../cli/lib/worker.ts'
import { type MockKalshi, startMockKalshi } from '../../mocks/kalshi/server.ts'
import type { MakerStatus } from '../../src/core/status/status.ts'
import { formatMoney, formatQuantity } from '../../src/core/vocabulary/units.ts'
import { steadyNow } from '../helpers/steady-clock.ts'
import { sellToOurBid } from '../helpers/world.ts'

const TICKER = 'KXMOCK-26DEC31-T50'
const TOKEN = 'sigkill-token-0123456789'

describe('a process group killed while quoting', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kmm-kill-'))
  let mock: MockKalshi
  let worker: RunningWorker

  const start = async (): Promise<RunningWorker> =>
    startWorker({
      port: await freePort(0),
      persistTo: folder,
      output: 'pipe',
      detached: true,
      variables: mockVariables(mock, TOKEN),
    })
  const killGroup = (): void => {
    const { pid } = worker.process
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  }
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
  const resting = (): string[] => [...mock.account.holding(TICKER).resting].map(({ id }) => id)

  beforeAll(async () => {
    mock = await startMockKalshi({ port: 0, seed: 5 })
    worker = await start()
    await untilHealthy(worker)
  })
  afterAll(async () => {
    killGroup()
    await worker.ended
    await mock.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('is back within 10 s without a request: old orders gone, position and P&L the exchange’s', async () => {
    await addTicker(worker, TOKEN, TICKER, { strategy: { min_move_ticks: 0 } })
    await mock.until(() => resting().length === 2)
    // Something to remember: somebody sells down to our bid before the lights go out.
    sellToOurBid(mock, TICKER)
    await mock.until(() => mock.account.fills.length > 0 && resting().length === 2)
    const before = resting()
    killGroup()
    await worker.ended

    worker = await start()
    const began = steadyNow()
    await mock.until(() => resting().every((id) => !before.includes(id)))
    // The clock starts with the process, so it holds wrangler's own start as well.
    expect(steadyNow() - began).toBeLessThan(10_000)
    await mock.until(() => resting().length === 2)

    // With the quotes pulled nothing more can trade, so both sides can be read at leisure.
    const paused = await fetch(`${worker.url}/tickers/${TICKER}/pause`, { method: 'POST', headers })
    expect(paused.status).toBe(200)
    await mock.until(() => resting().length === 0)
    const answer = await fetch(`${worker.url}/tickers/${TICKER}`, { headers })
    const status = (await answer.json()) as MakerStatus
    const holding = mock.account.holding(TICKER)
    expect(mock.account.fills.length).toBeGreaterThan(0)
    expect(status.position).toBe(formatQuantity(holding.position))
    expect(status.pnl.realized).toBe(formatMoney(holding.realized))
    expect(status.pnl.fees).toBe(formatMoney(holding.fees))
  })
})
