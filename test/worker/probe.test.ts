// The probe in five steps, and what the clock starts.

import { describe, expect, it } from 'vitest'
import { PROBE_CRON, WATCHDOG_CRON } from '../../src/cron/on-cron.ts'
import { restingOf } from '../helpers/guard.ts'
import { TICKER, worldForTests } from '../helpers/world.ts'

const MARKET = 'KXMOCK-26DEC31-T60'
const STEPS = ['connect', 'place', 'order id', 'cancel', 'confirm']

interface Step {
  readonly name: string
  readonly ok: boolean
  readonly ms: number
}

describe('the probe', () => {
  const world = worldForTests({
    mock: { markets: [{ ticker: TICKER }, { ticker: MARKET }] },
    variables: () => ({ PROBE_TICKER: MARKET }),
  })

  const expectPassed = (json: Record<string, unknown>): void => {
    expect(json).toMatchObject({ ok: true, environment: 'mock', ticker: MARKET })
    const steps = json.steps as Step[]
    expect(steps.map(({ name }) => name)).toEqual(STEPS)
    for (const { ok, ms } of steps) {
      expect(ok).toBe(true)
      expect(ms).toBeGreaterThanOrEqual(0)
    }
    expect(json.verdict).toMatch(/^Passed on mock/)
  }

  it('has no result before its first run', async () => {
    expect((await world.api('GET', '/probe')).status).toBe(404)
  })

  it('places, cancels and confirms one order, and leaves nothing', async () => {
    const reply = await world.api('POST', '/probe')
    expect(reply.status).toBe(200)
    expectPassed(reply.json)
    expect(restingOf(world.mock, MARKET)).toEqual([])
    expect(world.mock.account.fills).toEqual([])
    const [order] = [...world.mock.account.orders.values()]
    expect(order).toMatchObject({ status: 'canceled', price: 100, initial: 100, postOnly: true })
    expect((await world.api('GET', '/probe')).json).toEqual(reply.json)
  })

  it('names the step that failed, and still takes its order away', async () => {
    const end = world.mock.faults.fail(['cancel'], 503, { times: 1 })
    const { status, json } = await world.api('POST', '/probe')
    end()
    expect(status).toBe(200)
    expect(json.ok).toBe(false)
    expect(json.verdict).toMatch(/^Failed on mock .* at step 4 of 5 \(cancel\)/)
    expect(restingOf(world.mock, MARKET)).toEqual([])
  })

  it('runs by the clock and keeps its result', async () => {
    const before = world.mock.requests.count('create')
    await world.cron(PROBE_CRON)
    await world.mock.until(({ requests }) => requests.count('create') === before + 1)
    await world.mock.until(() => world.logged('probe').length === 3)
    expectPassed((await world.api('GET', '/probe')).json)
  })

  it('is not run by the clock while the account is halted', async () => {
    await world.api('POST', '/halt')
    const before = world.mock.requests.count('create')
    await world.cron(PROBE_CRON)
    expect(world.logged('probe-skipped')).toHaveLength(1)
    expect(world.mock.requests.count('create')).toBe(before)
    await world.api('POST', '/resume')
  })

  it('lets the watchdog wake a maker after a restart', async () => {
    await world.add()
    await world.quoting()
    await world.crash()
    const before = new Set(world.mock.account.holding(TICKER).resting)
    await world.start()
    await world.cron(WATCHDOG_CRON)
    await world.mock.until(({ account }) => {
      const now = [...account.holding(TICKER).resting]
      return now.length === 2 && !now.some((order) => before.has(order))
    })
  })

  it('runs beside a maker of the same market without disturbing it', async () => {
    await world.add({}, MARKET)
    const { quotes, counters } = await world.quoting()
    expectPassed((await world.api('POST', '/probe')).json)
    const after = await world.until(({ phase }) => phase === 'quoting')
    expect(after.counters.orphans).toBe(counters.orphans)
    expect(after.quotes.bid?.order_id).toBe(quotes.bid?.order_id)
  })
})
