// A journal is a promise to later versions: what an older one wrote must replay to the last
// decision.

import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { replayLines } from '../../../../src/core/status/replay.ts'

it('a journal written by version 0.2.0 replays with every decision the same', () => {
  const file = new URL('../../../fixtures/journal-0.2.0.jsonl.gz', import.meta.url)
  const lines = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n')
  const { lives, events, decisions, equal, difference, unreadable } = replayLines(lines)
  expect({ lives, unreadable, difference }).toEqual({ lives: 1, unreadable: 0, difference: null })
  expect(events).toBe(226)
  expect([decisions, equal]).toEqual([95, 95])
})
