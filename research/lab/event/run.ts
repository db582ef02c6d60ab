// W6 played: the same sessions for every way of hearing, and a table in which each stands beside
// makers that hear nothing.

import { tableOf } from '../../../src/plot/table.ts'
import { SessionDice } from '../worlds/dice.ts'
import { type EventAccount, HEARING, type Hearing, playEvent } from './makers.ts'
import { drawEvent, emptyEvent } from './world.ts'

/** Shares of takers who know the true price; the others believe the books. */
export const KNOWING = [0, 0.5, 1] as const

type EventResults = Readonly<Record<Hearing, readonly EventAccount[]>>

/** Plays `paths` sessions; session i is the same for any number of paths. */
export const runEvent = (paths: number, seed: number, knowing: number): EventResults => {
  const names = Object.keys(HEARING) as Hearing[]
  const found = Object.fromEntries(names.map((name) => [name, [] as EventAccount[]]))
  const outcomes = emptyEvent()
  const [path, takers] = [new SessionDice(), new SessionDice()]
  for (let i = 0; i < paths; i++) {
    drawEvent(outcomes, knowing, path.start(seed, i, 61), takers.start(seed, i, 62))
    for (const name of names) found[name]!.push(playEvent(outcomes, name))
  }
  return found as unknown as EventResults
}

const momentsOf = (values: readonly number[]): { mean: number; sd: number; error: number } => {
  const n = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const sd = Math.sqrt(squares / (n - 1))
  return { mean, sd, error: sd / Math.sqrt(n) }
}

/** How much more than makers that hear nothing: paired by session, cents. */
export const gainOf = (results: EventResults, name: Hearing): { mean: number; error: number } =>
  momentsOf(results[name].map(({ pnl }, i) => pnl - results['each alone'][i]!.pnl))

export const eventTable = (results: EventResults): string => {
  const head = ['makers', 'P&L', 'sd', 'mean/sd', 'more', 'edge', '|q|', 'risk', 'fills']
  const rows = (Object.keys(results) as Hearing[]).map((name) => {
    const of = (key: keyof EventAccount) => momentsOf(results[name].map((one) => one[key]))
    const pnl = of('pnl')
    const gain = gainOf(results, name)
    return [
      ...[name, `${pnl.mean.toFixed(0)} (${pnl.error.toFixed(0)})`, pnl.sd.toFixed(0)],
      (pnl.mean / pnl.sd).toFixed(2),
      name === 'each alone' ? '' : `${gain.mean.toFixed(1)} (${gain.error.toFixed(1)})`,
      ...[of('edge').mean.toFixed(0), of('held').mean.toFixed(1), of('risk').mean.toFixed(0)],
      of('fills').mean.toFixed(0),
    ]
  })
  return tableOf([head, ...rows])
}
