// Refuses parameters that cannot have been meant, and names the one to blame: quotes that would sit
// on a limit from the start, or lie wider than the price band.
//
// It asks the model what it would quote in a usual market, flat and after one fill, an hour, a day
// and a month before the close. So a newcomer's error of units (a gamma per dollar, a k in ticks)
// shows here and not in the market.

import type { Strategy } from '../vocabulary/parameter-table.ts'
import type { ParameterResult, Parameters } from '../vocabulary/parameters.ts'
import { defaultParameters, parseParameters } from '../vocabulary/parameters.ts'
import { CONTRACT, PRICE_CENT } from '../vocabulary/units.ts'
import { fullModel } from './full-model.ts'
import type { QuoteInput } from './quoting.ts'
import { emptyPricing, emptyQuoteInput, intensityHalfSpread, linearModel } from './quoting.ts'
import { gammaFor } from './risk-aversion.ts'

/** The usual market: 50 c, and 0.05 c per root second unless sigma is given. */
const FAIR = 50
const USUAL_SIGMA = 0.05
const TIMES = [3600, 86_400, 2_592_000] as const

/** The parameters that decide prices, and so can be to blame. */
const SUSPECTS = [
  'gamma',
  'k',
  'arrival_rate',
  'sigma',
  'min_half_spread',
  'horizon_seconds',
  'max_skew',
  'max_inventory_width',
  'settlement_share',
  'size',
] as const satisfies readonly (keyof Strategy)[]

const inputOf = ({ strategy, limits }: Parameters, tau: number, inventory: number): QuoteInput => {
  const sigma2 = (strategy.sigma ?? USUAL_SIGMA) ** 2
  const lot = strategy.size / CONTRACT
  const maxPosition = limits.max_position / CONTRACT
  const { k, arrival_rate: arrivals } = strategy
  const floor = strategy.min_half_spread ?? 0.5
  return {
    ...emptyQuoteInput(),
    fair: FAIR,
    inventory,
    gamma: strategy.gamma ?? gammaFor({ k, maxPosition, arrivals, lot, sigma2, tick: 1 }),
    k,
    sigma2,
    horizon: Math.min(tau, strategy.horizon_seconds),
    lot,
    floorBid: floor,
    floorAsk: floor,
    timeLeft: tau,
    arrivals,
    settlementShare: strategy.settlement_share,
    maxSkew: strategy.max_skew,
    maxInventoryWidth: strategy.max_inventory_width,
  }
}

/**
 * What is wrong with the quotes of a usual market, as the end of a sentence; null when nothing is.
 */
const faultOf = (parameters: Parameters): string | null => {
  const { strategy, limits } = parameters
  const model = strategy.model === 'full' ? fullModel : linearModel
  const pricing = emptyPricing()
  const lot = strategy.size / CONTRACT
  const low = limits.min_price / PRICE_CENT
  const high = limits.max_price / PRICE_CENT
  const band = `${low} to ${high} c`
  // A band without 50 c means a market other than the usual one.
  const centred = low < FAIR && high > FAIR
  for (const tau of TIMES) {
    model.price(inputOf(parameters, tau, 0), pricing)
    const half = pricing.halfBid
    const when = tau === 3600 ? 'an hour' : tau === 86_400 ? 'a day' : '30 days'
    if (centred && (FAIR - half < low || FAIR + half > high)) {
      const quote = `would quote ${half.toFixed(2)} c either way, outside the band of ${band}`
      return `a flat maker at 50 c, ${when} before the close, ${quote}`
    }
    const width = strategy.max_inventory_width
    if (strategy.model === 'full' && pricing.volatilityPart >= width && width > 0) {
      const at = `would be at max_inventory_width ${width} from the start`
      return `the inventory part of the spread ${at}, ${when} before the close`
    }
    model.price(inputOf(parameters, tau, lot), pricing)
    const skew = Math.abs(pricing.skew)
    if (strategy.model === 'full' && skew >= strategy.max_skew - 1e-9 && skew > 0) {
      const skewed = `would skew the quotes to max_skew ${strategy.max_skew} at once`
      return `one fill of ${lot} ${skewed}, ${when} before the close`
    }
    if (centred && (pricing.reservation <= low || pricing.reservation >= high)) {
      const moved = `would move the quotes by ${skew.toFixed(2)} c, out of the band of ${band}`
      return `one fill of ${lot} ${moved}, ${when} before the close`
    }
  }
  const width = intensityHalfSpread((strategy.gamma ?? 0) * lot, strategy.k)
  if (!Number.isFinite(width)) return 'the half-spread would not be a number'
  return null
}

/** How far a value is from its default: the further, the more to blame. */
const distance = (value: unknown, usual: unknown): number => {
  if (typeof value !== 'number' || typeof usual !== 'number') return value === usual ? 0 : 10
  if (value === usual) return 0
  if (value <= 0 || usual <= 0) return 20
  return Math.abs(Math.log(value / usual))
}

/** The suspect whose default alone removes the fault; the furthest from it where several do. */
const culpritOf = (parameters: Parameters): string | null => {
  const usual = defaultParameters().strategy
  let found: string | null = null
  let worst = 0
  for (const key of SUSPECTS) {
    const value = parameters.strategy[key]
    if (value === usual[key]) continue
    const cured = { ...parameters, strategy: { ...parameters.strategy, [key]: usual[key] } }
    if (faultOf(cured) !== null) continue
    const far = distance(value, usual[key])
    if (found !== null && far <= worst) continue
    found = key
    worst = far
  }
  return found
}

/** Every suspect that is not at its default. */
const changedOf = (parameters: Parameters): string[] => {
  const usual = defaultParameters().strategy
  return SUSPECTS.filter((key) => parameters.strategy[key] !== usual[key])
}

/**
 * Why not to quote with these parameters, as one sentence that names the one to blame; null when
 * they make sense.
 */
export const selfCheck = (
  parameters: Parameters,
): { readonly key: string; readonly message: string } | null => {
  const fault = faultOf(parameters)
  if (fault === null) return null
  const culprit = culpritOf(parameters)
  if (culprit === null) {
    const names = changedOf(parameters).map((key) => `strategy.${key}`)
    const together = names.length === 0 ? 'limits' : names.join(' and ')
    return { key: 'strategy', message: `Refused ${together} together: ${fault}` }
  }
  const value = parameters.strategy[culprit as keyof Strategy]
  const shown = culprit === 'size' ? Number(value) / CONTRACT : value
  return {
    key: `strategy.${culprit}`,
    message: `Refused strategy.${culprit} ${shown}: ${fault}`,
  }
}

/** `parseParameters`, then the check of the values together by the pricing model. */
export const readParameters = (raw: unknown, base: Parameters | null = null): ParameterResult => {
  const parsed = parseParameters(raw, base)
  if (!parsed.ok) return parsed
  const error = selfCheck(parsed.parameters)
  return error === null ? parsed : { ok: false, error }
}
