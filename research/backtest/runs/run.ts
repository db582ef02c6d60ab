// Runs recorded sessions, each with a maker and a paper exchange of its own, side by side on one
// clock: those of one event, or of many days.
//
// Until something is passed between them, a maker does the same in company as alone: neither the
// engines nor the exchanges know of each other.

import type { Parameters } from '../../../src/core/vocabulary/parameters.ts'
import type { Millis } from '../../../src/core/vocabulary/units.ts'
import type { Session } from '../sessions/session.ts'
import { Play, type RunOptions } from './play.ts'
import type { Result } from './result.ts'

const SECOND = 1000

export interface Entry {
  readonly session: Session
  readonly options: RunOptions
}

/** A maker among others: its engine may be looked at, and told what the others know. */
type Maker = Pick<Play, 'engine' | 'tell'>

/**
 * What passes between makers, once a second of the common clock. All that was due until `at` has
 * happened to each of those whose recording has begun and is not over; nothing later has.
 */
type Between = (makers: readonly Maker[], at: Millis) => void

/** The results in the order of the entries. @throws Error when an account does not add up */
export const runTogether = (
  entries: readonly Entry[],
  parameters: Parameters,
  between?: Between,
): Result[] => {
  const plays = entries.map(({ session, options }) => new Play(session, parameters, options))
  const results = new Map<Play, Result>()
  let secondAt: Millis = 0
  const passOn = (until: Millis): void => {
    const on = plays.filter(({ isOn }) => isOn)
    if (on.length === 0) secondAt = Math.ceil(until / SECOND) * SECOND
    for (; secondAt <= until && on.length > 0; secondAt += SECOND) {
      for (const play of on) play.catchUp(secondAt)
      between?.(on, secondAt)
    }
  }
  for (;;) {
    let first = plays[0]
    // The earliest; of the same moment, the first in the list.
    for (const play of plays) if (play.nextAt < first!.nextAt) first = play
    if (first === undefined || first.nextAt === Number.POSITIVE_INFINITY) break
    const at = first.nextAt
    if (between !== undefined) passOn(at)
    for (const play of plays) if (play.isOn) play.catchUp(at)
    first.advance()
    if (first.nextAt === Number.POSITIVE_INFINITY) results.set(first, first.finish())
  }
  return plays.map((play) => results.get(play) ?? play.finish())
}

/** @throws Error when the engine's ledger and the exchange's account differ at the end. */
export const run = (session: Session, parameters: Parameters, options: RunOptions): Result =>
  runTogether([{ session, options }], parameters)[0]!
