// The worker: HTTP to the control API, cron to the probe and the watchdog, and the objects.

import { onCron } from './cron/on-cron.ts'
import { createApp } from './routes/app.ts'

export { Alerts } from './durable/alerts/alerts.ts'
export { Desk } from './durable/desk/desk.ts'
export { MarketMaker } from './durable/maker/market-maker.ts'
export { Oracle } from './durable/oracle/oracle.ts'

const app = createApp()

export default {
  fetch: app.fetch,
  scheduled: onCron,
}
