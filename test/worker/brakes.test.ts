// The market runs against what is held, and the maker halts itself: through the whole worker, with
// the alert, across a crash, until a person releases it. And the desk's state reaches the ticker.

import { describe, expect, it, vi } from 'vitest'
import { PRICE_CENT } from '../../src/core/vocabulary/units.ts'
import { restingOf } from '../helpers/guard.ts'
import { held, isSilent, TICKER, worldForTests } from '../helpers/world.ts'

/** Dollars. */
const BRAKE = 1
const JUMP_CENTS = 25

describe('the brakes', () => {
  const world = worldForTests({ mock: { crowd: { takersPerSecond: 6, volatility: 0 } } })
  const position = () => world.mock.account.position(TICKER) / 100
  const resting = () => restingOf(world.mock, TICKER)
  const openAlerts = async () => {
    const { json } = await world.api('GET', '/alerts')
    return json.open as { source: string; code: string; reason: string }[]
  }

  it('halt the maker when the market runs against its position, and call a person', async () => {
    await world.add({
      strategy: { jump_pause_seconds: 0, burst_pause_seconds: 0, size: 10 },
      limits: { max_session_loss: BRAKE, max_position: 30 },
    })
    await world.quoting()
    await world.mock.until(() => Math.abs(position()) >= 8)
    // The most that it held from the jump on: its quotes may be hit before it has pulled them.
    let most = Math.abs(position())
    const stop = world.mock.exchange.on(() => {
      most = Math.max(most, Math.abs(position()))
    })
    world.mock.crowd?.jump(-Math.sign(position()) * JUMP_CENTS * PRICE_CENT)
    const halted = await world.until(({ phase }) => phase === 'halted')
    expect(halted.reason).toBe('session-loss')
    await world.mock.until(() => resting().length === 0)
    stop()
    const ours = held(world)
    const status = await world.until((said) => said.position === ours.position)
    expect(status).toMatchObject(ours)
    const [tripped] = world.logged('halted-itself')
    expect(tripped?.lost).toBeGreaterThan(BRAKE)
    // Five cents for the spread and for how the book stands after the jump.
    const allowed = BRAKE + (most * (JUMP_CENTS + 5)) / 100
    expect(tripped?.lost).toBeLessThan(allowed)
    expect(-Number(status.pnl.liquidation_equity)).toBeLessThan(allowed)
    await vi.waitUntil(async () => (await openAlerts()).some((alert) => alert.code === 'brake'), {
      timeout: 60_000,
      interval: 100,
    })
    expect(await openAlerts()).toContainEqual(
      expect.objectContaining({ source: TICKER, code: 'brake', reason: 'session-loss' }),
    )
  })

  it('hold across a crash, with the exchange and the book known again', async () => {
    const from = world.mock.requests.total
    await world.crash()
    await world.start()
    await world.watch()
    const status = await world.until(({ book }) => book.bid !== null)
    expect(status).toMatchObject({ phase: 'halted', reason: 'session-loss' })
    expect(isSilent(status)).toBe(true)
    const resume = await world.api('POST', `/tickers/${TICKER}/resume`)
    expect([resume.status, resume.json.error]).toMatchObject([409, { code: 'halted' }])
    const since = world.mock.requests.recent.filter(({ number }) => number > from)
    expect(since.filter(({ kind }) => kind === 'create')).toEqual([])
    expect(resting()).toEqual([])
    expect((await openAlerts()).map(({ code }) => code)).toContain('brake')
  })

  it('are released by a person: a new session begins, and the alert is over', async () => {
    const { status, json } = await world.api('POST', `/tickers/${TICKER}/release`)
    expect([status, json.error]).toEqual([200, undefined])
    const quoting = await world.quoting()
    const loss = quoting.brakes.uses.find(({ name }) => name === 'max_session_loss')
    expect(loss?.used).toBeLessThan(BRAKE)
    expect(Number(quoting.brakes.day_gain)).toBeLessThan(-BRAKE / 2)
    await vi.waitUntil(async () => !(await openAlerts()).some((alert) => alert.code === 'brake'), {
      timeout: 60_000,
      interval: 100,
    })
  })

  it('know what the desk allows: reducing pulls the side that adds, active brings it back', async () => {
    const adding = position() > 0 ? 'bid' : 'ask'
    const put = (state: string) => world.api('PUT', '/desk', { state })
    expect(await put('reducing')).toMatchObject({ status: 200, json: { state: 'reducing' } })
    const reducing = await world.until(({ brakes }) => brakes.state === 'reducing')
    expect(reducing.brakes).toMatchObject({ ticker_state: 'active', desk_state: 'reducing' })
    await world.until(({ silence }) => silence[adding] === 'desk-reducing')
    await world.mock.until(() => resting().every(({ side }) => side !== adding))
    expect(await put('active')).toMatchObject({ status: 200, json: { state: 'active' } })
    await world.quoting()
  })
})
