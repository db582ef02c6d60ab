// Silence: quotes are pulled when nothing is heard any more, and not merely because a market is
// quiet.

import { beforeAll, describe, expect, it } from 'vitest'
import { PLAIN } from '../helpers/core.ts'
import { restingOf } from '../helpers/guard.ts'
import { OtherTraders } from '../helpers/other-traders.ts'
import { steadyNow } from '../helpers/steady-clock.ts'
import { isSilent, TICKER, worldForTests } from '../helpers/world.ts'

const DEFAULT_MS = 5_000
const MARGIN_MS = 1_000

describe('silence', () => {
  const world = worldForTests({ mock: { crowd: false } })
  const traders = new OtherTraders(world, TICKER)
  beforeAll(async () => {
    traders.show(45, 50)
    // With a fixed volatility nothing moves a quote but what the market does.
    await world.add({ strategy: { ...PLAIN, sigma: 0.05 } })
  })

  const resting = (): number => restingOf(world.mock, TICKER).length

  /** Silences the exchange and resolves with how long the quotes then stayed, ms. */
  const survival = async (): Promise<number> => {
    await world.quoting()
    await world.mock.until(() => resting() === 2)
    const from = steadyNow()
    world.mock.faults.silent = true
    await world.mock.until(() => resting() === 0)
    return steadyNow() - from
  }

  it('pulls both quotes within 5 s and a moment, with nothing but defaults', async () => {
    const lasted = await survival()
    expect(lasted).toBeLessThan(DEFAULT_MS + MARGIN_MS)
    // A sign of life is at most two seconds old: pulling much sooner would be nervous.
    expect(lasted).toBeGreaterThan(DEFAULT_MS - 3_000)
    const dark = await world.until(isSilent)
    expect(dark).toMatchObject({ phase: 'dark', reason: 'stale', silence: { bid: 'stale' } })
    expect(dark.counters.stale).toBe(1)
  })

  it('quotes again when data flow again', async () => {
    world.mock.faults.silent = false
    traders.show(46, 51)
    const back = await world.quoting()
    expect(Number(back.book.bid)).toBeGreaterThanOrEqual(0.46)
  })

  it('pulls them after the time that is configured', async () => {
    await world.add({ strategy: { stale_after_seconds: 1, stale_rule: 'ticks' } })
    traders.show(45, 50)
    expect(await survival()).toBeLessThan(1_000 + MARGIN_MS)
    world.mock.faults.silent = false
    await world.add({ strategy: { stale_after_seconds: 5, stale_rule: 'link' } })
    traders.show(46, 51)
    await world.quoting()
  })

  it('keeps its quotes for 7 s in a quiet market whose connection lives', async () => {
    const before = await world.until(
      ({ quotes }) => quotes.bid?.price === '0.4700' && quotes.ask?.price === '0.5000',
    )
    world.mock.faults.muteBook = true
    const from = Date.now()
    const after = await world.until(
      (_status, { at }) => Date.parse(at) - from >= DEFAULT_MS + 2_000,
    )
    expect(after.phase).toBe('quoting')
    expect(after.quotes).toEqual(before.quotes)
    expect(after.counters.canceled).toBe(before.counters.canceled)
  })

  it('pulls them in the same market when told to go by market data alone', async () => {
    await world.add({ strategy: { stale_rule: 'ticks' } })
    await world.mock.until(() => resting() === 0)
    expect(await world.status()).toMatchObject({ phase: 'dark', reason: 'stale' })
    world.mock.faults.muteBook = false
    traders.show(45, 50)
    await world.quoting()
  })
})
