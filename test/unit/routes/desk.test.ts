// The desk's limits, and how one ticker is released or held back, by way of the control API.

import { beforeEach, describe, expect, it } from 'vitest'
import { bad } from '../../../src/rpc/contracts.ts'
import { fakeWorker } from '../../helpers/fake-worker.ts'

const T = 'KXA-1'
let { ask, calls, maker, desk } = fakeWorker()
beforeEach(async () => {
  ;({ ask, calls, maker, desk } = fakeWorker())
  await ask('PUT', `/tickers/${T}`, {})
  calls.length = 0
})

/** What was asked of the objects, but for their status. */
const asked = (): string[] => calls.filter((call) => !call.endsWith(' status'))

describe('the desk', () => {
  it('shows its limits and their use', async () => {
    const { status, json } = await ask('GET', '/desk')
    expect(status).toBe(200)
    expect(json).toMatchObject({
      state: 'active',
      limits: { max_daily_loss: 100, max_event_dollars_at_risk: 100, min_cash: 0 },
      day: '2026-11-10',
      day_gain: '0.000000',
      tickers: [],
    })
  })

  it('changes what it is told, keeps the rest, and tells every maker', async () => {
    const { status, json } = await ask('PUT', '/desk', { state: 'reducing', max_daily_loss: 7 })
    expect(status).toBe(200)
    expect(json).toMatchObject({
      state: 'reducing',
      limits: { max_daily_loss: 7, max_desk_dollars_at_risk: 250 },
    })
    expect(asked()).toEqual([expect.stringContaining('desk change'), `${T} renew`])
  })

  it('says which makers have not heard of it; the change stands', async () => {
    maker(T).broken.add('renew')
    const { status, json } = await ask('PUT', '/desk', { min_cash: 50 })
    expect(status).toBe(502)
    expect(json).toMatchObject({ error: { code: 'desk-incomplete' }, limits: { min_cash: 50 } })
  })

  it.each([
    [{ max_daily_loss: 0 }, 'Refused max_daily_loss: found 0, wanted a number from 0.01'],
    [{ max_daily_loss: '5' }, 'Refused max_daily_loss: found "5"'],
    [{ max_event_dollars_at_risk: null }, 'Refused max_event_dollars_at_risk: found null'],
    [{ min_cash: -1 }, 'Refused min_cash: found -1, wanted a number from 0 to 10000000'],
    [{ state: 'off' }, 'Refused state: found "off", wanted one of active, reducing, halted'],
    [{ reset_day: 1 }, 'Refused reset_day: found 1, wanted true or false'],
    [{ max_loss: 1 }, 'Refused unknown key "max_loss"'],
  ])('refuses %j by name', async (body, message) => {
    const { status, json } = await ask('PUT', '/desk', body)
    expect(status).toBe(422)
    expect(JSON.stringify(json).replaceAll('\\"', '"')).toContain(message)
    expect(asked()).toEqual([])
  })
})

describe('one ticker', () => {
  it('is released alone', async () => {
    const { status } = await ask('POST', `/tickers/${T}/release`)
    expect(status).toBe(200)
    expect(asked()).toEqual([`${T} release`])
  })

  it('writes the day off first, where a person says so', async () => {
    await ask('POST', `/tickers/${T}/release`, { reset_day: true })
    expect(asked()).toEqual(['desk change {"resetDay":true}', `${T} release`])
    calls.length = 0
    await ask('POST', '/resume', { reset_day: true })
    expect(asked()[0]).toBe('desk change {"resetDay":true}')
    expect(asked()).toContain(`${T} release`)
  })

  it('is not released while the whole account is halted', async () => {
    await desk.setHalt(true, 1)
    calls.length = 0
    const { status, json } = await ask('POST', `/tickers/${T}/release`)
    expect(status).toBe(409)
    expect(json).toMatchObject({ error: { code: 'account-halted' } })
    expect(asked()).toEqual([])
  })

  it('says when a brake has halted it again', async () => {
    maker(T).refused.set('release', bad(409, 'halted-again', 'daily-loss'))
    expect((await ask('POST', `/tickers/${T}/release`)).status).toBe(409)
  })

  it('takes a state, and no other', async () => {
    expect((await ask('POST', `/tickers/${T}/state`, { state: 'halted' })).status).toBe(200)
    expect(asked()).toEqual([`${T} state halted`])
    expect((await ask('POST', `/tickers/${T}/state`, { state: 'on' })).status).toBe(422)
    expect((await ask('POST', `/tickers/${T}/state`, {})).status).toBe(422)
    expect((await ask('POST', '/tickers/KXB-1/state', { state: 'active' })).status).toBe(404)
  })
})
