// Starts the worker under `wrangler dev` on loopback, with variables from `.dev.vars` and from the
// environment, and stops it whole.
//
// Secrets go to wrangler in a file that only this user can read, not on the command line, where
// every user of the machine could see them. The file is removed when the worker ends, and also
// when this process is killed.

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { regularPem } from '../../src/kalshi/auth/pem-text.ts'
import { removeAfterUs } from './remove-after-us.ts'

const ROOT = new URL('../../', import.meta.url).pathname

/** Every variable that the worker reads. */
const VARIABLES = [
  'KALSHI_ENV',
  'KALSHI_REST_URL',
  'KALSHI_WS_URL',
  'KALSHI_KEY_ID',
  'KALSHI_PRIVATE_KEY',
  'CONTROL_TOKEN',
  'READ_TOKEN',
  'ALLOW_PROD',
  'PROBE_TICKER',
  'PROBE_ON_PROD',
  'KALSHI_SUBACCOUNT',
  'LOG_LEVEL',
  'POLYMARKET_GAMMA_URL',
  'POLYMARKET_CLOB_URL',
  'POLYMARKET_WS_URL',
  'ODDS_API_URL',
  'ODDS_API_KEY',
  'ALLOW_DRAFTKINGS',
  'ALERT_WEBHOOK_URL',
  'ALERT_WEBHOOK_FORMAT',
  'ALERT_EMAIL_FROM',
  'ALERT_EMAIL_TO',
] as const

export type Variables = Partial<Record<(typeof VARIABLES)[number], string>>

/** `.dev.vars` of the project, if there is one, overridden by the environment. */
export const readVariables = (): Variables => {
  const file = join(ROOT, '.dev.vars')
  const fromFile = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}
  const out: Variables = {}
  for (const name of VARIABLES) {
    const value = process.env[name] ?? fromFile[name]
    if (value !== undefined) out[name] = value
  }
  return out
}

/** The variables of a worker that trades at a mock exchange. */
export const mockVariables = (
  mock: Readonly<Record<'url' | 'wsUrl' | 'keyId' | 'privateKeyPem', string>>,
  token: string,
): Variables => ({
  KALSHI_ENV: 'mock',
  KALSHI_REST_URL: mock.url,
  KALSHI_WS_URL: mock.wsUrl,
  KALSHI_KEY_ID: mock.keyId,
  KALSHI_PRIVATE_KEY: mock.privateKeyPem,
  CONTROL_TOKEN: token,
})

/** Variables as lines of an env file. A key that was pasted with quotes of its own loses them. */
export const variableLines = (variables: Variables): string =>
  Object.entries(variables)
    .map(([name, value]) => {
      const text = name === 'KALSHI_PRIVATE_KEY' ? regularPem(value) : value
      const flat = text.replaceAll('\r', '').replaceAll('\n', '\\n')
      const mark = ['"', "'", '`'].find((each) => !flat.includes(each)) ?? '"'
      return `${name}=${mark}${flat}${mark}\n`
    })
    .join('')

interface WorkerOptions {
  readonly port: number
  /** Where objects and R2 keep their state. */
  readonly persistTo: string
  readonly variables: Variables
  /** 'inherit' shows wrangler's own output; 'pipe' hands it to `onLine`. */
  readonly output: 'inherit' | 'pipe'
  readonly onLine?: (line: string) => void
  /** Own process group, so that a test can kill everything at once. */
  readonly detached?: boolean
}

export interface RunningWorker {
  readonly url: string
  readonly process: ChildProcess
  /** Resolves with the exit code. */
  readonly ended: Promise<number>
  stop(): Promise<void>
}

export const startWorker = (options: WorkerOptions): RunningWorker => {
  const folder = mkdtempSync(join(tmpdir(), 'kmm-'))
  const file = join(folder, 'variables.env')
  writeFileSync(file, variableLines(options.variables), { mode: 0o600 })
  removeAfterUs(folder)
  const wrangler = join(ROOT, 'node_modules/wrangler/bin/wrangler.js')
  const child = spawn(
    process.execPath,
    [
      wrangler,
      'dev',
      // The environment at the top of wrangler.toml, under the name that local state is kept by.
      '--env=',
      '--name=kmm',
      '--ip=127.0.0.1',
      `--port=${options.port}`,
      '--inspector-port=0',
      `--persist-to=${options.persistTo}`,
      `--env-file=${file}`,
      '--show-interactive-dev-session=false',
    ],
    {
      cwd: ROOT,
      detached: options.detached ?? false,
      stdio: options.output === 'inherit' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        CLOUDFLARE_CF_FETCH_ENABLED: 'false',
        WRANGLER_SEND_METRICS: 'false',
        X_LOCAL_OBSERVABILITY: 'false',
        FORCE_COLOR: '0',
      },
    },
  )
  if (options.output === 'pipe') {
    for (const stream of [child.stdout, child.stderr]) {
      let rest = ''
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        const parts = (rest + chunk).split('\n')
        rest = parts.pop() ?? ''
        for (const line of parts) options.onLine?.(line)
      })
    }
  }
  const ended = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => {
      rmSync(folder, { recursive: true, force: true })
      resolve(code ?? (signal === null ? 0 : 1))
    })
  })
  return {
    url: `http://127.0.0.1:${options.port}`,
    process: child,
    ended,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT')
      await ended
    },
  }
}

/** Resolves once the worker answers /health; rejects when it ends before that. */
export const untilHealthy = async (worker: RunningWorker): Promise<void> => {
  let over = false
  void worker.ended.then(() => {
    over = true
  })
  while (!over) {
    const answer = await fetch(`${worker.url}/health`).catch(() => null)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('The worker ended before it answered /health')
}

/** Adds a maker. @throws Error with the worker's answer where it refuses */
export const addTicker = async (
  { url }: RunningWorker,
  token: string,
  ticker: string,
  body: unknown,
): Promise<void> => {
  const answer = await fetch(`${url}/tickers/${ticker}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) {
    throw new Error(`Adding ${ticker} failed: ${answer.status} ${await answer.text()}`)
  }
}

/** `wanted` if it is free on loopback, else any free port. */
export const freePort = (wanted: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', () => {
      if (wanted === 0) reject(new Error('No free port on 127.0.0.1'))
      else freePort(0).then(resolve, reject)
    })
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        resolve(typeof address === 'object' && address !== null ? address.port : 0),
      )
    })
  })
