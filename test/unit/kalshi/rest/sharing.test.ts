// Fees and the exchange's status, read by several clients that share.

import { beforeEach, describe, expect, it } from 'vitest'
import type { ExchangeReport } from '../../../../src/core/vocabulary/events.ts'
import { accepted, type Outcome, unknown } from '../../../../src/core/vocabulary/outcome.ts'
import { FeeReader } from '../../../../src/kalshi/rest/event-fees.ts'
import { STATUS_AGE_MS, StatusReader } from '../../../../src/kalshi/rest/exchange-status.ts'
import type { Shared, Sharing } from '../../../../src/kalshi/rest/sharing.ts'

const EVENT = 'KXA-26DEC01'
const FEES = { maker: 17_500, taker: 70_000, source: 'quadratic_with_maker_fees' }
const PAUSED: ExchangeReport = { isTrading: false, shards: { 0: false } }
const ACTIVE: ExchangeReport = { isTrading: true, shards: { 0: true } }

let now = 0
const sent: string[] = []
let bodies: Record<string, unknown> = {}
let status: Outcome<ExchangeReport> = accepted(PAUSED)
const shared = new Map<string, Shared<never>>()

beforeEach(() => {
  now = 1_000_000
  sent.length = 0
  shared.clear()
  status = accepted(PAUSED)
  bodies = {
    [`/events/${EVENT}`]: { event: { series_ticker: 'KXA', mutually_exclusive: true } },
    '/series/KXA': { series: { fee_type: 'quadratic_with_maker_fees', fee_multiplier: 1 } },
  }
})

/** Shares through a map, as the desk does. */
const sharing: Sharing = {
  async get(key, maxAge, read) {
    const known = shared.get(key)
    if (known && now - known.at <= maxAge) return known
    const answer = { outcome: await read(), at: now }
    if (answer.outcome.kind === 'accepted') shared.set(key, answer as Shared<never>)
    return answer
  },
  forget: (key) => shared.delete(key),
}

const get = async (path: string): Promise<Outcome<unknown>> => {
  sent.push(path)
  return path in bodies ? accepted(bodies[path]) : unknown('HTTP 500')
}

const feeReader = (): FeeReader => new FeeReader(get, sharing, () => now)
const statusReader = (): StatusReader => {
  const read = async () => {
    sent.push('status')
    return status
  }
  return new StatusReader(read, sharing, () => now)
}

describe('the fees of an event', () => {
  it('are read once for all markets of it', async () => {
    for (let market = 0; market < 20; market++) {
      expect(await feeReader().of(EVENT)).toEqual({ terms: FEES, exclusive: true })
    }
    expect(sent).toEqual([`/events/${EVENT}`, '/series/KXA'])
  })

  it('are not kept for longer because another has read them', async () => {
    await feeReader().of(EVENT)
    now += 200_000
    const second = feeReader()
    await second.of(EVENT)
    now += 100_001
    await second.of(EVENT)
    expect(sent).toHaveLength(4)
  })

  it.each([
    ['/events', 2],
    ['/series', 4],
  ])('that cannot be read are neither kept nor shared: %s fails', async (failing, reads) => {
    for (const path of Object.keys(bodies)) if (path.startsWith(failing)) delete bodies[path]
    for (const reader of [feeReader(), feeReader()]) {
      expect((await reader.of(EVENT)).terms.source).toBe('assumed')
    }
    expect(sent).toHaveLength(reads)
    expect(shared.size).toBe(0)
  })

  it('are read again, by everyone, after a change', async () => {
    const [one, other] = [feeReader(), feeReader()]
    await one.of(EVENT)
    one.forget()
    await other.of(EVENT)
    expect(sent).toHaveLength(4)
    await one.of(EVENT)
    expect(sent).toHaveLength(4)
  })

  it('are asked for again where a change may have been missed', async () => {
    const reader = feeReader()
    await reader.of(EVENT)
    reader.askAgain()
    await reader.of(EVENT)
    expect(sent).toHaveLength(2)
    shared.clear()
    reader.askAgain()
    await reader.of(EVENT)
    expect(sent).toHaveLength(4)
  })

  it.each([
    null,
    {},
    { exclusive: true },
    { exclusive: true, terms: { ...FEES, maker: '17500' } },
    { exclusive: true, terms: { ...FEES, taker: 0.07 } },
    { terms: FEES },
  ])('are read where what another shares is of another shape: %j', async (value) => {
    shared.set(`fees ${EVENT}`, { outcome: accepted(value), at: now } as Shared<never>)
    expect(await feeReader().of(EVENT)).toEqual({ terms: FEES, exclusive: true })
    expect(sent).toHaveLength(2)
  })

  it('that were on their way when they changed are not kept', async () => {
    const reader = feeReader()
    const asked = reader.of(EVENT)
    reader.forget()
    await asked
    shared.clear()
    await reader.of(EVENT)
    expect(sent).toHaveLength(4)
  })
})

describe("the exchange's status", () => {
  it('is read by each maker at first, and by one for all while the pause lasts', async () => {
    const makers = Array.from({ length: 20 }, statusReader)
    const round = async (): Promise<number> => {
      const before = sent.length
      for (const each of makers) await each.ask()
      return sent.length - before
    }
    expect(await round()).toBe(20)
    for (let again = 0; again < 3; again++) {
      now += 15_000
      expect(await round()).toBe(1)
    }
    status = accepted(ACTIVE)
    now += 15_000
    expect(await round()).toBe(1)
    now += 15_000
    expect(await round()).toBe(20)
  })

  it('is never older than a few seconds', async () => {
    const [one, other] = [statusReader(), statusReader()]
    await one.ask()
    await other.ask()
    now += STATUS_AGE_MS
    await one.ask()
    now += STATUS_AGE_MS
    await other.ask()
    expect(sent).toHaveLength(3)
    now += 1
    await one.ask()
    expect(sent).toHaveLength(4)
  })

  it('is read again by whoever has heard it, however young it is', async () => {
    const reader = statusReader()
    for (let round = 0; round < 3; round++) {
      await reader.ask()
      now += 1
    }
    expect(sent).toHaveLength(3)
  })

  it('that another has read is not taken after a failure of our own', async () => {
    const [one, other] = [statusReader(), statusReader()]
    await one.ask()
    await other.ask()
    status = unknown('HTTP 500')
    now += 15_000
    await one.ask()
    status = accepted(ACTIVE)
    now += 1_000
    await other.ask()
    status = accepted(PAUSED)
    now += 2_000
    expect(await one.ask()).toEqual(accepted(PAUSED))
    expect(sent).toHaveLength(5)
  })

  it('of another pause is not believed', async () => {
    const [one, other] = [statusReader(), statusReader()]
    await one.ask()
    now += 50_000
    await other.ask()
    now += 9_000
    status = accepted(ACTIVE)
    await other.ask()
    expect(shared.get('exchange-status')?.outcome).toEqual(status)
    now += 1_000
    status = accepted(PAUSED)
    expect(await one.ask()).toEqual(status)
  })

  it.each([
    ['unreadable', unknown('HTTP 500')],
    ['of one shard only', accepted({ isTrading: false, shards: { 0: false, 1: true } })],
  ] as const)('%s is read by each maker', async (_name, outcome) => {
    status = outcome as Outcome<ExchangeReport>
    const makers = [statusReader(), statusReader()]
    for (let round = 0; round < 2; round++) {
      for (const each of makers) await each.ask()
      now += 15_000
    }
    expect(sent).toHaveLength(4)
  })
})
