// A key that is revoked while quotes rest: the maker leaves, halts, and what it cannot cancel ends by
// itself. A good key and a person bring it back.

import { describe, expect, it } from 'vitest'
import { PLAIN } from '../helpers/core.ts'
import { restingOf } from '../helpers/guard.ts'
import { OtherTraders } from '../helpers/other-traders.ts'
import { TICKER, worldForTests } from '../helpers/world.ts'

describe('a revoked key', () => {
  const world = worldForTests({ mock: { crowd: false } })

  const traders = new OtherTraders(world, TICKER)

  it('halts the maker, and orders that nobody can cancel expire', async () => {
    traders.show(45, 50)
    await world.add({ strategy: { ...PLAIN, reconcile_seconds: 5, order_ttl_seconds: 20 } })
    await world.quoting()
    const { keys } = world.mock.gate
    const known = [...keys]
    keys.clear()
    await world.until(({ phase }) => phase === 'blind' || phase === 'halted')
    const halted = await world.until(({ phase }) => phase === 'halted')
    expect(halted.reason).toBe('key-refused')
    await world.mock.until(() => restingOf(world.mock, TICKER).length === 0)

    for (const [id, key] of known) keys.set(id, key)
    expect(await world.api('POST', '/resume')).toMatchObject({ status: 200 })
    await world.quoting()
    expect(restingOf(world.mock, TICKER).length).toBeGreaterThan(0)
  })
})
