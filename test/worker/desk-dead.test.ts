// The live worker with a desk that throws, hangs, or cannot store: every brake still works, and a
// maker that cannot learn whether the account is halted stops by itself.

import { afterEach, describe, expect, it } from 'vitest'
import { World } from '../helpers/world.ts'

let world: World | null = null
afterEach(async () => {
  await world?.close()
  world = null
})

const quoting = async (): Promise<void> => {
  world = await World.open()
  await world.add()
  await world.quoting()
}

const resting = ({ mock }: World): number =>
  [...mock.account.orders.values()].filter((order) => order.level !== null).length

describe.each(['throws', 'hangs', 'full'] as const)('a desk that %s', (fault) => {
  it('does not stand between a person and the halt', async () => {
    await quoting()
    expect(resting(world!)).toBe(2)
    await world!.breakDesk(fault)
    const halt = await world!.api('POST', '/halt', { reason: 'drill' })
    expect(halt.status).toBe(502)
    expect(halt.json.results).toMatchObject([{ ok: true, phase: 'halted' }])
    expect(resting(world!)).toBe(0)
  })

  it('lets one maker be shown, paused and removed', async () => {
    await quoting()
    await world!.breakDesk(fault)
    expect((await world!.api('GET', '/tickers')).status).toBe(200)
    expect((await world!.status()).phase).toBe('quoting')
    const paused = await world!.api('POST', `/tickers/KXMOCK-26DEC31-T50/pause`)
    expect([paused.status, paused.json.phase]).toEqual([200, 'paused'])
    const removed = await world!.api('DELETE', `/tickers/KXMOCK-26DEC31-T50`)
    expect(removed.text).toContain('has stopped but is still on the list')
    expect(resting(world!)).toBe(0)
  })
})

describe('a maker that is not told', () => {
  it('stops a minute after the last word, and goes on with the next', async () => {
    await quoting()
    await world!.breakDesk('throws')
    const before = Date.now()
    await world!.until(({ reason }) => reason === 'desk-unreachable')
    expect(Date.now() - before).toBeGreaterThan(50_000)
    await world!.mock.until(() => resting(world!) === 0)
    await world!.breakDesk('works')
    await world!.quoting()
  })
})

describe('the last resort', () => {
  it('has the exchange cancel all where it is asked to, and nothing is placed for a minute', async () => {
    await quoting()
    const halt = await world!.api('POST', '/halt', { cancel_all: true })
    expect([halt.status, halt.json.cancel_all]).toMatchObject([200, { done: true }])
    expect(resting(world!)).toBe(0)
    const resume = await world!.api('POST', '/resume')
    expect(resume.text).toContain('may still cancel what is placed now')
  })
})
