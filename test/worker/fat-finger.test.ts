// A size above the limit is refused before anything is sent.

import { describe, expect, it } from 'vitest'
import { TICKER, worldForTests } from '../helpers/world.ts'

const TOO_LARGE = { strategy: { size: 25 }, limits: { max_order_size: 20 } }

describe('a size above max_order_size', () => {
  const world = worldForTests()

  const writes = (): number =>
    world.mock.requests.count('create', 'batch-create', 'amend', 'decrease')

  it('is refused with 422 that names both, and nothing is registered or sent', async () => {
    const reply = await world.api('PUT', `/tickers/${TICKER}`, TOO_LARGE)
    expect(reply.status).toBe(422)
    const { code, message } = reply.json.error as { code: string; message: string }
    expect(code).toBe('parameters')
    expect(message).toContain('strategy.size')
    expect(message).toContain('limits.max_order_size')
    expect((await world.api('GET', '/tickers')).json.tickers).toEqual([])
    expect(world.mock.requests.total).toBe(0)
  })

  it('leaves a running maker as it was', async () => {
    await world.add({ strategy: { size: 5 } })
    const before = await world.quoting()
    const from = world.mock.requests.total
    const reply = await world.api('PUT', `/tickers/${TICKER}`, TOO_LARGE)
    expect(reply.status).toBe(422)
    const after = await world.status()
    expect(after.parameters).toEqual(before.parameters)
    expect(after.phase).toBe('quoting')
    const sizes = world.mock.requests.recent
      .filter(({ kind, number }) => number > from && kind === 'create')
      .map(({ body }) => Number((body as { count: string }).count))
    for (const size of sizes) expect(size).toBeLessThanOrEqual(5)
  })

  it('is refused too when the limit is lowered below the size in force', async () => {
    const before = writes()
    const reply = await world.api('PUT', `/tickers/${TICKER}`, { limits: { max_order_size: 2 } })
    expect(reply.status).toBe(422)
    expect((await world.status()).parameters.limits).toMatchObject({ max_order_size: '10.00' })
    expect(writes() - before).toBeLessThanOrEqual(2)
  })
})
