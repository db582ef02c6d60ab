// The variables of the external venues: their hosts, the key of The Odds API, and whether
// DraftKings itself may be asked.
//
// The real hosts are the default. A host on this machine is accepted only while the exchange is the
// mock, so that no test double can ever advise a maker that trades real money.

import * as v from 'valibot'
import { address, choice, type Environment, isLoopback, readVariables, text } from './variables.ts'

/** The hosts are the real ones as of late 2026. */
const VARIABLES = v.object({
  POLYMARKET_GAMMA_URL: address('http', 'https://gamma-api.polymarket.com'),
  POLYMARKET_CLOB_URL: address('http', 'https://clob.polymarket.com'),
  POLYMARKET_WS_URL: address('ws', 'wss://ws-subscriptions-clob.polymarket.com/ws/market'),
  ODDS_API_URL: address('http', 'https://api.the-odds-api.com/v4'),
  // The key is never shown.
  ODDS_API_KEY: v.pipe(
    text,
    v.regex(
      /^([A-Za-z0-9_-]{8,64})?$/,
      ({ input }) =>
        `has ${input.length} characters or odd ones, wanted 8 to 64 letters, digits or dashes`,
    ),
  ),
  ALLOW_DRAFTKINGS: choice(['yes', 'no'], 'no', 'yes or no'),
})

/** The variables, as the worker gets them. */
export type OracleVariables = Readonly<v.InferInput<typeof VARIABLES>>

/** Addresses without a slash at the end. */
export interface OracleConfig {
  readonly gammaUrl: string
  readonly clobUrl: string
  readonly polymarketWsUrl: string
  readonly oddsUrl: string
  /** null without one: The Odds API is then off. */
  readonly oddsKey: string | null
  readonly allowDraftKings: boolean
}

/** Why DraftKings itself is off unless the operator says otherwise. */
export const DRAFTKINGS_OFF =
  'DraftKings itself is off: reading its site by machine is against its terms as far as known, ' +
  'and its hosts refuse data centres; use alpha_source odds-api with the book draftkings, ' +
  'or set ALLOW_DRAFTKINGS=yes on your own responsibility'

type OraclesResult =
  | { readonly ok: true; readonly oracles: OracleConfig }
  /** The end of a sentence that begins with "Configuration refused: ". */
  | { readonly ok: false; readonly problem: string }

/** Reads the variables, or says which one is wrong and what was wanted. */
export const readOracles = (env: OracleVariables, environment: Environment): OraclesResult => {
  const read = readVariables(VARIABLES, env)
  if (!read.ok) return read
  const { ODDS_API_KEY, ALLOW_DRAFTKINGS, ...hosts } = read.values
  const local = Object.entries(hosts).find(([, host]) => isLoopback(host))
  if (local !== undefined && environment !== 'mock') {
    const problem = `${local[0]} points at this machine while KALSHI_ENV is ${environment}`
    return { ok: false, problem: `${problem}, wanted the real host` }
  }
  return {
    ok: true,
    oracles: {
      gammaUrl: hosts.POLYMARKET_GAMMA_URL,
      clobUrl: hosts.POLYMARKET_CLOB_URL,
      polymarketWsUrl: hosts.POLYMARKET_WS_URL,
      oddsUrl: hosts.ODDS_API_URL,
      oddsKey: ODDS_API_KEY === '' ? null : ODDS_API_KEY,
      allowDraftKings: ALLOW_DRAFTKINGS === 'yes',
    },
  }
}
