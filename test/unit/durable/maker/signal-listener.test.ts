// A maker's listener, its feed and a venue elsewhere, in virtual time: what counts, what never
// does, and what is left when something dies.

import { describe, expect, it } from 'vitest'
import { UNLICENSED } from '../../../../src/signals/common/licence-state.ts'
import { newRecord } from '../../../../src/signals/licence/review.ts'
import { isLook, readShadow } from '../../../../src/signals/licence/shadow-log.ts'
import { QUESTION, questionOf, START, VirtualSignals } from '../../../helpers/virtual-signals.ts'

const licence = (world: VirtualSignals, series = 'KXMOCK'): void => {
  const record = newRecord('polymarket', series)
  const state = { ...UNLICENSED, level: 1 as const, grantedAt: START }
  world.kept.set(`licence/polymarket/${series}/before`, { ...record, state })
  world.restartHub()
}

/** Licensed, the basis learnt at 50, and then 2.5 cents of news that is no shock. */
const pushed = async (): Promise<VirtualSignals> => {
  const world = new VirtualSignals()
  licence(world)
  world.oracles.fair(QUESTION).follow(0.5, world.at)
  await world.listen(world.question(), { alpha_mode: 'licensed' })
  await world.learn()
  world.oracles.fair(QUESTION).follow(0.525, world.at)
  await world.pass(5_000)
  return world
}

describe('a value elsewhere', () => {
  it('in shadow is shown, would move the quotes, and moves them by exactly 0, licence or not', async () => {
    const world = new VirtualSignals()
    licence(world)
    world.oracles.fair(QUESTION).follow(0.5, world.at)
    await world.listen()
    expect(world.status).toMatchObject({ state: 'live', reason: 'basis-warming', verified: true })
    await world.learn()
    world.oracles.fair(QUESTION).follow(0.525, world.at)
    await world.pass(5_000)
    expect(world.status.reason).toBe('')
    expect(world.status.value_cents).toBeCloseTo(52.5, 0)
    expect(world.status.skew_would_be).toBeGreaterThan(0.1)
    expect(world.status).toMatchObject({ skew_cents: 0, licence: 1, mode: 'shadow' })
    expect(world.events).toEqual([])
  })

  it('with a licence moves them by what the rule says, and without one by 0', async () => {
    const world = await pushed()
    expect(world.status).toMatchObject({ mode: 'licensed', licence: 1, reason: '' })
    expect(world.status.skew_cents).toBeGreaterThan(0.1)
    // One source alone gets half of the first licence's cent.
    expect(world.status.skew_cents).toBeLessThanOrEqual(0.5)
    expect(world.events.at(-1)).toMatchObject({ pull: 'none', cents: expect.any(Number) })
    expect(world.events.at(-1)!.cents).toBeCloseTo(world.status.skew_cents, 1)
  })

  it('that jumps pulls the side that would be hit at once, in shadow too', async () => {
    const world = new VirtualSignals()
    world.oracles.fair(QUESTION).follow(0.5, world.at)
    await world.listen()
    await world.pass(70_000)
    world.oracles.fair(QUESTION).shock(0.06, 60_000, world.at)
    await world.pass(1_000)
    const [first] = world.events
    expect(first).toMatchObject({ cents: 0, pull: 'ask' })
    expect(first!.until - first!.at).toBeGreaterThan(58_000)
    expect(world.status).toMatchObject({ pull: 'ask', reason: 'shock', skew_cents: 0 })
    await world.pass(62_000)
    expect(world.events.at(-1)).toMatchObject({ pull: 'none' })
    expect(world.status.pull).toBe('none')
  })
})

describe('exactly nothing is left', () => {
  it('when the venue falls silent: within 20 s of its last sign of life', async () => {
    const world = await pushed()
    world.oracles.troubles.polymarket.silent = true
    await world.pass(22_000)
    expect(world.status).toMatchObject({ state: 'stale', value_cents: null, skew_cents: 0 })
    expect(world.events.at(-1)).toMatchObject({ cents: 0, pull: 'none' })
  })

  it('when the object that looks for us dies: by our own clock', async () => {
    const world = await pushed()
    world.alive = false
    await world.pass(21_000)
    expect(world.status).toMatchObject({ value_cents: null, skew_cents: 0 })
    expect(world.events.at(-1)!.cents).toBe(0)
    await world.pass(30_000)
    expect(world.status.reason).toMatch(/nothing heard from the feed for \d+ s/)
    world.alive = true
    world.restartHub()
    await world.pass(20_000)
    expect(world.status.state).toBe('live')
    expect(world.status.skew_cents).toBeGreaterThan(0.1)
  })

  it('when two sources are more than four cents apart', async () => {
    const first = questionOf()
    const second = questionOf({ slug: 'second-opinion', p: 0.56 })
    const world = new VirtualSignals('polymarket', { events: [first, second] })
    await world.listen(world.question({}, [QUESTION, 'second-opinion']))
    expect(world.status).toMatchObject({ reason: 'disagree', skew_would_be: 0, value_cents: null })
    world.oracles.fair('second-opinion').follow(0.52, world.at)
    await world.pass(5_000)
    expect(world.status.reason).not.toBe('disagree')
  })

  it('while eight cents stand between us for two minutes, until a person has looked', async () => {
    const world = await pushed()
    world.view = { ...world.view, bid: 59.5, ask: 61.5, fair: 60.5 }
    await world.pass(115_000)
    for (let s = 0; s < 15 && world.status.failures.length === 0; s++) await world.pass(1_000)
    await world.pass(1_000)
    expect(world.status.state).toBe('error')
    expect(world.memory).toMatchObject({
      adviser: { distrust: expect.stringContaining('cents apart') },
    })
    expect(world.status.failures.join()).toMatch(/M8: -8\.\d cents apart/)
    expect(world.status.skew_cents).toBe(0)
    // It is kept: a restart does not forget that the mapping was wrong.
    world.restartListener()
    await world.listen(world.question(), { alpha_mode: 'licensed' })
    expect(world.status.failures.join()).toMatch(/M8/)
    world.view = { ...world.view, bid: 51, ask: 53, fair: 52 }
    expect(world.listener.acknowledge()).toBe(true)
    await world.pass(2_000)
    expect(world.status.failures).toEqual([])
    expect(world.status.state).toBe('live')
  })

  it('while our own book has one side, or is too wide', async () => {
    const world = await pushed()
    world.view = { ...world.view, bid: null }
    await world.pass(1_000)
    expect(world.status).toMatchObject({ reason: 'kalshi-one-sided', skew_cents: 0 })
    world.view = { ...world.view, bid: 44, ask: 52 }
    await world.pass(1_000)
    expect(world.status).toMatchObject({ reason: 'kalshi-wide', skew_cents: 0 })
  })

  it('when the clock is set back by an hour, until a new update arrives', async () => {
    const world = await pushed()
    const before = world.status.skew_cents
    expect(before).toBeGreaterThan(0)
    world.alive = false
    world.at -= 3_600_000
    world.listener.tick(world.at)
    expect(world.status).toMatchObject({ value_cents: null, skew_cents: 0 })
  })

  it('when the mapping is taken away', async () => {
    const world = await pushed()
    const strategy = { alpha_source: 'polymarket', alpha_mode: 'licensed' } as never
    await world.listener.start('KXMOCK-26DEC31-T50', strategy, null)
    expect(world.events.at(-1)).toMatchObject({ cents: 0, pull: 'none' })
    expect(world.status).toMatchObject({ state: 'off', skew_cents: 0 })
  })

  it('when the licence is revoked: at once, without a restart', async () => {
    const world = await pushed()
    world.hub.failed('polymarket', 'KXMOCK-26DEC31-T50')
    world.hub.failed('polymarket', 'KXMOCK-26DEC31-T50')
    await world.pass(1_000)
    expect(world.hub.licences()[0]?.state).toMatchObject({
      level: 0,
      ended: 'mapping-failed-twice',
    })
    expect(world.status).toMatchObject({ licence: 0, skew_cents: 0 })
    expect(world.events.at(-1)!.cents).toBe(0)
  })
})

describe('what is written down', () => {
  it('is a row a minute and one for each step of a tenth of a cent, in R2 each quarter', async () => {
    const world = await pushed()
    const flushed = world.written.length
    expect(flushed).toBeGreaterThan(10)
    await world.listener.flush()
    const { rows, faults } = readShadow(world.written.join('\n'))
    expect(faults).toEqual([])
    expect(rows.length).toBe(world.written.length)
    const minutes = (world.at - START) / 60_000
    expect(rows.length).toBeGreaterThanOrEqual(Math.floor(minutes))
    expect(rows.length).toBeLessThan(minutes + 8)
    // No decision while the basis is being learnt; one afterwards.
    const looks = rows.filter(isLook)
    expect(looks[0]?.alpha).toBeNaN()
    expect(looks.at(-1)?.alpha).toBeGreaterThan(0.1)
    expect(new Set(rows.map(({ at }) => at)).size).toBe(rows.length)
  })

  it('is not lost by a crash between two writes', async () => {
    const world = new VirtualSignals()
    await world.listen()
    await world.pass(5 * 60_000)
    const kept = world.shadow.reduce((sum, { lines }) => sum + lines.length, 0)
    expect(kept).toBeGreaterThanOrEqual(4)
    world.restartListener()
    await world.listen()
    await world.listener.flush()
    expect(world.written.length).toBeGreaterThanOrEqual(kept)
  })
})
