// The decoder, frame by frame: what it understands, and what it refuses with a reason.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Frame } from '../../../../src/core/vocabulary/events.ts'
import { FrameDecoder } from '../../../../src/kalshi/feed/decoder.ts'

const AT = 1_794_324_125_330
const TICKER = 'KXSNOWBOS-26DEC01-T3'
const yes = new FrameDecoder({ noSide: 'yes-price' })
const no = new FrameDecoder({ noSide: 'no-price' })

const decode = (frame: unknown, decoder = yes): Frame =>
  structuredClone(decoder.decode(typeof frame === 'string' ? frame : JSON.stringify(frame), AT))

const VENUE_AT = 1_794_324_125_321
/** What every decoded frame carries. */
const head = (type: string, sid: number, seq: number) => ({ type, at: AT, sid, seq })

const delta = (change: Record<string, unknown> = {}, top: Record<string, unknown> = {}) => ({
  type: 'orderbook_delta',
  sid: 1,
  seq: 3,
  ...top,
  msg: {
    market_ticker: TICKER,
    price_dollars: '0.4300',
    delta_fp: '-20.50',
    side: 'yes',
    ts_ms: VENUE_AT,
    ...change,
  },
})

const fill = (change: Record<string, unknown> = {}) => ({
  type: 'fill',
  sid: 2,
  msg: {
    trade_id: 't-1',
    order_id: 'o-1',
    client_order_id: 'mm-1',
    market_ticker: TICKER,
    is_taker: false,
    outcome_side: 'yes',
    book_side: 'bid',
    yes_price_dollars: '0.4300',
    count_fp: '20.50',
    fee_cost: '0.000100',
    post_position_fp: '-14.50',
    ts_ms: VENUE_AT,
    ...change,
  },
})

const order = (change: Record<string, unknown> = {}) => ({
  type: 'user_order',
  sid: 3,
  msg: {
    order_id: 'o-1',
    client_order_id: 'mm-1',
    ticker: TICKER,
    status: 'resting',
    outcome_side: 'no',
    book_side: 'ask',
    yes_price_dollars: '0.4300',
    fill_count_fp: '20.50',
    remaining_count_fp: '29.50',
    created_ts_ms: 1_794_324_000_000,
    last_updated_ts_ms: VENUE_AT,
    expiration_ts_ms: 1_794_327_600_000,
    last_update_reason: 'Trade',
    ...change,
  },
})

describe('book frames', () => {
  it('a delta is a signed change of one level of the YES book', () => {
    expect(decode(delta())).toEqual({
      ...head('delta', 1, 3),
      ticker: TICKER,
      side: 'bid',
      price: 4300,
      delta: -2050,
      clientOrderId: '',
      venueAt: VENUE_AT,
    })
  })

  it.each([
    ['of NO is an ask, at its own price under use_yes_price', { side: 'no' }, yes, 4300, 'ask'],
    ['of NO is an ask at one dollar less its price without it', { side: 'no' }, no, 5700, 'ask'],
    ['of YES is a bid at its own price without it', { side: 'yes' }, no, 4300, 'bid'],
  ])('a level %s', (_what, change, decoder, price, side) => {
    expect(decode(delta(change), decoder)).toMatchObject({ side, price })
  })

  it.each([
    ['of our own order names it', { client_order_id: 'mm-1' }, { clientOrderId: 'mm-1' }],
    ['without ts_ms has no time of the exchange', { ts_ms: undefined }, { venueAt: 0 }],
  ])('a delta %s', (_what, change, expected) => {
    expect(decode(delta(change))).toMatchObject({ type: 'delta', ...expected })
  })

  it('a delta is as old as the older of its own time and that of its frame', () => {
    const sent = (at: number) => ({ sending_ts_ms: at })
    expect(decode(delta({}, sent(VENUE_AT + 900)))).toMatchObject({ venueAt: VENUE_AT })
    expect(decode(delta({}, sent(VENUE_AT - 900)))).toMatchObject({ venueAt: VENUE_AT - 900 })
    expect(decode(delta({ ts_ms: undefined }, sent(5)))).toMatchObject({ venueAt: 5 })
  })

  it.each([-1, 1.5, 'one'])('a delta under sid %j is one under no subscription', (sid) => {
    expect(decode(delta({}, { sid }))).toMatchObject({ type: 'delta', sid: 0, price: 4300 })
  })

  it.each([-1, 1.5, '4'])('a delta with seq %j is malformed, under its subscription', (seq) => {
    expect(decode(delta({}, { seq }))).toMatchObject({ type: 'malformed', sid: 1, seq: 0 })
  })

  it('a frame may end with a newline and carry fields that we do not know', () => {
    const text = `${JSON.stringify(delta({ tomorrow: [1] }, { sending_ts_ms: 5 }))}\n`
    expect(decode(text)).toMatchObject({ type: 'delta', price: 4300 })
  })

  it('prices with up to six decimals are read exactly, and beyond our unit refused', () => {
    expect(decode(delta({ price_dollars: '0.430000' }))).toMatchObject({ price: 4300 })
    expect(decode(delta({ price_dollars: '0.430010' })).type).toBe('malformed')
  })

  const snapshot = (sides: Record<string, unknown>) => ({
    type: 'orderbook_snapshot',
    sid: 1,
    seq: 1,
    msg: { market_ticker: TICKER, ...sides },
  })
  const sides = {
    yes_dollars_fp: [
      ['0.4100', '35.00'],
      ['0.4300', '120.50'],
    ],
    no_dollars_fp: [['0.4700', '80.00']],
  }

  it('a snapshot is flat pairs of price and quantity on both sides', () => {
    expect(decode(snapshot(sides), no)).toEqual({
      ...head('snapshot', 1, 1),
      sentAt: 0,
      ticker: TICKER,
      bids: [4100, 3500, 4300, 12050],
      asks: [5300, 8000],
    })
    expect(decode(snapshot(sides), yes)).toMatchObject({ asks: [4700, 8000] })
  })

  it('a side that is absent is empty, also right after a full one', () => {
    decode(snapshot(sides))
    expect(decode(snapshot({}))).toMatchObject({ bids: [], asks: [] })
    expect(decode(snapshot({ yes_dollars_fp: sides.yes_dollars_fp }))).toMatchObject({
      bids: [4100, 3500, 4300, 12050],
      asks: [],
    })
  })

  it('the arrays of a snapshot are used again by the next', () => {
    const text = JSON.stringify(snapshot(sides))
    const first = yes.decode(text, AT)
    const second = yes.decode(text, AT)
    expect(second).toBe(first)
  })

  it.each([
    ['a price of 0', snapshot({ yes_dollars_fp: [['0.0000', '1.00']] })],
    ['a price of 1', snapshot({ no_dollars_fp: [['1.0000', '1.00']] })],
    ['a negative count', snapshot({ yes_dollars_fp: [['0.5000', '-1.00']] })],
    ['numbers instead of strings', snapshot({ yes_dollars_fp: [[0.5, 1]] })],
    ['a side that is no list', snapshot({ yes_dollars_fp: 'none' })],
    ['a level that is no pair', snapshot({ yes_dollars_fp: [null] })],
    ['no ticker', { ...snapshot(sides), msg: sides }],
  ])('a snapshot with %s is malformed', (_what, frame) => {
    expect(decode(frame)).toMatchObject({ type: 'malformed', sid: 1, seq: 1 })
  })
})

describe('trades, fills and orders', () => {
  const trade = (change: Record<string, unknown> = {}) => ({
    type: 'trade',
    sid: 4,
    seq: 9,
    msg: {
      trade_id: 't-1',
      market_ticker: TICKER,
      yes_price_dollars: '0.4500',
      count_fp: '12.00',
      taker_outcome_side: 'no',
      taker_book_side: 'ask',
      is_block_trade: false,
      ts_ms: VENUE_AT,
      ...change,
    },
  })

  it('a trade has the taker on one side of the YES book', () => {
    expect(decode(trade())).toEqual({
      ...head('trade', 4, 9),
      sentAt: 0,
      ticker: TICKER,
      tradeId: 't-1',
      price: 4500,
      quantity: 1200,
      taker: 'ask',
      venueAt: VENUE_AT,
    })
  })

  it.each([
    [{ taker_book_side: undefined, taker_outcome_side: 'yes' }, 'bid'],
    [{ taker_book_side: undefined, taker_outcome_side: undefined, taker_side: 'no' }, 'ask'],
  ])('the taker is also found in %o', (change, taker) => {
    expect(decode(trade(change))).toMatchObject({ taker })
  })

  it('a block trade is not a trade of the book', () => {
    expect(decode(trade({ is_block_trade: true }))).toMatchObject({
      type: 'other',
      what: 'block_trade',
      sid: 4,
      seq: 9,
    })
  })

  it('a fill has its price, count and fee in exact units, and no seq', () => {
    expect(decode(fill())).toEqual({
      ...head('fill', 2, 0),
      fill: {
        tradeId: 't-1',
        orderId: 'o-1',
        clientOrderId: 'mm-1',
        ticker: TICKER,
        side: 'bid',
        price: 4300,
        quantity: 2050,
        fee: 100,
        isTaker: false,
        venueAt: VENUE_AT,
        positionAfter: -1450,
      },
    })
  })

  const absent = { book_side: undefined, outcome_side: undefined }
  it.each([
    ['book_side outranks the deprecated fields', { side: 'no', action: 'buy' }, 'bid'],
    ['outcome_side alone', { book_side: undefined, outcome_side: 'no' }, 'ask'],
    ['buying YES', { ...absent, side: 'yes', action: 'buy' }, 'bid'],
    ['selling YES', { ...absent, side: 'yes', action: 'sell' }, 'ask'],
    ['buying NO', { ...absent, side: 'no', action: 'buy' }, 'ask'],
    ['selling NO', { ...absent, side: 'no', action: 'sell' }, 'bid'],
    ['a leg without an action', { ...absent, side: 'no' }, 'ask'],
  ])('the side of a fill: %s', (_what, change, side) => {
    expect(decode(fill(change))).toMatchObject({ type: 'fill', fill: { side } })
  })

  it.each([
    ['no side at all', absent],
    ['a side we do not know', { book_side: 'up', outcome_side: 'maybe', side: 'yes' }],
    ['an action we do not know', { ...absent, side: 'yes', action: 'lend' }],
    ['no trade id', { trade_id: undefined }],
    ['a count of zero', { count_fp: '0.00' }],
    ['a price that is a number', { yes_price_dollars: 0.43 }],
    ['a price above a dollar', { yes_price_dollars: '1.0001' }],
    ['a fee that is no number', { fee_cost: 'free' }],
    ['a position that is no number', { post_position_fp: 'long' }],
  ])('a fill with %s is malformed', (_what, change) => {
    expect(decode(fill(change)).type).toBe('malformed')
  })

  it('a fill without fee or position is still a fill', () => {
    expect(decode(fill({ fee_cost: undefined, post_position_fp: undefined }))).toMatchObject({
      fill: { fee: 0, positionAfter: null },
    })
  })

  it('an order report says what was filled, what remains and when it ends', () => {
    expect(decode(order())).toEqual({
      ...head('order', 3, 0),
      order: {
        orderId: 'o-1',
        clientOrderId: 'mm-1',
        ticker: TICKER,
        side: 'ask',
        price: 4300,
        status: 'resting',
        filled: 2050,
        remaining: 2950,
        expiresAt: 1_794_327_600_000,
        venueAt: VENUE_AT,
        reason: 'Trade',
      },
    })
  })

  it('an order without an expiry, with a status and a reason that are new to us', () => {
    const change = { status: 'pondering', last_update_reason: 'Whim', expiration_ts_ms: undefined }
    expect(decode(order(change))).toMatchObject({
      order: { status: 'unknown', reason: 'Whim', expiresAt: null },
    })
  })

  it.each([
    ['no id', { order_id: '' }],
    ['an unreadable count', { remaining_count_fp: 'some' }],
    ['a negative fill', { fill_count_fp: '-1.00' }],
    ['a price above a dollar', { yes_price_dollars: '1.8891' }],
  ])('an order with %s is malformed', (_what, change) => {
    expect(decode(order(change)).type).toBe('malformed')
  })
})

describe('an order group', () => {
  const update = (msg: Record<string, unknown>) =>
    decode({ type: 'order_group_updates', sid: 7, seq: 2, msg })

  it('is told of with its id and what has become of it', () => {
    const msg = { event_type: 'triggered', order_group_id: 'og-1', ts_ms: 1_794_324_130_000 }
    expect(update(msg)).toMatchObject({
      ...{ type: 'group', sid: 7, seq: 2, groupId: 'og-1', change: 'triggered' },
    })
  })

  it.each([{ event_type: 'triggered' }, { order_group_id: 'og-1' }])('%j is malformed', (msg) => {
    expect(update(msg).type).toBe('malformed')
  })
})

describe('the life of a market', () => {
  const lifecycle = (msg: Record<string, unknown>) => ({
    type: 'market_lifecycle_v2',
    sid: 6,
    seq: 12,
    msg: { market_ticker: TICKER, ...msg },
  })
  const quiet = {
    ...head('lifecycle', 6, 12),
    ticker: TICKER,
    deactivated: null,
    closeAt: null,
    priceRanges: null,
    result: '',
  }

  it.each([
    [{ event_type: 'deactivated', is_deactivated: true }, { deactivated: true }],
    [{ event_type: 'deactivated' }, { deactivated: true }],
    [{ event_type: 'activated', is_deactivated: false }, { deactivated: false }],
    [{ event_type: 'close_date_updated', close_ts: 1_794_400_000 }, { closeAt: 1_794_400_000_000 }],
    [{ event_type: 'determined', result: 'yes' }, { result: 'yes' }],
    [
      {
        event_type: 'price_level_structure_updated',
        price_ranges: [{ start: '0.0000', end: '1.0000', step: '0.0010' }],
      },
      { priceRanges: [{ start: 0, end: 10_000, step: 10 }] },
    ],
    [{ event_type: 'something_new' }, {}],
  ])('%o', (msg, expected) => {
    expect(decode(lifecycle(msg))).toEqual({ ...quiet, change: msg.event_type, ...expected })
  })

  it('what one frame said is not carried over to the next', () => {
    decode(lifecycle({ event_type: 'determined', result: 'no', close_ts: 5, is_deactivated: true }))
    expect(decode(lifecycle({ event_type: 'settled' }))).toEqual({ ...quiet, change: 'settled' })
  })

  it('a grid that cannot be read is malformed', () => {
    const msg = { event_type: 'created', price_ranges: [{ start: '0', end: '1', step: '0' }] }
    expect(decode(lifecycle(msg))).toMatchObject({ type: 'malformed', sid: 6, seq: 12 })
  })

  it('of another market is told by two words, whatever else the frame says', () => {
    const ours = new FrameDecoder({ noSide: 'yes-price', ticker: TICKER })
    const other = { ...head('other', 6, 12), what: 'other-market' }
    const msg = { market_ticker: `${TICKER}X`, event_type: 'created', price_ranges: 'unreadable' }
    expect(decode(lifecycle(msg), ours)).toEqual(other)
    expect(decode(lifecycle({ event_type: 'settled' }), ours)).toMatchObject({ ticker: TICKER })
    const event = (event_ticker: string) => ({
      ...{ type: 'event_fee_update', sid: 6, seq: 12, msg: { event_ticker } },
    })
    const mine = TICKER.slice(0, TICKER.lastIndexOf('-'))
    expect(decode(event('KXELSE-26'), ours)).toEqual(other)
    expect(decode(event(mine), ours)).toMatchObject({ what: 'event_fee_update' })
    ours.eventTicker = 'KXREALLY'
    expect(decode(event(mine), ours)).toEqual(other)
    expect(decode(event('KXREALLY'), ours)).toMatchObject({ what: 'event_fee_update' })
  })

  it.each(['event_fee_update', 'event_lifecycle'])('%s is another frame', (type) => {
    expect(decode({ type, sid: 6, seq: 13, msg: {} })).toEqual({
      ...head('other', 6, 13),
      what: type,
    })
  })
})

describe('replies to commands', () => {
  it('subscribed has its sid inside', () => {
    const frame = { id: 1, type: 'subscribed', msg: { channel: 'orderbook_delta', sid: 7 } }
    expect(decode(frame)).toEqual({
      ...head('subscribed', 7, 0),
      id: 1,
      channel: 'orderbook_delta',
    })
  })

  it('ok and unsubscribed carry a seq that counts', () => {
    expect(decode({ id: 3, type: 'ok', sid: 1, seq: 57, msg: { market_tickers: [] } })).toEqual({
      ...head('ok', 1, 57),
      ...{ listed: null, askedAt: 0, sentAt: 0 },
      id: 3,
    })
    expect(decode({ id: 6, type: 'unsubscribed', sid: 1, seq: 90 })).toEqual({
      ...head('unsubscribed', 1, 90),
      id: 6,
    })
  })

  it('the answer to list_subscriptions is an ok without sid and seq', () => {
    const frame = { id: 5, type: 'ok', msg: [{ channel: 'fill', sid: 2 }] }
    const listed = [{ channel: 'fill', sid: 2 }]
    expect(decode(frame)).toMatchObject({ type: 'ok', id: 5, sid: 0, seq: 0, listed, sentAt: 0 })
    const timed = { ...frame, sending_ts_ms: VENUE_AT, msg: [...frame.msg, { channel: 'x' }, 7] }
    expect(decode(timed)).toMatchObject({ listed, sentAt: VENUE_AT })
  })

  it('an error has a code, and a sid where it ends a subscription', () => {
    const msg = { code: 25, msg: 'Subscription buffer overflow' }
    expect(decode({ type: 'error', sid: 1, seq: 91, msg })).toEqual({
      ...head('error', 1, 91),
      id: 0,
      code: 25,
      message: 'Subscription buffer overflow',
    })
  })
})

describe('what is not a frame', () => {
  it.each([
    ['nothing', ''],
    ['half a frame', '{"type":"orderbook_del'],
    ['null', 'null'],
    ['a number', '7'],
    ['a list', '[]'],
    ['no type', '{}'],
    ['a type that is no text', '{"type":5}'],
    ['a sid that is no number', '{"type":"ok","sid":"one"}'],
    ['a negative seq', '{"type":"ok","sid":1,"seq":-1}'],
    ['a body that is no object', '{"type":"orderbook_delta","sid":1,"seq":2,"msg":5}'],
  ])('%s is malformed, with a reason', (_what, text) => {
    const frame = decode(text)
    expect(frame.type).toBe('malformed')
    expect(frame.type === 'malformed' && frame.detail.length > 10).toBe(true)
  })

  it.each([
    ['market_ticker', { market_ticker: 5 }],
    ['price_dollars', { price_dollars: '1.0000' }],
    ['delta_fp', { delta_fp: 'NaN' }],
    ['side', { side: 'maybe' }],
  ])('the reason names what was wrong with a delta: %s', (field, change) => {
    expect(decode(delta(change))).toMatchObject({
      type: 'malformed',
      sid: 1,
      seq: 3,
      detail: expect.stringContaining(field),
    })
  })

  it('a reason is short, however long the frame', () => {
    const frame = decode('x'.repeat(100_000))
    expect(frame.type === 'malformed' && frame.detail.length < 200).toBe(true)
  })

  it('decoding never throws: any text, any JSON', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(typeof no.decode(text, AT).type).toBe('string')
      }),
      { numRuns: 500 },
    )
  })

  it('decoding never throws and passes on no broken number: any field replaced by anything', () => {
    const samples = [delta(), fill(), order(), { type: 'trade', sid: 1, seq: 1, msg: fill().msg }]
    const junk = fc.oneof(fc.jsonValue(), fc.constantFrom('1e5', '--1', '0.5.5', '9'.repeat(40)))
    const mutation = fc.record({
      sample: fc.constantFrom(...samples),
      field: fc.nat(20),
      inside: fc.boolean(),
      junk,
    })
    fc.assert(
      fc.property(mutation, ({ sample, field, inside, junk }) => {
        const frame = structuredClone(sample) as { msg: Record<string, unknown> }
        const target = inside ? frame.msg : (frame as Record<string, unknown>)
        const keys = Object.keys(target)
        target[keys[field % keys.length]!] = junk
        const decoded = yes.decode(JSON.stringify(frame), AT)
        const numbers = JSON.stringify(decoded, (_key, value) =>
          typeof value === 'number' && !Number.isSafeInteger(value) ? 'BROKEN' : value,
        )
        expect(decoded.type === 'malformed' ? '' : numbers).not.toContain('BROKEN')
      }),
      { numRuns: 2_000 },
    )
  })
})
