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

interface SessionOptions {
  readonly parameters?: Parameters
  /** The effects of each step, before they are answered. */
  readonly onEffects?: (engine: Engine, effects: readonly Effect[], at: number) => void
  /** After each frame has gone through the engines of its connection. */
  readonly onFrame?: (frame: Frame, text: string, runners: readonly Runner[]) => void
}

/** Replays everything; returns the engines by ticker. */
export const replaySession = (
  recording: Recording,
  { parameters = defaultParameters(), onEffects, onFrame }: SessionOptions = {},
): Map<string, Runner> => {
  const all = new Map<string, Runner>()
  // Recordings were made without `use_yes_price`, so asks come as NO prices.
  const decoder = new FrameDecoder({ noSide: 'no-price' })
  let current: readonly Runner[] = []

  const begin = (ticker: string, at: number): Runner => {
    const engine = new Engine(ticker, parameters)
    const market = recordedMarket(ticker, recording.closeAt.get(ticker)!)
    const runner = { engine, paper: new Paper(engine, market) }
    if (onEffects !== undefined) {
      runner.paper.onEffects = (effects, at) => onEffects(engine, effects, at)
    }
    all.set(ticker, runner)
    runner.paper.start(at)
    return runner
  }
  const connect = (conn: number, at: number): void => {
    for (const { paper } of current) paper.feed({ type: 'link-down', at, reason: 'recording' })
    current = (recording.tickers.get(conn) ?? []).map((ticker) => {
      const runner = all.get(ticker) ?? begin(ticker, at)
      runner.paper.feed({ type: 'link-up', at })
      return runner
    })
  }

  for (const item of recording.items) {
    const { conn, at } = item
    if (item.kind === 'connected') connect(conn, at)
    if (item.kind !== 'frame') continue
    // A recording that begins in mid-connection has no note of it.
    if (current.length === 0) connect(conn, at)
    const frame = decoder.decode(item.text, at)
    for (const runner of current) runner.paper.feed(frame)
    onFrame?.(frame, item.text, current)
  }
  return all
}
