// A position is taken off through the whole worker: a dry run first, then the real thing, against
// the book of the mock exchange; and the maker does not buy back.

import { beforeAll, describe, expect, it } from 'vitest'
import { restingOf } from '../helpers/guard.ts'
import { OtherTraders } from '../helpers/other-traders.ts'
import { sellToOurBid, TICKER, worldForTests } from '../helpers/world.ts'

describe('flattening', () => {
  const world = worldForTests({ mock: { crowd: false, markets: [{ ticker: TICKER }] } })
  const flatten = (body: object) => world.api('POST', `/tickers/${TICKER}/flatten`, body)
  const position = () => world.mock.account.position(TICKER)

  beforeAll(async () => {
    new OtherTraders(world, TICKER).show(45, 50)
    await world.add({ strategy: { stale_after_seconds: 30 } })
    await world.quoting()
  })

  it('is refused while nothing is held', async () => {
    const { status, json } = await flatten({ dry_run: true })
    expect([status, json.error]).toMatchObject([409, { code: 'nothing-held' }])
  })

  it('says what it would cost, does it, and leaves the maker paused', async () => {
    sellToOurBid(world.mock)
    await world.until((status) => Number(status.position) > 0)
    const held = position()
    const dry = await flatten({ dry_run: true, max_slippage_cents: 5 })
    expect([dry.status, dry.json.result]).toEqual([200, null])
    expect(dry.json.quote).toMatchObject({ side: 'ask', remains: '0.00' })
    expect(position()).toBe(held)
    const { status, json } = await flatten({ max_slippage_cents: 5 })
    expect([status, json.result]).toMatchObject([200, { state: 'flat', position: '0.00' }])
    expect(position()).toBe(0)
    expect(restingOf(world.mock, TICKER)).toEqual([])
    expect(await world.status()).toMatchObject({ phase: 'paused', reason: 'flattened' })
    const quote = dry.json.quote as { fees: string; average_price: string }
    const result = json.result as { fees: string; average_price: string }
    expect(result.average_price).toBe(quote.average_price)
    expect(Number(result.fees)).toBeCloseTo(Number(quote.fees), 3)
  })

  it('is still paused after a crash, until a person resumes it', async () => {
    await world.crash()
    await world.start()
    await world.watch()
    await world.until(({ phase, reason }) => phase === 'paused' && reason === 'flattened')
    expect((await world.api('POST', `/tickers/${TICKER}/resume`)).status).toBe(200)
    await world.quoting()
  })
})
