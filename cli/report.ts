// npm run report -- SOURCE [SOURCE ...]: what a maker earned, how, and whether the books agree.
//
//   SOURCE              tape files (.csv, .csv.gz) or a folder of them, a backtest's --json, or
//                       the address of a running worker (http://...)
//   --ticker TICKER     which market, where the source has several; needed for a worker
//   --from T --to T     ISO times or epoch ms; a worker's last 24 hours by default
//   --token TOKEN       the control token, or CONTROL_TOKEN in the environment
//   --maker M --fills F which of a backtest's makers and ways of filling (default: the most fills)
//   --out FILE          where the page goes (report.html)
//   --pictures DIR      each chart as an SVG file as well
//   --json              every number to standard output instead of the sentence

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSource } from '../research/report/source-files.ts'
import { documentSvg } from '../src/plot/svg.ts'
import { measure } from '../src/report/measures/metrics.ts'
import { pageOf } from '../src/report/page/page.ts'
import { headline } from '../src/report/page/words.ts'
import { failWith, optionsOf, showUsage, texts } from './lib/options.ts'

const { values, positionals } = optionsOf({
  allowPositionals: true,
  options: {
    ...texts('ticker', 'from', 'to', 'token', 'maker', 'fills', 'pictures'),
    out: { type: 'string', default: 'report.html' },
    json: { type: 'boolean', default: false },
  },
})

const main = async (): Promise<void> => {
  const { ticker, from, to, token, maker, fills } = values
  const input = await readSource(positionals, { ticker, from, to, token, maker, fills })
  const metrics = measure(input)
  const { html, drawings } = pageOf(input, metrics)
  writeFileSync(values.out, html)
  if (values.pictures !== undefined) {
    mkdirSync(values.pictures, { recursive: true })
    for (const drawing of drawings) {
      writeFileSync(join(values.pictures, `${drawing.name}.svg`), documentSvg(drawing))
    }
  }
  if (values.json) console.log(JSON.stringify(metrics))
  else {
    console.log(headline(input.ticker, metrics))
    console.log(`${values.out}: ${(html.length / 1000).toFixed(0)} kB`)
  }
  const wrong = metrics.checks.filter(({ agrees }) => !agrees)
  for (const { name, ours, other } of wrong) {
    console.error(`Does not agree: ${name}, found ${ours} and ${other}`)
  }
}

if (positionals.length === 0) showUsage(import.meta.url, 2)
await main().catch(failWith())
