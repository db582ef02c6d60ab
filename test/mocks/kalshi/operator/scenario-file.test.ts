// Scenario files: what is in them happens at its time, and what is wrong with them is said when
// they are read.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseScript, readScript } from '../../../../mocks/kalshi/operator/scenario-file.ts'
import { mock, open, place, T } from '../rig.ts'

describe('a scenario file', () => {
  it('carries out its entries at their times, in the words of the operator API', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'scenario-'))
    const file = join(folder, 'scenario.json')
    await writeFile(
      file,
      JSON.stringify([
        { at_s: 2, fault: 'refuse-writes', times: 1 },
        { at_s: 1, trade: 'ask', count: '0.50', price: '0.4000' },
        { at_s: 3, market: 'deactivate' },
        { at_s: 4, market: 'activate' },
        { at_s: 5, exchange: 'pause' },
        { at_s: 6, exchange: 'resume' },
        { at_s: 7, knobs: { post_only_cross: 'accept-cancel' } },
        { at_s: 8, deposit: 25, shard: 2 },
        { at_s: 9, market: 'settle', result: 'yes' },
      ]),
    )
    let at = 1_795_000_000_000
    await open({ now: () => at, timers: false, script: await readScript(file) })
    const until = (seconds: number): void => {
      at = 1_795_000_000_000 + seconds * 1000
      mock.tick()
    }
    let count = 0
    const status = async () => (await place(`s${++count}`, 'bid', '0.40', '1')).status
    until(0.999)
    expect(await status()).toBe(201)
    until(1)
    expect(mock.account.position(T)).toBe(50)
    until(2)
    expect([await status(), await status()]).toEqual([429, 201])
    until(3)
    expect(await status()).toBe(409)
    until(4)
    expect(await status()).toBe(201)
    until(5)
    expect(await status()).toBe(409)
    until(6)
    expect(await status()).toBe(201)
    until(8)
    expect(mock.exchange.knobs.postOnlyCross).toBe('accept-cancel')
    expect(mock.account.purses[0]!.at(2)).toBe(25_000_000)
    until(100)
    expect(mock.exchange.listing(T)).toMatchObject({ status: 'finalized', result: 'yes' })
    await rm(folder, { recursive: true })
  })

  it('continues after a step that failed, and the state says which', async () => {
    let at = 1_795_000_000_000
    const script = parseScript(
      '[{"at_s":0,"scenario":"crash"},{"at_s":0,"market":"close","ticker":"KXNO"},{"at_s":1,"market":"close"}]',
    )
    await open({ now: () => at, timers: false, script })
    at += 1_000
    mock.tick()
    expect(mock.exchange.listing(T).status).toBe('closed')
    const state = (await (await fetch(`${mock.adminUrl}/state`)).json()) as Record<string, unknown>
    expect(state.scenario).toEqual({
      done: true,
      failures: [
        'After 0 s: Scenario failed: there is no crowd to direct',
        'After 0 s: Operator request failed: no market KXNO',
      ],
    })
  })

  it.each([
    ['not a list', '{}', 'wanted a JSON list'],
    ['no object', '[1]', 'entry 1 is not an object'],
    ['no time', '[{"fault":"silent"}]', 'entry 1 has at_s undefined'],
    ['a time before the start', '[{"at_s":-1,"fault":"silent"}]', 'entry 1 has at_s -1'],
    ['nothing to do', '[{"at_s":0,"fault":"silent"},{"at_s":1}]', 'entry 2 names 0 things'],
    ['two things', '[{"at_s":0,"fault":"silent","market":"close"}]', 'entry 1 names 2 things'],
    ['an unknown fault', '[{"at_s":0,"fault":"rain"}]', 'entry 1 has fault "rain"'],
    ['an unknown scenario', '[{"at_s":0,"scenario":"flood"}]', 'entry 1 has scenario "flood"'],
  ] as const)('with %s is refused when read', (_what, text, reason) => {
    expect(() => parseScript(text)).toThrow(reason)
  })
})
