// What every object of the account has used of what the platform bills: `npm run cost` makes a
// month's bill of it.

import { FEEDS } from '../../signals/signal/signal-update.ts'
import { reach } from '../answer.ts'
import type { Handler } from '../deps.ts'
import { registeredTickers } from '../makers/register.ts'
import { NO_KEYS, readQuery } from '../request.ts'

/** GET /usage */
export const getUsage: Handler = async (c) => {
  readQuery(c, NO_KEYS)
  const { deps } = c.var
  const tickers = await registeredTickers(deps)
  const makers = tickers.map(async ({ ticker }) => {
    const call = deps.maker(ticker).usage()
    return [ticker, await reach('maker-unreachable', `Maker ${ticker} did not answer`, call)]
  })
  const oracles = FEEDS.map(async (feed) => {
    const call = deps.oracle(feed).usage()
    return [feed, await reach('external', `The feed ${feed} did not answer`, call)]
  })
  const desk = await reach('desk-unreachable', 'The desk did not answer', deps.desk.usage())
  return c.json({
    at: deps.now(),
    makers: Object.fromEntries(await Promise.all(makers)),
    desk,
    alerts: await reach('alerts-unreachable', 'The alerts did not answer', deps.alerts.usage()),
    oracles: Object.fromEntries(await Promise.all(oracles)),
  })
}
