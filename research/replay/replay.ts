// Runs the real engine over a recording: one engine for each market, all frames of its connection.

import { Engine } from '../../src/core/maker/engine.ts'
import type { Effect, Frame } from '../../src/core/vocabulary/events.ts'
import { defaultParameters, type Parameters } from '../../src/core/vocabulary/parameters.ts'
import { FrameDecoder } from '../../src/kalshi/feed/decoder.ts'
import { type Recording, recordedMarket } from '../recordings/recording.ts'
import { Paper } from './paper-exchange.ts'

/** Subscriptions of a replay to what concerns its own orders. */
const PRIVATE = [
  { channel: 'fill', sid: 900_001 },
  { channel: 'user_orders', sid: 900_002 },
] as const
const PROOF_EVERY_MS = 2_000

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

/** A recording shows no orders of ours and answers no reads: witnesses would find that wrong. */
const withoutWitnesses = ({ strategy }: Parameters): Parameters['strategy'] => ({
  ...strategy,
  verify_after_seconds: 0,
  audit_seconds: 0,
})

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
    const engine = new Engine(ticker, { ...parameters, strategy: withoutWitnesses(parameters) })
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
      for (const { channel, sid } of PRIVATE) {
        runner.paper.feed({ type: 'subscribed', at, sid, seq: 0, id: 0, channel })
      }
      return runner
    })
  }
  // Whoever recorded did not ask what is subscribed, as a maker does: frames show that it was.
  let provenAt = 0
  const prove = (at: number): void => {
    if (at < provenAt + PROOF_EVERY_MS) return
    provenAt = at
    for (const { paper, engine } of current) {
      const listed = [{ channel: 'orderbook_delta', sid: engine.state.feed.bookSid }, ...PRIVATE]
      paper.feed({ type: 'ok', at, sid: 0, seq: 0, id: 0, listed })
    }
  }

  for (const item of recording.items) {
    const { conn, at } = item
    if (item.kind === 'connected') connect(conn, at)
    if (item.kind !== 'frame') continue
    // A recording that begins in mid-connection has no note of it.
    if (current.length === 0) connect(conn, at)
    const frame = decoder.decode(item.text, at)
    for (const runner of current) runner.paper.feed(frame)
    prove(at)
    onFrame?.(frame, item.text, current)
  }
  return all
}
