// REST calls that write orders: create, batch create, cancel, batch cancel, cancel all, amend and
// decrease, in the V2 form (orders quote the YES leg, bid or ask). The V1 writes answer that they
// are gone.

import type { Quantity } from '../../../src/core/vocabulary/units.ts'
import { formatQuantity } from '../../../src/core/vocabulary/units.ts'
import type { Gatekeeper } from '../access/auth.ts'
import type { Exchange } from '../exchange/exchange.ts'
import {
  type Answer,
  isRefusal,
  itemError,
  nested,
  type Refusal,
  refuse,
} from '../exchange/refusal.ts'
import type { Order } from '../matching/order.ts'
import type { PlaceRequest } from '../matching/requests.ts'
import {
  accept,
  type Call,
  caller,
  Fields,
  invalid,
  Refused,
  subaccountIn,
  subaccountOf,
  wholeIn,
} from '../protocol/call.ts'
import { perContract, type Row } from '../protocol/rows.ts'

/** An order's totals before a request, to compute what the request itself filled. */
interface Before {
  readonly filled: Quantity
  readonly cost: number
  readonly fees: number
}

const NEW: Before = { filled: 0, cost: 0, fees: 0 }

const standing = (order: Order): Before => ({
  filled: order.filled,
  cost: order.takerCost,
  fees: order.takerFees,
})

/** Averages over what the request filled; prices are YES prices. */
const averages = (order: Order, before: Before): Row => {
  const filled = order.filled - before.filled
  if (filled === 0) return {}
  const cost = order.takerCost - before.cost
  const yesCost = order.side === 'bid' ? cost : filled * 10_000 - cost
  return {
    average_fee_paid: perContract(order.takerFees - before.fees, filled),
    average_fill_price: perContract(yesCost, filled),
  }
}

const created = (order: Order): Row => ({
  ...averages(order, NEW),
  client_order_id: order.clientOrderId,
  fill_count: formatQuantity(order.filled),
  order_id: order.id,
  remaining_count: formatQuantity(order.remaining),
  ts_ms: order.updatedAt,
})

/** How a request names an existing order. */
interface Named {
  readonly orderId: string
  readonly subaccount: number
  /** '' when not given. */
  readonly ticker: string
  readonly shard: number | undefined
}

const itemsIn = (call: Call, struct: string): unknown[] => {
  const items = new Fields(call.body, struct).raw('orders')
  if (!Array.isArray(items) || items.length === 0) throw invalid('orders: wanted a filled list')
  return items
}

/** As documented for FIX; on REST only the refusal of a dot was observed. */
const CLIENT_ID = /^[\w:+=/-]{0,64}$/

/** The handlers of order writes. */
export class OrderWrites {
  readonly #exchange: Exchange
  readonly #gate: Gatekeeper

  constructor(exchange: Exchange, gate: Gatekeeper) {
    this.#exchange = exchange
    this.#gate = gate
  }

  create = (call: Call): Answer => {
    const request = this.#decode(call, call.body)
    return { status: 201, body: created(accept(this.#exchange.place(caller(call), request))) }
  }

  createMany = (call: Call): Answer => {
    const account = caller(call)
    const orders = itemsIn(call, 'BatchCreateOrdersV2Request').map((item): Row => {
      try {
        const result = this.#exchange.place(account, this.#decode(call, item))
        if (!isRefusal(result)) return { ...created(result), error: null }
        return { ...refusedItem(item), error: itemError(result) }
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        const body = error.answer.body as { error?: Row }
        return { ...refusedItem(item), error: body.error ?? body }
      }
    })
    return { status: 201, body: { orders } }
  }

  cancel = (call: Call): Answer => {
    const named: Named = {
      orderId: call.params[0]!,
      subaccount: subaccountIn(call, 0),
      ticker: call.query.get('market_ticker') ?? '',
      shard: wholeIn(call.query, 'exchange_index'),
    }
    return { status: 200, body: accept(this.#cancel(call, named)) }
  }

  cancelMany = (call: Call): Answer => {
    const orders = itemsIn(call, 'BatchCancelOrdersV2Request').map((item): Row => {
      const fields = new Fields(item, 'BatchCancelOrdersV2RequestOrder')
      const orderId = fields.text('order_id')
      const result = this.#cancel(call, {
        orderId,
        subaccount: subaccountOf(call, fields.whole('subaccount'), 0),
        ticker: fields.text('market_ticker'),
        shard: fields.whole('exchange_index'),
      })
      if (!isRefusal(result)) return { ...result, error: null }
      const clientOrderId = caller(call).orders.get(orderId)?.clientOrderId ?? ''
      return {
        order_id: orderId,
        client_order_id: clientOrderId,
        reduced_by: '0.00',
        error: itemError(result),
      }
    })
    return { status: 200, body: { orders } }
  }

  cancelAll = (call: Call): Answer => {
    const stopped = this.#exchange.pauses.cancelRefusal()
    if (stopped !== null) return nested(stopped)
    this.#exchange.cancelAll(caller(call), undefined, subaccountIn(call, undefined))
    return { status: 204, body: null }
  }

  amend = (call: Call): Answer => {
    const account = caller(call)
    const fields = new Fields(call.body, 'AmendOrderV2Request')
    const ticker = fields.text('ticker')
    const side = fields.choice('side', ['bid', 'ask'])
    const price = fields.price('price')
    const total = fields.count('count')
    const expiration = fields.whole('expiration_time')
    const updated = fields.text('updated_client_order_id')
    const subaccount = subaccountIn(call, 0)
    const order = account.orders.get(call.params[0]!)
    if (order === undefined || order.subaccount !== subaccount)
      throw new Refused(nested(refuse(404, 'not_found')))
    if (order.ticker !== ticker) throw new Refused(nested(refuse(400, 'order_ticker_mismatch')))
    if (order.side !== side) throw new Refused(nested(refuse(400, 'order_side_mismatch')))
    if (fields.has('client_order_id') && fields.text('client_order_id') !== order.clientOrderId) {
      throw new Refused(nested(refuse(400, 'order_id_and_client_order_id_mismatch')))
    }
    this.#checkShard(ticker, fields.whole('exchange_index'))
    this.#checkRegion(ticker)
    const before = standing(order)
    accept(
      this.#exchange.amend(account, order.id, {
        price,
        total,
        ...(expiration === undefined ? {} : { expiresAt: expiration * 1000 }),
        ...(updated === '' ? {} : { updatedClientOrderId: updated }),
      }),
    )
    const body: Row = {
      ...averages(order, before),
      client_order_id: order.clientOrderId,
      fill_count: formatQuantity(order.filled),
      order_id: order.id,
      remaining_count: formatQuantity(order.remaining),
      ts_ms: order.updatedAt,
    }
    return { status: 200, body }
  }

  decrease = (call: Call): Answer => {
    const account = caller(call)
    const fields = new Fields(call.body, 'DecreaseOrderV2Request')
    const order = this.#find(call, {
      orderId: call.params[0]!,
      subaccount: subaccountIn(call, 0),
      ticker: fields.text('market_ticker'),
      shard: fields.whole('exchange_index'),
    })
    if (fields.has('reduce_by') === fields.has('reduce_to')) {
      throw invalid('exactly one of reduce_by and reduce_to is wanted')
    }
    const change = fields.has('reduce_by')
      ? { reduceBy: fields.count('reduce_by') }
      : { reduceTo: fields.count('reduce_to', true) }
    if (order === null) throw new Refused(nested(refuse(404, 'not_found')))
    accept(this.#exchange.decrease(account, order.id, change))
    return {
      status: 200,
      body: {
        client_order_id: order.clientOrderId,
        order_id: order.id,
        remaining_count: formatQuantity(order.remaining),
        ts_ms: order.updatedAt,
      },
    }
  }

  /** Any write on the old paths. */
  gone = (): Answer => nested(refuse(410, 'deprecated_v1_order_endpoint'))

  /** The order, if it is in the market and on the shard that the request names. */
  #find(call: Call, { orderId, subaccount, ticker, shard }: Named): Order | null {
    const order = caller(call).orders.get(orderId)
    if (order === undefined || order.subaccount !== subaccount) return null
    if (ticker !== '' && ticker !== order.ticker) return null
    // An id alone does not say on which shard the order is: without a ticker it means shard 0.
    const looked = shard !== undefined && shard >= 0 ? shard : ticker === '' ? 0 : null
    const index = this.#exchange.listing(order.ticker).exchangeIndex
    return looked === null || looked === index ? order : null
  }

  #cancel(call: Call, named: Named): Row | Refusal {
    const order = this.#find(call, named)
    if (order === null) return refuse(404, 'not_found')
    const result = this.#exchange.cancel(caller(call), order.id)
    if (isRefusal(result)) return result
    return {
      client_order_id: order.clientOrderId,
      order_id: order.id,
      reduced_by: formatQuantity(result.reducedBy),
      ts_ms: order.updatedAt,
    }
  }

  /** Keys without an attested location may not trade in some categories. */
  #checkRegion(ticker: string): void {
    const category = this.#exchange.listings.get(ticker)?.event.series.category
    if (category === undefined || this.#gate.mayTradeIn(category)) return
    throw new Refused(nested(refuse(403, 'forbidden', `location not attested for ${category}`)))
  }

  /** A market is found only on its own shard. Absent and negative mean "find it". */
  #checkShard(ticker: string, shard: number | undefined): void {
    if (shard === undefined || shard < 0) return
    const listing = this.#exchange.listings.get(ticker)
    if (listing !== undefined && listing.exchangeIndex === shard) return
    throw new Refused(nested(refuse(404, 'not_found')))
  }

  #decode(call: Call, body: unknown): PlaceRequest {
    const fields = new Fields(body, 'CreateOrderV2Request')
    // Types first, all of them, in the order in which the exchange decodes.
    const count = fields.text('count')
    const priceText = fields.text('price')
    const ticker = fields.text('ticker')
    const clientOrderId = fields.text('client_order_id')
    const postOnly = fields.flag('post_only')
    const reduceOnly = fields.flag('reduce_only')
    const cancelOnPause = fields.flag('cancel_order_on_pause')
    const expiration = fields.whole('expiration_time')
    const shard = fields.whole('exchange_index')
    const group = fields.text('order_group_id')
    const subaccount = subaccountOf(call, fields.whole('subaccount'), 0)
    if (ticker === '') throw invalid('ticker is required')
    if (count === '') throw invalid('count is required')
    if (priceText === '') throw invalid('price is required')
    if (!CLIENT_ID.test(clientOrderId)) {
      throw invalid('client_order_id has a character that is not allowed, or more than 64')
    }
    const side = fields.choice('side', ['bid', 'ask'])
    const timeInForce = fields.choice('time_in_force', [
      'good_till_canceled',
      'immediate_or_cancel',
      'fill_or_kill',
    ])
    const selfTrade = fields.choice('self_trade_prevention_type', ['taker_at_cross', 'maker'])
    if (expiration !== undefined && timeInForce !== 'good_till_canceled') {
      throw invalid('expiration_time goes with good_till_canceled only')
    }
    if (reduceOnly && timeInForce !== 'immediate_or_cancel') {
      throw invalid('reduce_only goes with immediate_or_cancel only')
    }
    if (postOnly && timeInForce !== 'good_till_canceled') {
      throw invalid('post_only goes with good_till_canceled only')
    }
    this.#checkShard(ticker, shard)
    this.#checkRegion(ticker)
    return {
      ticker,
      side,
      price: fields.price('price'),
      quantity: fields.count('count'),
      timeInForce,
      selfTrade,
      clientOrderId,
      postOnly,
      reduceOnly,
      cancelOnPause,
      expiresAt: (expiration ?? 0) * 1000,
      subaccount,
      group,
    }
  }
}

const refusedItem = (item: unknown): Row => {
  const id = (item as { client_order_id?: unknown } | null)?.client_order_id
  return {
    client_order_id: typeof id === 'string' ? id : '',
    fill_count: '0.00',
    remaining_count: '0.00',
  }
}
