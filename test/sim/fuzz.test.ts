// Damaged frames through decoder and engine: those of the mock exchange, and those of recorded
// sessions where they are at hand. `npm run simulate -- --fuzz 1000000` plays more of them.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readRecording } from '../../research/recordings/recording.ts'
import { fuzz } from '../../sim/fuzz/fuzz.ts'
import { TICKER } from '../helpers/core.ts'

const FRAMES = 60_000
/** What may stay in use beside noise: a few hundred orders and fills are remembered on purpose. */
const GROWTH = 4_000_000
const DATA = '../shared/data/ws-kxbtc15m'

const recorded = (): string[] => {
  const file = readdirSync(DATA).find((name) => name.includes('.frames.'))
  if (file === undefined) return []
  const { items, tickers } = readRecording(join(DATA, file))
  const names = [...tickers.values()].flat()
  return items
    .flatMap((item) => (item.kind === 'frame' ? [item.text] : []))
    .slice(0, 5_000)
    .map((text) => names.reduce((told, name) => told.replaceAll(name, TICKER), text))
}

describe('damaged frames', () => {
  it.each([1, 2, 3])('of the mock exchange do no harm (seed %i)', (seed) => {
    const result = fuzz({ frames: FRAMES, seed })
    expect(result.broken).toBeNull()
    expect(result.malformed).toBeGreaterThan(FRAMES / 100)
    // The market goes on between them, or this would prove little. Numbers that make no sense darken
    // the book, and nine in ten frames are damaged, so it is not quoted for long.
    expect(result.quoting).toBeGreaterThan(FRAMES / 60)
    expect(result.grown).toBeLessThan(GROWTH)
  })

  it.skipIf(!existsSync(DATA))(
    'of a recorded session do no harm (skipped where the recordings are not at hand)',
    () => {
      const result = fuzz({ frames: FRAMES, seed: 4, corpus: recorded() })
      expect(result.broken).toBeNull()
      expect(result.grown).toBeLessThan(GROWTH)
    },
  )
})
