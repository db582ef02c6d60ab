// The second watchdog: wakes the maker of every ticker on the desk's list. Each maker has an alarm
// of its own; this is for one whose alarm was lost, and it costs a healthy maker nothing.

import type { Log } from '../config/log.ts'
import type { DeskRpc, MakerRpc } from '../rpc/contracts.ts'

export interface WatchdogDeps {
  readonly desk: Pick<DeskRpc, 'list'>
  maker(ticker: string): Pick<MakerRpc, 'wake'>
  readonly log: Log
}

/** Wakes every registered maker. Never rejects; failures are logged. Returns how many answered. */
export const wakeAll = async (deps: WatchdogDeps): Promise<{ woken: number; failed: number }> => {
  const detailOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
  let woken = 0
  let failed = 0
  try {
    const known = await deps.desk.list()
    const wake = async (ticker: string): Promise<void> => {
      try {
        await deps.maker(ticker).wake()
        woken++
      } catch (error) {
        failed++
        deps.log('error', 'watchdog-wake-failed', { ticker, detail: detailOf(error) })
      }
    }
    await Promise.all(known.map(({ ticker }) => wake(ticker)))
  } catch (error) {
    failed++
    deps.log('error', 'watchdog-list-failed', { detail: detailOf(error) })
  }
  return { woken, failed }
}
