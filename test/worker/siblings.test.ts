// Makers of one event on the live worker hear of each other by way of the desk: prices and
// positions of exclusive outcomes, and bounds from a ladder of strikes.

import { afterEach, expect, it } from 'vitest'
import type { MakerStatus } from '../../src/core/status/status.ts'
import { World } from '../helpers/world.ts'

const EVENT = 'KXSIB-26DEC31'
let world: World | null = null
afterEach(async () => {
  await world?.close()
  world = null
})

const open = async (exclusive: boolean): Promise<World> => {
  const strikes = [40, 60]
  const markets = strikes.map((floor_strike) => ({
    ticker: `${EVENT}-T${floor_strike}`,
    mutuallyExclusive: exclusive,
    metadata: { strike_type: 'greater', floor_strike },
  }))
  world = await World.open({
    mock: { markets },
    variables: () => ({ PROBE_TICKER: undefined }),
  })
  await world.add({}, `${EVENT}-T60`)
  await world.add({}, `${EVENT}-T40`)
  return world
}

it('exclusive outcomes count with their mids, and the parts of a price add up', async () => {
  const here = await open(true)
  const heard = (status: MakerStatus): boolean =>
    (status.siblings?.mids ?? 0) + (status.siblings?.bids ?? 0) === 1 && status.explain !== null
  const { siblings, explain } = await here.until(heard)
  expect(siblings).toMatchObject({ low_cents: null, high_cents: null })
  expect(siblings?.age_ms).toBeLessThan(60_000)
  const { fair, flow, event, external, skew, half_spread, raw, clamps } = explain!.ask
  if (!clamps.includes('alpha')) {
    expect(fair + flow + event + external + skew + half_spread.total).toBeCloseTo(raw, 2)
  }
  const desk = await here.api('GET', '/desk')
  expect(desk.json.tickers).toMatchObject([{ exclusive: true }, { exclusive: true }])
})

it('a ladder of strikes bounds the wider question from below, and the narrower from above', async () => {
  const here = await open(false)
  const wide = await here.until(({ siblings }) => siblings?.low_cents != null)
  expect(wide.siblings).toMatchObject({ mids: 0, bids: 0, high_cents: null })
  await here.watch(`${EVENT}-T60`)
  const narrow = await here.until(({ siblings }) => siblings?.high_cents != null)
  expect(narrow.siblings?.low_cents).toBeNull()
})
