// A pause of the exchange ends order tries at once; its status is asked until it goes on.

import { describe, expect, it } from 'vitest'
import { sendsOf } from '../../../../sim/transcript.ts'
import { CANCELED_BOTH, placing, quoting, Transcript } from '../../../helpers/engine-transcript.ts'

const PAUSED = { isTrading: false, shards: {} }
const ACTIVE = { isTrading: true, shards: {} }

/** Both first quotes are refused by a pause. */
const refused = (code = 'exchange_is_paused'): Transcript => {
  const t = placing()
  t.refuse('place', 'kmm-n-1', 409, code)
  t.refuse('place', 'kmm-n-2', 409, code)
  return t
}

/** What was heard and said while `pass` last let time pass. */
let said = ''

/** Lets time pass with good answers but for the exchange's status; returns order tries. */
const pass = (t: Transcript, ms: number, status: typeof PAUSED | null): string[] => {
  void t.text
  const end = t.at + ms
  while (t.at < end) {
    t.sleepAlive(500)
    for (const what of [...t.open]) {
      if (what !== 'exchange') t.answer(what as 'market')
      else if (status === null) t.fail('exchange', 404)
      else t.answer('exchange', status)
    }
  }
  said = t.text
  return [...said.matchAll(/^< ((?:place|amend) .*)$/gm)].map(([, line]) => line!)
}

describe('orders refused by a pause', () => {
  it.each(['exchange_is_paused', 'trading_is_paused'])('with %s pause the maker', (code) => {
    const t = refused(code)
    expect(t.phase).toBe('paused: exchange-paused')
    expect([...t.open]).toContain('exchange')
    expect(pass(t, 600_000, PAUSED)).toEqual([])
    const asked = said.match(/< ask exchange/g)
    expect(asked?.length).toBeLessThanOrEqual(42)
    expect(asked?.length).toBeGreaterThanOrEqual(38)
  })

  it('are followed by quotes once the status says active, after a look at the account', () => {
    const t = refused()
    pass(t, 100_000, PAUSED)
    void t.text
    expect(pass(t, 16_000, ACTIVE)).toEqual([
      'place kmm-n-3 bid 10 at 43',
      'place kmm-n-4 ask 10 at 47',
    ])
    expect(said).toContain('< ask position')
  })

  it('again and again, though the status says active, are tried more and more rarely', () => {
    const t = refused()
    const tries: number[] = []
    for (let second = 0; second < 180; second++) {
      for (const line of pass(t, 1_000, ACTIVE)) {
        const id = line.split(' ')[1]!
        tries.push(second)
        t.refuse('place', id, 409, 'exchange_is_paused')
      }
    }
    expect(tries.filter((second) => second < 60).length).toBeLessThanOrEqual(4)
    expect(tries.filter((second) => second >= 60).length).toBeLessThanOrEqual(6)
  })

  it('are tried again after a minute without a readable status', () => {
    const t = refused()
    expect(pass(t, 59_000, null)).toEqual([])
    expect(pass(t, 2_000, null)).toHaveLength(2)
  })

  it('by a shard of which the status speaks wait for that shard', () => {
    const t = new Transcript({ market: { exchangeIndex: 2 } }).begin().connect().answerAll()
    t.snapshot()
    t.refuse('place', 'kmm-n-1', 409, 'trading_is_paused')
    t.refuse('place', 'kmm-n-2', 409, 'trading_is_paused')
    expect(pass(t, 60_000, { isTrading: true, shards: { 2: false } })).toEqual([])
    expect(pass(t, 16_000, { isTrading: false, shards: { 2: true } })).toHaveLength(2)
  })
})

it.each(['off', undefined])('with exchange_status %s a pause is not asked about', (value) => {
  const t = placing({ strategy: { exchange_status: value as 'off' } })
  t.refuse('place', 'kmm-n-1', 409, 'exchange_is_paused')
  t.fail('market', 503)
  t.pass(1_000)
  expect([...t.open]).not.toContain('exchange')
  expect(t.phase).not.toBe('paused: exchange-paused')
})

describe('what rests when a pause begins', () => {
  it('is canceled by the exchange, which makes the maker ask and leave', () => {
    const t = quoting()
    t.report('kmm-n-1', { status: 'canceled', remaining: 0, reason: 'HaltCancel' })
    expect([...t.open]).toContain('exchange')
    expect(sendsOf(t.answer('exchange', PAUSED))).toEqual([CANCELED_BOTH[1]])
    expect(t.phase).toBe('paused: exchange-paused')
  })

  it('is asked about after a 503, at most every ten seconds', () => {
    const t = quoting()
    for (let second = 0; second < 60; second++) {
      t.sleepAlive(1_000)
      t.hear({
        ...{ type: 'answer', what: 'queue', askedAt: t.at },
        outcome: { kind: 'unknown', detail: 'GET /x: found HTTP 503 service_unavailable' },
      })
      if (t.open.has('exchange')) t.answer('exchange', ACTIVE)
      t.answerAll()
    }
    expect(t.text.match(/< ask exchange/g)).toHaveLength(6)
    expect(t.phase).toBe('quoting')
  })
})
