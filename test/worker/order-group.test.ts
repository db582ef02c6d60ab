// The ticker's order group at the exchange, live: orders join it, its trip halts the maker, a
// release resets it, and a restart goes on with the same one.

import { describe, expect, it } from 'vitest'
import { PLAIN } from '../helpers/core.ts'
import { OtherTraders } from '../helpers/other-traders.ts'
import { TICKER, worldForTests } from '../helpers/world.ts'

describe('the order group of a ticker', () => {
  const world = worldForTests({ mock: { crowd: false } })
  const traders = new OtherTraders(world, TICKER)
  const groups = () => world.mock.exchange.groups.of(world.mock.account)
  const resting = () => [...world.mock.account.holding(TICKER).resting]
  /** The maker quotes, and all that rests is in the group. */
  const joined = () =>
    world.mock.until(() => {
      const id = groups()[0]?.id ?? ''
      return resting().length === 2 && resting().every(({ group }) => group === id)
    })
  let id = ''

  it('is made with a limit from the parameters, and orders name it', async () => {
    traders.show(45, 50)
    await world.add({ strategy: { ...PLAIN, size: 2 }, limits: { max_position: 20 } })
    await world.quoting()
    const { order_group: group } = await world.until((s) => s.order_group.state === 'armed')
    id = groups()[0]!.id
    expect(group).toEqual({ id, limit: 160, state: 'armed', detail: '' })
    // What rested before is replaced when the market moves.
    await world.api('POST', `/tickers/${TICKER}/pause`)
    await world.until(({ phase }) => phase === 'paused')
    await world.api('POST', `/tickers/${TICKER}/resume`)
    await joined()
  })

  it('gets a new limit with new parameters', async () => {
    await world.api('PUT', `/tickers/${TICKER}`, { limits: { max_position: 30 } })
    await world.mock.until(() => groups()[0]!.limit === 240_00)
  })

  it('halts the maker when it trips', async () => {
    expect(world.mock.operator.act('groups', { action: 'trigger' })).toEqual({ ok: true })
    const halted = await world.until(({ phase }) => phase === 'halted')
    expect(halted.reason).toBe('order-group-triggered')
    expect(resting()).toEqual([])
    expect((await world.status()).order_group.state).toBe('triggered')
  })

  it('is not released while the exchange does not reset it', async () => {
    const end = world.mock.faults.fail(['group-write'], 503, { times: 1, share: 1, when: 'before' })
    const reply = await world.api('POST', `/tickers/${TICKER}/release`)
    expect(reply).toMatchObject({ status: 502, json: { error: { code: 'order-group' } } })
    end()
    expect((await world.status()).phase).toBe('halted')
  })

  it('is reset by POST /resume, and the maker quotes', async () => {
    expect(await world.api('POST', '/resume')).toMatchObject({ status: 200 })
    await world.quoting()
    expect(groups()[0]).toMatchObject({ id, triggered: false })
    await joined()
  })

  it('is used again after a restart', async () => {
    await world.crash()
    await world.start()
    await world.watch()
    await world.quoting()
    await joined()
    expect(groups().map((group) => group.id)).toEqual([id])
    expect((await world.status()).order_group).toMatchObject({ id, state: 'armed' })
  })

  it('that trips while nobody hears of it is found by the refused order', async () => {
    const end = world.mock.faults.frames.add('order_group_updates', 'drop', { times: 9, ms: 0 })
    world.mock.operator.act('groups', { action: 'trigger' })
    const halted = await world.until(({ phase }) => phase === 'halted')
    expect(halted.reason).toBe('order-group-triggered')
    end()
  })

  it('goes with its ticker', async () => {
    expect(await world.api('POST', '/resume')).toMatchObject({ status: 200 })
    await world.quoting()
    await world.api('DELETE', `/tickers/${TICKER}`)
    expect(groups()).toEqual([])
  })
})
