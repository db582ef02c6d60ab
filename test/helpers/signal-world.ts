// A world with external signals: the mock exchange, the mock oracles and the worker that uses both.
//
// Mappings are made the way an operator makes them: from what both venues say of their rules now.

import { afterAll, beforeAll } from 'vitest'
import { DEMO_SLUG, demoMapping } from '../../cli/lib/demo-mapping.ts'
import { type MockOracles, startMockOracles } from '../../mocks/oracles/server.ts'
import type { ExternalStatus, MakerStatus } from '../../src/core/status/status.ts'
import { type World, type WorldOptions, worldForTests } from './world.ts'

/** The question that comes with the mock oracles. */
export const SLUG = DEMO_SLUG

export interface SignalWorld {
  readonly world: World
  readonly oracles: MockOracles
}

/**
 * Opens both before the tests of the describe block around it, and closes them after. Neither price
 * moves until a test moves it: the fair value of the venue stands at 50 cents, and the crowd of the
 * mock exchange trades around a price that stands still. Otherwise a slow machine gives the market
 * time to drift by more than the 4 cents that count as a basis.
 */
export const signalWorldForTests = (options: WorldOptions = {}): SignalWorld => {
  let oracles: MockOracles
  beforeAll(async () => {
    oracles = await startMockOracles({ port: 0, walkCents: 0, takerEveryMs: 0 })
  })
  afterAll(() => oracles.close())
  const world = worldForTests({
    mock: { crowd: { volatility: 0 } },
    variables: () => ({
      POLYMARKET_GAMMA_URL: oracles.gammaUrl,
      POLYMARKET_CLOB_URL: oracles.clobUrl,
      POLYMARKET_WS_URL: oracles.wsUrl,
      ODDS_API_URL: oracles.oddsUrl,
      ODDS_API_KEY: oracles.oddsKey,
    }),
    ...options,
  })
  return {
    world,
    get oracles() {
      return oracles
    },
  }
}

/** The "alpha" block for a question without a date, both rule texts on record as read now. */
export const questionMapping = async (
  { world, oracles }: SignalWorld,
  ticker: string,
  changes: Record<string, unknown> = {},
): Promise<Record<string, unknown>> => ({
  ...(await demoMapping(oracles.gammaUrl, world.mock.url, ticker)),
  ...changes,
})

/** Resolves with the first status whose external part satisfies `wanted`. */
export const untilExternal = (
  world: World,
  wanted: (external: ExternalStatus, status: MakerStatus) => boolean,
): Promise<MakerStatus> =>
  world.until((status) => status.external !== null && wanted(status.external, status))
