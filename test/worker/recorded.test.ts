// A quarter of an hour of the real exchange's Bitcoin market, at three times its pace.

import { existsSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { MakerStatus } from '../../src/core/status/status.ts'
import { type Guard, watchRules } from '../helpers/guard.ts'
import { held, isSilent, worldForTests } from '../helpers/world.ts'

const FILE = new URL(
  '../../../shared/data/ws-kxbtc15m/btc15m-20260515T1907.frames.jsonl.gz',
  import.meta.url,
).pathname
const MARKET = 'KXBTC15M-26MAY151530-30'
const OFFSET_MS = 520_000
const PLAYED_MS = 60_000
const PACE = 3
const LIMITS = { max_order_size: 10, max_position: 20, max_dollars_at_risk: 50 }

const missing = !existsSync(FILE)
const title = missing
  ? 'a recorded market (skipped: the recording is not here)'
  : 'a recorded market'

describe.skipIf(missing)(title, () => {
  const world = worldForTests({
    mock: { recording: { source: FILE, pace: PACE, offsetMs: OFFSET_MS, executeTrades: true } },
  })
  let guard: Guard
  let status: MakerStatus
  let quoted = 0
  beforeAll(async () => {
    guard = watchRules(world.mock, MARKET, LIMITS)
    await world.add(
      { limits: LIMITS, strategy: { min_move_seconds: 0, reduce_only_seconds: 0 } },
      MARKET,
    )
    const from = Date.now()
    status = await world.until(({ quotes, phase }) => {
      if (quotes.bid?.order_id != null || quotes.ask?.order_id != null) quoted++
      return Date.now() - from >= PLAYED_MS / PACE && phase === 'quoting'
    })
    guard.stop()
  })

  it('is quoted within every limit', () => {
    expect(guard.broken).toEqual([])
    expect(guard.looks).toBeGreaterThan(1_000)
    expect(quoted).toBeGreaterThan(20)
    expect(world.mock.requests.count('create')).toBeGreaterThan(0)
  })

  it('is followed without a gap or an unreadable frame', () => {
    expect(status.counters).toMatchObject({ gaps: 0, malformed: 0, disconnects: 0, unknown: 0 })
    expect(status.counters.frames).toBeGreaterThan(1_000)
  })

  it('leaves a position and a result that are the exchange’s', async () => {
    await world.api('POST', `/tickers/${MARKET}/pause`)
    const still = await world.until(isSilent)
    expect(still).toMatchObject(held(world, MARKET))
  })
})
