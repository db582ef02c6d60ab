// Everything a socket can be told: all channels, all error codes that can be reached, and the
// limits.

import { describe, expect, it } from 'vitest'
import { startMockKalshi } from '../../../../mocks/kalshi/server.ts'
import { type Json, Listener } from '../client.ts'
import { listener, mock, openWithSocket } from '../rig.ts'

const A = 'KXCMD-26DEC31-A'
const B = 'KXCMD-26DEC31-B'

let id = 0
openWithSocket(A, B)

const subscribe = async (params: Json) =>
  (await listener.command({ id: ++id, cmd: 'subscribe', params }))[0]!
const update = async (params: Json) =>
  (await listener.command({ id: ++id, cmd: 'update_subscription', params }))[0]!

describe('channels', () => {
  it.each([
    'market_lifecycle_v2',
    'multivariate_market_lifecycle',
    'order_group_updates',
    'communications',
  ])('%s is accepted, whatever markets are named, and cannot be narrowed', async (channel) => {
    const reply = await subscribe({ channels: [channel], market_tickers: ['KXNO'] })
    expect(reply).toMatchObject({ type: 'subscribed', msg: { channel, sid: 1 } })
    const refused = await update({ sid: 1, action: 'add_markets', market_ticker: A })
    expect(refused.msg?.code).toBe(13)
  })

  it.each(['ticker_v2', 'multivariate', 'market_lifecycle', 'orderbook'])(
    '%s does not exist (any more)',
    async (channel) => {
      expect((await subscribe({ channels: [channel] })).msg?.code).toBe(8)
    },
  )

  it.each([
    ['cfbenchmarks_value', 'index_ids', 24, 'indices', 'indexlist'],
    ['cfbenchmarks_value_5hz', 'index_ids', 24, 'indices', 'indexlist'],
    ['pyth_value', 'underlying_tickers', 28, 'underlyings', 'underlying_list'],
  ] as const)('%s wants %s and keeps a list of them', async (channel, key, code, noun, list) => {
    expect((await subscribe({ channels: [channel] })).msg?.code).toBe(code)
    expect((await subscribe({ channels: [channel], [key]: ['X'] })).type).toBe('subscribed')
    await update({ sid: 1, action: `subscribe_${noun}`, [key]: ['Y', 'Z'] })
    await update({ sid: 1, action: `unsubscribe_${noun}`, [key]: ['X'] })
    const reply = await update({ sid: 1, action: list })
    expect(reply).toMatchObject({ type: 'ok', sid: 1, seq: 3, msg: { [key]: ['Y', 'Z'] } })
  })

  it('one unknown channel among others does not spoil the rest', async () => {
    const channels = ['trade', 'ticker_v2', 'fill']
    const replies = await listener.command({ id: 99, cmd: 'subscribe', params: { channels } }, 3)
    expect(replies.map(({ type }) => type)).toEqual(['subscribed', 'error', 'subscribed'])
  })
})

describe('the ticker channel', () => {
  it('sends a first ticker per market when asked, also for added ones', async () => {
    const params = { channels: ['ticker'], market_ticker: A, send_initial_snapshot: true }
    await subscribe(params)
    await listener.count('ticker')
    await update({
      sid: 1,
      action: 'add_markets',
      market_tickers: [A, B],
      send_initial_snapshot: true,
    })
    await listener.count('ticker', 2)
    expect(listener.of('ticker').map(({ msg }) => msg?.market_ticker)).toEqual([A, B])
  })

  it('knows markets by id as well, the others do not', async () => {
    const market_id = mock.exchange.listing(B).marketId
    await subscribe({ channels: ['ticker'], market_id, send_initial_snapshot: true })
    await listener.count('ticker')
    expect(listener.of('ticker')[0]?.msg).toMatchObject({ market_ticker: B, market_id })
    const books = await subscribe({ channels: ['orderbook_delta'], market_id })
    expect(books.msg?.code).toBe(14)
    expect((await subscribe({ channels: ['ticker'], market_ids: ['nobody'] })).msg?.code).toBe(11)
  })
})

describe('acknowledgements', () => {
  it('list the markets, unless told not to', async () => {
    const quiet = { channels: ['trade'], market_ticker: A, skip_ticker_ack: true }
    await subscribe(quiet)
    const reply = await update({ sid: 1, action: 'add_markets', market_ticker: B })
    expect(reply).toMatchObject({ type: 'ok', sid: 1, seq: 1, msg: {} })
    expect(reply.msg).not.toHaveProperty('market_tickers')
    const loud = await update({
      sid: 1,
      action: 'delete_markets',
      market_ticker: B,
      skip_ticker_ack: true,
    })
    expect(loud.msg).toEqual({})
  })

  it('of private channels list their markets too', async () => {
    await subscribe({ channels: ['fill'], market_tickers: [A] })
    const reply = await update({ sid: 1, action: 'add_markets', market_ticker: B })
    expect(reply.msg?.market_tickers).toEqual([A, B])
  })
})

describe('error codes', () => {
  it.each([
    ['a factor of nothing', { shard_factor: 0 }, 19],
    ['a key without a factor', { shard_key: 0 }, 20],
    ['a key beyond the factor', { shard_factor: 2, shard_key: 2 }, 21],
    ['a factor above a hundred', { shard_factor: 101 }, 22],
  ])('%s: %j is refused with %i', async (_what, params, code) => {
    const reply = await subscribe({ channels: ['communications'], ...params })
    expect(reply.msg?.code).toBe(code)
  })

  it('an unlisted market: 11, naming it', async () => {
    const reply = await subscribe({ channels: ['trade'], market_ticker: 'KXNO' })
    expect(reply.msg).toMatchObject({ code: 11, market_ticker: 'KXNO' })
  })

  it('more markets than a subscription may have: 26, and nothing changes', async () => {
    mock.operator.act('knobs', { markets_per_subscription: 1 })
    const books = { channels: ['orderbook_delta'], market_tickers: [A, B] }
    expect((await subscribe(books)).msg?.code).toBe(26)
    expect((await subscribe({ ...books, market_tickers: [A] })).type).toBe('subscribed')
    const more = { sid: 1, action: 'add_markets', market_tickers: [A, B] }
    expect((await update(more)).msg?.code).toBe(26)
    expect((await update({ ...more, market_tickers: [A] })).type).toBe('ok')
  })

  it('more markets than a socket may have in all: 26', async () => {
    mock.operator.act('knobs', { markets_per_session: 3 })
    await subscribe({ channels: ['orderbook_delta'], market_tickers: [A, B] })
    const trades = { channels: ['trade'], market_tickers: [A, B] }
    expect((await subscribe(trades)).msg?.code).toBe(26)
  })

  it('more commands than a second may have: 27, and the next second is free again', async () => {
    let at = 1_795_000_000_000
    const own = await startMockKalshi({
      crowd: false,
      now: () => at,
      timers: false,
      limits: { commandsPerSecond: 2 },
    })
    const socket = await Listener.dial(own)
    const list = async (number: number) =>
      (await socket.command({ id: number, cmd: 'list_subscriptions' }))[0]
    await list(1)
    await list(2)
    expect((await list(3))?.msg?.code).toBe(27)
    at += 1_000
    expect((await list(4))?.type).toBe('ok')
    socket.close()
    await own.close()
  })

  it('any code there is, on demand: 18 for commands that time out', async () => {
    mock.operator.act('fault', { fault: 'refuse-commands', code: 18, times: 1 })
    expect((await subscribe({ channels: ['trade'] })).msg).toEqual({
      code: 18,
      msg: 'Command timeout',
    })
    expect((await subscribe({ channels: ['trade'] })).type).toBe('subscribed')
  })
})

it('an account may have only so many sockets open', async () => {
  mock.operator.act('knobs', { connections_per_account: 1 })
  await expect(Listener.dial(mock)).rejects.toThrow('Dial refused: 429')
})

it('frames can be compressed when the exchange offers it', async () => {
  const own = await startMockKalshi({ crowd: false, knobs: { compress: true } })
  const socket = await Listener.dial(own)
  expect(socket.extensions).toContain('permessage-deflate')
  expect(listener.extensions).toBe('')
  await socket.command({ id: 1, cmd: 'list_subscriptions' })
  socket.close()
  await own.close()
})
