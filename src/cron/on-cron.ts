// The worker's cron handler: the watchdog each minute, the probe each quarter of an hour.
//
// In: the cron expression that fired. Out: makers that are awake, a probe's result, log lines. It
// knows nothing of markets and prices.

import type { Alert } from '../alerts/alert-book.ts'
import type { Env } from '../config/env.ts'
import { messageOf } from '../core/vocabulary/outcome.ts'
import type { ProbeResult } from '../rpc/contracts.ts'
import { repairRegistry } from '../rpc/registry.ts'
import { type CronDeps, openCron } from './bind.ts'
import { refuseProbe } from './probe.ts'

/** Both are in wrangler.toml too. */
export const WATCHDOG_CRON = '* * * * *'
/** Stands for the desk among the tickers that did not answer; no ticker looks like it. */
const DESK = '(desk)'
export const PROBE_CRON = '*/15 * * * *'

/**
 * The worker's `scheduled` handler. `open` makes the dependencies; the default is the real worker.
 */
export const onCron = (
  event: { readonly cron: string },
  env: Env,
  ctx: { waitUntil(work: Promise<unknown>): void },
  open: (env: Env) => CronDeps = openCron,
): void => {
  ctx.waitUntil(tick(event.cron, open(env)))
}

const tick = async (cron: string, deps: CronDeps): Promise<void> => {
  const config = await deps.config()
  if (!config.ok) {
    deps.log('error', 'cron-refused', { cron, detail: config.message })
    return
  }
  if (cron !== PROBE_CRON) {
    const { unreachable } = await wakeAll(deps)
    await report(deps, 'watchdog', watchdogAlerts(unreachable))
    return
  }
  await repairCopy(deps)
  const refusal = refuseProbe(config.config)
  if (refusal !== null) {
    deps.log('debug', 'probe-skipped', { detail: refusal.message })
    return
  }
  try {
    // A halt means no orders of ours. A person can still run the probe by hand.
    if ((await deps.desk.getHalt()).halted) {
      deps.log('info', 'probe-skipped', { detail: 'the account is halted' })
      return
    }
    const answer = await deps.probe()
    if (!answer.ok) deps.log('warn', 'probe-refused', { detail: answer.problem.message })
    else await report(deps, 'probe', probeAlerts(answer.value))
  } catch (error) {
    const detail = messageOf(error)
    deps.log('error', 'probe-crashed', { detail })
  }
}

const watchdogAlerts = (unreachable: readonly string[]): Alert[] => {
  const makers = unreachable.filter((name) => name !== DESK)
  const alerts: Alert[] = []
  if (makers.length < unreachable.length) alerts.push({ code: 'desk-unreachable', reason: '' })
  if (makers.length > 0) alerts.push({ code: 'maker-unreachable', reason: makers.join(', ') })
  return alerts
}

const probeAlerts = ({ ok, verdict }: ProbeResult): Alert[] =>
  ok ? [] : [{ code: 'probe-failed', reason: verdict }]

const report = async (deps: CronDeps, source: string, alerts: Alert[]): Promise<void> => {
  try {
    await deps.alerts.report(source, alerts)
  } catch (error) {
    deps.log('error', 'alerts-unreachable', { detail: String(error) })
  }
}

/** The copy of the list of tickers follows the desk's, whatever has failed meanwhile. */
const repairCopy = async (deps: CronDeps): Promise<void> => {
  try {
    const repaired = await repairRegistry(deps.registry, await deps.desk.list())
    if (repaired > 0) deps.log('warn', 'registry-repaired', { entries: repaired })
  } catch (error) {
    deps.log('error', 'registry-not-checked', { detail: String(error) })
  }
}

/**
 * The second watchdog: wakes every registered maker. Each has an alarm of its own; this is for one
 * whose alarm was lost, and it costs a healthy maker nothing. Never rejects; failures are logged.
 * Returns how many answered, and who did not.
 */
export const wakeAll = async (
  deps: Pick<CronDeps, 'maker' | 'log' | 'registry'> & {
    readonly desk: Pick<CronDeps['desk'], 'list'>
  },
): Promise<{ woken: number; failed: number; unreachable: string[] }> => {
  let woken = 0
  let failed = 0
  const unreachable: string[] = []
  try {
    const known = await deps.desk.list().catch((error: unknown) => {
      deps.log('error', 'watchdog-desk-failed', { detail: messageOf(error) })
      unreachable.push(DESK)
      return deps.registry.list()
    })
    const wake = async (ticker: string): Promise<void> => {
      try {
        await deps.maker(ticker).wake()
        woken++
      } catch (error) {
        failed++
        unreachable.push(ticker)
        deps.log('error', 'watchdog-wake-failed', { ticker, detail: messageOf(error) })
      }
    }
    await Promise.all(known.map(({ ticker }) => wake(ticker)))
  } catch (error) {
    failed++
    if (!unreachable.includes(DESK)) unreachable.push(DESK)
    deps.log('error', 'watchdog-list-failed', { detail: messageOf(error) })
  }
  return { woken, failed, unreachable }
}
