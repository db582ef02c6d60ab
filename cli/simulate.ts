// Tries to break the maker: the real engine against the mock exchange's matcher in one process,
// under virtual time, in weather that the seed decides. Every law must hold after every event.
//
//   npm run simulate -- --seeds 1000 --from 1     many seeds, on all cores
//   npm run simulate -- --seed 42 --narrate       one seed, with every event and request
//   npm run simulate -- --seed 42 --model full     the seed's weather, the model named
//   npm run simulate -- --fuzz 1000000            damaged frames through decoder and engine
// --minutes sets the virtual minutes of storm per seed (default 10), --for the real seconds at
// most.

import { fuzz } from '../sim/fuzz/fuzz.ts'
import { playSeeds } from '../sim/runs/pool.ts'
import { failureText, runSeed } from '../sim/runs/run.ts'
import { oneOf, optionsOf, texts, wholeOf } from './lib/options.ts'

const { values } = optionsOf({
  options: {
    ...texts('seed', 'model', 'for', 'fuzz'),
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    narrate: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '10' },
    failures: { type: 'string', default: '5' },
  },
})

const minutes = wholeOf('minutes', values.minutes)

if (values.fuzz !== undefined) {
  const result = fuzz({ frames: wholeOf('fuzz', values.fuzz), seed: wholeOf('from', values.from) })
  console.log(result.text)
  process.exit(result.broken === null ? 0 : 1)
}

if (values.seed !== undefined) {
  const seed = wholeOf('seed', values.seed)
  const { model } = values
  const asked = model === undefined ? {} : { model: oneOf('model', model, ['linear', 'full']) }
  const report = await runSeed(seed, { minutes, narrate: values.narrate, ...asked })
  if (values.narrate) console.log(report.lines.join('\n'))
  for (const [what, count] of Object.entries(report.counts).sort()) console.log(`${what}: ${count}`)
  console.log(report.broken === null ? 'every law held' : await failureText(report, minutes))
  process.exit(report.broken === null ? 0 : 1)
}

const seeds = wholeOf('seeds', values.seeds)
const began = Date.now()
let shownAt = began
const tally = await playSeeds({
  from: wholeOf('from', values.from),
  seeds,
  minutes,
  maxFailures: wholeOf('failures', values.failures),
  ...(values.for === undefined ? {} : { forMs: wholeOf('for', values.for) * 1000 }),
  onReport: (_, sofar) => {
    if (Date.now() - shownAt < 10_000) return
    shownAt = Date.now()
    console.error(`${sofar.seeds} of ${seeds} seeds, ${sofar.failures.length} broken`)
  },
})
for (const { seed } of tally.failures.slice(0, 3)) {
  console.log(await failureText(await runSeed(seed, { minutes }), minutes))
}
for (const { seed, broken } of tally.failures.slice(3)) console.log(`Seed ${seed}: ${broken}`)
console.log(tally.text(Date.now() - began))
process.exit(tally.failures.length === 0 ? 0 : 1)
