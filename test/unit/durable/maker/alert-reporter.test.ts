// A report goes out when what is wrong has changed, and again and again until it is taken.

import { beforeEach, expect, it } from 'vitest'
import type { MakerView } from '../../../../src/alerts/conditions.ts'
import { AlertReporter } from '../../../../src/durable/maker/alert-reporter.ts'

const QUOTING: MakerView = { phase: 'quoting', reason: 'quoting', isStarved: false, dropped: 0 }
const HALTED: MakerView = { ...QUOTING, phase: 'halted', reason: 'operator' }

let reports: string[] = []
let broken = false
let reporter: AlertReporter
/** With the reason, where it says more than the code. */
const named = (code: string, reason: string): string =>
  reason === '' || reason === 'operator' ? code : `${code} ${reason}`
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const check = async (view: MakerView, at: number): Promise<void> => {
  reporter.check('KXA', view, at)
  await settled()
}

beforeEach(() => {
  reports = []
  broken = false
  reporter = new AlertReporter({
    alerts: () => ({
      report: async (source, alerts) => {
        reports.push(`${source} ${alerts.map(({ code, reason }) => named(code, reason)).join(' ')}`)
        if (broken) throw new Error('no object')
      },
    }),
    log: () => undefined,
  })
})

it('reports at the start, for a run before may have left alerts open, and then changes only', async () => {
  await check(QUOTING, 0)
  await check(QUOTING, 1_000)
  await check(HALTED, 2_000)
  await check(HALTED, 3_000)
  await check(QUOTING, 4_000)
  expect(reports).toEqual(['KXA ', 'KXA halted', 'KXA '])
})

it('tries a report again after ten seconds, and says meanwhile that it is not heard', async () => {
  broken = true
  await check(HALTED, 0)
  await check(HALTED, 9_999)
  expect([reports.length, reporter.reachable]).toEqual([1, false])
  broken = false
  await check(HALTED, 10_000)
  expect([reports.length, reporter.reachable]).toEqual([2, true])
  await check(HALTED, 11_000)
  expect(reports).toHaveLength(2)
})

it.each([
  ['position-adopted', 'position-mismatch'],
  ['settlement-differs', 'settlement-differs'],
  ['settlement-unclear', 'settlement-unclear settlement-unclear'],
  ['settlement-refused', 'settlement-unclear settlement-refused'],
  ['expiry-not-kept', 'expiry expiry-not-kept'],
  ['expiry-not-reported', 'expiry expiry-not-reported'],
])('knows that %s in the log is an alert', async (event, alert) => {
  reporter.logged('phase', 0)
  reporter.logged(event, 1)
  await check(QUOTING, 2)
  expect(reports).toEqual([`KXA ${alert}`])
})

it('closes what is open when the maker goes', async () => {
  await check(HALTED, 0)
  reporter.close('KXA', 1)
  await settled()
  expect(reports).toEqual(['KXA halted', 'KXA '])
})
