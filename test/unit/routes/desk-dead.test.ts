// Nothing stands between a person and the brake: not a dead desk, not a desk that hangs, not an
// unreachable maker, not a wrong variable.

import { beforeEach, describe, expect, it } from 'vitest'
import { bad, type RegisteredTicker } from '../../../src/rpc/contracts.ts'
import { repairRegistry } from '../../../src/rpc/registry.ts'
import { fakeWorker, NOW, TOKEN } from '../../helpers/fake-worker.ts'

let { ask, refusal, calls, copy, resort, maker, desk } = fakeWorker()
beforeEach(() => {
  ;({ ask, refusal, calls, copy, resort, maker, desk } = fakeWorker())
})

const dead = (): Promise<never> => Promise.reject(new Error('desk is broken'))
const silent = (): Promise<never> => new Promise(() => {})

/** From now on every question to the desk ends like this. */
const every = (end: () => Promise<never>): void => {
  for (const name of Object.keys(desk)) Object.assign(desk, { [name]: end })
}

const running = async (...tickers: string[]): Promise<void> => {
  for (const ticker of tickers) await ask('PUT', `/tickers/${ticker}`, {})
  calls.length = 0
}

describe.each([
  ['dead', dead, 'desk is broken'],
  ['silent', silent, 'No answer within 2500 ms'],
])('with a %s desk', (_, end, why) => {
  beforeEach(async () => {
    await running('KXA', 'KXB')
    every(end)
  })

  it('a halt reaches every maker by the copy of the list, and says what it could not do', async () => {
    const { status, json } = await ask('POST', '/halt', { reason: 'fire' })
    expect(calls).toEqual(['KXA halt fire', 'KXB halt fire'])
    expect([status, json.halted, json.desk]).toEqual([502, false, why])
    expect(json.error?.message).toContain(`the halt latch could not be set (${why})`)
    expect((json.results as { ok: boolean }[]).map(({ ok }) => ok)).toEqual([true, true])
    expect(json.cancel_all).toBeNull()
  })

  it('one maker is shown, paused, resumed and removed all the same', async () => {
    expect((await ask('GET', '/tickers/KXA')).json).toMatchObject({ phase: 'recovering' })
    expect((await ask('POST', '/tickers/KXA/pause')).json).toMatchObject({ phase: 'paused' })
    expect((await ask('POST', '/tickers/KXA/resume')).json).toMatchObject({ phase: 'quoting' })
    const removed = await ask('DELETE', '/tickers/KXA')
    expect([removed.status, removed.json.error?.code]).toEqual([502, 'desk-unreachable'])
    expect(removed.json.error?.message).toContain('KXA has stopped but is still on the list')
    expect(maker('KXA').phase).toBeNull()
  })

  it('the makers are listed from the copy, and whether the account is halted is unknown', async () => {
    const { status, json } = await ask('GET', '/tickers')
    expect([status, json.halted, json.desk]).toEqual([200, null, why])
    expect((json.tickers as RegisteredTicker[]).map(({ ticker }) => ticker)).toEqual(['KXA', 'KXB'])
  })

  it('a maker that runs takes new parameters, and no other is added', async () => {
    expect((await ask('PUT', '/tickers/KXA', {})).status).toBe(200)
    const added = await ask('PUT', '/tickers/KXC', {})
    expect([added.status, added.json.error?.code]).toEqual([502, 'desk-unreachable'])
    expect(maker('KXC').phase).toBeNull()
  })

  it('the account is not released, because the latch at the desk might hold', async () => {
    expect(await refusal('POST', '/resume')).toBe('502 desk-unreachable')
  })
})

describe('the last resort', () => {
  beforeEach(() => running('KXA', 'KXB'))

  it('has the exchange cancel all where a maker cannot be reached, after the others halted', async () => {
    maker('KXA').broken.add('halt operator')
    const { status, json } = await ask('POST', '/halt')
    expect(status).toBe(502)
    expect(calls).toEqual([
      'desk halt true',
      'KXA halt operator',
      'KXB halt operator',
      'exchange cancels all',
      'KXB halt operator and hold',
    ])
    expect(json.cancel_all).toMatchObject({
      done: true,
      until: new Date(NOW + 60_000).toISOString(),
    })
    expect(json.error?.message).toContain('every order of subaccount 0, also of other programs')
  })

  it('is taken when it is asked for, also when every maker has confirmed', async () => {
    const { status, json } = await ask('POST', '/halt', { cancel_all: true })
    expect([status, json.cancel_all]).toMatchObject([200, { done: true }])
  })

  it('is taken when nobody knows which makers there are', async () => {
    every(dead)
    copy.tickers = null
    const { status, json } = await ask('POST', '/halt')
    expect([status, json.cancel_all]).toMatchObject([502, { done: true }])
    expect(json.error?.message).toContain('neither list of tickers could be read')
  })

  it('says how orders end where the exchange cannot be told either', async () => {
    resort.answer = bad(502, 'exchange', '401 authentication_error')
    maker('KXA').broken.add('halt operator')
    const { json } = await ask('POST', '/halt')
    expect(json.error?.message).toMatch(/401 authentication_error.*order_ttl_seconds/)
    expect(json.cancel_all).toMatchObject({ done: false, until: null })
  })

  it('goes by both lists: a ticker that the desk has lost is halted too', async () => {
    copy.tickers = [...(copy.tickers ?? []), { ticker: 'KXLOST', addedAt: NOW }]
    maker('KXLOST').phase = 'quoting'
    expect((await ask('POST', '/halt')).status).toBe(200)
    expect(maker('KXLOST').phase).toBe('halted')
  })
})

describe('with a configuration that is refused', () => {
  const broken = { ok: false as const, message: 'Configuration refused: LOG_LEVEL is "loud"' }

  it('what stops something passes, and nothing else', async () => {
    const worker = fakeWorker({ CONTROL_TOKEN: TOKEN }, broken)
    await worker.desk.add('KXA', NOW)
    worker.maker('KXA').phase = 'quoting'
    expect(await worker.refusal('PUT', '/tickers/KXA', {})).toBe('503 config')
    expect(await worker.refusal('POST', '/resume')).toBe('503 config')
    expect(await worker.refusal('POST', '/tickers/KXA/resume')).toBe('503 config')
    expect((await worker.ask('POST', '/tickers/KXA/pause')).status).toBe(200)
    expect((await worker.ask('POST', '/halt')).status).toBe(200)
    expect(worker.maker('KXA').phase).toBe('halted')
    expect((await worker.ask('DELETE', '/tickers/KXA')).status).toBe(200)
  })

  it('still asks for the token', async () => {
    const worker = fakeWorker({ CONTROL_TOKEN: TOKEN }, broken)
    expect((await worker.ask('POST', '/halt', {}, {})).status).toBe(401)
  })
})

describe('the copy of the list', () => {
  it('refuses a ticker that it cannot hold: a halt might miss it', async () => {
    copy.tickers = null
    expect(await refusal('PUT', '/tickers/KXA', {})).toBe('502 tape-unreachable')
    expect(await desk.list()).toEqual([])
  })

  it('is made equal to the list of the desk', async () => {
    let held: RegisteredTicker[] = ['KXOLD', 'KXA'].map((ticker) => ({ ticker, addedAt: 1 }))
    const registry = {
      list: async () => held,
      add: async (entry: RegisteredTicker) => void held.push(entry),
      remove: async (ticker: string) => {
        held = held.filter((entry) => entry.ticker !== ticker)
      },
    }
    const wanted = ['KXA', 'KXB'].map((ticker) => ({ ticker, addedAt: 1 }))
    expect(await repairRegistry(registry, wanted)).toBe(2)
    expect(held).toEqual(wanted)
    expect(await repairRegistry(registry, wanted)).toBe(0)
  })
})
