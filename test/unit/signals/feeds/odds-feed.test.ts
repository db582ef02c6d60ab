// The Odds API as a feed: games, polling times, credits, faults, and the end at the start.

import { describe, expect, it } from 'vitest'
import { nextMonth, OddsQuota } from '../../../../src/signals/sportsbooks/odds-quota.ts'
import { footballAfter, footballMapping, VirtualSignals } from '../../../helpers/virtual-signals.ts'

const HOUR = 3_600_000

/** As bookmakers price it. */
const game = (world: VirtualSignals, books: readonly string[] = ['draftkings']) =>
  footballMapping(world, books)

describe('odds', () => {
  it('become a probability of our YES, proved against both venues', async () => {
    const world = new VirtualSignals('odds-api')
    const mapping = game(world)
    const slug = world.oracles.specs.find(({ sport }) => sport?.title === 'NFL')!.slug
    world.oracles.fair(slug).follow(0.57, world.at)
    world.view = { ...world.view, fair: 57, bid: 56, ask: 58 }
    await world.listen(mapping)
    await world.pass(65_000)
    expect(world.status).toMatchObject({ state: 'live', verified: true, failures: [] })
    expect(world.status.value_cents).toBeGreaterThan(55)
    expect(world.status.value_cents).toBeLessThan(59)
  })

  it('of two books are pooled', async () => {
    const world = new VirtualSignals('odds-api')
    world.view = { ...world.view, fair: 57, bid: 56, ask: 58 }
    await world.listen(game(world, ['draftkings', 'pinnacle']))
    await world.pass(65_000)
    expect(world.status).toMatchObject({ state: 'live', verified: true })
  })

  it('of a suspended book pull the quotes for a minute, and not for ever', async () => {
    const world = new VirtualSignals('odds-api', { events: [footballAfter(5 * HOUR)] })
    world.view = { ...world.view, fair: 57, bid: 56, ask: 58 }
    await world.listen(game(world))
    await world.pass(180_000)
    expect(world.status.state).toBe('live')
    world.oracles.sportsbook.games[0]!.down.add('draftkings')
    await world.pass(130_000)
    const pull = world.events.find(({ pull }) => pull !== 'none')
    expect(pull).toMatchObject({ pull: 'both', cents: 0 })
    await world.pass(300_000)
    expect(world.status).toMatchObject({ pull: 'none', state: 'suspended', skew_cents: 0 })
  })

  it('end at the start of the game', async () => {
    const world = new VirtualSignals('odds-api', { events: [footballAfter(10 * 60_000)] })
    world.view = { ...world.view, fair: 57, bid: 56, ask: 58 }
    await world.listen(game(world))
    await world.pass(60_000)
    expect(world.status.state).toBe('live')
    await world.pass(10 * 60_000)
    expect(world.status).toMatchObject({ state: 'closed', reason: 'started', skew_cents: 0 })
    const asked = world.asked.length
    await world.pass(5 * 60_000)
    expect(world.asked.length).toBe(asked)
  })
})

describe('polls', () => {
  const polls = (world: VirtualSignals): number =>
    world.asked.filter((url) => url.includes('/odds?')).length

  it('come every ten minutes far from the start, and each minute near it', async () => {
    const far = new VirtualSignals('odds-api')
    await far.listen(game(far))
    await far.pass(60 * 60_000)
    expect(polls(far)).toBeLessThanOrEqual(7)
    expect(polls(far)).toBeGreaterThanOrEqual(6)
    const close = new VirtualSignals('odds-api', { events: [footballAfter(80 * 60_000)] })
    await close.listen(game(close))
    await close.pass(30 * 60_000)
    expect(polls(close)).toBeGreaterThanOrEqual(29)
    expect(polls(close)).toBeLessThanOrEqual(32)
  })

  it('of a small plan are stretched, and stop before the reserve', async () => {
    const world = new VirtualSignals('odds-api', {
      events: [footballAfter(8 * HOUR)],
      credits: 40,
    })
    await world.listen(game(world))
    await world.pass(7 * HOUR)
    // At the plain interval it would be more than a hundred; forty credits for a week are eight a
    // day.
    expect(polls(world)).toBeGreaterThanOrEqual(4)
    expect(polls(world)).toBeLessThanOrEqual(8)
    expect(world.oracles.quota.remaining).toBeGreaterThanOrEqual(32)
  })

  it('never carry the key into a log', async () => {
    const world = new VirtualSignals('odds-api')
    world.oracles.troubles.odds.fail(503, 3)
    await world.listen(game(world))
    await world.pass(120_000)
    expect(world.logs.length).toBeGreaterThan(0)
    expect(world.logs.join('\n')).not.toContain('mock-odds-key')
    expect(world.asked.join('\n')).toContain('mock-odds-key')
  })

  it('end with a wrong key until the configuration changes, and say so', async () => {
    const world = new VirtualSignals('odds-api')
    world.oracles.quota.keyState = 'invalid'
    await world.listen(game(world))
    await world.pass(60 * 60_000)
    expect(polls(world)).toBe(1)
    expect(world.status.state).toBe('off')
    expect(world.status.reason).toMatch(/the key is refused: INVALID_KEY/)
  })

  it('without a key are not begun', async () => {
    const world = new VirtualSignals('odds-api', {}, null)
    await world.listen(game(world))
    expect(polls(world)).toBe(0)
    expect(world.status).toMatchObject({ state: 'off', reason: 'ODDS_API_KEY is not set' })
  })

  it('end with the credits until the month does', async () => {
    const world = new VirtualSignals('odds-api')
    world.oracles.quota.remaining = 0
    await world.listen(game(world))
    await world.pass(30 * 60_000)
    expect(polls(world)).toBe(1)
    expect(world.status.reason).toMatch(/credits/)
  })
})

describe('credits', () => {
  it('are shared out over the days that are left', () => {
    const at = Date.UTC(2026, 10, 21)
    const quota = new OddsQuota(null)
    expect(quota.today(at)).toBe(Number.POSITIVE_INFINITY)
    quota.update({ remaining: 999, used: 1, last: 1 }, at)
    // Ten days left, fifty of the thousand never touched.
    expect(quota.today(at)).toBeCloseTo((999 + 1 - 50) / 10 - 1, 6)
    expect(new OddsQuota(quota.memory).today(at)).toBe(quota.today(at))
    expect(quota.today(at + 86_400_000)).toBeCloseTo((999 - 50) / 9, 6)
  })

  it('begin anew with the month', () => {
    expect(nextMonth(Date.UTC(2026, 11, 31, 23))).toBe(Date.UTC(2027, 0, 1))
    expect(nextMonth(Date.UTC(2026, 0, 1))).toBe(Date.UTC(2026, 1, 1))
  })
})
