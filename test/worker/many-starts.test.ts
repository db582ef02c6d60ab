// Twenty tickers of one event at once on the advanced tier, six on the basic one: all are added,
// not one read is refused, and what is the same for all of them is read once.

import { describe, expect, it } from 'vitest'
import { World } from '../helpers/world.ts'

const EVENT = 'KXMANY-26DEC31'
/** What each maker read for itself until the desk shared it: each of them about twice a start. */
const SHARED = ['event', 'series', 'limits', 'costs'] as const

const open = async (tier: 'basic' | 'advanced', count: number) => {
  const tickers = Array.from({ length: count }, (_, index) => `${EVENT}-T${index}`)
  const world = await World.open({
    mock: { tier, markets: tickers.map((ticker) => ({ ticker })), crowd: false },
    variables: () => ({ PROBE_TICKER: undefined }),
  })
  return { world, tickers }
}

const put = async (world: World, tickers: readonly string[]): Promise<void> => {
  const answers = await Promise.all(
    tickers.map((ticker) => world.api('PUT', `/tickers/${ticker}`, {})),
  )
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
}

const add = async (world: World, tickers: readonly string[]): Promise<void> => {
  await put(world, tickers)
  await world.started(tickers.length)
}

describe.each([
  ['basic', 6],
  ['advanced', 20],
] as const)('on the %s tier', (tier, count) => {
  it(`${count} tickers are added at once without a refused read, and share what is common`, async () => {
    const { world, tickers } = await open(tier, count)
    try {
      await add(world, tickers)
      const { requests } = world.mock
      expect(requests.byStatus.get(429) ?? 0).toBe(0)
      // Mostly 1; on a slow machine some wait for a second in vain, and read for themselves.
      for (const kind of SHARED) {
        expect(requests.count(kind), kind).toBeGreaterThanOrEqual(1)
        expect(requests.count(kind), kind).toBeLessThan(count)
      }
    } finally {
      await world.close()
    }
  })
})

describe('the seventh ticker', () => {
  // Six are what the smallest account carries, which is assumed until ours has been read.
  it('is not refused while the limits of the account are being read', async () => {
    const { world, tickers } = await open('advanced', 7)
    try {
      world.mock.faults.delay(['limits'], 1_500)
      await put(world, tickers.slice(0, 6))
      await put(world, tickers.slice(6))
    } finally {
      await world.close()
    }
  })
})

describe('more tickers at once than the account carries', () => {
  it('are refused beyond it, however they come', async () => {
    const { world, tickers } = await open('basic', 12)
    try {
      const answers = await Promise.all(
        tickers.map((ticker) => world.api('PUT', `/tickers/${ticker}`, {})),
      )
      const statuses = answers.map(({ status }) => status).sort()
      expect(statuses).toEqual([...Array(6).fill(200), ...Array(6).fill(409)])
    } finally {
      await world.close()
    }
  })
})

describe('new fees', () => {
  it.each([
    ['works', 1],
    ['throws', 3],
  ] as const)('are read at once with a desk that %s', async (desk, least) => {
    const { world, tickers } = await open('basic', 3)
    try {
      await add(world, tickers)
      const { requests } = world.mock
      const before = requests.count('event')
      await world.breakDesk(desk)
      world.mock.exchange.lifecycle.overrideFees(EVENT, 'quadratic_with_maker_fees', 2)
      await world.mock.until(() => requests.count('event') >= before + least)
      await world.mock.until(() => requests.count('series') >= before + least)
    } finally {
      await world.close()
    }
  })
})
