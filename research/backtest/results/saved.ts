// Results that an earlier run has saved by --json, to be compared with those of this one: another
// version of the maker, in the same sessions.

import type { Result } from '../runs/result.ts'

interface Saved {
  readonly maker: string
  readonly fills: string
  readonly results: readonly Result[]
}

/**
 * The saved results of one way of filling, in the order of `now`.
 * @param file how errors name it
 * @throws Error when the file does not have all sessions of `now` under these fills
 */
export const savedResults = (
  text: string,
  file: string,
  fills: string,
  now: readonly Result[],
): Result[] => {
  const runs = JSON.parse(text) as readonly Saved[]
  const fitting = runs.filter((run) => run.fills === fills)
  const [first] = fitting
  if (first === undefined || fitting.length > 1) {
    const found = runs.map((run) => `${run.maker} ${run.fills}`).join(', ')
    throw new Error(`Reading ${file} failed: found ${found}, wanted one run with ${fills} fills`)
  }
  return now.map(({ ticker, from }) => {
    const saved = first.results.find((it) => it.ticker === ticker && it.from === from)
    if (saved?.netAtMid !== undefined) return saved
    const found = saved === undefined ? 'no such session' : 'one of an earlier version'
    throw new Error(`Reading ${ticker} in ${file} failed: found ${found}`)
  })
}
