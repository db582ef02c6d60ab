// The mapping of a demo ticker to the question that comes with the mock oracles, as an operator
// would write it: with the hashes of both rule texts as they read now.

import { createHash } from 'node:crypto'

/** The question of the mock oracles that is about a level, like the demo ticker. */
export const DEMO_SLUG = 'mock-index-above-50'
const DAY_MS = 86_400_000

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const readJson = async (url: string): Promise<Record<string, unknown>> => {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) })
  if (!answer.ok) throw new Error(`Reading ${url} failed: found ${answer.status}, wanted 200`)
  return (await answer.json()) as Record<string, unknown>
}

/** The "alpha" block of PUT /tickers/{ticker}. */
export const demoMapping = async (
  gammaUrl: string,
  exchangeUrl: string,
  ticker: string,
): Promise<Record<string, unknown>> => {
  const { description } = await readJson(`${gammaUrl}/markets/slug/${DEMO_SLUG}`)
  const { market } = (await readJson(`${exchangeUrl}/markets/${ticker}`)) as {
    market: { rules_primary: string; rules_secondary: string }
  }
  return {
    sources: [
      {
        kind: 'polymarket',
        slug: DEMO_SLUG,
        outcome: 'Yes',
        side: 'same',
        rulesSha256: sha256(String(description)),
        expires: new Date(Date.now() + 20 * DAY_MS).toISOString(),
      },
    ],
    rulesSha256: sha256(market.rules_primary + market.rules_secondary),
    ack: ['same-question'],
  }
}
