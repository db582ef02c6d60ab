// Twenty tickers at once on the advanced tier, six on the basic one: all are added, and not one
// read is refused.

import { describe, expect, it } from 'vitest'
import { World } from '../helpers/world.ts'

describe.each([
  ['basic', 6],
  ['advanced', 20],
] as const)('on the %s tier', (tier, count) => {
  it(`${count} tickers are added at once without a refused read`, async () => {
    const tickers = Array.from({ length: count }, (_, index) => `KXMANY-26DEC31-T${index}`)
    const world = await World.open({
      mock: { tier, markets: tickers.map((ticker) => ({ ticker })), crowd: false },
      variables: () => ({ PROBE_TICKER: undefined }),
    })
    try {
      // The first maker reads the account's limits; a desk that knows none takes the smallest tier.
      const first = await world.api('PUT', `/tickers/${tickers[0]}`, {})
      expect(first.status).toBe(200)
      const rest = tickers.slice(1).map((ticker) => world.api('PUT', `/tickers/${ticker}`, {}))
      const answers = await Promise.all(rest)
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
      await world.started(count)
      expect(world.mock.requests.byStatus.get(429) ?? 0).toBe(0)
    } finally {
      await world.close()
    }
  })
})
