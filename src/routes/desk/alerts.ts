// The alerts over HTTP: what is open, what was sent, which channels work, and a test of them.

import { ApiError, reach } from '../answer.ts'
import type { Handler } from '../deps.ts'
import { NO_KEYS, readBody } from '../request.ts'

const UNREACHABLE = 'alerts-unreachable'

/** GET /alerts */
export const getAlerts: Handler = async (c) => {
  const view = c.var.deps.alerts.view()
  return c.json(await reach(UNREACHABLE, 'The alerts could not be read', view))
}

/** POST /alerts/test: 200 also when a channel failed; see "alive" of each in the body. */
export const testAlerts: Handler = async (c) => {
  await readBody(c, NO_KEYS)
  const { alerts } = c.var.deps
  const sent = await reach(UNREACHABLE, 'Whether the test was sent is unknown', alerts.test())
  if (sent.channels.length > 0) return c.json(sent)
  throw new ApiError(
    409,
    'no-channel',
    'No test was sent: there is no channel, so set ALERT_WEBHOOK_URL or ALERT_EMAIL_TO',
  )
}
