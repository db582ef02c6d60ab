// The object of one feed: who is told what and when, whether mappings hold, and how it survives.

import { beforeEach, describe, expect, it } from 'vitest'
import { type ExternalValue, live } from '../../../../src/signals/common/types.ts'
import type { KalshiFacts } from '../../../../src/signals/matching/verify.ts'
import { TickerSignal } from '../../../../src/signals/signal/ticker-signal.ts'
import {
  QUESTION,
  QUESTION_TICKER,
  START,
  VirtualSignals,
} from '../../../helpers/virtual-signals.ts'

let world: VirtualSignals
beforeEach(() => {
  world = new VirtualSignals()
})

describe('makers', () => {
  it('get nothing but a heartbeat while nothing changes', async () => {
    await world.listen()
    await world.pass(10_000)
    const before = world.delivered
    await world.pass(60_000)
    expect(world.delivered - before).toBeGreaterThanOrEqual(11)
    expect(world.delivered - before).toBeLessThanOrEqual(14)
  })

  it('get a tenth of a cent within a second, however many frames there are', async () => {
    await world.listen()
    world.oracles.fair(QUESTION).follow(0.53, world.at)
    await world.pass(1_500)
    expect(Math.abs((world.status.value_cents ?? 0) - 53)).toBeLessThan(1)
    const before = world.delivered
    for (let turn = 0; turn < 40; turn++) {
      world.oracles.fair(QUESTION).follow(0.53 + (turn % 2) * 0.01, world.at)
      await world.pass(250)
    }
    // Forty changes in ten seconds: at most four words a second.
    expect(world.delivered - before).toBeLessThanOrEqual(42)
  })

  it('that want no updates are forgotten, and the connection with the last of them', async () => {
    await world.listen()
    expect(world.oracles.channel.connections).toBe(1)
    world.listener.stop()
    await world.pass(10_000)
    expect(world.hub.isIdle).toBe(true)
    expect(world.kept.has(`followed/${QUESTION_TICKER}`)).toBe(false)
    expect(world.oracles.channel.connections).toBe(0)
  })

  it('of one question share one connection and one subscription', async () => {
    await world.listen()
    const other = world.question({ ticker: 'KXMOCK-26DEC31-T60' })
    world.hub.follow('KXMOCK-26DEC31-T60', other, 'polymarket')
    await world.pass(3_000)
    const { channel } = world.oracles
    expect([channel.connections, channel.subscriptions]).toEqual([1, 1])
  })
})

describe('a word', () => {
  const value = (pYes: number): ExternalValue => ({
    source: 'polymarket',
    kind: 'polymarket',
    key: 'k',
    pYes,
    sigma: 0.06,
    changedAt: START,
    confirmedAt: START,
    raw: {},
  })
  const sight = (pYes: number) => ({
    readings: [live(value(pYes))],
    names: ['polymarket'],
    oneSided: false,
    sportsbook: false,
  })

  it('about a price is due four times a second at most, about a pull at once', () => {
    const signal = new TickerSignal('polymarket')
    signal.observe(sight(0.5), START)
    signal.nextUpdate(START)
    signal.observe(sight(0.51), START + 100)
    expect(signal.isDue(START + 100)).toBe(false)
    expect(signal.isDue(START + 250)).toBe(true)
    signal.nextUpdate(START + 250)
    signal.observe(sight(0.54), START + 260)
    expect(signal.isDue(START + 260)).toBe(true)
    expect(signal.nextUpdate(START + 260).shock).toMatchObject({ pull: 'ask', forMs: 60_000 })
    expect(signal.isDue(START + 261)).toBe(false)
  })

  it('that has not arrived is due again', () => {
    const signal = new TickerSignal('polymarket')
    signal.observe(sight(0.5), START)
    signal.nextUpdate(START)
    expect(signal.isDue(START + 10)).toBe(false)
    signal.notDelivered()
    expect(signal.isDue(START + 10)).toBe(true)
  })
})

describe('the object', () => {
  it('that is lost takes up what it followed, by itself', async () => {
    await world.listen()
    world.restartHub()
    expect(world.hub.isIdle).toBe(false)
    await world.pass(4_000)
    expect(world.oracles.channel.connections).toBe(1)
    expect(world.status).toMatchObject({ state: 'live', verified: true })
  })

  it('dials again after a cut, later each time, and never remembers a book', async () => {
    await world.listen()
    world.oracles.troubles.polymarket.refuse(503, 3)
    const dials = world.dials
    world.oracles.channel.drop()
    await world.pass(1_000)
    expect(world.status.value_cents).toBe(null)
    await world.pass(30_000)
    expect(world.dials - dials).toBe(4)
    expect(world.status.state).toBe('live')
  })

  it('knows nothing on a new connection until its books have come', async () => {
    await world.listen()
    world.oracles.troubles.polymarket.delayMs = 8_000
    world.oracles.channel.drop()
    await world.pass(5_000)
    expect(world.oracles.channel.connections).toBe(1)
    expect(world.status.value_cents).toBe(null)
    await world.pass(8_000)
    expect(world.status.state).toBe('live')
  })

  it('asks a host that refuses us outright only every ten minutes', async () => {
    world.oracles.troubles.polymarket.refuse(403, 1)
    await world.listen()
    expect(world.status.state).toBe('blocked')
    const dials = world.dials
    await world.pass(590_000)
    expect(world.dials).toBe(dials)
    await world.pass(15_000)
    expect(world.dials).toBe(dials + 1)
    expect(world.status.state).toBe('live')
    expect(world.logs.filter((line) => line.startsWith('external-blocked'))).toHaveLength(1)
  })

  it('says PING every ten seconds, and is never closed for silence', async () => {
    await world.listen()
    const { pings } = world.oracles.channel
    await world.pass(300_000)
    expect(world.oracles.channel.pings - pings).toBeGreaterThanOrEqual(29)
    expect(world.dials).toBe(1)
  })

  it.each(['half', 'html', 'empty', 'numbers', 'no-type'] as const)(
    'survives frames that are spoilt: %s',
    async (form) => {
      await world.listen()
      world.oracles.troubles.polymarket.malform(form, 20)
      world.oracles.fair(QUESTION).follow(0.52, world.at)
      await world.pass(5_000)
      world.oracles.troubles.polymarket.clear()
      await world.pass(90_000)
      const value = world.status.value_cents
      expect(value === null || Math.abs(value - 52) < 1.1).toBe(true)
    },
  )
})

describe('a mapping', () => {
  it('is proved at load and again after fifteen minutes', async () => {
    await world.listen()
    expect(world.status.verified).toBe(true)
    world.facts = { ...world.facts, rulesSha256: '0'.repeat(64) }
    await world.pass(10 * 60_000)
    expect(world.status.verified).toBe(true)
    await world.pass(6 * 60_000)
    expect(world.status).toMatchObject({ state: 'error', verified: false })
    expect(world.status.failures).toEqual([expect.stringMatching(/^M7: our venue's rules changed/)])
  })

  it('that cannot be checked keeps its verdict for an hour and not longer', async () => {
    await world.listen()
    const gone: Promise<KalshiFacts> = Promise.reject(new Error('no answer'))
    gone.catch(() => undefined)
    Object.defineProperty(world, 'facts', { get: () => gone })
    await world.pass(50 * 60_000)
    expect(world.status.verified).toBe(true)
    await world.pass(30 * 60_000)
    expect(world.status.verified).toBe(false)
    expect(world.status.failures.join()).toMatch(/not checked: no answer/)
  })

  it('ends with its market', async () => {
    await world.listen()
    const market = world.oracles.market(QUESTION)
    world.oracles.channel.publish(market.resolve(1, world.at), world.at)
    await world.pass(2_000)
    expect(world.status).toMatchObject({ state: 'closed', value_cents: null })
  })

  it('ends when it expires', async () => {
    const soon = new Date(START + 20 * 60_000).toISOString()
    const raw = world.question()
    const sources = raw.sources.map((source) => ({ ...source, expiresAt: Date.parse(soon) }))
    await world.listen({ ...raw, sources } as typeof raw)
    expect(world.status.verified).toBe(true)
    await world.pass(31 * 60_000)
    expect(world.status.failures.join()).toMatch(/M10/)
  })
})
