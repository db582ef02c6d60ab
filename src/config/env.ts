// What the worker is given (Env) and what it makes of it (Config), read once and in one place.
//
// A wrong value is refused in one sentence that names the variable and what was wanted, and nothing
// starts. Secrets are never repeated in a message: it says only what is wrong with them.

import type {
  DurableObjectNamespace,
  Fetcher,
  R2Bucket,
  SendEmail,
} from '@cloudflare/workers-types'
import * as v from 'valibot'
import manifest from '../../package.json' with { type: 'json' }
import { FORMATS, type Format } from '../alerts/webhook.ts'
import type { LogLevel } from '../core/vocabulary/events.ts'
import { findPem, regularPem } from '../kalshi/auth/pem-text.ts'
import { importKey, type SigningKey } from '../kalshi/auth/sign.ts'
import { type OracleConfig, type OracleVariables, readOracles } from './oracle-env.ts'
import {
  address,
  choice,
  type Environment,
  isLoopback,
  readVariables,
  shown,
  text,
  wantedOf,
} from './variables.ts'

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

const longEnough = v.check(
  (found: string) => found === '' || found.length >= TOKEN_LENGTH,
  ({ input }) => `has ${input.length} characters, wanted ${TOKEN_WANTED}`,
)
const sendable = v.check(
  (found: string) => found === '' || TOKEN_SHAPE.test(found),
  `holds a character that a browser cannot send with a WebSocket, wanted ${TOKEN_WANTED}`,
)

const CONTROL = v.object({
  CONTROL_TOKEN: v.pipe(
    text,
    v.nonEmpty(`is missing, wanted ${TOKEN_WANTED}`),
    longEnough,
    sendable,
  ),
  /** Only reads; optional. */
  READ_TOKEN: v.pipe(text, longEnough, sendable),
})

const PEM_WANTED =
  'the unencrypted RSA or Ed25519 key, from -----BEGIN … PRIVATE KEY----- to -----END … PRIVATE KEY-----'

/** The end of a sentence that begins with the variable's name; '' for a key's text. */
const keyFault = (pasted: string): string => {
  const text = findPem(pasted)
  if (text.ok) return ''
  return `is not a private key: found ${text.found}, wanted ${text.wanted ?? PEM_WANTED}`
}

const mailbox = v.pipe(
  text,
  v.check(
    (found) => found === '' || /^[^\s@<>]+@[^\s@<>]+$/.test(found),
    ({ input }) => `is ${shown(input)}, wanted an email address`,
  ),
)

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
  ALERT_WEBHOOK_URL: address('http'),
  ALERT_WEBHOOK_FORMAT: choice(FORMATS, 'auto'),
  ALERT_EMAIL_FROM: mailbox,
  ALERT_EMAIL_TO: mailbox,
  PROBE_TICKER: v.pipe(
    text,
    v.check(
      (found) => found === '' || TICKER_SHAPE.test(found),
      ({ input }) => `is ${shown(input)}, wanted a market ticker`,
    ),
  ),
  PROBE_ON_PROD: choice(['yes', 'no'], 'no'),
  KALSHI_SUBACCOUNT: v.pipe(
    text,
    v.regex(
      /^([0-5]?\d|6[0-3])?$/,
      ({ input }) => `is ${shown(input)}, wanted a number from 0 to 63`,
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
  readonly ALERTS: DurableObjectNamespace
  readonly TAPE: R2Bucket
  /** Only where wrangler.toml has a send_email binding. */
  readonly EMAIL?: SendEmail
  readonly ASSETS?: Fetcher
}

/** What a cancel at the exchange needs, and the token by which the caller was let in. */
const EXCHANGE = [
  'KALSHI_ENV',
  'ALLOW_PROD',
  'KALSHI_REST_URL',
  'KALSHI_KEY_ID',
  'KALSHI_PRIVATE_KEY',
  'KALSHI_SUBACCOUNT',
  'CONTROL_TOKEN',
] as const

/** The environment without the variables that a cancel does not need, be they right or wrong. */
export const exchangeOnly = (env: Env): Env =>
  Object.fromEntries(EXCHANGE.map((name) => [name, env[name]])) as unknown as Env

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
  readonly alerts: AlertConfig
  readonly oracles: OracleConfig
}

/** Where alerts go; null where nowhere. */
interface AlertConfig {
  readonly webhook: { readonly url: string; readonly format: Format } | null
  readonly email: { readonly from: string; readonly to: string } | null
}

export type ConfigResult = { readonly ok: true; readonly config: Config } | Refused

interface Refused {
  readonly ok: false
  /** For whoever holds a token, and for the log. */
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

/** Kalshi's hosts, preferred ones first, as published in October 2026. */
const KALSHI_HOSTS: Readonly<Record<'demo' | 'prod', readonly string[]>> = {
  demo: ['external-api.demo.kalshi.co', 'external-api-ws.demo.kalshi.co', 'demo-api.kalshi.co'],
  prod: ['external-api.kalshi.com', 'external-api-ws.kalshi.com', 'api.elections.kalshi.com'],
}

/**
 * The hosts decide where money moves and who sees our signatures: an override must not bypass
 * KALSHI_ENV and ALLOW_PROD, so only known hosts pass, letter by letter.
 */
const hostFault = (variable: string, address: string, environment: Environment): string => {
  const { hostname } = new URL(address)
  if (environment === 'mock') {
    if (isLoopback(address)) return ''
    return `${variable} points at ${shown(hostname)} while KALSHI_ENV is mock, wanted this machine (127.0.0.1)`
  }
  if (KALSHI_HOSTS[environment].includes(hostname)) return ''
  const wanted = KALSHI_HOSTS[environment].join(', ')
  const found = `points at ${shown(hostname)} while KALSHI_ENV is ${environment}`
  return `${variable} ${found}, wanted one of ${wanted}`
}

const REFUSED = 'Configuration refused: '

/** @param problem begins with the variable, and ends with what was wanted */
const refused = (problem: string): Refused => ({ ok: false, message: `${REFUSED}${problem}` })

/** A refusal as everybody may read it: the variable and what was wanted, nothing of its value. */
export const publicRefusal = (message: string): string => {
  const [variable] = message.slice(REFUSED.length).split(' ')
  return `${REFUSED}${variable} is not as wanted: ${wantedOf(message)}`
}

/** The two tokens of the control API; `read` is null where only one is set. */
interface Tokens {
  readonly ok: true
  readonly act: string
  readonly read: string | null
}

/**
 * The tokens of the control API alone: only a caller who holds one may learn what else is wrong.
 * @returns the tokens, or the sentence that says what is wrong with them
 */
export const readTokens = (env: Pick<Env, 'CONTROL_TOKEN' | 'READ_TOKEN'>): Tokens | Refused => {
  const read = readVariables(CONTROL, env)
  if (!read.ok) return refused(read.problem)
  const { CONTROL_TOKEN: act, READ_TOKEN } = read.values
  if (READ_TOKEN === act) {
    return refused('READ_TOKEN equals CONTROL_TOKEN, wanted another secret, or none')
  }
  return { ok: true, act, read: READ_TOKEN === '' ? null : READ_TOKEN }
}

/** Reads the variables, or says in one sentence which one is wrong and what was wanted. */
export const readConfig = (
  env: Omit<Env, 'MAKER' | 'DESK' | 'ORACLE' | 'ALERTS' | 'TAPE' | 'EMAIL' | 'ASSETS'>,
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
  if (values.ALERT_EMAIL_TO !== '' && values.ALERT_EMAIL_FROM === '') {
    return refused('ALERT_EMAIL_FROM is missing, wanted the sender of alerts by email')
  }
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
      alerts: {
        webhook: values.ALERT_WEBHOOK_URL
          ? { url: values.ALERT_WEBHOOK_URL, format: values.ALERT_WEBHOOK_FORMAT }
          : null,
        email: values.ALERT_EMAIL_TO
          ? { from: values.ALERT_EMAIL_FROM, to: values.ALERT_EMAIL_TO }
          : null,
      },
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
