// `npm run mock`: runs the mock exchange as a separate program. It prints the addresses and the
// accepted key; with --keys-dir the keys survive a restart.

import { writeFile } from 'node:fs/promises'
import { keysIn } from '../mocks/kalshi/access/keys.ts'
import { isTier } from '../mocks/kalshi/access/token-buckets.ts'
import { SCENARIO_NAMES } from '../mocks/kalshi/crowd/scenarios.ts'
import { FAULTS } from '../mocks/kalshi/operator/faults.ts'
import { readScript } from '../mocks/kalshi/operator/scenario-file.ts'
import { DEFAULT_TICKER, type MockOptions, startMockKalshi } from '../mocks/kalshi/server.ts'
import {
  closeOnSignal,
  fail,
  failWith,
  flags,
  numberOf,
  oneOf,
  optionsOf,
  texts,
} from './lib/options.ts'

const HELP = `A mock Kalshi on your machine: REST and WebSocket on loopback, with a simulated crowd.

  npm run mock -- [options]

  --port N             port to listen on (default 8790; 0 takes a free one)
  --seed N             decides the crowd completely (default 1)
  --ticker T           market to list (default ${DEFAULT_TICKER}); may be given several times
  --close-in SECONDS   when the markets close (default 30 days)
  --fair P             the crowd's fair value at the start, 0.03 to 0.97 (default 0.5)
  --no-crowd           list the markets with empty books
  --scenario NAME      start with ${SCENARIO_NAMES.join(', ')}
  --scenario-file FILE a JSON list of events, each {"at_s": SECONDS, ...}
  --jumps-per-hour N   jumps of the fair value that some takers know 30 seconds ahead (default 0)
  --thursday-pause     no trading on Thursdays 03:00 to 05:00 in New York
  --cancel-all-shadow SECONDS  cancel-all also cancels later orders for so long (Kalshi: 60)
  --read-lag MS        lag of account reads (Kalshi: about 360; default 0)
  --recording FILE     play a recorded session (.jsonl or .jsonl.gz) instead of the crowd
  --pace N             play it N times as fast (default 1)
  --offset SECONDS     begin that far into it (default 0)
  --tier NAME          rate limits: basic, advanced, ... or unlimited (default basic)
  --balance DOLLARS    cash of the account on shard 0 (default 10000)
  --shard N            shard of the listed markets (default 0; others need a transfer of cash)
  --maker-fees         a series that charges makers too
  --key-file FILE      write the private key (RSA, PKCS#8) there instead of printing it
  --keys-dir DIR       keep all keys in DIR, and use existing ones
  --help               this text

While it runs, http://127.0.0.1:PORT/admin takes GET state and requests, and POST fault
(${FAULTS.join(', ')}),
scenario, market, exchange, trade, deposit and knobs. docs/mock-kalshi.md has examples.`

const { values: args } = optionsOf({
  options: {
    ...texts('port', 'seed', 'close-in', 'fair', 'scenario', 'scenario-file', 'jumps-per-hour'),
    ...texts('cancel-all-shadow', 'read-lag', 'shard', 'recording', 'pace', 'offset', 'tier'),
    ...texts('balance', 'key-file', 'keys-dir'),
    ...flags('no-crowd', 'thursday-pause', 'maker-fees', 'help'),
    ticker: { type: 'string', multiple: true },
  },
})
if (args.help) {
  console.log(HELP)
  process.exit(0)
}
const { scenario, tier = 'basic', recording } = args
if (!isTier(tier)) fail(`Reading --tier failed: found "${tier}", which is not a tier`)

const LARGEST = Number.MAX_SAFE_INTEGER
const numeric = (name: keyof typeof args, fallback: number): number => {
  const text = args[name]
  return typeof text === 'string' ? numberOf(name, text, -LARGEST, LARGEST) : fallback
}

const closeAt = Date.now() + numeric('close-in', 30 * 86_400) * 1000
const feeType = args['maker-fees'] ? 'quadratic_with_maker_fees' : 'quadratic'
const exchangeIndex = numeric('shard', 0)
const script =
  args['scenario-file'] === undefined
    ? undefined
    : await readScript(args['scenario-file']).catch(failWith())
const options: MockOptions = {
  port: numeric('port', 8790),
  seed: numeric('seed', 1),
  tier: tier as NonNullable<MockOptions['tier']>,
  balance: numeric('balance', 10_000),
  knobs: {
    thursdayPause: args['thursday-pause'] ?? false,
    cancelAllShadowMs: numeric('cancel-all-shadow', 0) * 1000,
    readLagMs: numeric('read-lag', 0),
  },
  ...(script === undefined ? {} : { script, warn: (sentence) => console.error(sentence) }),
  ...(args['keys-dir'] === undefined ? {} : { keys: await keysIn(args['keys-dir']) }),
  ...(scenario === undefined ? {} : { scenario: oneOf('scenario', scenario, SCENARIO_NAMES) }),
  ...(recording === undefined
    ? {
        markets: (args.ticker ?? [DEFAULT_TICKER]).map((ticker) => ({
          ticker,
          closeAt,
          feeType,
          exchangeIndex,
        })),
        crowd: args['no-crowd']
          ? false
          : {
              fair: numeric('fair', 0.5),
              jumpsPerHour: numeric('jumps-per-hour', 0),
            },
      }
    : {
        recording: {
          source: recording,
          pace: numeric('pace', 1),
          offsetMs: numeric('offset', 0) * 1000,
          feeType,
        },
      }),
}

const mock = await startMockKalshi(options).catch(failWith('Starting failed: '))
console.log(`REST       ${mock.url}`)
console.log(`WebSocket  ${mock.wsUrl}`)
console.log(`Admin      ${mock.adminUrl}`)
console.log(`Markets    ${[...mock.exchange.listings.keys()].join(', ')}`)
console.log(`Key id     ${mock.keyId}`)
if (args['key-file'] !== undefined) {
  await writeFile(args['key-file'], mock.privateKeyPem, { mode: 0o600 })
  console.log(`Key file   ${args['key-file']}`)
} else if (args['keys-dir'] !== undefined) console.log(`Keys in    ${args['keys-dir']}`)
else console.log(mock.privateKeyPem)
closeOnSignal(() => mock.close())
