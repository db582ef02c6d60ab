// A clock that is off by forty seconds: a ticker is added all the same, and everyone who begins
// later starts with the offset that was measured.

import { describe, expect, it } from 'vitest'
import { TICKER, World } from '../helpers/world.ts'

const SECOND = 'KXMOCK-26DEC31-T60'

describe.each([40_000, -40_000])('with a clock that is off by %i ms', (skew) => {
  it('a ticker is added, quotes, and its offset is known to the next one and to the probe', async () => {
    const world = await World.open({
      mock: {
        markets: [{ ticker: TICKER }, { ticker: SECOND }],
        now: () => Date.now() + skew,
      },
    })
    try {
      await world.add()
      await world.quoting()
      const status = await world.status()
      expect(Math.abs((status.clock_offset_ms ?? 0) - skew)).toBeLessThan(1_500)
      const refused = (): number => world.mock.requests.byStatus.get(401) ?? 0
      const before = refused()
      expect(before).toBeGreaterThan(0)
      expect((await world.api('PUT', `/tickers/${SECOND}`, {})).status).toBe(200)
      expect((await world.api('GET', `/tickers/${TICKER}/account`)).status).toBe(200)
      const { json } = await world.api('POST', '/probe')
      expect(json).toMatchObject({ ok: true })
      expect(Math.abs(Number(json.clock_offset_ms) - skew)).toBeLessThan(1_500)
      expect(refused()).toBe(before)
    } finally {
      await world.close()
    }
  })
})
