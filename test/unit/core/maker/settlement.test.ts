// A market that settles while something is held: the exchange is asked until it has paid, and the
// payout is booked once, whether the maker was awake, asleep or gone.

import { describe, expect, it } from 'vitest'
import { Engine } from '../../../../src/core/maker/engine.ts'
import { statusOf } from '../../../../src/core/status/view.ts'
import type { SettlementReport, TapeRow } from '../../../../src/core/vocabulary/events.ts'
import { accepted } from '../../../../src/core/vocabulary/outcome.ts'
import { idleMs } from '../../../../src/durable/maker/heartbeat.ts'
import { fillOf, marketOf, parametersOf, T0, TICKER } from '../../../helpers/core.ts'
import { quoting, Transcript } from '../../../helpers/engine-transcript.ts'

const row = (changes: Partial<SettlementReport> = {}): SettlementReport => ({
  ...{ ticker: TICKER, result: 'yes', yesCount: 400, noCount: 0 },
  ...{ yesCost: 4 * 430_000, noCost: 0, revenue: 4_000_000, fee: 0, at: T0 + 60_000 },
  ...changes,
})

/** 4 contracts bought at 43. */
const long = (): Transcript => {
  const t = quoting()
  t.fill('kmm-n-1', 4)
  t.answerAll()
  return t
}

const settled = (t: Transcript, ...rows: SettlementReport[]) =>
  t.hear({ type: 'answer', askedAt: t.at, what: 'settlement', outcome: accepted(rows) })

/** The market has its outcome, and the engine has asked for the payout. */
const determined = (
  t: Transcript,
  result = 'yes',
  status: 'determined' | 'finalized' = 'finalized',
) => {
  t.answer('market', { ...t.market, status, result })
  t.sleep(2_500)
  t.answers('fills').sleep(10)
  expect([...t.open]).toContain('settlement')
  void t.text
}
const stateOf = (t: Transcript) => {
  const { position, pnl, settlement } = statusOf(t.engine, t.at)
  return { position, realized: pnl.realized, unrealized: pnl.unrealized, settlement }
}

describe('a settlement', () => {
  it('realizes what was held, once, and writes a row', () => {
    const t = long()
    determined(t)
    const effects = settled(t, row())
    expect(stateOf(t)).toMatchObject({
      ...{ position: '0.00', realized: '2.280000', unrealized: '0.000000' },
      settlement: { result: 'yes', position: '4.00', paid: '4.000000' },
    })
    const { row: last } = effects.find(({ type }) => type === 'row') as { row: TapeRow } & never
    expect(last).toMatchObject({ inventory: 0, unrealizedPnl: 0, realizedPnl: 228 })
    settled(t, row())
    t.sleep(600_000)
    expect(stateOf(t).realized).toBe('2.280000')
    expect(t.text).not.toContain('ask settlement')
  })

  it('is asked for again until it is paid, more and more slowly', () => {
    const t = long()
    determined(t, 'yes', 'determined')
    const asked: number[] = []
    for (let turn = 0; turn < 8; turn++) {
      settled(t)
      const from = t.at
      while (!t.open.has('settlement')) t.sleep(500)
      asked.push(Math.round((t.at - from) / 1000))
    }
    expect(asked).toEqual([2, 4, 8, 16, 32, 60, 60, 60])
    t.fail('settlement')
    expect(t.engine.state.settlement.isOwed).toBe(true)
    expect(stateOf(t).position).toBe('4.00')
  })

  it('waits for all fills first', () => {
    const t = long()
    t.answer('market', { ...t.market, status: 'finalized', result: 'yes' })
    t.sleep(10_000)
    expect(t.text).not.toContain('ask settlement')
    const late = fillOf({ tradeId: 'late', orderId: 'x-kmm-n-1', price: 4300, quantity: 100 })
    t.answer('fills', [late]).length
    t.sleep(10)
    expect(t.text).toContain('ask settlement')
    settled(t, row({ yesCount: 500, yesCost: 5 * 430_000, revenue: 5_000_000 }))
    expect(t.text).not.toContain('differs')
    expect(stateOf(t).realized).toBe('2.850000')
  })

  it("takes the exchange's number where the books differ, and says so", () => {
    const t = long()
    determined(t)
    settled(t, row({ yesCount: 300, yesCost: 3 * 430_000, revenue: 3_000_000 }))
    expect(t.text).toContain('! settlement-differs')
    expect(stateOf(t)).toMatchObject({ position: '0.00', realized: '1.710000' })
    const short = long()
    determined(short)
    settled(short, row({ revenue: 3_990_000 }))
    expect(short.text).toContain('! settlement-differs')
    expect(stateOf(short).realized).toBe('2.270000')
  })

  it('of a voided market is what was paid back', () => {
    const t = long()
    determined(t, '')
    settled(t, row({ result: 'void', revenue: 1_720_000 }))
    expect(stateOf(t)).toMatchObject({ position: '0.00', realized: '0.000000' })
    expect(t.text).not.toContain('differs')
  })

  it('by a scalar is left to a person', () => {
    const t = long()
    determined(t, 'scalar')
    settled(t, row({ result: 'scalar', revenue: 1_000_000 }))
    expect(t.text).toContain('! settlement-refused')
    expect(t.phase).toBe('idle: market-settled-scalar')
    t.sleep(600_000)
    expect(t.open.has('settlement')).toBe(false)
    expect(stateOf(t).position).toBe('4.00')
  })

  it('of another subaccount is not ours', () => {
    const t = long()
    determined(t)
    const other = row({ yesCount: 900, revenue: 9_000_000 })
    settled(t, other, { ...other, noCount: 100 })
    expect(t.text).toContain('! settlement-unclear')
    while (!t.open.has('settlement')) t.sleep(500)
    settled(t, other, row())
    expect(stateOf(t).realized).toBe('2.280000')
  })

  it('is followed by late fills without harm', () => {
    const t = long()
    determined(t)
    settled(t, row({ yesCount: 500, yesCost: 5 * 430_000, revenue: 5_000_000 }))
    t.fill('kmm-n-1', 1, { positionAfter: 500 })
    expect(stateOf(t)).toMatchObject({ position: '0.00', realized: '2.850000' })
    // The exchange lists nothing for a settled market, and that is no dispute.
    for (let turn = 0; turn < 20; turn++) {
      t.sleep(5_000)
      t.answer('position' as 'market', { position: 0, realized: 0, fees: 0, exposure: 0 } as never)
    }
    expect(t.text).not.toMatch(/position-adopted|ledger-differs/)
    expect(stateOf(t).realized).toBe('2.850000')
  })
})

describe('a position that the exchange no longer lists', () => {
  const gone = { position: 0, realized: 0, fees: 0, exposure: 0 }

  it('is not adopted as nothing when the market has settled, though no frame said so', () => {
    const t = long()
    const paid = { ...t.market, status: 'finalized', result: 'yes' } as const
    for (let turn = 0; turn < 12; turn++) {
      t.answer('position', gone)
      t.sleep(2_500)
      if (t.open.has('market')) t.answer('market', paid)
      if (t.open.has('fills')) t.answer('fills')
    }
    expect(t.text).not.toContain('position-adopted')
    settled(t, row())
    expect(stateOf(t).realized).toBe('2.280000')
  })

  it('is adopted where the market goes on', () => {
    const t = long()
    for (let turn = 0; turn < 12; turn++) {
      t.answer('position', gone)
      t.sleep(2_500)
      if (t.open.has('market')) t.answer('market')
      if (t.open.has('fills')) t.answer('fills')
    }
    expect(t.text).toContain('position-adopted')
  })
})

describe('a maker that slept through it', () => {
  it('asks when it wakes, and sleeps no longer than a minute until it is paid', () => {
    const { memory } = long().engine
    const t = new Transcript({ memory: JSON.parse(JSON.stringify(memory)) })
    t.begin()
    t.answer('market', marketOf({ status: 'finalized', result: 'yes' }))
    t.answer('orders').length
    t.sleep(2_500)
    t.answer('fills').length
    t.sleep(10)
    expect([...t.open]).toContain('settlement')
    expect(idleMs('idle', 'market-finalized', t.engine.state.settlement.isOwed)).toBe(60_000)
    settled(t)
    t.hear({ type: 'start', nonce: 'n' })
    expect([...t.open]).toContain('settlement')
    const effects = settled(t, row())
    expect(stateOf(t)).toMatchObject({ position: '0.00', realized: '2.280000' })
    // The first row of this life: there has been no quote.
    expect(effects.some(({ type }) => type === 'row')).toBe(true)
    expect(idleMs('idle', 'market-finalized', t.engine.state.settlement.isOwed)).toBe(3_600_000)
  })

  it('does not ask again for what an earlier life has booked', () => {
    const t = long()
    determined(t)
    const before = t.engine.memoryStamp
    settled(t, row())
    expect(t.engine.memoryStamp).not.toBe(before)
    const memory = JSON.parse(JSON.stringify(t.engine.memory))
    const again = new Transcript({ memory })
    again.begin()
    again.answer('market', marketOf({ status: 'finalized', result: 'yes' }))
    again.sleep(120_000)
    expect(again.text).not.toContain('ask settlement')
    expect(stateOf(again)).toMatchObject({ position: '0.00', realized: '2.280000' })
  })

  it('that held nothing asks once', () => {
    const t = quoting()
    determined(t)
    settled(t)
    t.sleep(600_000)
    expect(t.text).not.toContain('ask settlement')
    expect(t.engine.state.settlement.isOwed).toBe(false)
    const fresh = new Engine(TICKER, parametersOf())
    expect(statusOf(fresh, T0).settlement).toBe(null)
  })
})
