// The exchange of one run: a market with its crowd and the doors to it, chosen by the seed.

import { type ApiKey, Gatekeeper } from '../../mocks/kalshi/access/auth.ts'
import { TokenBuckets } from '../../mocks/kalshi/access/token-buckets.ts'
import { Crowd } from '../../mocks/kalshi/crowd/crowd.ts'
import type { Account } from '../../mocks/kalshi/exchange/account.ts'
import { Exchange } from '../../mocks/kalshi/exchange/exchange.ts'
import type { Listing } from '../../mocks/kalshi/exchange/listing.ts'
import { Faults } from '../../mocks/kalshi/faults/faults.ts'
import { Feed } from '../../mocks/kalshi/feed/feed.ts'
import { ReadModel } from '../../mocks/kalshi/rest/read-model.ts'
import { Rest } from '../../mocks/kalshi/rest/rest.ts'
import { LINEAR_CENT } from '../../src/core/vocabulary/market.ts'
import type { Parameters } from '../../src/core/vocabulary/parameters.ts'
import { CONTRACT, type Millis } from '../../src/core/vocabulary/units.ts'
import { Dice } from '../../src/statistics/random.ts'
import { parametersOf, T0, TICKER } from '../market.ts'
import type { Weather } from '../troubles/weather.ts'

export type Model = 'linear' | 'full'

export const CENTS = LINEAR_CENT
/** Tenths of a cent at both ends, cents between. */
export const TENTHS = [
  { start: 0, end: 1_000, step: 10 },
  { start: 1_000, end: 9_000, step: 100 },
  { start: 9_000, end: 10_000, step: 10 },
]

/** Signatures are checked elsewhere: here every caller is us. */
class OpenGate extends Gatekeeper {
  account: Account | null = null

  override admit(): ApiKey {
    const { account } = this
    const scopes = ['read', 'write']
    const key = { id: 'sim', name: 'sim', account, scopes, subaccount: null }
    return key as unknown as ApiKey
  }
}

export interface Venue {
  readonly exchange: Exchange
  readonly account: Account
  readonly listing: Listing
  readonly crowd: Crowd
  readonly faults: Faults
  readonly feed: Feed
  readonly rest: Rest
}

/** Opens the exchange, with one market and the tested account. */
export const openVenue = (seed: number, dice: Dice, weather: Weather, now: () => Millis): Venue => {
  const knobs = { postOnlyCross: dice.chance(0.5) ? 'reject' : 'accept-cancel' } as const
  const exchange = new Exchange({ now, seed, knobs })
  const account = exchange.addAccount('tested', 10_000)
  const listing = exchange.addMarket({
    ticker: TICKER,
    feeType: dice.chance(0.5) ? 'quadratic_with_maker_fees' : 'quadratic',
    closeAt: T0 + dice.whole(3_600_000, 20 * 86_400_000),
    canCloseEarly: weather.closeMoveEvery > 0 || dice.chance(0.5),
    ...(dice.chance(0.4) ? { priceRanges: TENTHS, priceLevelStructure: 'tapered_deci_cent' } : {}),
  })
  const reads = new ReadModel(exchange)
  reads.lagMs = weather.readLagMs
  const faults = new Faults()
  const feed = new Feed(exchange, faults)
  const gate = new OpenGate(now)
  gate.account = account
  const rest = new Rest(exchange, gate, new TokenBuckets('advanced'), reads, faults)
  const crowd = new Crowd(exchange, TICKER, {
    seed,
    fair: 0.1 + 0.8 * dice.next(),
    volatility: 0.002 * 12 ** dice.next(),
    takersPerSecond: 0.2 + dice.next(),
  })
  return { exchange, account, listing, crowd, faults, feed, rest }
}

/**
 * Half of the seeds quote by the full model, with everything that it can do; the others by the
 * linear one, whose quotes move for fewer reasons. Drawn apart, so that a seed's weather does not
 * depend on it.
 */
export const refinedFrom = (seed: number, base: Parameters, model?: Model): Parameters => {
  const dice = new Dice(seed, 15)
  const full = dice.chance(0.5)
  if (model === undefined ? !full : model === 'linear') return base
  return {
    strategy: {
      ...base.strategy,
      model: 'full',
      gamma: dice.chance(0.5) ? null : 0.002 * 20 ** dice.next(),
      min_half_spread: dice.chance(0.5) ? null : base.strategy.min_half_spread,
      levels: dice.whole(1, 3),
      intensity: dice.chance(0.7) ? 'estimated' : 'fixed',
      ofi_weight: 0.5 * dice.next(),
      ofi_levels: dice.whole(1, 5),
      max_markout: dice.chance(0.7) ? 3 : 0,
      toxicity_weight: dice.next(),
      size_skew: 3 * dice.next(),
      placement: dice.chance(0.4) ? 'queue' : 'model',
      incentives: dice.chance(0.5) ? 'on' : 'off',
      debounce: dice.chance(0.7) ? 'break-even' : 'ticks',
      dwell_seconds: 2 * dice.next(),
      reduce_only_seconds: 300,
      jump_pause_seconds: dice.whole(0, 10),
      burst_pause_seconds: dice.whole(0, 5),
      longshot_cents: dice.whole(0, 5),
      max_through: 2,
      max_credible_spread: 20,
      min_credible_depth: 10 * CONTRACT,
      admission: dice.chance(0.2) ? 'enforce' : 'advise',
    },
    limits: { ...base.limits, max_settlement_sd: dice.whole(5, 30) },
  }
}

/** How the maker is told to quote, and what it must never exceed. */
export const parametersFrom = (dice: Dice): Parameters =>
  parametersOf({
    strategy: {
      size: dice.whole(2, 12) * CONTRACT,
      gamma: 0.002 * 10 ** dice.next(),
      sigma: dice.chance(0.5) ? null : dice.next() * 0.3,
      fair_value: dice.chance(0.5) ? 'mid' : 'micro',
      min_half_spread: dice.whole(0, 2) * 0.5,
      min_move_ticks: dice.whole(0, 2),
      min_move_seconds: dice.whole(0, 3),
      order_ttl_seconds: dice.whole(20, 120),
      reconcile_seconds: dice.whole(5, 30),
      audit_seconds: 20,
      stale_after_seconds: dice.whole(3, 8),
    },
    limits: {
      max_order_size: 12 * CONTRACT,
      max_position: dice.whole(12, 40) * CONTRACT,
      max_dollars_at_risk: dice.whole(5, 30),
    },
  })
