// `npm run mock-oracles -- [options]`: runs Polymarket and The Odds API on this machine. It prints
// the addresses and the name of each event there; everything else goes through the operator API
// while it runs.

import { readEventFile } from '../mocks/oracles/event-file.ts'
import { follow, readTie, type Tie } from '../mocks/oracles/follow.ts'
import { ACT_NAMES } from '../mocks/oracles/operator.ts'
import { type MockOraclesOptions, startMockOracles } from '../mocks/oracles/server.ts'
import { closeOnSignal, fail, failWith, numberOf, optionsOf, texts } from './lib/options.ts'

const HELP = `Polymarket and The Odds API on your machine, loopback only.

  npm run mock-oracles -- [options]

  --port N             port to listen on (default 8795; 0 takes a free one)
  --seed N             decides the walk, the books and the takers (default 1)
  --events FILE        a JSON list of games and questions instead of the three that come with it
  --walk CENTS         a minute's wandering of the fair value at 50 percent (default 0.3; 0 = none)
  --spread CENTS       between Polymarket's best bid and ask (default 1)
  --lag MS             how late Polymarket learns the fair value (default 0)
  --odds-lag MS        how late the sportsbooks learn it (default 0; scraped once a minute)
  --odds-key KEY       the key that The Odds API accepts (default mock-odds-key)
  --credits N          its credits (default 20000)
  --follow URL         take the fair value from a mock exchange, such as http://127.0.0.1:8790/admin
  --tie TICKER=SLUG[:OUTCOME]  the market there for an event here; may be given several times
  --help               this text

While it runs, http://127.0.0.1:PORT/admin takes GET state, and POST
${ACT_NAMES.join(', ')}.
docs/mock-oracles.md has examples.`

const { values: args } = optionsOf({
  options: {
    ...texts('port', 'seed', 'events', 'walk', 'spread', 'lag', 'odds-lag', 'odds-key'),
    ...texts('credits', 'follow'),
    tie: { type: 'string', multiple: true },
    help: { type: 'boolean' },
  },
})
if (args.help) {
  console.log(HELP)
  process.exit(0)
}

const numeric = (name: keyof typeof args, fallback: number, most: number): number => {
  const text = args[name]
  return typeof text === 'string' ? numberOf(name, text, 0, most) : fallback
}

const ties = (args.tie ?? []).map((text): Tie => {
  const tie = readTie(text)
  return (
    tie ?? fail(`Reading --tie failed: found "${text}", wanted TICKER=slug or TICKER=slug:Outcome`)
  )
})
if (ties.length > 0 !== (args.follow !== undefined)) fail('--follow and --tie need each other.')

const options: MockOraclesOptions = {
  port: numeric('port', 8795, 65_535),
  seed: numeric('seed', 1, Number.MAX_SAFE_INTEGER),
  walkCents: numeric('walk', 0.3, 50),
  spreadCents: numeric('spread', 1, 50),
  credits: numeric('credits', 20_000, 1e9),
  ...(args['odds-key'] === undefined ? {} : { oddsKey: args['odds-key'] }),
  ...(args.events === undefined
    ? {}
    : {
        events: await readEventFile(args.events).catch(failWith()),
      }),
}
const mock = await startMockOracles(options).catch(failWith('Starting failed: '))
const { oracles } = mock
oracles.troubles.polymarket.lagMs = numeric('lag', 0, 600_000)
oracles.troubles.odds.lagMs = numeric('odds-lag', 0, 600_000)

for (const { slug, outcome } of ties) {
  const spec = oracles.specs.find((one) => one.slug === slug)
  if (spec === undefined) fail(`Reading --tie failed: there is no event "${slug}"`)
  else if (outcome !== null && !spec.outcomes.includes(outcome)) {
    fail(`Reading --tie failed: found "${outcome}", wanted ${spec.outcomes.join(' or ')}`)
  }
}
const stop =
  args.follow === undefined
    ? () => {}
    : follow({
        adminUrl: args.follow,
        ties,
        everyMs: 250,
        apply: ({ slug, outcome }, p) => {
          const second = outcome !== null && oracles.market(slug).spec.outcomes[1] === outcome
          oracles.fair(slug).follow(second ? 1 - p : p, oracles.step(Date.now()))
        },
        warn: (sentence) => console.error(sentence),
      })

console.log(`Gamma      ${mock.gammaUrl}`)
console.log(`CLOB       ${mock.clobUrl}`)
console.log(`WebSocket  ${mock.wsUrl}`)
console.log(`Odds API   ${mock.oddsUrl}   key ${mock.oddsKey}`)
console.log(`Admin      ${mock.adminUrl}`)
for (const { spec, ids } of oracles.markets) {
  const odds = spec.sport === null ? '' : `   ${spec.sport.key} ${ids.odds}`
  console.log(`Event      ${spec.slug}   ${spec.outcomes.join(' / ')}${odds}`)
}
console.log('Ready')

closeOnSignal(async () => {
  stop()
  await mock.close()
})
