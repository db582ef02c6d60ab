// The journal in real life: a maker runs against the crowd, its runtime dies and comes back, and
// what it has written down is read through the control API and played again, to the last decision.

import { beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../research/backtest/runs/run.ts'
import { parametersOf } from '../../research/backtest/runs/settings.ts'
import { sessionsOfJournal } from '../../research/backtest/sessions/journal-session.ts'
import type { Session } from '../../research/backtest/sessions/session.ts'
import { journalLines } from '../../research/recordings/journal-source.ts'
import { replayChanged, replayJournal } from '../../research/replay/journal-replay.ts'
import { type ReplayResult, replayLines } from '../../src/core/status/replay.ts'
import { viewOf } from '../../src/core/status/view.ts'
import { PAPER } from '../helpers/core.ts'
import { TICKER, TOKEN, worldForTests } from '../helpers/world.ts'

const FAST = { min_move_ticks: 0, min_move_seconds: 0, dwell_seconds: 0, burst_pause_seconds: 0 }
const LIMITS = { max_order_size: 10, max_position: 30, max_dollars_at_risk: 50 }

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines
}

type Levels = Map<string, number>

/**
 * The session's book against the engine's less its own orders, at every moment at which the latter
 * had been the same for `still` ms.
 */
const compareBooks = (session: Session, lines: readonly string[], still = 0) => {
  const levels: Levels = new Map()
  const count = { moments: 0, wrong: 0, own: 0 }
  let index = 0
  const upTo = (at: number): void => {
    for (let item = session.items[index]; item !== undefined && item.at <= at; ) {
      if (item.kind === 'snapshot') {
        levels.clear()
        for (let pair = 0; pair < item.bids.length; pair += 2)
          levels.set(`bid ${item.bids[pair]}`, item.bids[pair + 1]!)
        for (let pair = 0; pair < item.asks.length; pair += 2)
          levels.set(`ask ${item.asks[pair]}`, item.asks[pair + 1]!)
      } else if (item.kind === 'delta') {
        const key = `${item.side} ${item.price}`
        levels.set(key, (levels.get(key) ?? 0) + item.change)
      }
      item = session.items[++index]
    }
  }
  let last = { at: 0, wanted: null as Levels | null }
  replayLines(lines, {
    onStep: ({ at }, _effects, { state }) => {
      const { wanted } = last
      if (at > last.at + still && wanted !== null) {
        upTo(last.at)
        count.moments++
        if ([...wanted].some(([key, size]) => (levels.get(key) ?? 0) !== size)) count.wrong++
      }
      if (!state.book.isLive) {
        last = { at, wanted: null }
        return
      }
      const now: Levels = new Map()
      for (const side of ['bid', 'ask'] as const) {
        for (let price = 100; price < 10_000; price += 100) {
          const own = state.execution.orders.ownSize(side, price)
          if (own > 0) count.own++
          now.set(`${side} ${price}`, state.book.sizeAt(side, price) - own)
        }
      }
      last = { at, wanted: now }
    },
  })
  return count
}

describe('a maker that is lost and comes back', () => {
  const world = worldForTests({ mock: { crowd: { takersPerSecond: 6, volatility: 0.02 } } })
  let lines: string[]
  let played: ReplayResult
  beforeAll(async () => {
    await world.add({ strategy: FAST, limits: LIMITS })
    const { counters: early } = await world.until(
      ({ counters }) => counters.fills! >= 4 && counters.placed! >= 5,
    )
    // A halt and a release, a change of parameters: decisions of persons are events as well.
    expect((await world.api('POST', '/halt', { reason: '#inf' })).status).toBe(200)
    expect((await world.api('POST', '/resume')).status).toBe(200)
    await world.add({ strategy: { size: 5 } })
    await world.until(
      ({ phase, counters }) => phase === 'quoting' && counters.fills! > early.fills!,
    )
    // Once a minute by itself; what is in memory only is lost with the runtime.
    await world.flushTape()
    await world.crash()
    await world.start()
    await world.watch()
    await world.until(
      ({ phase, counters }) =>
        phase === 'quoting' && counters.fills! >= 3 && counters.placed! + counters.amended! >= 10,
    )
    const { status, text } = await world.api('GET', `/journal/${TICKER}`)
    expect(status).toBe(200)
    lines = text.split('\n')
    played = replayLines(lines)
  })

  it('lists two lives, each with its parts from the first on', async () => {
    const { json } = await world.api('GET', `/journal?ticker=${TICKER}`)
    const lives = json.lives as { life: number; parts: number; bytes: number; missing: unknown }[]
    expect(lives).toHaveLength(2)
    for (const { parts, bytes, missing } of lives) {
      expect(parts).toBeGreaterThan(0)
      expect(bytes).toBeGreaterThan(1000)
      expect(missing).toBeNull()
    }
    const [first] = lives
    const range = `from=${first!.life}&to=${first!.life + 1}`
    const one = await world.api('GET', `/journal/${TICKER}?${range}`)
    expect(replayLines(one.text.split('\n')).lives).toBe(1)
  })

  it('decides the same in both lives, to the last decision', () => {
    expect(played.difference).toBeNull()
    expect(played).toMatchObject({ lives: 2, unreadable: 0 })
    expect(played.equal).toBe(played.decisions)
    for (const { decisions, events, broken } of played.each) {
      expect(decisions).toBeGreaterThan(20)
      expect(events).toBeGreaterThan(50)
      expect(broken).toBe('')
    }
    // The second begins with what the first has learnt.
    expect(lines.filter((line) => line.startsWith('{"journal"'))[1]).toContain('"ledger"')
  })

  it('decides the same however often somebody looks at it', () => {
    const watched = replayLines(lines, {
      onStep: ({ at }, _effects, engine) => void viewOf(engine, at + 777),
    })
    expect(watched.difference).toBeNull()
    expect(watched.equal).toBe(played.decisions)
  })

  it('is noticed to be another maker when one parameter is changed', async () => {
    const told = await replayChanged(each(lines), ['min_half_spread=3'])
    expect(told.code).toBe(0)
    expect(told.text).toMatch(
      /then different\n {4}from line \d+, .*\n {6}\S+[\s\S]*before:\n[\s\S]*with the change:\n/,
    )
    const other = replayLines(lines, {
      change: (base) => parametersOf(['min_half_spread=3'], null, base),
    })
    expect(other.difference).not.toBeNull()
    expect(other.equal).toBeLessThan(other.decisions)
  })

  it('is played again from where it runs, by its address', async () => {
    const { href } = await world.address()
    const played = (token: string) => replayJournal(journalLines([href], { ticker: TICKER, token }))
    const told = await played(TOKEN)
    expect(told.code).toBe(0)
    expect(told.text).toMatch(/(\d+) of \1 decisions the same in 2 lives/)
    await expect(played('wrong-token-000')).rejects.toThrow(/401/)
  })

  it('becomes a session with the others in its book and not itself', async () => {
    const [session] = await sessionsOfJournal('journal', lines)
    const { moments, wrong, own } = compareBooks(session!, lines)
    expect(moments).toBeGreaterThan(50)
    expect(own).toBeGreaterThan(20)
    // The engine learns of a fill a moment after the book has changed; the session knows it at
    // once.
    expect(wrong / moments).toBeLessThan(0.2)
    // On a busy machine a fill may be heard a tenth of a second after the change of the book.
    const quiet = compareBooks(session!, lines, 200)
    expect(quiet.moments).toBeGreaterThan(3)
    expect(quiet.wrong).toBe(0)
  })

  it('lets other makers run in that session', async () => {
    const [session] = await sessionsOfJournal('journal', lines)
    expect(session).toMatchObject({ ticker: TICKER, printsFrom: 'trades' })
    expect(session!.market?.ticker).toBe(TICKER)
    for (const fills of ['strict', 'queue', 'optimistic'] as const) {
      const result = run(session!, parametersOf([], 'naive'), { ...PAPER, fills, settled: null })
      expect(result.gaps).toBe(0)
      expect(result.orders).toBeGreaterThan(0)
    }
  })
})

describe('a maker that keeps no journal', () => {
  const world = worldForTests({ mock: { crowd: { takersPerSecond: 4 } } })

  it('writes nothing', async () => {
    await world.add({ strategy: { journal: 'off' } })
    await world.quoting()
    await world.until(({ counters }) => counters.decisions! > 30)
    const { status, json } = await world.api('GET', `/journal?ticker=${TICKER}`)
    expect([status, json.lives]).toEqual([200, []])
    expect((await world.api('GET', `/journal/${TICKER}`)).text).toBe('')
  })
})
