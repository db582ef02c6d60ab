// What the worker is given (Env) and what it makes of it (Config), read once and in one place.
//
// A wrong value is refused in one sentence that names the variable and what was wanted, and nothing
// starts. Secrets are never repeated in a message: it says only what is wrong with them.

import type { DurableObjectNamespace, Fetcher, R2Bucket } from '@cloudflare/workers-types'
import manifest from '../../package.json' with { type: 'json' }
import type { LogLevel } from '../core/vocabulary/events.ts'
import { importKey, type SigningKey } from '../kalshi/auth/sign.ts'
import {
  type Environment,
  type OracleConfig,
  type OracleVariables,
  readOracles,
} from './oracle-env.ts'

/** The version of this worker: bundled from package.json, the one place where it stands. */
export const VERSION: string = manifest.version

/** Bindings and variables, as wrangler.toml, .dev.vars and secrets provide them. */
export interface Env extends OracleVariables {
  readonly MAKER: DurableObjectNamespace
  readonly DESK: DurableObjectNamespace
  readonly ORACLE: DurableObjectNamespace
  readonly TAPE: R2Bucket
  readonly ASSETS?: Fetcher
  readonly KALSHI_ENV?: string
  readonly KALSHI_REST_URL?: string
  readonly KALSHI_WS_URL?: string
  readonly KALSHI_KEY_ID?: string
  readonly KALSHI_PRIVATE_KEY?: string
  readonly CONTROL_TOKEN?: string
  readonly ALLOW_PROD?: string
  readonly PROBE_TICKER?: string
  readonly PROBE_ON_PROD?: string
  readonly KALSHI_SUBACCOUNT?: string
  readonly LOG_LEVEL?: string
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

export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly message: string }

/** The shape of a Kalshi ticker. Strikes may hold a dot ("...-T114999.99"). */
export const TICKER_SHAPE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/

const HOSTS: Readonly<Record<Environment, { readonly rest: string; readonly ws: string }>> = {
  mock: {
    rest: 'http://127.0.0.1:8790/trade-api/v2',
    ws: 'ws://127.0.0.1:8790/trade-api/ws/v2',
  },
  demo: {
    rest: 'https://external-api.demo.kalshi.co/trade-api/v2',
    ws: 'wss://external-api-ws.demo.kalshi.co/trade-api/ws/v2',
  },
  prod: {
    rest: 'https://external-api.kalshi.com/trade-api/v2',
    ws: 'wss://external-api-ws.kalshi.com/trade-api/ws/v2',
  },
}

const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])
const TOKEN_LENGTH = 16
/** What a WebSocket subprotocol may hold (RFC 9110, 5.6.2): the live page sends the token as one. */
const TOKEN_SHAPE = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** Thrown inside this file only; its message is the answer. */
class Refusal extends Error {}

const refuse = (variable: string, found: string, wanted: string): never => {
  throw new Refusal(`Configuration refused: ${variable} ${found}, wanted ${wanted}`)
}

const given = (value: string | undefined): string => (typeof value === 'string' ? value.trim() : '')

const readChoice = <T extends string>(
  variable: string,
  value: string | undefined,
  choices: readonly T[],
  fallback: T,
): T => {
  const text = given(value)
  if (text === '') return fallback
  const found = choices.find((choice) => choice === text)
  return found ?? refuse(variable, `is ${JSON.stringify(text)}`, `one of ${choices.join(', ')}`)
}

const isUnder = (host: string, domain: string): boolean =>
  host === domain || host.endsWith(`.${domain}`)

const readUrl = (
  variable: string,
  value: string | undefined,
  scheme: 'http' | 'ws',
  environment: Environment,
): string => {
  const text = given(value)
  if (text === '') return scheme === 'http' ? HOSTS[environment].rest : HOSTS[environment].ws
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return refuse(variable, `is ${JSON.stringify(text)}`, `a ${scheme}(s):// address`)
  }
  const secure = url.protocol === `${scheme}s:`
  if (!secure && url.protocol !== `${scheme}:`) {
    refuse(variable, `begins with ${url.protocol}//`, `${scheme}:// or ${scheme}s://`)
  }
  if (url.username !== '' || url.password !== '') {
    refuse(variable, 'holds a user name or password', 'an address without credentials')
  }
  if (url.search !== '' || url.hash !== '') {
    refuse(variable, 'holds a query or a fragment', 'an address that ends with its path')
  }
  if (!secure && !LOOPBACK.has(url.hostname)) {
    refuse(
      variable,
      `is plain ${scheme} to ${url.hostname}`,
      `${scheme}s:// (plain only to this machine)`,
    )
  }
  // The hosts decide where money moves, so an override must not slip past KALSHI_ENV and ALLOW_PROD.
  if (environment !== 'prod' && isUnder(url.hostname, 'kalshi.com')) {
    refuse(
      variable,
      `points at production (${url.hostname}) while KALSHI_ENV is ${environment}`,
      'KALSHI_ENV=prod with ALLOW_PROD=yes, or another host',
    )
  }
  if (environment !== 'demo' && isUnder(url.hostname, 'kalshi.co')) {
    refuse(
      variable,
      `points at the demo (${url.hostname}) while KALSHI_ENV is ${environment}`,
      'KALSHI_ENV=demo, or another host',
    )
  }
  return text.replace(/\/+$/, '')
}

const readPrivateKey = (value: string | undefined): string => {
  const text = given(value)
    .replace(/^"([\s\S]*)"$/, '$1')
    .replaceAll('\\r', '')
    .replaceAll('\\n', '\n')
    .trim()
  if (text === '') refuse('KALSHI_PRIVATE_KEY', 'is missing', 'the private key as PEM text')
  if (!/^-----BEGIN [A-Z ]*PRIVATE KEY-----\s[\s\S]+-----END [A-Z ]*PRIVATE KEY-----$/.test(text)) {
    refuse(
      'KALSHI_PRIVATE_KEY',
      text.startsWith('-----BEGIN') ? 'is not a complete PEM private key' : 'is not PEM text',
      'the lines from -----BEGIN … PRIVATE KEY----- to -----END … PRIVATE KEY-----',
    )
  }
  return text
}

/**
 * The token of the control API alone, so that a caller can be told of the rest only when known.
 * @returns the token, or the sentence that says what is wrong with it.
 */
export const readControlToken = (
  env: Pick<Env, 'CONTROL_TOKEN'>,
): { ok: true; token: string } | { ok: false; message: string } => {
  const token = given(env.CONTROL_TOKEN)
  if (token.length >= TOKEN_LENGTH && TOKEN_SHAPE.test(token)) return { ok: true, token }
  const found =
    token === ''
      ? 'is missing'
      : token.length < TOKEN_LENGTH
        ? `has ${token.length} characters`
        : 'holds a character that a browser cannot send with a WebSocket'
  const wanted = `a secret of at least ${TOKEN_LENGTH} letters, digits, dashes or dots`
  return { ok: false, message: `Configuration refused: CONTROL_TOKEN ${found}, wanted ${wanted}` }
}

/** Reads the variables, or says in one sentence which one is wrong and what was wanted. */
export const readConfig = (
  env: Omit<Env, 'MAKER' | 'DESK' | 'ORACLE' | 'TAPE' | 'ASSETS'>,
): ConfigResult => {
  try {
    const environment = readChoice('KALSHI_ENV', env.KALSHI_ENV, ['mock', 'demo', 'prod'], 'mock')
    if (environment === 'prod' && given(env.ALLOW_PROD) !== 'yes') {
      refuse('KALSHI_ENV', 'is prod without ALLOW_PROD=yes', 'both, because prod trades real money')
    }
    const restUrl = readUrl('KALSHI_REST_URL', env.KALSHI_REST_URL, 'http', environment)
    const wsUrl = readUrl('KALSHI_WS_URL', env.KALSHI_WS_URL, 'ws', environment)
    const keyId = given(env.KALSHI_KEY_ID)
    if (keyId === '') refuse('KALSHI_KEY_ID', 'is missing', 'the id of the API key')
    if (!/^[\x21-\x7e]+$/.test(keyId)) {
      refuse('KALSHI_KEY_ID', 'holds spaces or non-ASCII characters', 'the id of the API key')
    }
    const privateKey = readPrivateKey(env.KALSHI_PRIVATE_KEY)
    const control = readControlToken(env)
    if (!control.ok) return control
    const probeTicker = given(env.PROBE_TICKER)
    if (probeTicker !== '' && !TICKER_SHAPE.test(probeTicker)) {
      refuse('PROBE_TICKER', `is ${JSON.stringify(probeTicker)}`, 'a market ticker')
    }
    const subaccount = given(env.KALSHI_SUBACCOUNT) || '0'
    if (!/^\d{1,2}$/.test(subaccount) || Number(subaccount) > 63) {
      refuse('KALSHI_SUBACCOUNT', `is ${JSON.stringify(subaccount)}`, 'a number from 0 to 63')
    }
    const external = readOracles(env, environment)
    if (!external.ok) throw new Refusal(`Configuration refused: ${external.problem}`)
    return {
      ok: true,
      config: {
        environment,
        restUrl,
        wsUrl,
        keyId,
        privateKey,
        controlToken: control.token,
        probeTicker: probeTicker === '' ? null : probeTicker,
        probeOnProd:
          readChoice('PROBE_ON_PROD', env.PROBE_ON_PROD, ['yes', 'no'] as const, 'no') === 'yes',
        subaccount: Number(subaccount),
        logLevel: readChoice('LOG_LEVEL', env.LOG_LEVEL, LOG_LEVELS, 'info'),
        oracles: external.oracles,
      },
    }
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, message: error.message }
    throw error
  }
}

export type KeyResult =
  | { readonly ok: true; readonly key: SigningKey }
  | { readonly ok: false; readonly message: string }

/** Parses the private key in full, which only an import can do. Never throws, never shows it. */
export const checkKey = async (config: Pick<Config, 'privateKey'>): Promise<KeyResult> => {
  try {
    return { ok: true, key: await importKey(config.privateKey) }
  } catch (error) {
    // importKey names the variable itself.
    const detail = error instanceof Error ? error.message : 'KALSHI_PRIVATE_KEY is unreadable'
    return { ok: false, message: `Configuration refused: ${detail}` }
  }
}

let importedKey: { pem: string; key: SigningKey } | null = null

/** Configuration with its key, or the sentence that says what is wrong. A good key is kept. */
export const loadConfig = async (
  env: Env,
): Promise<{ ok: true; config: Config; key: SigningKey } | { ok: false; message: string }> => {
  const read = readConfig(env)
  if (!read.ok) return read
  const pem = read.config.privateKey
  if (importedKey?.pem === pem) return { ok: true, config: read.config, key: importedKey.key }
  const checked = await checkKey(read.config)
  if (!checked.ok) return checked
  importedKey = { pem, key: checked.key }
  return { ok: true, config: read.config, key: checked.key }
}
