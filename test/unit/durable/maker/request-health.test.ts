// An object that can send nothing starts over, and not again and again.

import { describe, expect, it } from 'vitest'
import { RequestHealth } from '../../../../src/durable/maker/exchange/request-health.ts'

const T0 = 1_790_000_000_000

/** Requests at these seconds, each answered (true) or thrown. */
const played = async (...requests: [second: number, answered: boolean][]) => {
  let now = T0
  let good = true
  const health = new RequestHealth(() => now)
  const fetcher = health.watch(() =>
    good ? Promise.resolve(new Response('')) : Promise.reject(new Error('Too many subrequests')),
  )
  for (const [second, answered] of requests) {
    now = T0 + second * 1000
    good = answered
    await fetcher('https://x', {}).catch(() => undefined)
  }
  return (second: number, restartedAt = 0) => health.restartFor(restartedAt, T0 + second * 1000)
}

describe('an object whose requests all throw', () => {
  const lost = [0, 1, 3, 7, 15].map((second): [number, boolean] => [second, false])

  it('is restarted after thirty seconds, for what the platform said', async () => {
    const restart = await played(...lost)
    expect(restart(29)).toBe(null)
    expect(restart(30)).toMatch('Too many subrequests')
  })

  it('is left alone for ten minutes after a restart', async () => {
    const restart = await played(...lost)
    expect(restart(30, T0 - 569_000)).toBe(null)
    expect(restart(30, T0 - 571_000)).not.toBe(null)
  })

  it.each([
    ['any answer came in between', [[20, true]]],
    [
      'so few have failed since one',
      [
        [2, true],
        [3, false],
        [4, false],
        [5, false],
        [6, false],
      ],
    ],
  ] as const)('is left alone where %s', async (_, then) => {
    const restart = await played(...lost, ...(then as unknown as [number, boolean][]))
    expect(restart(100)).toBe(null)
  })
})
