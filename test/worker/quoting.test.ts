// The ordinary day: a maker is added over HTTP, quotes, is filled by the crowd, and leaves a tape.

import { beforeAll, describe, expect, it } from 'vitest'
import { parseRow, TAPE_HEADER } from '../../src/core/record/tape.ts'
import type { MakerStatus } from '../../src/core/status/status.ts'
import { parseMoney } from '../../src/core/vocabulary/units.ts'
import { restingOf, watchRules } from '../helpers/guard.ts'
import { steadyNow } from '../helpers/steady-clock.ts'
import { held, TICKER, worldForTests } from '../helpers/world.ts'

const MINUTE_MS = 60_000
const LIMITS = { max_order_size: 10, max_position: 30, max_dollars_at_risk: 50 }

describe('a maker added by one request', () => {
  const world = worldForTests()

  it('quotes both sides within 10 s, with nothing but defaults', async () => {
    const from = steadyNow()
    await world.add()
    await world.quoting()
    expect(steadyNow() - from).toBeLessThan(10_000)
    const sides = restingOf(world.mock, TICKER).map(({ side, remaining }) => [side, remaining])
    expect(sides.sort()).toEqual([
      ['ask', 1000],
      ['bid', 1000],
    ])
  })

  it('shows in its status what the exchange holds', async () => {
    await world.quoting()
    const status = await world.status()
    const resting = [...world.mock.account.holding(TICKER).resting]
    const bid = resting.find(({ side }) => side === 'bid')
    const ask = resting.find(({ side }) => side === 'ask')
    expect(status).toMatchObject({
      ticker: TICKER,
      phase: 'quoting',
      reason: 'quoting',
      quotes: { bid: { order_id: bid?.id }, ask: { order_id: ask?.id } },
      silence: { bid: null, ask: null },
      market: { status: 'active', exchange_index: 0 },
      parameters: { strategy: { model: 'full', size: '10.00' } },
    })
    for (const price of [status.quotes.bid?.price, status.quotes.ask?.price, status.book.bid]) {
      expect(price).toMatch(/^0\.\d{4}$/)
    }
    expect(Number(status.book.mid)).toBeGreaterThan(0)
    expect(Number(status.quotes.bid?.price)).toBeLessThan(Number(status.quotes.ask?.price))
    expect(status.latency.count).toBeGreaterThan(0)
    expect(status.latency.p50_ms).toBeGreaterThanOrEqual(0)
    expect(status.since).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(status.counters).toMatchObject({ rejected: 0, unknown: 0, malformed: 0, gaps: 0 })
  })

  it('answers the same PUT again without a second maker or a second pair of quotes', async () => {
    await world.add()
    await world.quoting()
    const { json } = await world.api('GET', '/tickers')
    expect(json.tickers).toHaveLength(1)
    expect(restingOf(world.mock, TICKER)).toHaveLength(2)
  })

  it('applies a new size at once', async () => {
    await world.add({ strategy: { size: 3 } })
    await world.mock.until(
      () =>
        restingOf(world.mock, TICKER)
          .map(({ remaining }) => remaining)
          .join() === '300,300',
    )
  })
})

describe('one minute against the crowd, following every tick', () => {
  const world = worldForTests({ mock: { crowd: { takersPerSecond: 4, volatility: 0.02 } } })
  let status: MakerStatus
  let looks = 0
  /** Of the minute, the ms in which the machine did not run us. */
  let lost = 0
  let broken: readonly string[] = []
  beforeAll(async () => {
    const guard = watchRules(world.mock, TICKER, LIMITS)
    await world.add({ strategy: { min_move_ticks: 0, min_move_seconds: 0 }, limits: LIMITS })
    const from = Date.now()
    const steadyFrom = steadyNow()
    await world.until(({ phase }) => phase === 'quoting' && Date.now() - from >= MINUTE_MS)
    lost = Date.now() - from - (steadyNow() - steadyFrom)
    guard.stop()
    looks = guard.looks
    broken = guard.broken
    // Still, so that the last row, the status and the exchange can be compared.
    await world.api('POST', `/tickers/${TICKER}/pause`)
    status = await world.until(
      ({ phase, quotes }) => phase === 'paused' && quotes.bid === null && quotes.ask === null,
    )
  })

  it('never breaks a limit, never crosses itself, never shows two orders on a side', () => {
    expect(broken).toEqual([])
    expect(looks).toBeGreaterThan(100)
  })

  it('sends only post-only orders that expire, within the size limit', () => {
    const creates = world.mock.requests.recent.filter(({ kind }) => kind === 'create')
    expect(creates.length).toBeGreaterThan(1)
    for (const { body } of creates) {
      expect(body).toMatchObject({ post_only: true, self_trade_prevention_type: expect.anything() })
      const { count, expiration_time } = body as Record<string, unknown>
      expect(Number(count)).toBeLessThanOrEqual(LIMITS.max_order_size)
      expect(Number(expiration_time)).toBeGreaterThan(0)
    }
  })

  it('is filled, and counts position, realised result and fees as the exchange does', () => {
    expect(world.mock.account.fills.length).toBeGreaterThan(0)
    expect(status.counters.fills).toBe(world.mock.account.fills.length)
    expect(status).toMatchObject(held(world))
  })

  it('has no request refused beyond the ordinary races of a moving book', () => {
    const { byStatus } = world.mock.requests
    const total = world.mock.requests.total
    for (const [code, count] of byStatus) {
      if (code >= 400 && code !== 404) expect([code, count / total < 0.05]).toEqual([code, true])
    }
    expect(byStatus.get(401) ?? 0).toBe(0)
    expect(byStatus.get(429) ?? 0).toBe(0)
  })

  it('leaves a tape of nine columns whose last row is the present', async () => {
    const { status: code, text } = await world.api('GET', `/tape/${TICKER}`)
    expect(code).toBe(200)
    const lines = text.trimEnd().split('\n')
    expect(lines.shift()).toBe(TAPE_HEADER)
    const rows = lines.map((line) => {
      expect(line.split(',')).toHaveLength(9)
      const row = parseRow(line)
      if (typeof row === 'string') throw new Error(`${row} in ${line}`)
      return row
    })
    expect(rows.length).toBeGreaterThanOrEqual((MINUTE_MS - lost) / 1000 - 2)
    for (let index = 1; index < rows.length; index++) {
      expect(rows[index]!.at).toBeGreaterThanOrEqual(rows[index - 1]!.at)
      expect(rows[index]!.at - rows[index - 1]!.at).toBeLessThan(2_000 + lost)
    }
    expect(rows.some(({ myBid, myAsk }) => myBid !== null && myAsk !== null)).toBe(true)
    expect(rows.some(({ latencyMs }) => latencyMs !== null)).toBe(true)
    const last = rows.at(-1)!
    const net = parseMoney(status.pnl.realized) - parseMoney(status.pnl.fees)
    expect(last).toMatchObject({
      ticker: TICKER,
      myBid: null,
      myAsk: null,
      inventory: Number(status.position),
    })
    expect(last.realizedPnl).toBeCloseTo(net / 10_000, 4)
  })

  it('writes the tape to R2 under ticker and day, and reads the same from there', async () => {
    const before = (await world.api('GET', `/tape/${TICKER}`)).text
    expect(await world.flushTape()).toBe(0)
    const keys = await world.tapeObjects()
    expect(keys.length).toBeGreaterThan(0)
    for (const key of keys) expect(key).toMatch(/^tape\/KXMOCK-26DEC31-T50\/\d{4}\/\d\d\/\d\d\//)
    const after = (await world.api('GET', `/tape/${TICKER}?tail=no`)).text
    expect(after.startsWith(before.trimEnd())).toBe(true)
  })
})
