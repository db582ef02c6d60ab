// The mark of a position when the book says nothing: the last mid, its age, and never the cost.

import { describe, expect, it } from 'vitest'
import { Engine } from '../../../../src/core/maker/engine.ts'
import { statusOf } from '../../../../src/core/status/view.ts'
import type { TapeRow } from '../../../../src/core/vocabulary/events.ts'
import { fillOf, parametersOf, T0, TICKER } from '../../../helpers/core.ts'
import { quoting, type Transcript } from '../../../helpers/engine-transcript.ts'

const pnlOf = (t: Transcript) => statusOf(t.engine, t.at).pnl

/** The rows that the steps since have written. */
const rowOf = (effects: readonly { type: string }[]): TapeRow =>
  (effects.findLast(({ type }) => type === 'row') as unknown as { row: TapeRow }).row

/** 4 contracts bought at 43, others at 40 and 42 since. */
const long = (): Transcript => {
  const t = quoting({ strategy: { stale_after_seconds: 3600 } })
  t.fill('kmm-n-1', 4)
  t.moveTop([44, 46], [40, 42])
  return t
}

describe('a position without a mid', () => {
  it('keeps its loss when the book empties, in the status and on the tape', () => {
    const t = long()
    expect(pnlOf(t)).toMatchObject({ unrealized: '-0.080000', mark: '0.41000', mark_source: 'mid' })
    t.delta('bid', 40, -50)
    const effects = t.sleepAlive(5000).fill('kmm-n-2', 0.01, { price: 4100, venueAt: t.at })
    expect(pnlOf(t)).toMatchObject({ mark: '0.41000', mark_source: 'last', mark_age_seconds: 5 })
    const { mid, inventory, unrealizedPnl } = rowOf(effects)
    expect(mid).toBe(null)
    expect(inventory).toBe(3.99)
    expect(unrealizedPnl).toBeCloseTo(3.99 * -2, 6)
    // 100 x the row's cents are the status's dollars.
    expect(Number(pnlOf(t).unrealized) * 100).toBeCloseTo(unrealizedPnl, 6)
  })

  it('would be sold for nothing into a book without bids, and the status says so', () => {
    const t = long()
    t.delta('bid', 40, -50)
    expect(pnlOf(t)).toMatchObject({
      ...{ liquidation: '-1.720000', liquidation_missing: '4.00' },
      ...{ equity: '-0.080000', liquidation_equity: '-1.720000' },
    })
  })

  it('is marked by the memory after a restart, until there is a book', () => {
    const t = long()
    const memory = JSON.parse(JSON.stringify(t.engine.memory))
    const again = new Engine(TICKER, parametersOf(), memory)
    expect(statusOf(again, t.at + 60_000).pnl).toMatchObject({
      ...{ unrealized: '-0.080000', mark: '0.41000' },
      ...{ mark_source: 'last', mark_age_seconds: 60, liquidation: null },
    })
  })

  it('is unmarked before the first mid, counts at its worst, and has no equity', () => {
    const t = long()
    const { lastMid, ...older } = t.engine.memory
    expect(lastMid).toEqual({ cents: 41, at: t.at })
    const again = new Engine(TICKER, parametersOf(), older)
    expect(statusOf(again, t.at).pnl).toMatchObject({
      ...{ unrealized: '-1.720000', mark: null, mark_source: 'unmarked' },
      ...{ mark_age_seconds: null, equity: null, liquidation_equity: null },
    })
    const short = new Engine(TICKER, parametersOf())
    short.state.ledger.apply(fillOf({ side: 'ask', price: 4700, quantity: 400 }))
    expect(statusOf(short, T0).pnl.unrealized).toBe('-2.120000')
  })

  it('is marked by the outcome once that is known', () => {
    const t = long()
    t.answer('market', { ...t.market, status: 'determined', result: 'yes' })
    expect(pnlOf(t)).toMatchObject({ unrealized: '2.280000', mark: '1.00000' })
    expect(pnlOf(t)).toMatchObject({ mark_source: 'result', mark_age_seconds: null })
  })

  it('has its mark kept once a minute, and that of a flat maker never', () => {
    const t = long()
    const stamps = new Set<string>()
    for (let second = 0; second < 180; second++) {
      t.sleepAlive(1000)
      stamps.add(t.engine.memoryStamp)
    }
    expect(stamps.size).toBeGreaterThanOrEqual(3)
    expect(stamps.size).toBeLessThanOrEqual(4)
    const flat = quoting()
    const before = flat.engine.memoryStamp
    flat.sleepAlive(120_000)
    expect(flat.engine.memoryStamp).toBe(before)
  })
})
