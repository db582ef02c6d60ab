// What the maker tells the desk of its ticker with each renewal of the lease.

import { dayOf } from '../../guards/loss-brakes.ts'
import { collateralOf, lossAtWorst, lossHeld } from '../../orders/exposure.ts'
import type { RiskReport } from '../../vocabulary/desk.ts'
import { isFinal } from '../../vocabulary/market.ts'
import { DOLLAR, type Millis } from '../../vocabulary/units.ts'
import type { Decider } from '../decide.ts'
import type { MakerState } from '../state.ts'
import { topReport } from './top-report.ts'

const NOTHING = { yes: 0, no: 0 }

/** null before the market has been read. */
export const riskReport = (state: MakerState, decider: Decider, at: Millis): RiskReport | null => {
  const { market, ledger, execution, parameters } = state
  if (market === null) return null
  const { orders } = execution
  // Once the outcome is known, nothing is at risk any more.
  const over = isFinal(market)
  return {
    event: market.eventTicker,
    exclusive: market.exclusive === true,
    shard: market.exchangeIndex,
    held: over ? NOTHING : lossHeld(ledger),
    used: over ? NOTHING : lossAtWorst(ledger, orders),
    wanted: Math.round(parameters.limits.max_dollars_at_risk * DOLLAR),
    day: dayOf(at),
    dayGain: decider.brakes.losses.dayGain(at),
    cash: decider.cash.known,
    bound: collateralOf('bid', ledger, orders) + collateralOf('ask', ledger, orders),
    top: topReport(state, market, at),
  }
}
