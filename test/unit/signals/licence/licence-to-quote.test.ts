// From evidence to a quote, in virtual time: the shadow log is judged, the licence reaches the
// maker, external news moves its quotes, and what came of it is written down for the next judge.

import { describe, expect, it } from 'vitest'
import type { Fill } from '../../../../src/core/vocabulary/events.ts'
import { isLook, readShadow } from '../../../../src/signals/licence/shadow-log.ts'
import { quoting } from '../../../helpers/engine-transcript.ts'
import { shadowGames } from '../../../helpers/shadow-games.ts'
import {
  QUESTION,
  QUESTION_TICKER,
  START,
  VirtualSignals,
} from '../../../helpers/virtual-signals.ts'

const rowsOf = (lines: readonly string[]) => readShadow(lines.join('\n')).rows

const judged = async (regime: 'before' | 'play' = 'before'): Promise<VirtualSignals> => {
  const world = new VirtualSignals()
  const lines = shadowGames(60, 1, 'KXMOCK', 'polymarket', regime)
  const record = world.hub.judge('polymarket', 'KXMOCK', regime, rowsOf(lines))
  expect(record.verdict).toMatchObject({ licensed: true, reasons: [] })
  world.oracles.fair(QUESTION).follow(0.5, world.at)
  return world
}

/** The basis learnt at 50, then 2.5 cents of news that is no shock. */
const afterNews = async (): Promise<VirtualSignals> => {
  const world = await judged()
  await world.listen(world.question(), { alpha_mode: 'licensed' })
  await world.learn()
  world.oracles.fair(QUESTION).follow(0.525, world.at)
  await world.pass(5_000)
  return world
}

const fillOf = (changes: Partial<Fill>): Fill =>
  ({ side: 'bid', price: 5000, quantity: 300, ...changes }) as Fill

describe('a licence that evidence has granted', () => {
  it('moves both quotes by what the learned gain makes of the gap', async () => {
    const world = await afterNews()
    const { status } = world
    const { gain } = world.hub.licenceOf('polymarket', 'KXMOCK').state
    expect(gain).toBeGreaterThan(0.1)
    expect(status).toMatchObject({ licence: 1, learned_gain: gain, reason: '' })
    expect(status.gain).toBeCloseTo(gain!, 5)
    const x = status.gap_cents! - status.basis.cents!
    // One source alone has half of the first cent.
    expect(status.skew_cents).toBeCloseTo(Math.min(gain! * x, 0.5), 2)

    const t = quoting()
    const before = t.engine.state.quoter.input.signal
    const { cents } = world.events.at(-1)!
    t.hear({ type: 'alpha', cents, pull: 'none', until: 0 })
    expect(t.engine.state.quoter.input.signal - before).toBeCloseTo(status.skew_cents, 2)
  })

  it('is for its regime: what was granted in play moves nothing before the start', async () => {
    const world = await judged('play')
    await world.listen(world.question(), { alpha_mode: 'licensed' })
    await world.learn()
    world.oracles.fair(QUESTION).follow(0.525, world.at)
    await world.pass(5_000)
    expect(world.status).toMatchObject({ licence: 0, skew_cents: 0 })
    expect(world.status.skew_would_be).toBeGreaterThan(0)
    expect(world.hub.licences().map(({ regime, state }) => [regime, state.level])).toEqual([
      ['play', 1],
    ])
  })

  it('ends at the start of a game that goes on, unless it was granted in play', async () => {
    const world = new VirtualSignals()
    const start = START + 40 * 60_000
    const lines = shadowGames(60, 1, 'KXMOCK')
    world.hub.judge('polymarket', 'KXMOCK', 'before', rowsOf(lines))
    const question = world.question({ start: new Date(start).toISOString(), inPlay: true })
    await world.listen(question, { alpha_mode: 'licensed' })
    await world.pass(30 * 60_000)
    expect(world.status.licence).toBe(1)
    await world.pass(15 * 60_000)
    expect(world.status).toMatchObject({ licence: 0, skew_cents: 0 })
    await world.listener.flush()
    const regimes = rowsOf(world.written).map(({ at, regime }) => [at < start, regime])
    expect(regimes).toContainEqual([true, 'before'])
    expect(regimes).toContainEqual([false, 'play'])
    expect(regimes).not.toContainEqual([true, 'play'])
    expect(regimes).not.toContainEqual([false, 'before'])
  })
})

describe('what came of a skew', () => {
  it('is written with each fill: its side, its price, and the cents that were on', async () => {
    const world = await afterNews()
    world.listener.filled(fillOf({}), world.at, world.relay.cents)
    world.listener.filled(
      fillOf({ side: 'ask', price: 5325, quantity: 1250 }),
      world.at + 5,
      world.relay.cents,
    )
    await world.listener.flush()
    const { cents } = world.events.at(-1)!
    const fills = rowsOf(world.written).filter(({ event }) => event === 'fill')
    expect(fills).toMatchObject([
      { side: 'bid', price: 50, contracts: 3, alpha: Number(cents.toFixed(4)) },
      { side: 'ask', price: 53.25, contracts: 12.5, ticker: QUESTION_TICKER },
    ])
  })

  it('in shadow is a fill with nothing on', async () => {
    const world = new VirtualSignals()
    await world.listen(world.question())
    world.listener.filled(fillOf({}), world.at, world.relay.cents)
    await world.listener.flush()
    expect(rowsOf(world.written).find(({ event }) => event === 'fill')).toMatchObject({ alpha: 0 })
  })

  it('is scored by the result, which is written once, restarts or not', async () => {
    const world = await afterNews()
    await world.pass(5_000)
    world.result = false
    await world.pass(5_000)
    world.restartListener()
    await world.listen(world.question(), { alpha_mode: 'licensed' })
    await world.pass(5_000)
    await world.listener.flush()
    const rows = rowsOf(world.written)
    expect(rows.filter(({ event }) => event === 'result')).toMatchObject([{ yes: false }])
    expect(rows.filter(isLook).length).toBeGreaterThan(30)
  })

  it('is not written down where no source is followed', async () => {
    const world = await afterNews()
    await world.listener.flush()
    const before = world.written.length
    await world.listen(world.question(), { alpha_source: 'none' })
    world.listener.filled(fillOf({}), world.at, world.relay.cents)
    world.result = true
    await world.pass(5_000)
    await world.listener.flush()
    expect(world.written.length).toBe(before)
  })
})
