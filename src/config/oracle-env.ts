// Where prices elsewhere are read, from the variables: hosts, the key of The Odds API, and whether
// DraftKings itself may be asked.
//
// The real hosts are the default. A plain address (http, ws) is taken only to this machine and only
// while the exchange is the mock, so that no test double can ever advise a maker with real money.

export type Environment = 'mock' | 'demo' | 'prod'

/** The variables, as the worker is given them. */
export interface OracleVariables {
  readonly POLYMARKET_GAMMA_URL?: string
  readonly POLYMARKET_CLOB_URL?: string
  readonly POLYMARKET_WS_URL?: string
  readonly ODDS_API_URL?: string
  readonly ODDS_API_KEY?: string
  readonly ALLOW_DRAFTKINGS?: string
}

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

/** The real hosts, as of late 2026. */
const HOSTS = {
  POLYMARKET_GAMMA_URL: 'https://gamma-api.polymarket.com',
  POLYMARKET_CLOB_URL: 'https://clob.polymarket.com',
  POLYMARKET_WS_URL: 'wss://ws-subscriptions-clob.polymarket.com/ws/market',
  ODDS_API_URL: 'https://api.the-odds-api.com/v4',
} as const

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Why DraftKings itself is off unless the operator says otherwise. */
export const DRAFTKINGS_OFF =
  'DraftKings itself is off: reading its site by machine is against its terms as far as known, and its hosts refuse data centres; use alpha_source odds-api with the book draftkings, or set ALLOW_DRAFTKINGS=yes on your own responsibility'

export type OraclesResult =
  | { readonly ok: true; readonly oracles: OracleConfig }
  /** The end of a sentence that begins with "Configuration refused: ". */
  | { readonly ok: false; readonly problem: string }

const given = (value: string | undefined): string => (typeof value === 'string' ? value.trim() : '')

/** What is wrong with an address, as "found, wanted"; '' when it may be used. */
const faultOf = (text: string, scheme: 'http' | 'ws', environment: Environment): string => {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return `is ${JSON.stringify(text)}, wanted a ${scheme}s:// address`
  }
  const plain = url.protocol === `${scheme}:`
  if (!plain && url.protocol !== `${scheme}s:`) {
    return `begins with ${url.protocol}//, wanted ${scheme}s://`
  }
  if (url.username !== '' || url.password !== '') {
    return 'holds a user name or password, wanted an address without credentials'
  }
  if (url.search !== '' || url.hash !== '') {
    return 'holds a query or a fragment, wanted an address that ends with its path'
  }
  const loopback = LOOPBACK.has(url.hostname)
  if (environment !== 'mock' && loopback) {
    return `points at this machine while KALSHI_ENV is ${environment}, wanted the real host`
  }
  if (plain && !loopback) return `is plain ${scheme} to ${url.hostname}, wanted ${scheme}s://`
  return ''
}

/** Reads the variables, or says which one is wrong and what was wanted. Never shows the key. */
export const readOracles = (env: OracleVariables, environment: Environment): OraclesResult => {
  const refuse = (variable: string, fault: string): OraclesResult => ({
    ok: false,
    problem: `${variable} ${fault}`,
  })
  const urls: Record<keyof typeof HOSTS, string> = { ...HOSTS }
  for (const variable of Object.keys(HOSTS) as (keyof typeof HOSTS)[]) {
    const text = given(env[variable])
    if (text === '') continue
    const fault = faultOf(text, variable === 'POLYMARKET_WS_URL' ? 'ws' : 'http', environment)
    if (fault !== '') return refuse(variable, fault)
    urls[variable] = text.replace(/\/+$/, '')
  }
  const key = given(env.ODDS_API_KEY)
  if (key !== '' && !/^[A-Za-z0-9_-]{8,64}$/.test(key)) {
    return refuse(
      'ODDS_API_KEY',
      `has ${key.length} characters or odd ones, wanted 8 to 64 letters, digits or dashes`,
    )
  }
  const allow = given(env.ALLOW_DRAFTKINGS)
  if (allow !== '' && allow !== 'yes' && allow !== 'no') {
    return refuse('ALLOW_DRAFTKINGS', `is ${JSON.stringify(allow)}, wanted yes or no`)
  }
  return {
    ok: true,
    oracles: {
      gammaUrl: urls.POLYMARKET_GAMMA_URL,
      clobUrl: urls.POLYMARKET_CLOB_URL,
      polymarketWsUrl: urls.POLYMARKET_WS_URL,
      oddsUrl: urls.ODDS_API_URL,
      oddsKey: key === '' ? null : key,
      allowDraftKings: allow === 'yes',
    },
  }
}
