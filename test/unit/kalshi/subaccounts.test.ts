// One socket and one account carry every subaccount of the member: what is not of ours must not
// reach the engine, whichever way it comes.

import { describe, expect, it } from 'vitest'
import type { Frame } from '../../../src/core/vocabulary/events.ts'
import { FrameDecoder } from '../../../src/kalshi/feed/decoder.ts'
import { ownRows, readOrders, readPosition } from '../../../src/kalshi/rest/portfolio.ts'
import { quoting } from '../../helpers/engine-transcript.ts'
import { orderRow } from './rest/bodies.ts'

const FILL = {
  trade_id: 't-1',
  order_id: 'o-1',
  client_order_id: 'hand-1',
  market_ticker: 'KXA',
  book_side: 'bid',
  yes_price_dollars: '0.4300',
  count_fp: '25.00',
  ts_ms: 5,
}
const ORDER = { ...orderRow('o-1'), client_order_id: 'hand-1' }
const DELTA = {
  market_ticker: 'KXA',
  side: 'yes',
  price_dollars: '0.4300',
  delta_fp: '25.00',
  client_order_id: 'hand-1',
}

const decode = (type: string, msg: object, subaccount?: number): Frame => {
  const options = {
    noSide: 'yes-price' as const,
    ...(subaccount === undefined ? {} : { subaccount }),
  }
  const text = JSON.stringify({ type, sid: 3, seq: 8, msg })
  return structuredClone(new FrameDecoder(options).decode(text, 1))
}

describe('a frame of the socket', () => {
  const dropped = { type: 'other', what: 'other-subaccount', sid: 3, seq: 8 }

  it.each([
    ['fill', 'subaccount'],
    ['fill', 'subaccount_number'],
    ['user_order', 'subaccount'],
    ['user_order', 'subaccount_number'],
  ])('%s with the field %s is passed on for our subaccount alone', (type, field) => {
    const msg = type === 'fill' ? FILL : ORDER
    const kind = type === 'fill' ? 'fill' : 'order'
    expect(decode(type, { ...msg, [field]: 0 })).toMatchObject({ type: kind, sid: 3, seq: 8 })
    expect(decode(type, { ...msg, [field]: 1 })).toMatchObject(dropped)
    expect(decode(type, { ...msg, [field]: 0 }, 2)).toMatchObject(dropped)
    expect(decode(type, { ...msg, [field]: 2 }, 2).type).toBe(kind)
    expect(decode(type, { ...msg, [field]: '2' }, 2).type).toBe(kind)
  })

  it('that names no subaccount is ours', () => {
    expect(decode('fill', FILL, 2).type).toBe('fill')
    expect(decode('user_order', { ...ORDER, subaccount_number: null }, 2).type).toBe('order')
  })

  it('whose subaccount cannot be read is neither counted nor dropped in silence', () => {
    for (const named of ['main', '', {}, 1.5]) {
      expect(decode('fill', { ...FILL, subaccount: named })).toMatchObject({ type: 'malformed' })
    }
  })

  it('that marks a change of the book keeps the mark of our own subaccount alone', () => {
    const mark = { type: 'delta', delta: 2500, clientOrderId: 'hand-1' }
    expect(decode('orderbook_delta', DELTA)).toMatchObject(mark)
    expect(decode('orderbook_delta', { ...DELTA, subaccount: 0 })).toMatchObject(mark)
    const unmarked = { ...mark, clientOrderId: '' }
    expect(decode('orderbook_delta', { ...DELTA, subaccount: 1 })).toMatchObject(unmarked)
    expect(decode('orderbook_delta', { ...DELTA, subaccount: 0 }, 1)).toMatchObject(unmarked)
  })
})

describe('a list over REST', () => {
  it('is read without the rows of other subaccounts, which are counted', () => {
    const rows = [orderRow('o-1', { subaccount_number: 2 }), orderRow('o-2', { subaccount: 0 })]
    const own = ownRows({ orders: [...rows, orderRow('o-3')], cursor: 'x' }, 2)
    expect(own).toMatchObject({ others: 1 })
    const read = readOrders((own as { body: unknown }).body)
    expect(read).toMatchObject({ items: [{ orderId: 'o-1' }, { orderId: 'o-3' }], cursor: 'x' })
  })

  it('whose rows name a subaccount that cannot be read is unreadable', () => {
    const wrong = ownRows({ orders: [orderRow('o-1', { subaccount: 'main' })] }, 0)
    expect(wrong).toBe('orders subaccount: found "main"')
  })

  it('holds the position of our subaccount, not of the first that is listed', () => {
    const row = (subaccount: number, position: string) => ({
      ...{ ticker: 'KXA', subaccount, position_fp: position },
      ...{ realized_pnl_dollars: '0.0000', fees_paid_dollars: '0.0000' },
      market_exposure_dollars: '0.0000',
    })
    const own = ownRows({ market_positions: [row(0, '25.00'), row(1, '-3.00')] }, 1)
    expect(readPosition((own as { body: unknown }).body, 'KXA')).toMatchObject({ position: -300 })
  })
})

describe('the engine', () => {
  it('counts what came of another subaccount, and does nothing about it', () => {
    const t = quoting()
    t.hear({ type: 'other', sid: 9, seq: 0, what: 'other-subaccount' })
    expect(t.text).toBe('> other')
    expect(t.engine.state.execution.counters.other_subaccount).toBe(1)
    t.life()
    expect(t.engine.state.execution.counters.other_subaccount).toBe(1)
  })
})
