// Parse + book + decide for each recorded frame, against JSON.parse alone on the same frames.
//
// Both sides in one process, in turn, several rounds; the ratio is taken round by round and its
// median printed first. Frames are those of the recorded sessions, in order, all of them.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readRecording } from '../scripts/lib/recording.ts'
import { replaySession } from '../scripts/lib/session.ts'

const FOLDER = new URL('../../shared/data/ws-kxbtc15m/', import.meta.url).pathname
const ROUNDS = 9

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1]!

export const benchHotPath = (): void => {
  if (!existsSync(FOLDER)) {
    console.log('hot path: skipped, no recordings found beside the project (../shared/data)')
    return
  }
  const recordings = readdirSync(FOLDER)
    .filter((name) => name.includes('.frames.'))
    .map((name) => readRecording(join(FOLDER, name)))
  const texts = recordings.flatMap((recording) =>
    recording.items.flatMap((item) => (item.kind === 'frame' ? [item.text] : [])),
  )
  let sink = 0
  const parse = (): number => {
    const started = performance.now()
    for (const text of texts) sink += (JSON.parse(text) as { sid: number }).sid
    return performance.now() - started
  }
  let decisions = 0
  const full = (): number => {
    const started = performance.now()
    decisions = 0
    for (const recording of recordings) {
      for (const { engine } of replaySession(recording).values()) {
        decisions += engine.state.execution.counters.decisions
      }
    }
    return performance.now() - started
  }
  parse()
  full()
  const ratios: number[] = []
  const parses: number[] = []
  const fulls: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const a = full()
    const b = parse()
    ratios.push(a / b)
    fulls.push(a)
    parses.push(b)
  }
  const each = (ms: number): string => `${((ms * 1e6) / texts.length).toFixed(0)} ns/frame`
  const rate = (ms: number): string => `${(texts.length / ms / 1000).toFixed(2)} M frames/s`
  const a = median(fulls)
  const b = median(parses)
  console.log(
    `hot path: ${median(ratios).toFixed(2)} x JSON.parse (${ratios.map((r) => r.toFixed(2)).join(' ')})`,
  )
  console.log(
    `  parse + book + decide  ${each(a)}, ${rate(a)}; ${decisions} decisions on ${texts.length} frames`,
  )
  console.log(`  JSON.parse alone       ${each(b)}, ${rate(b)}`)
  if (sink < 0) console.log(sink)
}
