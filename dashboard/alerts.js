// The strip of alerts: what is open, and whether anybody would hear of it.

import { call } from './api.js'
import { byId, make, refill } from './dom.js'
import { reasonSentence } from './reasons.js'

const EVERY_MS = 15_000

/**
 * @typedef {{ source: string, code: string, reason: string, since: string }} OpenAlert
 * @typedef {{ name: string, alive: boolean, error: string | null }} Channel
 * @typedef {{ open: OpenAlert[], channels: Channel[] }} AlertsView
 */

/**
 * The lines of the strip, the worst first.
 * @param {AlertsView} view
 * @returns {{ text: string, bad: boolean }[]}
 */
export const alertLines = ({ open, channels }) => [
  ...open.map(({ source, code, reason }) => ({
    text: `${source}: ${reasonSentence(reason) || code}`,
    bad: true,
  })),
  ...channels
    .filter(({ alive }) => !alive)
    .map(({ name, error }) => ({
      text: `Alerts by ${name} do not arrive: ${error ?? 'no reason known'}. Nobody is called.`,
      bad: true,
    })),
  ...(channels.length === 0
    ? [{ text: 'No alert channel: set ALERT_WEBHOOK_URL, and you are called.', bad: false }]
    : []),
]

/** @param {AlertsView | null} view null while it cannot be read */
const show = (view) => {
  const lines =
    view === null
      ? [{ text: 'The alerts cannot be read: nobody may be called.', bad: true }]
      : alertLines(view)
  byId('alerts').hidden = lines.length === 0
  refill('alerts', lines, () =>
    lines.map(({ text, bad }) => make(bad ? 'li.bad' : 'li.faint', [text])),
  )
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer
let watched = ''

const read = async () => {
  clearTimeout(timer)
  const token = watched
  /** @type {AlertsView | null} */
  let view = null
  try {
    view = /** @type {AlertsView} */ (await call(token, 'GET', '/alerts'))
  } catch {
    // Shown as such below.
  }
  if (token !== watched) return
  show(view)
  timer = setTimeout(read, EVERY_MS)
}

/**
 * Shows the alerts, and goes on showing them; '' hides them.
 * @param {string} token
 */
export const watchAlerts = (token) => {
  if (token === watched) return
  watched = token
  byId('alerts').hidden = true
  clearTimeout(timer)
  if (token !== '') void read()
}
