// Polymarket's order books over REST: books, prices and grids by token, one at a time or many. An
// error has one member, `error`, with a sentence. A book's timestamp is that of its last change,
// not of the answer: an old one means a quiet market, not a dead one.

import type { Millis } from '../../../src/core/vocabulary/units.ts'
import { type Answer, type Call, ok } from '../common/answer.ts'
import { bookBody, dollars, lastPrice, topOf } from './frames.ts'
import type { PolyMarket } from './market.ts'

export interface Asset {
  readonly market: PolyMarket
  readonly outcome: 0 | 1
}

/** Finds a token; null when it is unknown or its market has ended. */
export type FindAsset = (token: string) => Asset | null

const error = (status: number, sentence: string): Answer => ({ status, body: { error: sentence } })
const noBook = (): Answer => error(404, 'No orderbook exists for the requested token id')

const LARGEST_BATCH = 500

const book = ({ market, outcome }: Asset): unknown => ({
  ...bookBody(market, outcome),
  min_order_size: '5',
  tick_size: dollars(market.tick),
  neg_risk: false,
  last_trade_price: lastPrice(market, outcome),
})

/** The side names the resting order: BUY is the best bid. */
const priceOf = ({ market, outcome }: Asset, side: 'BUY' | 'SELL'): string => {
  const { bid, ask } = topOf(market, outcome)
  return dollars(side === 'BUY' ? bid : ask)
}

const midOf = ({ market, outcome }: Asset): string => {
  const { bid, ask } = topOf(market, outcome)
  return dollars((bid + ask) / 2)
}

const spreadOf = ({ market, outcome }: Asset): string => {
  const { bid, ask } = topOf(market, outcome)
  return dollars(ask - bid)
}

const compact = ({ market }: Asset): unknown => ({
  c: market.ids.condition,
  t: market.ids.tokens.map((t, index) => ({ t, o: market.spec.outcomes[index] })),
  mts: market.tick / 10_000,
  mos: 5,
  nr: false,
  ...(market.spec.startAt === null ? {} : { gst: new Date(market.spec.startAt).toISOString() }),
  fd: { r: 0.05, e: 1, to: true },
  itode: market.spec.sport !== null,
})

/** Of one token: GET with `token_id`. */
const SINGLE: Readonly<Record<string, (asset: Asset, query: URLSearchParams) => unknown>> = {
  '/book': book,
  '/midpoint': (asset) => ({ mid: midOf(asset) }),
  '/price': (asset, query) => ({ price: priceOf(asset, query.get('side') as 'BUY' | 'SELL') }),
  '/spread': (asset) => ({ spread: spreadOf(asset) }),
  '/last-trade-price': ({ market, outcome }) =>
    market.last === null
      ? { price: '0.5', side: '' }
      : { price: lastPrice(market, outcome), side: sideFor(market.last.side, outcome) },
  '/tick-size': ({ market }) => ({ minimum_tick_size: market.tick / 10_000 }),
  '/neg-risk': () => ({ neg_risk: false }),
  '/fee-rate': () => ({ base_fee: 0 }),
}

const sideFor = (side: 'BUY' | 'SELL', outcome: 0 | 1): string =>
  (side === 'BUY') === (outcome === 0) ? 'BUY' : 'SELL'

/** Of many: POST with `[{"token_id":T}, ..]`; unknown tokens are left out. */
const MANY: Readonly<Record<string, (assets: readonly (readonly [string, Asset])[]) => unknown>> = {
  '/books': (assets) => assets.map(([, asset]) => book(asset)),
  '/midpoints': (assets) => Object.fromEntries(assets.map(([token, one]) => [token, midOf(one)])),
  '/spreads': (assets) => Object.fromEntries(assets.map(([token, one]) => [token, spreadOf(one)])),
  '/prices': (assets) =>
    Object.fromEntries(
      assets.map(([token, one]) => [
        token,
        { BUY: priceOf(one, 'BUY'), SELL: priceOf(one, 'SELL') },
      ]),
    ),
}

const tokensIn = (text: string): readonly string[] | null => {
  try {
    const list = JSON.parse(text) as unknown
    if (!Array.isArray(list)) return null
    return list.map((item: { token_id?: unknown } | null) => String(item?.token_id))
  } catch {
    return null
  }
}

/** Answers a request under the book's root; null when there is no such path. */
export const clob = (call: Call, find: FindAsset, at: Millis): Answer | null => {
  const { method, path, query } = call
  if (method === 'GET' && path === '/time') return ok(Math.floor(at / 1000))
  const single = SINGLE[path]
  if (method === 'GET' && single !== undefined) {
    const token = query.get('token_id') ?? ''
    if (!/^\d+$/.test(token)) return error(400, 'Invalid token id')
    if (path === '/price' && !['BUY', 'SELL'].includes(query.get('side') ?? '')) {
      return error(400, 'Invalid side')
    }
    const asset = find(token)
    return asset === null ? noBook() : ok(single(asset, query))
  }
  const many = MANY[path]
  if (many !== undefined && (method === 'POST' || (method === 'GET' && path === '/midpoints'))) {
    const listed =
      method === 'GET' ? (query.get('token_ids') ?? '').split(',') : tokensIn(call.text)
    if (listed === null) return error(400, 'Invalid payload')
    if (listed.length > LARGEST_BATCH) return error(400, 'Payload exceeds the limit')
    const found = listed.flatMap((token) => {
      const asset = find(token)
      return asset === null ? [] : [[token, asset] as const]
    })
    return ok(many(found))
  }
  const [, head, id = ''] = path.split('/')
  if (method === 'GET' && head === 'markets-by-token') {
    const asset = find(id)
    if (asset === null) return error(404, 'market not found')
    const [primary, secondary] = asset.market.ids.tokens
    return ok({
      condition_id: asset.market.ids.condition,
      primary_token_id: primary,
      secondary_token_id: secondary,
    })
  }
  if (method === 'GET' && head === 'clob-markets') {
    const asset = find(id)
    return asset === null ? error(404, 'market not found') : ok(compact(asset))
  }
  return null
}
