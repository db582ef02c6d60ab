// Parse + book + decide for each recorded frame, against JSON.parse alone on the same frames.
//
// Both sides in one process, in turn, several rounds; the ratio is taken round by round and its
// median printed first. Frames are those of the recorded sessions, in order, all of them.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { median } from 'simple-statistics'
import { readRecording } from '../research/recordings/recording.ts'
import { replaySession } from '../research/replay/replay.ts'
import type { DeltaFrame } from '../src/core/vocabulary/events.ts'
import { quotingEngine, T0, TICKER } from '../test/helpers/core.ts'

const FOLDER = new URL('../../shared/data/ws-kxbtc15m/', import.meta.url).pathname
const ROUNDS = 9
const UNCHANGED = 500_000

/**
 * Bytes allocated per frame by engine.step for deltas away from the touch, after parsing: the
 * growth of the heap over many such frames with no collection in between.
 */
const bytesPerUnchangedFrame = (): number => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const engine = quotingEngine()
  const sid = engine.state.feed.bookSid
  const frame: DeltaFrame = {
    ...{ type: 'delta', at: T0 + 10, sid, seq: 0, ticker: TICKER, side: 'bid', price: 1000 },
    ...{ delta: 100, clientOrderId: '', venueAt: T0 },
  }
  // The snapshot was number 1.
  let seq = 1
  const play = (count: number): void => {
    for (let index = 0; index < count; index++) {
      frame.delta = index % 2 === 0 ? 100 : -100
      frame.seq = ++seq
      engine.step(frame)
    }
  }
  play(100_000)
  collect()
  const before = process.memoryUsage().heapUsed
  play(UNCHANGED)
  const after = process.memoryUsage().heapUsed
  return Math.max(0, after - before) / UNCHANGED
}

export const benchHotPath = (): void => {
  const bytes = bytesPerUnchangedFrame()

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
  console.log(
    `  after parsing, a frame that changes nothing we quote on allocates ${bytes.toFixed(2)} bytes`,
  )
  if (sink < 0) console.log(sink)
}
