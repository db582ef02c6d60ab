// A market pays out while something is held: the whole worker books what the mock exchange has
// paid, awake, and after a crash while it slept.

import { beforeAll, describe, expect, it } from 'vitest'
import { parseRow } from '../../src/core/record/tape.ts'
import { parseMoney, parseQuantity } from '../../src/core/vocabulary/units.ts'
import { OtherTraders } from '../helpers/other-traders.ts'
import {
  held,
  sellToOurBid,
  TICKER,
  type World,
  type WorldOptions,
  worldForTests,
} from '../helpers/world.ts'

const OPTIONS: WorldOptions = { mock: { crowd: false, markets: [{ ticker: TICKER }] } }

/** Quotes, and is sold to; the contracts that are held then. */
const long = async (world: World): Promise<string> => {
  new OtherTraders(world, TICKER).show(45, 50)
  await world.add()
  await world.quoting()
  sellToOurBid(world.mock)
  await world.until(({ position }) => position === held(world).position && position !== '0.00')
  return held(world).position
}

/** Position and result by the status, the tape and the exchange, once a settlement is booked. */
const settled = async (world: World, position: string, bought: number): Promise<void> => {
  const status = await world.until(({ settlement }) => settlement !== null)
  expect(status).toMatchObject(held(world))
  expect(status.position).toBe('0.00')
  const paid = `${Number(position)}.000000`
  expect(status.settlement).toMatchObject({ result: 'yes', position, paid })
  expect(parseMoney(status.pnl.realized)).toBe(parseMoney(paid) - bought)
  const { text } = await world.api('GET', `/tape/${TICKER}`)
  const row = parseRow(text.trimEnd().split('\n').at(-1)!)
  if (typeof row === 'string') throw new Error(row)
  expect(row).toMatchObject({ inventory: 0, myBid: null, myAsk: null, unrealizedPnl: 0 })
  const { realized, fees } = status.pnl
  expect(row.realizedPnl).toBeCloseTo((parseMoney(realized) - parseMoney(fees)) / 10_000, 4)
}

describe('a market that pays out', () => {
  const world = worldForTests(OPTIONS)
  let position: string
  beforeAll(async () => {
    position = await long(world)
  })

  it('leaves nothing held, the result that the exchange has paid, and a row of the tape', async () => {
    const { cost } = world.mock.account.holding(TICKER)
    const { lifecycle } = world.mock.exchange
    lifecycle.determine(TICKER, 'yes')
    await world.until(({ reason }) => reason === 'market-determined')
    expect(await world.status()).toMatchObject({ position, settlement: null })
    lifecycle.settle(TICKER)
    await settled(world, position, cost)
  })

  it('is known after a restart too', async () => {
    const before = await world.status()
    await world.crash()
    await world.start()
    await world.watch()
    const after = await world.until(({ settlement }) => settlement !== null)
    expect(after.position).toBe('0.00')
    expect([after.settlement, after.pnl.realized]).toEqual([before.settlement, before.pnl.realized])
  })
})

describe('a market that pays out while the maker sleeps and its runtime dies', () => {
  const world = worldForTests(OPTIONS)

  it('is booked when it is back', async () => {
    const position = await long(world)
    expect(parseQuantity(position)).toBeGreaterThan(0)
    const { cost } = world.mock.account.holding(TICKER)
    const { lifecycle } = world.mock.exchange
    lifecycle.close(TICKER)
    // It lets go of the socket, and then it sleeps.
    await world.mock.until(({ connections }) => connections === 0)
    await world.crash()
    lifecycle.determine(TICKER, 'yes')
    lifecycle.settle(TICKER)
    await world.start()
    await world.watch()
    await settled(world, position, cost)
  })
})
