// npm run dev -- [--port N] [--persist-to DIR]: the worker alone, on loopback.
//
// Configured by `.dev.vars`, or by environment variables of the same names, which win. It talks to
// whatever KALSHI_ENV, KALSHI_REST_URL and KALSHI_WS_URL say, and keeps its state in DIR.

import { numberOf, optionsOf, showUsage } from './lib/options.ts'
import { readVariables, startWorker } from './lib/worker.ts'

const { values } = optionsOf({
  options: {
    port: { type: 'string', default: '8787' },
    'persist-to': { type: 'string', default: '.wrangler/state' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) showUsage(import.meta.url, 0)
const port = Math.round(numberOf('port', values.port, 1, 65_535))
const worker = startWorker({
  port,
  persistTo: values['persist-to'],
  variables: readVariables(),
  output: 'inherit',
})
// The terminal sends these to the whole group; a plain kill reaches only this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => void worker.stop())
}
process.exit(await worker.ended)
