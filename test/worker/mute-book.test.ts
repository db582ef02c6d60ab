// The book channel goes mute while everything else lives, and the market moves away by 50 cents.

import { beforeAll, describe, expect, it } from 'vitest'
import { PLAIN } from '../helpers/core.ts'
import { OtherTraders } from '../helpers/other-traders.ts'
import { steadyNow } from '../helpers/steady-clock.ts'
import { TICKER, worldForTests } from '../helpers/world.ts'

const WITHIN_MS = 20_000
const WATCHED_MS = 30_000

describe.each(['lost', 'stuck'] as const)('a book channel whose deltas are %s', (how) => {
  const world = worldForTests({ mock: { crowd: false } })
  const traders = new OtherTraders(world, TICKER)
  beforeAll(async () => {
    traders.show(30, 35)
    await world.add({ strategy: PLAIN })
    await world.quoting()
  })

  it('is found out: no wrong book is quoted for 20 s, and a proof says why', async () => {
    world.mock.faults.muteDeltas = how
    // Someone who knows more takes our ask and everything behind it.
    traders.take('bid', 79, 200)
    traders.show(80, 85)
    const from = steadyNow()
    let wrongSince = from
    let longest = 0
    await world.until(({ phase, book }) => {
      const isWrong = phase === 'quoting' && book.bid !== '0.8000'
      if (!isWrong) wrongSince = steadyNow()
      longest = Math.max(longest, steadyNow() - wrongSince)
      return steadyNow() - from >= WATCHED_MS
    })
    expect(longest).toBeLessThan(WITHIN_MS)
    const [proof] = world.logged('book-contradicted')
    expect(proof).toMatchObject({ level: 'error', bid: expect.any(Number) })
    expect((await world.status()).witnesses.proofs).toBeGreaterThan(0)
  })

  it('is quoted again at the true price once the channel speaks', async () => {
    world.mock.faults.muteDeltas = 'off'
    traders.take('ask', 71, 500)
    traders.show(70, 75)
    const after = await world.until(
      ({ phase, book }) => phase === 'quoting' && book.bid === '0.7000' && book.ask === '0.7500',
    )
    expect(after.witnesses.doubted).toBe(false)
    expect(world.logged('book-confirmed').length).toBeGreaterThan(0)
  })
})
