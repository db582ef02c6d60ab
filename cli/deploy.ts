// npm run deploy -- demo|prod: pulls the quotes of the running worker, deploys, and lets those
// makers quote again that this program has paused. A halt is never released by it.
//
// KMM_URL and CONTROL_TOKEN of the environment say where the worker is; for the first deployment,
// when there is none, give --first. Nothing is deployed when quotes could not be pulled.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { VERSION } from '../src/config/env.ts'
import { oneOf, optionsOf, showUsage } from './lib/options.ts'
import { deployed, makersToPause, pullQuotes, resumeMakers } from './lib/quiet-deploy.ts'

const ROOT = new URL('../', import.meta.url).pathname

const { values, positionals } = optionsOf({
  allowPositionals: true,
  options: {
    first: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help || positionals.length !== 1) showUsage(import.meta.url, values.help ? 0 : 2)
const environment = oneOf('environment', positionals[0]!, ['demo', 'prod'] as const)

const { KMM_URL, CONTROL_TOKEN } = process.env
const fail = (sentence: string): never => {
  console.error(sentence)
  process.exit(1)
}
if (!values.first && (!KMM_URL || !CONTROL_TOKEN)) {
  fail('Set KMM_URL and CONTROL_TOKEN, so that the quotes can be pulled first; or give --first')
}
const worker = values.first ? null : { url: KMM_URL!.replace(/\/+$/, ''), token: CONTROL_TOKEN! }

let paused: readonly string[] = []
if (worker !== null) {
  const makers = await makersToPause(worker).catch((error: Error) => fail(error.message))
  console.log(
    makers.length === 0 ? 'No maker quotes' : `Pulling the quotes of ${makers.join(', ')}`,
  )
  paused = makers
  const left = await pullQuotes(worker, makers)
  if (left.length > 0) {
    await resumeMakers(worker, paused)
    fail(`Not deployed: ${left.join(', ')} still has orders. See GET /tickers/{ticker}`)
  }
}
const wrangler = join(ROOT, 'node_modules/wrangler/bin/wrangler.js')
const { status } = spawnSync(process.execPath, [wrangler, 'deploy', '--env', environment], {
  cwd: ROOT,
  stdio: 'inherit',
})
if (status !== 0) {
  if (worker !== null) await resumeMakers(worker, paused)
  fail(`wrangler deploy ended with code ${status}: the old code goes on`)
}
if (worker !== null) {
  if (!(await deployed(worker, VERSION))) {
    fail(`The worker does not answer as ${VERSION}: makers stay paused, see /health`)
  }
  const failed = await resumeMakers(worker, paused)
  if (failed.length > 0) fail(`Still paused: ${failed.join(', ')}. Resume them by hand`)
  console.log(paused.length === 0 ? 'Deployed' : `Deployed, and ${paused.join(', ')} resumed`)
}
