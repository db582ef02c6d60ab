// The audit over all recordings: played into the mock exchange, whose feed fills our book and whose
// REST body is compared with it, level by level. It must never differ.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { Exchange } from '../../../../mocks/kalshi/exchange/exchange.ts'
import { Faults } from '../../../../mocks/kalshi/faults/faults.ts'
import { Feed } from '../../../../mocks/kalshi/feed/feed.ts'
import { RecordedPlayer } from '../../../../mocks/kalshi/recorded/player.ts'
import { MarketReads } from '../../../../mocks/kalshi/rest/markets.ts'
import { gridOf, readRecording } from '../../../../research/recordings/recording.ts'
import { Book } from '../../../../src/core/book/book.ts'
import { Audit } from '../../../../src/core/witness/audit.ts'
import { LevelHistory } from '../../../../src/core/witness/level-history.ts'
import { subscribeCommand } from '../../../../src/kalshi/common/requests.ts'
import { FrameDecoder } from '../../../../src/kalshi/feed/decoder.ts'
import { readBook } from '../../../../src/kalshi/rest/order-book.ts'

const DATA = '../shared/data'
const FOLDERS = ['ws-kxbtc15m']
const absent = FOLDERS.some((folder) => !existsSync(join(DATA, folder)))
const files = absent
  ? ['skipped: the recordings are not here']
  : FOLDERS.flatMap((folder) =>
      readdirSync(join(DATA, folder))
        .filter((name) => name.includes('.frames.'))
        .map((name) => join(DATA, folder, name)),
    )

const START = 1_790_000_000_000
const AUDIT_MS = 5_000

it.skipIf(absent).each(files)('no level of %s differs in any audit', (file) => {
  const recording = readRecording(file)
  const ticker = [...recording.tickers.values()].flat().at(-1)!
  let now = START
  const exchange = new Exchange({ now: () => now, seed: 1 })
  const player = new RecordedPlayer(exchange, recording, {
    startAt: START,
    priceRanges: gridOf(ticker),
  })
  const feed = new Feed(exchange, new Faults())
  const reads = new MarketReads(exchange)
  const decoder = new FrameDecoder({ noSide: 'yes-price' })
  const book = new Book()
  const levels = new LevelHistory()
  const audit = new Audit(levels)
  const hear = (text: string): void => {
    const frame = decoder.decode(text, now)
    if (frame.type === 'snapshot' && book.snapshot(frame.bids, frame.asks)) levels.restart(now)
    if (frame.type !== 'delta') return
    expect(book.delta(frame.side, frame.price, frame.delta)).toBe(true)
    levels.record(frame.side, frame.price, frame.delta, now)
  }
  let command: ((text: string) => void) | null = null
  const socket = {
    bufferedAmount: 0,
    send: hear,
    on: (name: string, listener: (text: string) => void) => {
      if (name === 'message') command = listener
    },
    terminate: () => undefined,
    ping: () => undefined,
    pong: () => undefined,
  }
  feed.attach(socket as unknown as WebSocket, exchange.stranger('auditor'))
  command!(subscribeCommand(1, 'orderbook_delta', ticker))

  let audits = 0
  let auditAt = START + AUDIT_MS
  while (!player.done) {
    now = Math.max(now, player.nextAt)
    exchange.tick()
    player.playOne()
    if (now < auditAt) continue
    auditAt = now + AUDIT_MS
    const call = { params: [ticker], query: new URLSearchParams() } as never
    const report = readBook((reads.orderbook(call) as { body: unknown }).body)
    if (typeof report === 'string') throw new Error(report)
    const verdict = audit.hear(report, now, now, book)
    expect(verdict).toBe('agrees')
    audits++
  }
  feed.close()
  expect([audit.differing, audit.testimony.disagreements]).toEqual([0, 0])
  expect(audits).toBeGreaterThan(3)
})
