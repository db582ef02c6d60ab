// The profit and loss as the status shows it: what is realized, what is open at the mark, and what
// closing everything now would leave.

import type { Engine } from '../maker/engine.ts'
import { formatIso } from '../record/tape.ts'
import type { Millis, Money } from '../vocabulary/units.ts'
import { formatMoney, formatQuantity } from '../vocabulary/units.ts'
import type { PnlStatus, SettlementStatus } from './status.ts'

const moneyOrNull = (money: Money | null): string | null =>
  money === null ? null : formatMoney(money)

/** @param at now, by our clock */
export const pnlStatus = ({ state }: Engine, at: Millis): PnlStatus => {
  const { ledger, valuation } = state
  const { mark, equity } = valuation
  const liquidation = valuation.liquidation()
  const age = mark === null ? null : Math.max(0, at - mark.at) / 1000
  return {
    realized: formatMoney(ledger.realized),
    unrealized: formatMoney(valuation.unrealized),
    fees: formatMoney(ledger.fees),
    mark: mark === null ? null : (mark.cents / 100).toFixed(5),
    mark_source: mark?.source ?? 'unmarked',
    mark_age_seconds: mark?.source === 'result' ? null : age,
    liquidation: moneyOrNull(liquidation && liquidation.value - ledger.cost),
    liquidation_missing: liquidation && formatQuantity(liquidation.missing),
    equity: moneyOrNull(equity.marked),
    liquidation_equity: moneyOrNull(equity.liquidated),
  }
}

export const settlementStatus = ({ state }: Engine): SettlementStatus | null => {
  const { settlement } = state.ledger
  if (settlement === null) return null
  const { result, net, revenue, at } = settlement
  const [position, paid] = [formatQuantity(net), formatMoney(revenue)]
  return { result, position, paid, time: formatIso(at) }
}
