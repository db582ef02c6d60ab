// 429: after it nothing but cancels leaves for two seconds, and cancels do not wait.

import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ORDER_WRITES } from '../../mocks/kalshi/faults/faults.ts'
import type { LoggedRequest } from '../../mocks/kalshi/rest/request-log.ts'
import { PLAIN } from '../helpers/core.ts'
import { restingOf } from '../helpers/guard.ts'
import { OtherTraders } from '../helpers/other-traders.ts'
import { steadyNow } from '../helpers/steady-clock.ts'
import { isSilent, TICKER, worldForTests } from '../helpers/world.ts'

const PAUSE_MS = 2_000
/** What had left before the 429 came back may still arrive within this. */
const IN_FLIGHT_MS = 500

const isWrite = ({ kind }: LoggedRequest): boolean => ORDER_WRITES.includes(kind)
const isCancel = ({ kind }: LoggedRequest): boolean => kind === 'cancel' || kind === 'batch-cancel'

describe('after a 429', () => {
  const world = worldForTests({ mock: { crowd: false } })
  const traders = new OtherTraders(world, TICKER)
  beforeAll(async () => {
    traders.show(45, 50)
    await world.add({ strategy: { ...PLAIN, min_move_ticks: 0, min_move_seconds: 0, sigma: 0.01 } })
  })
  beforeEach(() => world.mock.faults.clear())

  /** The first request refused from now on. */
  const firstRefused = async (): Promise<LoggedRequest> => {
    const from = world.mock.requests.total
    const refused = (): LoggedRequest | undefined =>
      world.mock.requests.recent.find(({ number, status }) => number > from && status === 429)
    await world.mock.until(() => refused() !== undefined)
    return refused()!
  }

  /** Requests that arrived within the pause that `refused` began. */
  const duringPause = ({ at }: LoggedRequest): LoggedRequest[] =>
    world.mock.requests.recent.filter(
      (request) =>
        request.at > at + (isCancel(request) ? 0 : IN_FLIGHT_MS) && request.at < at + PAUSE_MS,
    )

  for (const body of ['string', 'object'] as const) {
    it(`sends cancels only for 2 s, then quotes again (body: an ${body})`, async () => {
      traders.show(45, 50)
      await world.until(
        ({ quotes }) => quotes.bid?.price === '0.4600' && quotes.ask?.price === '0.4900',
      )
      world.mock.faults.rateLimitBody = body
      const end = world.mock.faults.refuseWrites()
      const coming = firstRefused()
      traders.show(46, 51)
      const refused = await coming
      const from = steadyNow()
      end()
      // The bid that is now too high must go although nothing may be placed.
      traders.show(42, 48)
      await world.mock.until(
        () => !restingOf(world.mock, TICKER).some(({ side }) => side === 'bid'),
      )
      expect(steadyNow() - from).toBeLessThan(PAUSE_MS / 2)
      await world.until(
        ({ quotes }) => Number(quotes.bid?.price) === 0.43 && Number(quotes.ask?.price) === 0.47,
      )
      expect(steadyNow() - from).toBeLessThan(PAUSE_MS + 1_500)
      const during = duringPause(refused)
      expect(during.filter(isWrite)).toEqual([])
      expect(during.filter(isCancel).length).toBeGreaterThan(0)
      for (const { status } of during.filter(isCancel)) expect(status).toBe(200)
      const again = world.mock.requests.recent.find(
        (request) => request.at > refused.at + PAUSE_MS && isWrite(request),
      )
      expect(again?.status).toBe(201)
    })
  }

  it('says so in its counters and in its log', async () => {
    const { counters } = await world.status()
    expect(counters.rate_limited).toBeGreaterThanOrEqual(2)
    expect(world.logged('rate-limited').length).toBe(counters.rate_limited)
  })

  it('waits as long after a refused new order', async () => {
    await world.api('POST', `/tickers/${TICKER}/pause`)
    await world.mock.until(() => restingOf(world.mock, TICKER).length === 0)
    world.mock.faults.refuseWrites(2)
    const coming = firstRefused()
    await world.api('POST', `/tickers/${TICKER}/resume`)
    const refused = await coming
    expect(refused.kind).toBe('create')
    await world.quoting()
    expect(duringPause(refused).filter(isWrite)).toEqual([])
  })

  it('repeats a cancel that was itself refused, until it is through', async () => {
    await world.quoting()
    const end = world.mock.faults.answer(['cancel', 'batch-cancel'], world.mock.faults.tooMany(), {
      times: 3,
    })
    await world.api('POST', `/tickers/${TICKER}/pause`)
    await world.mock.until(() => restingOf(world.mock, TICKER).length === 0)
    end()
    const paused = await world.until(isSilent)
    expect(paused.phase).toBe('paused')
  })
})
