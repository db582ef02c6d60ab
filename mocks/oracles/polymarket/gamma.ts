// Polymarket's metadata over REST: markets and events by slug, id, condition or token. It
// reproduces the venue's pitfalls: lists as JSON inside a string, a game start that is not quite
// ISO, an end date a week after the game, `active` that stays true for ever, and listings that hide
// closed markets unless asked for them.

import type { Millis } from '../../../src/core/vocabulary/units.ts'
import { type Answer, type Call, ok } from '../common/answer.ts'
import { topOf } from './frames.ts'
import { ONE } from './ladder.ts'
import type { PolyMarket } from './market.ts'

type Row = Record<string, unknown>

const iso = (at: Millis): string => `${new Date(at).toISOString().slice(0, 19)}Z`
/** 2026-04-05 15:10:00+00 */
const spaced = (at: Millis): string => `${iso(at).slice(0, 19).replace('T', ' ')}+00`
const day = (at: Millis): string => iso(at).slice(0, 10)

const DAY: Millis = 86_400_000

/** Members that describe the market and its two tokens. */
const description = (market: PolyMarket, madeAt: Millis): Row => {
  const { spec, ids, result } = market
  const { bid, ask } = topOf(market, 0)
  const p = result ?? (bid + ask) / 2 / ONE
  const volume = market.volume / 100
  return {
    id: ids.gammaMarket,
    question: spec.title,
    conditionId: ids.condition,
    slug: spec.slug,
    resolutionSource: '',
    endDate: iso(spec.endAt),
    startDate: iso(madeAt),
    description: spec.description,
    outcomes: JSON.stringify(spec.outcomes),
    outcomePrices: JSON.stringify([p, 1 - p].map((price) => String(Number(price.toFixed(4))))),
    volume: String(volume),
    active: true,
    closed: result !== null,
    createdAt: iso(madeAt),
    updatedAt: iso(market.changedAt),
    ...(market.closedAt === null ? {} : { closedTime: spaced(market.closedAt) }),
    new: false,
    featured: false,
    archived: false,
    restricted: true,
    groupItemTitle: '',
    questionID: ids.question,
    enableOrderBook: true,
    orderPriceMinTickSize: market.tick / ONE,
    orderMinSize: 5,
    volumeNum: volume,
    endDateIso: day(spec.endAt),
    startDateIso: day(madeAt),
    hasReviewedDates: true,
    clobTokenIds: JSON.stringify(spec.version === 'v2' ? ids.otherTokens : ids.tokens),
    volumeClob: volume,
  }
}

/** Members about trading: state, prices and fees. */
const trading = (market: PolyMarket, madeAt: Millis): Row => {
  const { spec } = market
  const { bid, ask } = topOf(market, 0)
  return {
    acceptingOrders: market.open,
    negRisk: false,
    negRiskOther: false,
    ready: false,
    funded: false,
    acceptingOrdersTimestamp: iso(madeAt),
    approved: true,
    spread: Number(((ask - bid) / ONE).toFixed(4)),
    lastTradePrice: market.last === null ? 0 : market.last.price / ONE,
    // Missing, not 0, when nothing rests.
    ...(bid === 0 ? {} : { bestBid: bid / ONE }),
    ...(ask === ONE ? {} : { bestAsk: ask / ONE }),
    clearBookOnStart: spec.startAt !== null,
    umaResolutionStatuses: '[]',
    automaticallyActive: true,
    manualActivation: false,
    cyom: false,
    deploying: false,
    pendingDeployment: false,
    holdingRewardsEnabled: false,
    requiresTranslation: false,
    rfqEnabled: false,
    rewardsMinSize: 50,
    rewardsMaxSpread: 4.5,
    ...(market.result === null ? {} : { umaResolutionStatus: 'resolved' }),
    ...(spec.sport === null
      ? { feesEnabled: false, feeType: null }
      : {
          feesEnabled: true,
          feeType: 'sports_fees_v2',
          feeSchedule: { exponent: 1, rate: 0.05, takerOnly: true, rebateRate: 0.15 },
        }),
    makerBaseFee: 1000,
    takerBaseFee: 1000,
  }
}

/** Members that only games have. */
const sports = ({ spec, ids }: PolyMarket): Row =>
  spec.startAt === null
    ? {}
    : {
        gameId: ids.gameId,
        gameStartTime: spaced(spec.startAt),
        eventStartTime: iso(spec.startAt),
        sportsMarketType: 'moneyline',
        secondsDelay: 3,
      }

const version = ({ spec, ids }: PolyMarket): Row =>
  spec.version === null
    ? {}
    : spec.version === 'v1'
      ? { version: 'v1' }
      : { version: 'v2', positionIds: ids.tokens }

/** A market as `GET /markets` shows it. `madeAt` is when it was listed. */
const gammaMarket = (market: PolyMarket, madeAt: Millis): Row => ({
  ...description(market, madeAt),
  ...trading(market, madeAt),
  ...sports(market),
  ...version(market),
})

/** An event with its one market inside. */
const gammaEvent = (market: PolyMarket, madeAt: Millis): Row => {
  const { spec, ids } = market
  return {
    id: ids.gammaEvent,
    ticker: spec.slug,
    slug: spec.slug,
    title: spec.title,
    description: spec.description,
    startDate: iso(madeAt),
    creationDate: iso(madeAt),
    endDate: iso(spec.endAt),
    active: true,
    closed: market.result !== null,
    archived: false,
    restricted: true,
    negRisk: false,
    enableOrderBook: true,
    ...(spec.startAt === null ? {} : { gameId: Number(ids.gameId), startTime: iso(spec.startAt) }),
    markets: [gammaMarket(market, madeAt)],
  }
}

const notFound = (what: string): Answer => ({
  status: 404,
  body: { type: 'not found error', error: `${what} not found` },
})
const unusable = (sentence: string): Answer => ({
  status: 422,
  body: { type: 'validation error', error: sentence },
})

const whole = (text: string | null, fallback: number): number | null => {
  if (text === null) return fallback
  return /^\d+$/.test(text) ? Number(text) : null
}

/** Members of the query that select, and what they compare with; repeatable. */
const SELECTORS: Readonly<Record<string, (market: PolyMarket) => readonly string[]>> = {
  slug: ({ spec }) => [spec.slug],
  condition_ids: ({ ids }) => [ids.condition],
  clob_token_ids: ({ ids }) => ids.tokens,
  game_id: ({ ids, spec }) => (spec.startAt === null ? [] : [ids.gameId]),
  sports_market_types: ({ spec }) => (spec.startAt === null ? [] : ['moneyline']),
}

/** Answers a request under the metadata's root; null when there is no such path. */
export const gamma = (
  call: Call,
  markets: readonly PolyMarket[],
  startedAt: Millis,
): Answer | null => {
  if (call.method !== 'GET') return null
  const [, kind, by, name] = call.path.split('/')
  if (kind !== 'markets' && kind !== 'events') return null
  const madeAt = startedAt - DAY
  const show = kind === 'markets' ? gammaMarket : gammaEvent
  const idOf = ({ ids }: PolyMarket): string =>
    kind === 'markets' ? ids.gammaMarket : ids.gammaEvent
  if (by === 'slug') {
    const market = markets.find(({ spec }) => spec.slug === name)
    return market === undefined ? notFound('slug') : ok(show(market, madeAt))
  }
  if (by !== undefined) {
    if (!/^\d+$/.test(by)) return by === 'keyset' ? null : unusable('id is invalid')
    const market = markets.find((one) => idOf(one) === by)
    return market === undefined ? notFound('id') : ok(show(market, madeAt))
  }
  const { query } = call
  const limit = whole(query.get('limit'), 20)
  const offset = whole(query.get('offset'), 0)
  if (limit === null || offset === null) return unusable('limit or offset is invalid')
  const closed = (query.get('closed') ?? 'false') === 'true'
  const wanted = (market: PolyMarket): boolean => {
    if ((market.result !== null) !== closed) return false
    if (query.has('id') && !query.getAll('id').includes(idOf(market))) return false
    return Object.entries(SELECTORS).every(
      ([key, of]) =>
        !query.has(key) || of(market).some((value) => query.getAll(key).includes(value)),
    )
  }
  const page = markets.filter(wanted).slice(offset, offset + limit)
  return ok(page.map((market) => show(market, madeAt)))
}
