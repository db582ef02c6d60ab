// A report of a backtest and a report of the tape that it writes are made of the same rows, and so
// they give the same markouts, to the last digit. In made-up sessions without end, and in a real
// one.

import { existsSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FILL_MODELS, type FillModel } from '../../../../research/backtest/exchange/fills.ts'
import type { Result } from '../../../../research/backtest/runs/result.ts'
import { run } from '../../../../research/backtest/runs/run.ts'
import { parametersOf } from '../../../../research/backtest/runs/settings.ts'
import type { SessionItem } from '../../../../research/backtest/sessions/items.ts'
import { type Session, sessionsOf } from '../../../../research/backtest/sessions/session.ts'
import { readRecording } from '../../../../research/recordings/recording.ts'
import { fromBacktest } from '../../../../research/report/backtest.ts'
import { type Metrics, measure } from '../../../../src/report/measures/metrics.ts'
import { fromRows, readRows } from '../../../../src/report/sources/sources.ts'
import { PAPER, T0, TICKER } from '../../../helpers/core.ts'

const NAIVE = parametersOf(
  ['reduce_only_seconds=0', 'longshot_cents=0', 'stop_before_close_seconds=0'],
  'naive',
)

/**
 * What happens after some time: the book moves by cents, or somebody sells or buys at our price.
 */
const HAPPENINGS = fc.array(
  fc.record({
    ms: fc.integer({ min: 1, max: 3_000 }),
    move: fc.constantFrom(-1, 0, 0, 1),
    taker: fc.constantFrom('bid' as const, 'ask' as const),
    contracts: fc.integer({ min: 1, max: 12 }),
  }),
  { minLength: 40, maxLength: 120 },
)

type Happenings = typeof HAPPENINGS extends fc.Arbitrary<infer T> ? T : never

const sessionOf = (happenings: Happenings): Session => {
  const items: SessionItem[] = [{ kind: 'up', at: T0 }]
  let [at, bid] = [T0 + 20, 45]
  const level = (side: 'bid' | 'ask', cents: number, change: number): void => {
    items.push({ kind: 'delta', at, side, price: cents * 100, change, traded: 0 })
  }
  items.push({ kind: 'snapshot', at, bids: [4_500, 10_000], asks: [4_900, 10_000] })
  for (const { ms, move, taker, contracts } of happenings) {
    // Signs of life, or the feed would pass for dead.
    for (const end = at + ms; at < end; at = Math.min(end, at + 500))
      items.push({ kind: 'beat', at })
    const price = (taker === 'ask' ? bid : bid + 4) * 100
    items.push({ kind: 'print', at, price, quantity: contracts * 100, taker })
    const next = Math.min(80, Math.max(20, bid + move))
    if (next === bid) continue
    at += 200
    level('bid', next, 10_000)
    level('ask', next + 4, 10_000)
    level('bid', bid, -10_000)
    level('ask', bid + 4, -10_000)
    bid = next
  }
  items.push({ kind: 'beat', at: at + 2_000 })
  const volume = { seen: 0, placed: 0 }
  return { file: 'made', ticker: TICKER, closeAt: T0 + 1e7, items, printsFrom: 'trades', volume }
}

const play = (session: Session, fills: FillModel, makerFee: number): Result =>
  run(session, NAIVE, { ...PAPER, fills, makerFee, settled: null })

/** Both reports of one run, the tape's from nothing but its lines. */
const reports = (result: Result, fills: string): { file: Metrics; tape: Metrics } => {
  const wrote = JSON.parse(JSON.stringify(result)) as Result
  const rows = readRows(wrote.tape.join('\n'))
  return {
    file: measure(fromBacktest({ maker: 'naive', fills, results: [] }, wrote)),
    tape: measure(fromRows(wrote.ticker, rows)),
  }
}

/** All but what only one of them knows: when the market closes and how it settled. */
const markoutsIn = ({ markouts }: Metrics) =>
  markouts
    .filter(({ by }) => by !== 'time to close')
    .map(({ name, fills, markouts: means }) => ({
      name,
      fills,
      means: means.filter(({ after }) => after !== 'settlement'),
    }))

describe('a report of a backtest and one of the tape that it writes', () => {
  it('give the same markouts, parts of the profit, quoted time and latencies', () => {
    let fills = 0
    fc.assert(
      fc.property(HAPPENINGS, fc.constantFrom(0, 17_500), (happenings, fee) => {
        const result = play(sessionOf(happenings), 'optimistic', fee)
        const { file, tape } = reports(result, 'optimistic')
        expect(markoutsIn(file)).toEqual(markoutsIn(tape))
        expect(file.split).toEqual(tape.split)
        expect(file.latencies).toEqual(tape.latencies)
        expect(file.uptime.total.two).toBe(tape.uptime.total.two)
        expect([file.residual, tape.residual]).toEqual([0, 0])
        fills += file.fills
      }),
      { numRuns: 40 },
    )
    expect(fills).toBeGreaterThan(400)
  })

  it('has contracts placed, of which no more were filled', () => {
    fc.assert(
      fc.property(HAPPENINGS, fc.constantFrom(...FILL_MODELS), (happenings, fills) => {
        const { placedContracts, contracts, calls } = play(sessionOf(happenings), fills, 0)
        expect(placedContracts).toBeGreaterThanOrEqual(contracts)
        expect(placedContracts).toBeGreaterThan(0)
        // Ten each at most, however often they were amended.
        expect(placedContracts).toBeLessThanOrEqual(10 * (calls.place + calls.amend))
      }),
      { numRuns: 30 },
    )
  })
})

const FILE = '../shared/data/ws-kxbtc15m/btc15m-20260513T1640.frames.jsonl.gz'

describe.skipIf(!existsSync(FILE))(`of a recorded session (skipped: no ${FILE})`, () => {
  it.each(FILL_MODELS)('agree under %s fills', (fills) => {
    let seen = 0
    for (const session of sessionsOf(readRecording(FILE))) {
      const { file, tape } = reports(play(session, fills, 0), fills)
      expect(markoutsIn(file)).toEqual(markoutsIn(tape))
      seen += file.fills
    }
    expect(seen).toBeGreaterThan(0)
  })
})
