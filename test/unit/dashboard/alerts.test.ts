// The strip of alerts says what is open, and that nobody would hear of it.

import { expect, it } from 'vitest'
import { alertLines } from '../../../dashboard/alerts.js'

const since = '2026-11-10T12:00:00.000Z'

it('says in sentences what is open, and which channel is dead', () => {
  const lines = alertLines({
    open: [
      { source: 'KXA', code: 'dark', reason: 'stale', since },
      { source: 'watchdog', code: 'maker-unreachable', reason: 'KXB', since },
    ],
    channels: [
      { name: 'webhook', alive: false, error: 'The webhook answered 500' },
      { name: 'email', alive: true, error: null },
    ],
  })
  expect(lines.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^KXA: [A-Z].*\.$/),
    'watchdog: KXB',
    'Alerts by webhook do not arrive: The webhook answered 500. Nobody is called.',
  ])
})

it('says that there is no channel, and nothing when all is well', () => {
  expect(alertLines({ open: [], channels: [] })[0]?.text).toContain('ALERT_WEBHOOK_URL')
  expect(alertLines({ open: [], channels: [{ name: 'email', alive: true, error: null }] })).toEqual(
    [],
  )
})
