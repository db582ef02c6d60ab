// The socket: numbering, snapshots, both price scales, private channels, and a book rebuilt from
// nothing but messages.

import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { Faults } from '../../../../mocks/kalshi/faults/faults.ts'
import { Feed } from '../../../../mocks/kalshi/feed/feed.ts'
import { startMockKalshi } from '../../../../mocks/kalshi/server.ts'
import { Dice } from '../../../../src/statistics/random.ts'
import { type Json, Listener, order, type WireFrame } from '../client.ts'
import { create, listener, mock, openWithSocket, other } from '../rig.ts'

const A = 'KXFEED-26DEC31-A'
const B = 'KXFEED-26DEC31-B'

openWithSocket(A, B)

const books = (tickers: string[], more: Json = {}) => ({
  cmd: 'subscribe',
  params: { channels: ['orderbook_delta'], market_tickers: tickers, use_yes_price: true, ...more },
})

const seqs = (frames: WireFrame[]): (number | undefined)[] => frames.map((frame) => frame.seq)

describe('sid and seq', () => {
  it('one counter per sid from 1, shared by its markets, snapshots first', async () => {
    await listener.command({ id: 1, ...books([A, B]) })
    await listener.count('orderbook_snapshot', 2)
    other('bid', 40, 1, B)
    other('bid', 41, 1, A)
    await listener.count('orderbook_delta', 2)
    const [subscribed, ...rest] = listener.frames
    expect(subscribed).toEqual({
      id: 1,
      type: 'subscribed',
      msg: { channel: 'orderbook_delta', sid: 1 },
    })
    expect(seqs(rest)).toEqual([1, 2, 3, 4])
    expect(rest.every((frame) => frame.sid === 1 && typeof frame.sending_ts_ms === 'number')).toBe(
      true,
    )
  })

  it('each channel of a command gets its own sid and its own numbers', async () => {
    await listener.subscribe(['orderbook_delta', 'trade'], { market_ticker: A })
    other('ask', 50, 1, A)
    other('ask', 51, 1, A)
    other('bid', 50, 1, A, 'taker')
    await listener.count('trade')
    expect(listener.of('subscribed').map((frame) => frame.msg?.sid)).toEqual([1, 2])
    expect(listener.of('trade')[0]).toMatchObject({ sid: 2, seq: 1 })
    await listener.count('orderbook_delta', 3)
    expect(seqs(listener.of('orderbook_delta'))).toEqual([2, 3, 4])
  })

  it('ok uses a number; subscribing again sends no second snapshot', async () => {
    await listener.command({ id: 1, ...books([A]) })
    const [ok] = await listener.command({ id: 2, ...books([A]) })
    expect(ok).toEqual({ id: 2, type: 'ok', sid: 1, seq: 2, msg: { market_tickers: [A] } })
    other('bid', 40, 1, A)
    await listener.count('orderbook_delta')
    expect(listener.of('orderbook_snapshot')).toHaveLength(1)
    expect(listener.of('orderbook_delta')[0]?.seq).toBe(3)
  })

  it('unsubscribe uses a number; subscribing after it starts a new sid at 1', async () => {
    await listener.command({ id: 1, ...books([A]) })
    const [gone] = await listener.command({ id: 2, cmd: 'unsubscribe', params: { sids: [1] } })
    expect(gone).toEqual({ id: 2, type: 'unsubscribed', sid: 1, seq: 2 })
    await listener.command({ id: 3, ...books([A]) })
    await listener.count('orderbook_snapshot', 2)
    expect(listener.of('orderbook_snapshot')[1]).toMatchObject({ sid: 2, seq: 1 })
  })

  it('delete and add give a fresh snapshot on the same sid', async () => {
    await listener.command({ id: 1, ...books([A, B]) })
    const update = (id: number, action: string) =>
      listener.command({
        id,
        cmd: 'update_subscription',
        params: { sids: [1], action, market_tickers: [A] },
      })
    const [removed] = await update(2, 'delete_markets')
    expect(removed).toMatchObject({ type: 'ok', seq: 3, msg: { market_tickers: [B] } })
    other('bid', 40, 1, A)
    const [added] = await update(3, 'add_markets')
    expect(added).toMatchObject({ type: 'ok', seq: 4 })
    await listener.count('orderbook_snapshot', 3)
    expect(listener.of('orderbook_snapshot')[2]).toMatchObject({
      seq: 5,
      msg: { market_ticker: A, yes_dollars_fp: [['0.4000', '1.00']] },
    })
    expect(listener.of('orderbook_delta')).toEqual([])
  })

  it('get_snapshot answers with the command id and a number', async () => {
    await listener.command({ id: 1, ...books([A]) })
    const params = { sid: 1, action: 'get_snapshot', market_ticker: A }
    const [snapshot] = await listener.command({ id: 9, cmd: 'update_subscription', params })
    expect(snapshot).toMatchObject({ id: 9, type: 'orderbook_snapshot', sid: 1, seq: 2 })
  })

  it('tickers, fills, orders and positions carry no number', async () => {
    await listener.subscribe(['ticker', 'fill', 'user_orders', 'market_positions'])
    other('ask', 50, 1, A)
    await create(order(A, 'c1', 'bid', '0.50', '2'))
    for (const type of ['ticker', 'fill', 'user_order', 'market_position']) {
      await listener.until(() => listener.of(type).length > 0, type)
      expect(listener.of(type).every((frame) => frame.seq === undefined)).toBe(true)
    }
  })

  it('a subscription ended by the exchange says so with a number, and is over', async () => {
    await listener.command({ id: 1, ...books([A]) })
    await listener.count('orderbook_snapshot')
    mock.faults.endSubscription('orderbook_delta', 25)
    await listener.count('error')
    expect(listener.of('error')[0]).toMatchObject({ sid: 1, seq: 2, msg: { code: 25 } })
    const [list] = await listener.command({ id: 2, cmd: 'list_subscriptions' })
    expect(list).toMatchObject({ id: 2, type: 'ok', msg: [] })
  })
})

describe('books', () => {
  it('a side without orders is left out of the snapshot', async () => {
    await listener.command({ id: 1, ...books([A]) })
    await listener.count('orderbook_snapshot')
    expect(Object.keys(listener.of('orderbook_snapshot')[0]!.msg!)).toEqual([
      'market_ticker',
      'market_id',
    ])
  })

  it('asks are on the YES scale when asked so, else on the NO scale', async () => {
    other('ask', 51, 10, A)
    other('ask', 53, 80, A)
    const second = await Listener.dial(mock)
    await listener.command({ id: 1, ...books([A]) })
    await second.command({ id: 1, ...books([A], { use_yes_price: false }) })
    other('ask', 52, 1, A)
    for (const [one, far, best, price] of [
      [listener, '0.5300', '0.5100', '0.5200'],
      [second, '0.4700', '0.4900', '0.4800'],
    ] as const) {
      const levels = [`${far} 80.00`, `${best} 10.00`].map((level) => level.split(' '))
      await one.until(() => one.of('orderbook_delta').length === 1)
      expect(one.of('orderbook_snapshot')[0]?.msg?.no_dollars_fp).toEqual(levels)
      expect(one.of('orderbook_delta')[0]?.msg).toMatchObject({
        side: 'no',
        price_dollars: price,
        delta_fp: '1.00',
      })
    }
    second.close()
  })

  it("only the owner's own doing is named in a change", async () => {
    await listener.command({ id: 1, ...books([A]) })
    await create(order(A, 'mine', 'bid', '0.40', '2'))
    other('ask', 40, 1, A)
    await listener.count('orderbook_delta', 2)
    const [first, second] = listener.of('orderbook_delta')
    expect(first?.msg).toMatchObject({ client_order_id: 'mine', subaccount: 0 })
    expect(second?.msg).not.toHaveProperty('client_order_id')
  })

  it('snapshot and changes rebuild the book exactly', async () => {
    await listener.command({ id: 1, ...books([A]) })
    const dice = new Dice(11)
    const people = ['p', 'q', 'r'].map((name) => mock.exchange.stranger(name))
    const resting = []
    for (let index = 0; index < 600; index++) {
      if (resting.length > 0 && dice.chance(0.3)) {
        mock.exchange.withdraw(resting.splice(dice.whole(0, resting.length - 1), 1)[0]!)
        continue
      }
      const placed = mock.exchange.place(people[dice.whole(0, 2)]!, {
        ticker: A,
        side: dice.chance(0.5) ? 'bid' : 'ask',
        price: dice.whole(30, 70) * 100,
        quantity: dice.whole(1, 3_000),
      })
      if ('level' in placed && placed.level !== null) resting.push(placed)
    }
    other('bid', 1, 1, B)
    await listener.command({ id: 2, cmd: 'list_subscriptions' })
    const book = { yes: new Map<string, number>(), no: new Map<string, number>() }
    let expected = 1
    for (const frame of listener.frames) {
      if (frame.type === 'orderbook_delta') {
        const msg = frame.msg as { side: 'yes' | 'no'; price_dollars: string; delta_fp: string }
        const size =
          (book[msg.side].get(msg.price_dollars) ?? 0) + Math.round(Number(msg.delta_fp) * 100)
        if (size === 0) book[msg.side].delete(msg.price_dollars)
        else book[msg.side].set(msg.price_dollars, size)
      }
      if (frame.seq !== undefined) expect(frame.seq).toBe(expected++)
    }
    for (const [side, name] of [
      ['bid', 'yes'],
      ['ask', 'no'],
    ] as const) {
      const flat = mock.exchange.listing(A).book.levels(side)
      const levels = new Map<string, number>()
      for (let index = 0; index < flat.length; index += 2) {
        levels.set((flat[index]! / 10_000).toFixed(4), flat[index + 1]!)
      }
      expect(book[name]).toEqual(levels)
    }
  })
})

describe('private channels', () => {
  it('report the life of an order: rest, fill, position, cancel with its reason', async () => {
    await listener.subscribe(['fill', 'user_orders', 'market_positions'], { market_tickers: [A] })
    await create(order(A, 'c1', 'bid', '0.43', '50'))
    other('ask', 43, 20.5, A)
    mock.exchange.lifecycle.close(A)
    await listener.count('user_order', 3)
    expect(
      listener
        .of('user_order')
        .map(({ msg }) => [msg?.status, msg?.last_update_reason, msg?.remaining_count_fp]),
    ).toEqual([
      ['resting', undefined, '50.00'],
      ['resting', 'Trade', '29.50'],
      ['canceled', 'CloseCancel', '0.00'],
    ])
    expect(listener.of('fill')[0]?.msg).toMatchObject({
      client_order_id: 'c1',
      is_taker: false,
      book_side: 'bid',
      yes_price_dollars: '0.4300',
      count_fp: '20.50',
      fee_cost: '0.000000',
      post_position_fp: '20.50',
    })
    expect(listener.of('market_position')[0]?.msg).toMatchObject({
      position_fp: '20.50',
      position_cost_dollars: '8.815000',
    })
  })

  it('a fill and its public trade share an id', async () => {
    await listener.subscribe(['fill', 'trade'])
    other('ask', 50, 1, A)
    await create(order(A, 'c1', 'bid', '0.50', '1'))
    await listener.until(() => listener.of('fill').length + listener.of('trade').length === 2)
    expect(listener.of('fill')[0]?.msg?.trade_id).toBe(listener.of('trade')[0]?.msg?.trade_id)
    expect(listener.of('trade')[0]?.msg).toMatchObject({
      taker_book_side: 'bid',
      taker_outcome_side: 'yes',
    })
  })
})

describe('life cycle', () => {
  it('announces pauses, outcomes, settlement, grids and fee overrides, but not the close', async () => {
    await listener.subscribe(['market_lifecycle_v2'])
    const { lifecycle } = mock.exchange
    lifecycle.deactivate(A)
    lifecycle.activate(A)
    lifecycle.changeGrid(A, 'deci_cent', [{ start: 0, end: 10_000, step: 10 }])
    lifecycle.overrideFees('KXFEED-26DEC31', 'quadratic_with_maker_fees', 1)
    lifecycle.moveClose(A, 1_900_000_000_000)
    lifecycle.close(A)
    lifecycle.determine(A, 'no')
    lifecycle.settle(A)
    await listener.until(() => listener.frames.some(({ msg }) => msg?.event_type === 'settled'))
    const [, ...frames] = listener.frames
    expect(seqs(frames)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(frames.map(({ type, msg }) => msg?.event_type ?? type)).toEqual([
      'deactivated',
      'activated',
      'price_level_structure_updated',
      'event_fee_update',
      'close_date_updated',
      'determined',
      'settled',
    ])
    expect(frames[0]?.msg).toEqual({
      market_ticker: A,
      event_type: 'deactivated',
      is_deactivated: true,
    })
    expect(frames[5]?.msg).toMatchObject({ result: 'no', settlement_value: '0.0000' })
  })
})

describe('commands that cannot be carried out', () => {
  const subscribing = (params: string): string => `{"id":1,"cmd":"subscribe","params":${params}}`
  const BOTH = '{"channels":["trade"],"market_ticker":"x","market_tickers":["y"]}'

  it.each([
    ['not JSON', '{', 1],
    ['not an object', '7', 1],
    ['an unknown command', '{"id":1,"cmd":"dance"}', 5],
    ['no params', '{"id":1,"cmd":"subscribe"}', 2],
    ['no channels', '{"id":1,"cmd":"subscribe","params":{}}', 3],
    ['an unknown channel', '{"id":1,"cmd":"subscribe","params":{"channels":["ticker_v2"]}}', 8],
    ['a book without a market', subscribing('{"channels":["orderbook_delta"]}'), 14],
    ['no sids', '{"id":1,"cmd":"unsubscribe","params":{}}', 4],
    ['an unknown sid', '{"id":1,"cmd":"unsubscribe","params":{"sids":[9]}}', 7],
    ['two sids to update', '{"id":1,"cmd":"update_subscription","params":{"sids":[1,2]}}', 12],
    ['both ticker forms', subscribing(BOTH), 11],
  ])('%s: an error, and the connection lives on', async (_what, text, code) => {
    listener.sendText(text)
    await listener.count('error')
    expect(listener.of('error')[0]?.msg?.code).toBe(code)
    await listener.command({ id: 77, cmd: 'list_subscriptions' })
  })

  it('an action that the subscription does not have', async () => {
    await listener.command({ id: 1, ...books([A]) })
    const update = (id: number, params: Json) =>
      listener.command({ id, cmd: 'update_subscription', params: { sid: 1, ...params } })
    expect((await update(2, { market_ticker: A }))[0]?.msg?.code).toBe(15)
    expect((await update(3, { action: 'fly', market_ticker: A }))[0]?.msg?.code).toBe(13)
    expect((await update(4, { action: 'add_markets' }))[0]?.msg?.code).toBe(14)
  })
})

it('answers a ping', async () => {
  await listener.ping()
})

it('pings with the body heartbeat', async () => {
  const own = await startMockKalshi({ crowd: false, knobs: { pingEveryMs: 5 } })
  const socket = await Listener.dial(own)
  await socket.until(() => socket.pings.length > 1, 'pings')
  expect(new Set(socket.pings)).toEqual(new Set(['heartbeat']))
  socket.close()
  await own.close()
})

describe('a reader that is too slow', () => {
  /** A socket whose reader has stopped reading. */
  class Stuck extends EventEmitter {
    bufferedAmount = 0
    readonly sent: WireFrame[] = []

    send(text: string): void {
      this.sent.push(JSON.parse(text))
    }
    terminate(): void {}
  }

  it('loses its subscription with code 25, once, and may subscribe again', () => {
    const { exchange } = mock
    const feed = new Feed(exchange, new Faults())
    const stuck = new Stuck()
    feed.attach(stuck as unknown as WebSocket, mock.account)
    const subscribe = (id: number): unknown =>
      stuck.emit('message', Buffer.from(JSON.stringify({ id, ...books([A]) })))
    subscribe(1)
    stuck.bufferedAmount = 1e9
    other('bid', 40, 1, A)
    other('bid', 41, 1, A)
    expect(stuck.sent.map(({ type, seq, msg }) => [type, seq, msg?.code])).toEqual([
      ['subscribed', undefined, undefined],
      ['orderbook_snapshot', 1, undefined],
      // The number of the change that was not sent is used up.
      ['error', 3, 25],
    ])
    stuck.bufferedAmount = 0
    subscribe(2)
    expect(stuck.sent.at(-1)).toMatchObject({ type: 'orderbook_snapshot', sid: 2, seq: 1 })
    feed.close()
  })
})
