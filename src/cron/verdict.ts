// A probe's result as one sentence for a person.

import type { ProbeResult } from '../rpc/contracts.ts'

/** "Passed on demo ..." or "Failed on demo ... at step 2 (place): why". */
export const verdictOf = (result: Omit<ProbeResult, 'verdict'>): string => {
  const { environment, ticker, steps } = result
  const broken = steps.findIndex((step) => !step.ok)
  if (broken < 0) {
    const total = steps.reduce((sum, step) => sum + step.ms, 0)
    return `Passed on ${environment}: ${ticker} took, cancelled and confirmed an order in ${total} ms.`
  }
  const { name, detail } = steps[broken]!
  return `Failed on ${environment} with ${ticker} at step ${broken + 1} of ${steps.length} (${name}): ${detail.replace(/\.+$/, '')}.`
}
