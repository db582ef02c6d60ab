// The official TypeScript client, unmodified, against the mock exchange over HTTP: what it sends is
// understood, and what it gets has the types it declares.

import {
  AccountApi,
  Configuration,
  type CreateOrderV2Request,
  EventsApi,
  ExchangeApi,
  MarketApi,
  OrderGroupsApi,
  OrdersApi,
  PortfolioApi,
} from 'kalshi-typescript'
import { beforeAll, describe, expect, it } from 'vitest'
import { mock, openForAll, other, T } from '../rig.ts'

let orders: OrdersApi
let portfolio: PortfolioApi
let markets: MarketApi
let groups: OrderGroupsApi
let exchange: ExchangeApi
let account: AccountApi
let events: EventsApi

openForAll({ balance: 1_000 })
beforeAll(() => {
  const { keyId, pem } = mock.keys.rsaPkcs1
  const configuration = new Configuration({ apiKey: keyId, privateKeyPem: pem, basePath: mock.url })
  orders = new OrdersApi(configuration)
  portfolio = new PortfolioApi(configuration)
  markets = new MarketApi(configuration)
  groups = new OrderGroupsApi(configuration)
  exchange = new ExchangeApi(configuration)
  account = new AccountApi(configuration)
  events = new EventsApi(configuration)
})

let count = 0
const want = (
  side: 'bid' | 'ask',
  price: string,
  size: string,
  more: Partial<CreateOrderV2Request> = {},
): CreateOrderV2Request => ({
  ticker: T,
  client_order_id: `official-${++count}`,
  side,
  price,
  count: size,
  time_in_force: 'good_till_canceled',
  self_trade_prevention_type: 'taker_at_cross',
  ...more,
})

/** The status and body of the error that a call ends in. */
const refusal = async (call: Promise<unknown>): Promise<{ status: number; data: unknown }> => {
  const error = (await call.then(
    () => {
      throw new Error('The call was not refused')
    },
    (reason) => reason,
  )) as { response?: { status: number; data: unknown } }
  if (error.response === undefined) throw error
  return error.response
}

describe('the official client', () => {
  it('creates, reads, amends, decreases and cancels an order', async () => {
    const created = await orders.createOrderV2(want('bid', '0.4000', '10.00', { post_only: true }))
    expect(created.status).toBe(201)
    expect(created.data).toMatchObject({ fill_count: '0.00', remaining_count: '10.00' })
    const id = created.data.order_id
    expect((await orders.getOrder(id)).data.order).toMatchObject({
      order_id: id,
      status: 'resting',
      yes_price_dollars: '0.4000',
      remaining_count_fp: '10.00',
    })
    const amended = await orders.amendOrderV2(id, {
      ticker: T,
      side: 'bid',
      price: '0.4100',
      count: '12.00',
    })
    expect(amended.data).toMatchObject({ order_id: id, remaining_count: '12.00' })
    const decreased = await orders.decreaseOrderV2(id, { reduce_by: '2.00' })
    expect(decreased.data.remaining_count).toBe('10.00')
    const canceled = await orders.cancelOrderV2(id, 0, 0, T)
    expect(canceled.data).toMatchObject({ order_id: id, reduced_by: '10.00' })
    expect((await refusal(orders.cancelOrderV2(id))).status).toBe(404)
  })

  it('creates and cancels in batches, with an error per item', async () => {
    const twice = want('bid', '0.3500', '1.00')
    const made = await orders.batchCreateOrdersV2({ orders: [twice, twice] })
    expect(made.status).toBe(201)
    expect(made.data.orders[1]?.error?.code).toBe('order_already_exists')
    const id = made.data.orders[0]?.order_id ?? ''
    const gone = await orders.batchCancelOrdersV2({
      orders: [{ order_id: id, market_ticker: T }, { order_id: 'nobody' }],
    })
    expect(gone.data.orders).toMatchObject([
      { order_id: id, reduced_by: '1.00' },
      { reduced_by: '0.00', error: { code: 'not_found' } },
    ])
  })

  it('trades and finds its fills, position, balance and queue', async () => {
    other('ask', 50, 10)
    const taken = await orders.createOrderV2(
      want('bid', '0.5000', '10.00', { time_in_force: 'immediate_or_cancel' }),
    )
    expect(taken.data).toMatchObject({ fill_count: '10.00', average_fill_price: '0.5000' })
    const { fills } = (await portfolio.getFills(T)).data
    expect(fills[0]).toMatchObject({ is_taker: true, count_fp: '10.00', fee_cost: '0.175000' })
    const { market_positions } = (await portfolio.getPositions()).data
    expect(market_positions).toMatchObject([{ ticker: T, position_fp: '10.00' }])
    const { balance, balance_breakdown } = (await portfolio.getBalance()).data
    expect(balance).toBe(99_482)
    expect(balance_breakdown).toEqual([{ exchange_index: 0, balance: '994.8250' }])
    other('bid', 30, 7)
    const resting = (await orders.createOrderV2(want('bid', '0.3000', '5.00'))).data.order_id
    const { queue_positions } = (await orders.getOrderQueuePositions(T)).data
    expect(queue_positions).toEqual([
      { order_id: resting, market_ticker: T, queue_position_fp: '7.00' },
    ])
    const list = (await orders.getOrders(T, undefined, undefined, undefined, 'resting')).data
    expect(list.orders.map(({ order_id }) => order_id)).toEqual([resting])
    const total = (await portfolio.getPortfolioRestingOrderTotalValue()).data
    expect(total.total_resting_order_value).toBe(150)
    expect((await orders.cancelAllOrders()).status).toBe(204)
  })

  it('reads markets, books, trades and events', async () => {
    const { market } = (await markets.getMarket(T)).data
    expect(market).toMatchObject({ ticker: T, status: 'active' })
    expect((await markets.getMarkets(10)).data.markets).toHaveLength(1)
    const book = (await markets.getMarketOrderbook(T)).data.orderbook_fp
    expect(book.yes_dollars).toEqual([['0.3000', '7.00']])
    const { orderbooks } = (await markets.getMarketOrderbooks([T])).data
    expect(orderbooks[0]?.ticker).toBe(T)
    expect((await markets.getTrades(5, undefined, T)).data.trades[0]).toMatchObject({
      taker_book_side: 'bid',
      count_fp: '10.00',
    })
    const { event } = (await events.getEvent('KXREST-26DEC31')).data
    expect(event.series_ticker).toBe('KXREST')
    expect((await markets.getSeries('KXREST')).data.series.fee_type).toBe('quadratic')
    expect((await exchange.getExchangeStatus()).data.trading_active).toBe(true)
    expect((await exchange.getExchangeSchedule()).data.schedule.maintenance_windows).toEqual([])
    const { as_of_time } = (await exchange.getUserDataTimestamp()).data
    expect(Date.parse(as_of_time)).toBeLessThanOrEqual(Date.now())
  })

  it('makes, trips, resets, limits and deletes order groups', async () => {
    const made = await groups.createOrderGroup({ contracts_limit: 5 })
    expect(made.status).toBe(201)
    const id = made.data.order_group_id
    const placed = await orders.createOrderV2(want('bid', '0.2000', '1.00', { order_group_id: id }))
    expect((await groups.getOrderGroup(id)).data.orders).toEqual([placed.data.order_id])
    await groups.triggerOrderGroup(id, 0, 0, {})
    const refused = await refusal(
      orders.createOrderV2(want('bid', '0.2000', '1.00', { order_group_id: id })),
    )
    expect(refused).toMatchObject({
      status: 400,
      data: { error: { code: 'order_group_triggered' } },
    })
    await groups.resetOrderGroup(id, 0, 0, {})
    await groups.updateOrderGroupLimit(id, { contracts_limit_fp: '9.00' })
    expect((await groups.getOrderGroups()).data.order_groups).toMatchObject([
      { id, contracts_limit_fp: '9.00', is_auto_cancel_enabled: true },
    ])
    await groups.deleteOrderGroup(id)
    expect((await groups.getOrderGroups()).data.order_groups).toEqual([])
  })

  it('opens subaccounts and moves money', async () => {
    const { subaccount_number } = (await portfolio.createSubaccount({})).data
    expect(subaccount_number).toBe(1)
    await portfolio.applySubaccountTransfer({
      client_transfer_id: 'first',
      from_subaccount: 0,
      to_subaccount: 1,
      amount_cents: 500,
    })
    const { transfer_id } = (
      await portfolio.intraExchangeInstanceTransfer({
        source: 'event_contract',
        destination: 'event_contract',
        source_exchange_shard: 0,
        destination_exchange_shard: 2,
        amount: 10_000,
      })
    ).data
    const { transfer } = (await portfolio.getIntraExchangeInstanceTransfer(transfer_id)).data
    expect(transfer).toMatchObject({ status: 'complete', amount: '1.0000' })
    const { subaccount_balances } = (await portfolio.getSubaccountBalances()).data
    expect(
      subaccount_balances.map((row) => [row.subaccount_number, row.exchange_index, row.balance]),
    ).toEqual([
      [0, 0, '988.8250'],
      [0, 2, '1.0000'],
      [1, 0, '5.0000'],
    ])
    expect((await portfolio.getSubaccountTransfers()).data.transfers).toHaveLength(1)
  })

  it('reads limits, costs and settlements', async () => {
    expect((await account.getAccountApiLimits()).data.usage_tier).toBe('unlimited')
    const { endpoint_costs } = (await account.getAccountEndpointCosts()).data
    expect(endpoint_costs.find(({ path }) => path.endsWith(':order_id'))?.cost).toBe(2)
    mock.exchange.lifecycle.determine(T, 'yes')
    mock.exchange.lifecycle.settle(T)
    const { settlements } = (await portfolio.getSettlements()).data
    expect(settlements).toMatchObject([{ ticker: T, market_result: 'yes', revenue: 1_000 }])
  })
})
