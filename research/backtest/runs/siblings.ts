// What makers of one event tell each other in a backtest, as the desk has them do live: every five
// seconds what each sees and holds, by the desk's own code.

import { riskReport } from '../../../src/core/maker/limits/risk-report.ts'
import { isNews } from '../../../src/core/siblings/news.ts'
import type { SiblingsView } from '../../../src/core/vocabulary/siblings.ts'
import type { Millis } from '../../../src/core/vocabulary/units.ts'
import { siblingsOf } from '../../../src/durable/desk/siblings.ts'
import type { Play } from './play.ts'

const TOLD_EVERY_MS = 5_000

type Maker = Pick<Play, 'engine' | 'tell'>

/**
 * Passes on what makers know of their events.
 * @param exclusive markets of one event exclude each other, also where their terms do not say so
 */
export const siblingsTold = (exclusive: boolean) => {
  const told = new Map<Maker['engine'], SiblingsView>()
  return (makers: readonly Maker[], at: Millis): void => {
    if (at % TOLD_EVERY_MS !== 0) return
    const reports = makers.flatMap(({ engine: { state, decider } }) => {
      const report = riskReport(state, decider, at)
      if (report === null) return []
      return [[state.ticker, { ...report, exclusive: exclusive || report.exclusive, at }] as const]
    })
    const known = Object.fromEntries(reports)
    for (const maker of makers) {
      const view = siblingsOf(known, maker.engine.state.ticker, at)
      if (view === null || !isNews(told.get(maker.engine) ?? null, view)) continue
      told.set(maker.engine, view)
      maker.tell({ type: 'siblings', at, view })
    }
  }
}
