// Binds a maker's signal listener to its object: the feed's object over RPC, storage, R2, our
// venue.
//
// It also reads the "alpha" block of a request, which names the external prices of a ticker.

import { type Env, readConfig } from '../../../config/env.ts'
import { DRAFTKINGS_OFF } from '../../../config/oracle-env.ts'
import type { Engine } from '../../../core/maker/engine.ts'
import { unwindSeconds } from '../../../core/pricing/risk-aversion.ts'
import { PRICE_CENT, PRICE_ONE } from '../../../core/vocabulary/units.ts'
import { type Answer, bad, good } from '../../../rpc/contracts.ts'
import { oracleStub } from '../../../rpc/stubs.ts'
import { type Mapping, readMapping } from '../../../signals/mapping/mapping-config.ts'
import type { VenueView } from '../../../signals/signal/evaluator.ts'
import type { SkewRelay } from '../../../signals/signal/external-skew.ts'
import { feedsOf, isSourceSet } from '../../../signals/signal/signal-update.ts'
import { ShadowBook, writeShadow } from '../../../tape/shadow-store.ts'
import type { TapeBucket } from '../../../tape/store.ts'
import type { ObjectStore } from '../../common/object-store.ts'
import type { Hooks } from '../exchange/connection.ts'
import { SignalListener } from './signal-listener.ts'

const MEMORY = 'external'
const SHADOW = 'shadow'

/**
 * What the skew depends on at our own venue: prices without our own orders, and the engine's fair
 * value before signals.
 */
const venueView = (engine: Engine): VenueView => {
  const { quoter, book, market } = engine.state
  const { top, input } = quoter
  const { k, arrivals, gamma, lot, sigma2 } = input
  return {
    fair: book.isLive ? input.fair : Number.NaN,
    bid: book.isLive && top.bid > 0 ? top.bid / PRICE_CENT : null,
    ask: book.isLive && top.ask < PRICE_ONE ? top.ask / PRICE_CENT : null,
    closeAt: market?.closeAt ?? 0,
    horizonSeconds: unwindSeconds(k, arrivals, gamma * lot, sigma2),
  }
}

interface SignalParts {
  readonly env: Env
  readonly store: ObjectStore
  readonly bucket: TapeBucket
  readonly log: Hooks['log']
  engine(): Engine | null
  readonly skew: SkewRelay
}

export const makerSignals = ({
  env,
  store,
  bucket,
  log,
  engine,
  skew,
}: SignalParts): SignalListener => {
  const shadow = new ShadowBook({
    write: (ticker, lo, lines) => writeShadow(bucket, ticker, lo, lines),
    kept: async () => store.get(SHADOW),
    keep: (batches) => void store.put(SHADOW, batches),
    log,
  })
  let loaded: Promise<void> | null = null
  return new SignalListener(
    {
      now: Date.now,
      follow: (feed, set, ticker, mapping) =>
        oracleStub(env, feed).follow(feed, set, ticker, mapping),
      unfollow: (feed, ticker) => oracleStub(env, feed).unfollow(feed, ticker),
      failed: (set, ticker) => oracleStub(env, feedsOf(set)[0]).failed(set, ticker),
      kept: async () => {
        await (loaded ??= shadow.load())
        return store.get(MEMORY)
      },
      keep: (memory) => void store.put(MEMORY, memory),
      changed: (at) => skew.relay(at),
      view: () => {
        const now = engine()
        return now === null ? null : venueView(now)
      },
      result: () => {
        const result = engine()?.state.market?.result
        return result === 'yes' ? true : result === 'no' ? false : null
      },
      log,
    },
    shadow,
  )
}

/** A request body without its "alpha" block, and what the block asks for. */
export interface AlphaBody {
  readonly rest: unknown
  /** Empty where the body does not name it; null removes the mapping. */
  readonly change: { readonly alpha?: Mapping | null }
}

/** Reads the "alpha" block of PUT /tickers/{ticker}; the ticker inside may be left out. */
export const splitAlpha = (ticker: string, body: unknown, env: Env): Answer<AlphaBody> => {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return good({ rest: body, change: {} })
  }
  const { alpha, ...rest } = body as Record<string, unknown>
  const { strategy } = rest as { strategy?: { alpha_source?: unknown } | null }
  const config = readConfig(env)
  const source = strategy?.alpha_source
  if (isSourceSet(source) && feedsOf(source).includes('draftkings') && config.ok) {
    const { allowDraftKings } = config.config.oracles
    if (!allowDraftKings) return bad(422, 'draftkings-off', `Refused: ${DRAFTKINGS_OFF}`)
  }
  if (alpha === undefined) return good({ rest, change: {} })
  if (alpha === null) return good({ rest, change: { alpha: null } })
  const mapping = readMapping(typeof alpha === 'object' ? { ticker, ...alpha } : alpha)
  if (mapping.kind === 'malformed') {
    return bad(422, 'parameters', `Refused alpha: ${mapping.detail}`)
  }
  if (mapping.ticker !== ticker) {
    return bad(422, 'parameters', `Refused alpha: it is for ${mapping.ticker}, wanted ${ticker}`)
  }
  return good({ rest, change: { alpha: mapping } })
}
