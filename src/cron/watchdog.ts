// The second watchdog. Each maker has an alarm of its own; should one ever be lost, this finds every
// ticker on the desk's list and wakes its maker, which costs a healthy one nothing.

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
