// The runtime dies with orders resting and is started again on the same storage, with nobody
// calling.

import { beforeAll, describe, expect, it } from 'vitest'
import type { Order } from '../../mocks/kalshi/matching/order.ts'
import { PLAIN } from '../helpers/core.ts'
import { OtherTraders } from '../helpers/other-traders.ts'
import { steadyNow } from '../helpers/steady-clock.ts'
import { held, TICKER, worldForTests } from '../helpers/world.ts'

/** The alarm wakes the maker within 5 s, and what rests is canceled at once. */
const CLEARED_MS = 10_000
/** Reads count 6 s after the start; until then nothing new is quoted. */
const RECOVERY_MS = 15_000

describe('a crash and a restart', () => {
  const world = worldForTests({ mock: { crowd: false } })
  const traders = new OtherTraders(world, TICKER)
  let before: Order[]
  beforeAll(async () => {
    traders.show(45, 50)
    await world.add({ strategy: PLAIN })
    await world.quoting()
    // A position with a history: bought, and partly sold again.
    traders.take('ask', 46, 10)
    await world.until(({ position }) => position === '10.00')
    await world.quoting()
    const ask = Math.min(
      ...[...world.mock.account.holding(TICKER).resting]
        .filter(({ side }) => side === 'ask')
        .map(({ price }) => price / 100),
    )
    traders.take('bid', ask, 4)
    await world.until(({ position }) => position === '6.00')
    await world.quoting()
    before = [...world.mock.account.holding(TICKER).resting]
    // Rows are stored once a second, so a crash costs the last second of the tape.
    const from = Date.now()
    await world.until((_status, { at }) => Date.parse(at) - from > 1_500)
    await world.crash()
  })

  it('leaves the orders resting while nobody is there', () => {
    expect(before).toHaveLength(2)
    expect(before.map(({ status }) => status)).toEqual(['resting', 'resting'])
  })

  it('clears what rested within 10 s and quotes again, without a request to the worker', async () => {
    // Filled while the maker was away.
    traders.take('ask', 45, 2)
    // The listing comes after every other answer, so that nothing but waiting for it is safe.
    const end = world.mock.faults.delay(['orders'], 400)
    const from = steadyNow()
    await world.start()
    let restingAtCreate = -1
    const stop = world.mock.onRequest(({ kind }) => {
      if (kind !== 'create' || restingAtCreate >= 0) return
      restingAtCreate = world.mock.account.holding(TICKER).resting.size
    })
    await world.mock.until(() => before.every(({ status }) => status !== 'resting'))
    expect(steadyNow() - from).toBeLessThan(CLEARED_MS)
    await world.mock.until(({ account }) => {
      const resting = [...account.holding(TICKER).resting]
      return resting.length === 2 && resting.every((order) => !before.includes(order))
    })
    expect(steadyNow() - from).toBeLessThan(RECOVERY_MS)
    stop()
    end()
    expect(restingAtCreate).toBe(0)
  })

  it('then agrees with the exchange on position, fees and realised result', async () => {
    await world.watch()
    const status = await world.quoting()
    expect(world.mock.account.fills.length).toBeGreaterThan(2)
    expect(status).toMatchObject(held(world))
    expect(status.counters.orphans).toBeGreaterThan(0)
  })

  it('keeps its parameters and goes on with its tape', async () => {
    const { parameters } = await world.status()
    expect(parameters.strategy).toMatchObject({ size: '10.00' })
    const { text } = await world.api('GET', `/tape/${TICKER}`)
    const inventories = text
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',')[5])
    expect(inventories).toContain('10')
    expect(inventories.at(-1)).toBe(String(Number(held(world).position)))
  })

  it('clears resting orders even while no socket can be opened', async () => {
    await world.quoting()
    before = [...world.mock.account.holding(TICKER).resting]
    await world.crash()
    const end = world.mock.faults.refuseDials(502)
    await world.start()
    await world.mock.until(({ account }) => account.holding(TICKER).resting.size === 0)
    expect(before.map(({ status }) => status)).toEqual(['canceled', 'canceled'])
    end()
    await world.watch()
    expect(await world.quoting()).toMatchObject(held(world))
  })
})
