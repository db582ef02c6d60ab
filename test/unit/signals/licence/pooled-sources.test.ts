// Two feeds about one game, each in its own object, pooled by the maker that listens to both.

import { describe, expect, it } from 'vitest'
import { UNLICENSED } from '../../../../src/signals/common/licence-state.ts'
import { logit, sigmoid } from '../../../../src/signals/common/odds.ts'
import { newRecord } from '../../../../src/signals/licence/review.ts'
import {
  footballAfter,
  footballIn,
  footballMapping,
  VirtualSignals,
} from '../../../helpers/virtual-signals.ts'

const HOUR = 3_600_000

const gameOn = (world: VirtualSignals, names = ['polymarket', 'draftkings']) =>
  footballMapping(world, names, { maxCents: 3 })

const slugOf = (world: VirtualSignals): string => footballIn(world).spec.slug

/** Both feeds live, the game at 52 %, our own venue at 52. */
const listening = async (licensed = false): Promise<VirtualSignals> => {
  const world = new VirtualSignals('polymarket+odds-api', { events: [footballAfter(3 * HOUR)] })
  world.oracles.fair(slugOf(world)).follow(0.52, world.at)
  world.view = { ...world.view, fair: 52, bid: 51, ask: 53 }
  // Bookmakers follow in their own time.
  await world.pass(10 * 60_000)
  if (licensed) {
    const record = newRecord('polymarket+odds-api', 'KXNFLGAME')
    const state = { ...UNLICENSED, level: 1 as const, grantedAt: world.at }
    world.kept.set('licence/polymarket+odds-api/KXNFLGAME/before', { ...record, state })
    world.restartHub()
  }
  await world.listen(gameOn(world), licensed ? { alpha_mode: 'licensed' } : {})
  await world.pass(65_000)
  return world
}

describe('two feeds about one game', () => {
  it('are pooled in log-odds, each by its own weight', async () => {
    const world = await listening()
    const { status } = world
    expect(status).toMatchObject({ source: 'polymarket+odds-api', state: 'live', verified: true })
    expect(status.sources.map(({ source, state }) => [source, state])).toEqual([
      ['polymarket', 'live'],
      ['oddsapi:draftkings', 'live'],
    ])
    const [one, two] = status.sources.map(({ value_cents }) => value_cents! / 100)
    const between = [one!, two!].sort((a, b) => a - b)
    const even = 100 * sigmoid((logit(one!) + logit(two!)) / 2)
    expect(status.value_cents).toBeGreaterThanOrEqual(100 * between[0]! - 0.001)
    expect(status.value_cents).toBeLessThanOrEqual(100 * between[1]! + 0.001)
    // A connection that is alive is more precise than a poll of bookmakers.
    const pull = status.value_cents! - even
    expect(Math.sign(pull)).toBe(Math.sign(100 * one! - even))
  })

  it('that are more than four cents apart count for nothing', async () => {
    const world = await listening()
    world.oracles.troubles.odds.disagree(slugOf(world), 0.06)
    await world.pass(6 * 60_000)
    expect(world.status).toMatchObject({ reason: 'disagree', value_cents: null, skew_would_be: 0 })
  })

  it('give their whole cap together, half of it when one is dead, and nothing when both are', async () => {
    const world = await listening(true)
    await world.learn()
    // A small lasting move: no shock, but more than any cap divided by the gain.
    world.view = { ...world.view, horizonSeconds: 3600, fair: 50.5, bid: 50, ask: 51 }
    await world.pass(2_000)
    const together = world.status
    expect(together).toMatchObject({ licence: 1, reason: '', verified: true })
    expect(together.skew_cents).toBeGreaterThan(0)
    world.dead.add('odds-api')
    await world.pass(60_000)
    const alone = world.status
    expect(alone.state).toBe('live')
    expect(alone.sources.map(({ state }) => state)).toEqual(['live', 'stale'])
    expect(alone.skew_cents).toBeGreaterThan(0)
    expect(alone.skew_cents).toBeLessThan(together.skew_cents)
    world.dead.add('polymarket')
    await world.pass(60_000)
    expect(world.status).toMatchObject({ value_cents: null, skew_cents: 0 })
    expect(world.events.at(-1)).toMatchObject({ cents: 0 })
  })

  it('pull quotes at the shock of either', async () => {
    const world = await listening()
    world.oracles.sportsbook.games[0]!.down.add('draftkings')
    await world.pass(65_000)
    expect(world.events.find(({ pull }) => pull !== 'none')).toMatchObject({
      pull: 'both',
      cents: 0,
    })
  })

  it('go on without one that has died in the middle of a shock', async () => {
    const world = await listening(true)
    await world.learn()
    world.view = { ...world.view, horizonSeconds: 3600, fair: 50.5, bid: 50, ask: 51 }
    world.oracles.sportsbook.games[0]!.down.add('draftkings')
    await world.pass(65_000)
    expect(world.status).toMatchObject({ reason: 'shock', skew_cents: 0 })
    world.dead.add('odds-api')
    await world.pass(120_000)
    expect(world.status).toMatchObject({ pull: 'none', reason: '', state: 'live' })
    expect(world.status.skew_cents).toBeGreaterThan(0)
  })

  it('need both parts of the mapping: a missing one is named', async () => {
    const world = new VirtualSignals('polymarket+odds-api')
    await world.listen(gameOn(world, ['polymarket']))
    await world.pass(5_000)
    expect(world.status).toMatchObject({ state: 'error', verified: false, skew_would_be: 0 })
    expect(world.status.failures.join()).toContain('names no source of odds-api')
  })

  it('share one licence, which the failure of either part ends', async () => {
    const world = await listening(true)
    expect(world.status.licence).toBe(1)
    const ids = world.oracles.sportsbook.games[0]!.ids as { odds: string }
    const known = ids.odds
    for (const time of ['once', 'twice']) {
      ids.odds = 'f'.repeat(32)
      await world.pass(16 * 60_000)
      expect(world.status.verified, time).toBe(false)
      ids.odds = known
      await world.pass(16 * 60_000)
      expect(world.status.verified, time).toBe(true)
    }
    expect(world.hub.licences()[0]?.state).toMatchObject({ ended: 'mapping-failed-twice' })
    expect(world.status.licence).toBe(0)
  })
})

describe('a maker that changes its sources', () => {
  it('leaves the feed that it no longer needs, and keeps the other', async () => {
    const world = await listening()
    await world.listen(gameOn(world), { alpha_source: 'polymarket' })
    expect(world.hubOf('odds-api').isIdle).toBe(true)
    expect([world.hubOf('polymarket').isIdle, world.status.source]).toEqual([false, 'polymarket'])
    expect(world.hub.licenceOf('polymarket', 'KXNFLGAME').set).toBe('polymarket')
  })
})
