// What an operator can do to a market: list a new one, open or pause it, move its close, change its
// grid, fees or floor, determine and settle it.

import { type Body, numberIn, OperatorError, textIn } from '../../common/operator-input.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { MarketSpec } from '../exchange/listing.ts'
import { choiceIn, gridIn, priceIn } from './input.ts'

type Act = (exchange: Exchange, ticker: string, body: Body) => void

const secondsFromNow = (exchange: Exchange, body: Body, key: string): number =>
  exchange.now() + numberIn(body, key) * 1000

const determine: Act = ({ lifecycle }, ticker, body) => {
  const result = choiceIn(body, 'result', ['yes', 'no', 'scalar'])
  lifecycle.determine(ticker, result, result === 'scalar' ? priceIn(body, 'value') : undefined)
}

/** A fee type or a multiplier; null clears it. */
const feeType = (body: Body): string | null =>
  body.fee_type === null || body.fee_type === undefined ? null : textIn(body, 'fee_type')
const feeMultiplier = (body: Body): number | null =>
  body.fee_multiplier === null || body.fee_multiplier === undefined
    ? null
    : numberIn(body, 'fee_multiplier')

const TABLE = {
  deactivate: ({ lifecycle }, ticker) => lifecycle.deactivate(ticker),
  activate: ({ lifecycle }, ticker) => lifecycle.activate(ticker),
  open: ({ lifecycle }, ticker) => lifecycle.open(ticker),
  close: ({ lifecycle }, ticker) => lifecycle.close(ticker),
  'move-close': (exchange, ticker, body) =>
    exchange.lifecycle.moveClose(ticker, secondsFromNow(exchange, body, 'in_s')),
  grid: ({ lifecycle }, ticker, body) => {
    const { structure, ranges } = gridIn(body)
    lifecycle.changeGrid(ticker, structure, ranges)
  },
  metadata: ({ lifecycle }, ticker, body) => {
    const { metadata } = body
    if (typeof metadata !== 'object' || metadata === null) {
      throw new OperatorError('Operator request failed: metadata was not an object')
    }
    lifecycle.updateMetadata(ticker, metadata as Body)
  },
  'raise-floor': ({ lifecycle }, ticker, body) =>
    lifecycle.raiseFloor(ticker, priceIn(body, 'floor')),
  'waive-fees': (exchange, ticker, body) =>
    exchange.lifecycle.waiveFees(ticker, secondsFromNow(exchange, body, 'for_s')),
  'override-fees': (exchange, ticker, body) => {
    const { event } = exchange.listing(ticker)
    exchange.lifecycle.overrideFees(event.ticker, feeType(body), feeMultiplier(body))
  },
  'announce-fees': (exchange, ticker, body) => {
    const { event } = exchange.listing(ticker)
    const of = choiceIn(body, 'of', ['event', 'series'] as const)
    exchange.lifecycle.fees.announce({
      of,
      ticker: of === 'event' ? event.ticker : event.series.ticker,
      feeType: feeType(body),
      feeMultiplier: feeMultiplier(body),
      at: secondsFromNow(exchange, body, 'in_s'),
    })
  },
  determine,
  dispute: ({ lifecycle }, ticker) => lifecycle.dispute(ticker),
  settle: (exchange, ticker, body) => {
    if (body.result !== undefined) determine(exchange, ticker, body)
    exchange.lifecycle.settle(ticker)
  },
} as const satisfies Record<string, Act>

/** `list` lists a new market; everything else acts on an existing one. */
export const MARKET_ACTIONS = [...(Object.keys(TABLE) as (keyof typeof TABLE)[]), 'list'] as const

const listNew = (exchange: Exchange, body: Body): void => {
  const spec: MarketSpec = {
    ticker: textIn(body, 'ticker'),
    ...(body.close_in_s === undefined
      ? {}
      : { closeAt: secondsFromNow(exchange, body, 'close_in_s') }),
    ...(body.fee_type === undefined ? {} : { feeType: textIn(body, 'fee_type') }),
    ...(body.exchange_index === undefined
      ? {}
      : { exchangeIndex: numberIn(body, 'exchange_index') }),
    ...(body.category === undefined ? {} : { category: textIn(body, 'category') }),
    ...(body.market_type === undefined
      ? {}
      : { marketType: choiceIn(body, 'market_type', ['binary', 'scalar'] as const) }),
    ...(body.settlement_floor === undefined
      ? {}
      : { settlementFloor: priceIn(body, 'settlement_floor') }),
  }
  exchange.addMarket(spec)
}

/** The named market, or the only one. @throws OperatorError when there is none. */
export const tickerIn = (exchange: Exchange, body: Body): string => {
  const { listings } = exchange
  const only = listings.size === 1 ? [...listings.keys()][0] : undefined
  const ticker = textIn(body, 'ticker', only)
  if (!listings.has(ticker)) throw new OperatorError(`Operator request failed: no market ${ticker}`)
  return ticker
}

/** Carries out `body.action` on a market. */
export const moveMarket = (exchange: Exchange, body: Body): void => {
  const action = choiceIn(body, 'action', MARKET_ACTIONS)
  if (action === 'list') listNew(exchange, body)
  else TABLE[action](exchange, tickerIn(exchange, body), body)
}
