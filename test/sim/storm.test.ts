// Many seeds, each with ten virtual minutes of storm and one of calm, on all cores; and every seed
// that ever broke a law.
//
// The seeds are fixed, so that a change that breaks one is the one that did it. `npm run simulate`
// plays as many others as there is time for. A failure prints its seed, its weather and its last
// lines.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { playSeeds } from '../../sim/runs/pool.ts'
import { failureText, runSeed } from '../../sim/runs/run.ts'
import type { Tally } from '../../sim/runs/tally.ts'
import type { Model } from '../../sim/world/venue.ts'

const MINUTES = 10
/** Always played. */
const FIXED = 120
/** Played as far as they fit into the time, so that a slow machine plays fewer and fails none. */
const MORE = 380
const MORE_MS = 20_000
const kept = JSON.parse(
  readFileSync(new URL('../../sim/runs/seeds.json', import.meta.url), 'utf8'),
) as {
  seed: number
  model?: Model
  found: string
}[]

const explain = async (tally: Tally): Promise<string> => {
  const first = tally.failures[0]
  if (first === undefined) return ''
  return failureText(await runSeed(first.seed, { minutes: MINUTES }), MINUTES)
}

describe('in storms', () => {
  it(`every law holds in ${FIXED} seeds, and in the calm the maker quotes again`, async () => {
    const began = Date.now()
    const tally = await playSeeds({ from: 1, seeds: FIXED, minutes: MINUTES, maxFailures: 1 })
    expect(await explain(tally)).toBe('')
    console.log(tally.text(Date.now() - began))
    // That the storm rains: each of these is met many times.
    for (const what of [
      'fills',
      'gaps seen',
      'unknown outcomes',
      'orphans adopted',
      'evictions',
      'disconnects',
      'market pauses',
      'clock jumps',
      'rate limits heard',
      'stale lines seen',
      'frames doubled',
      'malformed frames seen',
    ]) {
      expect(tally.counts.get(what) ?? 0, what).toBeGreaterThan(FIXED)
    }
  })

  it(`and in as many of the next ${MORE} as fit into ${MORE_MS / 1000} s`, async () => {
    const began = Date.now()
    const tally = await playSeeds({
      from: FIXED + 1,
      seeds: MORE,
      minutes: MINUTES,
      maxFailures: 1,
      forMs: MORE_MS,
    })
    expect(await explain(tally)).toBe('')
    console.log(tally.text(Date.now() - began))
  })

  it.each(kept)('seed $seed holds, which found: $found', async ({ seed, model }) => {
    const report = await runSeed(seed, {
      minutes: MINUTES,
      ...(model === undefined ? {} : { model }),
    })
    expect(report.broken === null ? '' : await failureText(report, MINUTES)).toBe('')
  })

  it('the same seed plays the same minutes', async () => {
    const first = await runSeed(77, { minutes: 3, narrate: true })
    const again = await runSeed(77, { minutes: 3, narrate: true })
    expect(again).toEqual(first)
    expect(first.lines.length).toBeGreaterThan(100)
  })
})
