// What the worker is given (Env) and what it makes of it (Config), read once and in one place.
//
// A wrong value is refused in one sentence that names the variable and what was wanted, and nothing
// starts. Secrets are never repeated in a message: it says only what is wrong with them.

import type { DurableObjectNamespace, Fetcher, R2Bucket } from '@cloudflare/workers-types'
import * as v from 'valibot'
import manifest from '../../package.json' with { type: 'json' }
import type { LogLevel } from '../core/vocabulary/events.ts'
import { findPem, regularPem } from '../kalshi/auth/pem-text.ts'
import { importKey, type SigningKey } from '../kalshi/auth/sign.ts'
import { type OracleConfig, type OracleVariables, readOracles } from './oracle-env.ts'
import { address, choice, type Environment, readVariables, text } from './variables.ts'

/** The version of this worker: bundled from package.json, the one place where it stands. */
export const VERSION: string = manifest.version

/** The shape of a Kalshi ticker. Strikes may hold a dot ("...-T114999.99"). */
export const TICKER_SHAPE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/

/**
 * What a WebSocket subprotocol may hold (RFC 9110, 5.6.2): the live page sends the token as one.
 */
const TOKEN_SHAPE = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const TOKEN_LENGTH = 16
const TOKEN_WANTED = `a secret of at least ${TOKEN_LENGTH} letters, digits, dashes or dots`

const CONTROL = v.object({
  CONTROL_TOKEN: v.pipe(
    text,
    v.nonEmpty(`is missing, wanted ${TOKEN_WANTED}`),
    v.minLength(
      TOKEN_LENGTH,
      ({ input }) => `has ${input.length} characters, wanted ${TOKEN_WANTED}`,
    ),
    v.regex(
      TOKEN_SHAPE,
      `holds a character that a browser cannot send with a WebSocket, wanted ${TOKEN_WANTED}`,
    ),
  ),
})

const PEM_WANTED =
  'the unencrypted RSA or Ed25519 key, from -----BEGIN … PRIVATE KEY----- to -----END … PRIVATE KEY-----'

/** The end of a sentence that begins with the variable's name; '' for a key's text. */
const keyFault = (pasted: string): string => {
  const text = findPem(pasted)
  if (text.ok) return ''
  return `is not a private key: found ${text.found}, wanted ${text.wanted ?? PEM_WANTED}`
}

/** The variables of the exchange and of the worker itself. */
const VARIABLES = v.object({
  KALSHI_ENV: choice(['mock', 'demo', 'prod'], 'mock'),
  ALLOW_PROD: text,
  KALSHI_REST_URL: address('http'),
  KALSHI_WS_URL: address('ws'),
  KALSHI_KEY_ID: v.pipe(
    text,
    v.nonEmpty('is missing, wanted the id of the API key'),
    v.regex(/^[\x21-\x7e]+$/, 'holds spaces or non-ASCII characters, wanted the id of the API key'),
  ),
  KALSHI_PRIVATE_KEY: v.pipe(
    text,
    v.nonEmpty('is missing, wanted the private key as PEM text'),
    v.check(
      (found) => keyFault(found) === '',
      ({ input }) => keyFault(input),
    ),
    v.transform(regularPem),
  ),
  ...CONTROL.entries,
  PROBE_TICKER: v.pipe(
    text,
    v.check(
      (found) => found === '' || TICKER_SHAPE.test(found),
      ({ input }) => `is ${JSON.stringify(input)}, wanted a market ticker`,
    ),
  ),
  PROBE_ON_PROD: choice(['yes', 'no'], 'no'),
  KALSHI_SUBACCOUNT: v.pipe(
    text,
    v.regex(
      /^([0-5]?\d|6[0-3])?$/,
      ({ input }) => `is ${JSON.stringify(input)}, wanted a number from 0 to 63`,
    ),
    v.transform(Number),
  ),
  LOG_LEVEL: choice<LogLevel>(['debug', 'info', 'warn', 'error'], 'info'),
})

/** Bindings and variables, as wrangler.toml, .dev.vars and secrets provide them. */
export interface Env extends Readonly<v.InferInput<typeof VARIABLES>>, OracleVariables {
  readonly MAKER: DurableObjectNamespace
  readonly DESK: DurableObjectNamespace
  readonly ORACLE: DurableObjectNamespace
  readonly TAPE: R2Bucket
  readonly ASSETS?: Fetcher
}

export interface Config {
  readonly environment: Environment
  /** Up to and including /trade-api/v2, without a slash at the end. */
  readonly restUrl: string
  readonly wsUrl: string
  readonly keyId: string
  /** PEM with real newlines. */
  readonly privateKey: string
  readonly controlToken: string
  /** null when no probe is wanted. */
  readonly probeTicker: string | null
  readonly probeOnProd: boolean
  /** 0..63; 0 is the primary account. */
  readonly subaccount: number
  readonly logLevel: LogLevel
  readonly oracles: OracleConfig
}

export type ConfigResult = { readonly ok: true; readonly config: Config } | Refused

interface Refused {
  readonly ok: false
  readonly message: string
}

const HOSTS: Readonly<Record<Environment, { readonly rest: string; readonly ws: string }>> = {
  mock: { rest: 'http://127.0.0.1:8790/trade-api/v2', ws: 'ws://127.0.0.1:8790/trade-api/ws/v2' },
  demo: {
    rest: 'https://external-api.demo.kalshi.co/trade-api/v2',
    ws: 'wss://external-api-ws.demo.kalshi.co/trade-api/ws/v2',
  },
  prod: {
    rest: 'https://external-api.kalshi.com/trade-api/v2',
    ws: 'wss://external-api-ws.kalshi.com/trade-api/ws/v2',
  },
}

const isUnder = (host: string, domain: string): boolean =>
  host === domain || host.endsWith(`.${domain}`)

/** The hosts decide where money moves: an override must not bypass KALSHI_ENV and ALLOW_PROD. */
const hostFault = (variable: string, address: string, environment: Environment): string => {
  const { hostname } = new URL(address)
  if (environment !== 'prod' && isUnder(hostname, 'kalshi.com')) {
    const found = `points at production (${hostname}) while KALSHI_ENV is ${environment}`
    return `${variable} ${found}, wanted KALSHI_ENV=prod with ALLOW_PROD=yes, or another host`
  }
  if (environment !== 'demo' && isUnder(hostname, 'kalshi.co')) {
    const found = `points at the demo (${hostname}) while KALSHI_ENV is ${environment}`
    return `${variable} ${found}, wanted KALSHI_ENV=demo, or another host`
  }
  return ''
}

const refused = (problem: string): Refused => ({
  ok: false,
  message: `Configuration refused: ${problem}`,
})

/**
 * The token of the control API alone: only a caller who holds it may learn what else is wrong.
 * @returns the token, or the sentence that says what is wrong with it.
 */
export const readControlToken = (
  env: Pick<Env, 'CONTROL_TOKEN'>,
): { ok: true; token: string } | Refused => {
  const read = readVariables(CONTROL, env)
  return read.ok ? { ok: true, token: read.values.CONTROL_TOKEN } : refused(read.problem)
}

/** Reads the variables, or says in one sentence which one is wrong and what was wanted. */
export const readConfig = (
  env: Omit<Env, 'MAKER' | 'DESK' | 'ORACLE' | 'TAPE' | 'ASSETS'>,
): ConfigResult => {
  const read = readVariables(VARIABLES, env)
  if (!read.ok) return refused(read.problem)
  const { values } = read
  const environment = values.KALSHI_ENV
  if (environment === 'prod' && values.ALLOW_PROD !== 'yes') {
    return refused(
      'KALSHI_ENV is prod without ALLOW_PROD=yes, wanted both, because prod trades real money',
    )
  }
  const restUrl = values.KALSHI_REST_URL || HOSTS[environment].rest
  const wsUrl = values.KALSHI_WS_URL || HOSTS[environment].ws
  const fault =
    hostFault('KALSHI_REST_URL', restUrl, environment) ||
    hostFault('KALSHI_WS_URL', wsUrl, environment)
  if (fault !== '') return refused(fault)
  const external = readOracles(env, environment)
  if (!external.ok) return refused(external.problem)
  return {
    ok: true,
    config: {
      environment,
      restUrl,
      wsUrl,
      keyId: values.KALSHI_KEY_ID,
      privateKey: values.KALSHI_PRIVATE_KEY,
      controlToken: values.CONTROL_TOKEN,
      probeTicker: values.PROBE_TICKER || null,
      probeOnProd: values.PROBE_ON_PROD === 'yes',
      subaccount: values.KALSHI_SUBACCOUNT,
      logLevel: values.LOG_LEVEL,
      oracles: external.oracles,
    },
  }
}

/** Parses the private key in full, which only an import can do. Never throws, never shows it. */
export const checkKey = async (
  config: Pick<Config, 'privateKey'>,
): Promise<{ readonly ok: true; readonly key: SigningKey } | Refused> => {
  try {
    return { ok: true, key: await importKey(config.privateKey) }
  } catch (error) {
    // importKey names the variable itself.
    const detail = error instanceof Error ? error.message : 'KALSHI_PRIVATE_KEY is unreadable'
    return refused(detail)
  }
}

let importedKey: { pem: string; key: SigningKey } | null = null

/** Configuration with its key, or the sentence that says what is wrong. A good key is kept. */
export const loadConfig = async (
  env: Env,
): Promise<{ ok: true; config: Config; key: SigningKey } | Refused> => {
  const read = readConfig(env)
  if (!read.ok) return read
  const pem = read.config.privateKey
  if (importedKey?.pem === pem) return { ok: true, config: read.config, key: importedKey.key }
  const checked = await checkKey(read.config)
  if (!checked.ok) return checked
  importedKey = { pem, key: checked.key }
  return { ok: true, config: read.config, key: checked.key }
}
