// The socket dies while quotes rest: whatever rested before is gone before anything new is placed.

import { beforeAll, describe, expect, it } from 'vitest'
import type { Order } from '../../mocks/kalshi/matching/order.ts'
import { PRICE_CENT } from '../../src/core/vocabulary/units.ts'
import { restingOf } from '../helpers/guard.ts'
import { OtherTraders } from '../helpers/other-traders.ts'
import { TICKER, worldForTests } from '../helpers/world.ts'

describe('when the connection is lost', () => {
  const world = worldForTests({ mock: { crowd: false } })
  const traders = new OtherTraders(world, TICKER)
  beforeAll(async () => {
    traders.show(45, 50)
    await world.add()
  })

  const resting = (): number => restingOf(world.mock, TICKER).length

  /** What rested of ours when the next new order arrived. */
  const restingAtNextCreate = (): Promise<number> =>
    new Promise((resolve) => {
      const stop = world.mock.onRequest(({ kind }) => {
        if (kind !== 'create') return
        stop()
        resolve(resting())
      })
    })

  it('cancels every order of before, reconnects and quotes again', async () => {
    const before = await world.quoting()
    const next = restingAtNextCreate()
    world.mock.faults.closeSockets()
    expect(await next).toBe(0)
    const after = await world.until(
      ({ phase, quotes }) =>
        phase === 'quoting' && quotes.bid?.order_id != null && quotes.ask?.order_id != null,
    )
    expect(after.counters.disconnects).toBe(before.counters.disconnects! + 1)
    expect(after.quotes.bid?.order_id).not.toBe(before.quotes.bid?.order_id)
    expect(resting()).toBe(2)
  })

  it('takes its quotes away while it cannot get back in', async () => {
    await world.quoting()
    const end = world.mock.faults.refuseDials(502)
    world.mock.faults.closeSockets()
    await world.mock.until(() => resting() === 0)
    const away = await world.until(({ phase, quotes }) => phase === 'recovering' && !quotes.bid)
    expect(away.reason).toBe('connecting')
    end()
    await world.quoting()
    expect(resting()).toBe(2)
  })

  it('finds and cancels an order whose acknowledgement was lost, through refused dials', async () => {
    await world.quoting()
    await world.api('POST', `/tickers/${TICKER}/pause`)
    await world.mock.until(() => resting() === 0)
    // Mute as well, so that no frame of the socket can name it either.
    world.mock.faults.loseAnswers(['create'], 'hang', 2)
    world.mock.faults.silent = true
    world.mock.faults.refuseDials(502, 3)
    const placed = world.mock.until(() => resting() === 2)
    await world.api('POST', `/tickers/${TICKER}/resume`)
    await placed
    const lost: Order[] = [...world.mock.account.holding(TICKER).resting]
    const next = restingAtNextCreate()
    world.mock.faults.closeSockets()
    world.mock.faults.silent = false
    expect(await next).toBe(0)
    await world.quoting()
    expect(lost.map(({ status }) => status)).toEqual(['canceled', 'canceled'])
    expect(resting()).toBe(2)
    // The two requests are given up meanwhile, which must not disturb what rests now.
    const later = await world.until(({ counters }) => counters.unknown! >= 2)
    expect(later.phase).toBe('quoting')
    expect(resting()).toBe(2)
  })

  it('cancels an order on the account that it did not place', async () => {
    const { counters } = await world.quoting()
    const placed = world.mock.exchange.place(world.mock.account, {
      ticker: TICKER,
      side: 'bid',
      price: 10 * PRICE_CENT,
      quantity: 500,
      clientOrderId: 'somebody-else',
    })
    if ('code' in placed) throw new Error(`Order refused: ${placed.code}`)
    await world.mock.until(() => placed.status === 'canceled')
    const after = await world.until(({ quotes }) => quotes.bid?.order_id != null)
    expect(after.counters.orphans).toBeGreaterThan(counters.orphans!)
    expect(after.phase).toBe('quoting')
  })
})
