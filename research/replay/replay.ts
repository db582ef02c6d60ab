// Runs the real engine over a recording: one engine for each market, all frames of its connection.

import { Engine } from '../../src/core/maker/engine.ts'
import type { Effect, Frame } from '../../src/core/vocabulary/events.ts'
import { defaultParameters, type Parameters } from '../../src/core/vocabulary/parameters.ts'
import { FrameDecoder } from '../../src/kalshi/feed/decoder.ts'
import { type Recording, recordedMarket } from '../recordings/recording.ts'
import { Paper } from './paper-exchange.ts'

export interface Runner {
  readonly engine: Engine
  readonly paper: Paper
}

export interface SessionOptions {
  readonly parameters?: Parameters
  /** After each frame has gone through the engines of its connection. */
  /** The effects of each step, before they are answered. */
  readonly onEffects?: (engine: Engine, effects: readonly Effect[], at: number) => void
  readonly onFrame?: (frame: Frame, text: string, runners: readonly Runner[]) => void
}

/** Replays everything; returns the engines by ticker. */
export const replaySession = (
  recording: Recording,
  options: SessionOptions = {},
): Map<string, Runner> => {
  const parameters = options.parameters ?? defaultParameters()
  const all = new Map<string, Runner>()
  // Recordings were made without `use_yes_price`, so asks come as NO prices.
  const decoder = new FrameDecoder({ noSide: 'no-price' })
  let current: readonly Runner[] = []
  const down = (at: number): void => {
    for (const { paper } of current) paper.feed({ type: 'link-down', at, reason: 'recording' })
  }
  for (const item of recording.items) {
    if (item.kind !== 'frame') {
      if (item.kind === 'watch') continue
      down(item.at)
      current = open(recording, item.conn, item.at, parameters, all, options)
      continue
    }
    // A recording that begins in mid-connection has no note of it.
    if (current.length === 0)
      current = open(recording, item.conn, item.at, parameters, all, options)
    const frame = decoder.decode(item.text, item.at)
    for (const runner of current) runner.paper.feed(frame)
    options.onFrame?.(frame, item.text, current)
  }
  return all
}

const open = (
  recording: Recording,
  conn: number,
  at: number,
  parameters: Parameters,
  all: Map<string, Runner>,
  { onEffects }: SessionOptions,
): readonly Runner[] =>
  (recording.tickers.get(conn) ?? []).map((ticker) => {
    let runner = all.get(ticker)
    if (runner === undefined) {
      const engine = new Engine(ticker, parameters)
      const market = recordedMarket(ticker, recording.closeAt.get(ticker) ?? at + 86_400_000)
      runner = { engine, paper: new Paper(engine, market) }
      if (onEffects !== undefined) {
        runner.paper.onEffects = (effects, at) => onEffects(engine, effects, at)
      }
      all.set(ticker, runner)
      runner.paper.start(at)
    }
    runner.paper.feed({ type: 'link-up', at })
    return runner
  })
