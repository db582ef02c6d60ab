// How markets of ours were paid out, as GET /portfolio/settlements tells it.
//
// `revenue` is in whole cents, everything else a decimal string. Rows carry both legs gross, although
// only their difference was paid.

import type { SettlementReport } from '../../core/ledger/exchange-account.ts'
import { MONEY_CENT, parseMoney, parseQuantity } from '../../core/vocabulary/units.ts'
import { asInstant, asObject, asText, show } from '../common/fields.ts'
import type { Page } from './bodies.ts'

export const SETTLEMENTS_PATH = '/portfolio/settlements'

/** Reads one page. A list with one unreadable row is unreadable as a whole. */
export const readSettlements = (body: unknown): Page<SettlementReport> | string => {
  const raw = asObject(body)
  const list = raw?.settlements
  if (raw === null || list === undefined || (list !== null && !Array.isArray(list))) {
    return `settlements: found ${show(body)}, wanted a list of settlements`
  }
  const items: SettlementReport[] = []
  for (const each of list ?? []) {
    const row = asObject(each)
    const report = {
      ticker: asText(row?.ticker),
      result: asText(row?.market_result),
      yesCount: parseQuantity(row?.yes_count_fp),
      noCount: parseQuantity(row?.no_count_fp),
      revenue: typeof row?.revenue === 'number' ? Math.round(row.revenue * MONEY_CENT) : Number.NaN,
      fee: row?.fee_cost === undefined || row.fee_cost === null ? 0 : parseMoney(row.fee_cost),
      at: asInstant(row?.settled_time),
    }
    const wrong = Object.entries(report).find(([, value]) => value === '' || Number.isNaN(value))
    if (wrong !== undefined)
      return `settlement ${wrong[0]}: found nothing readable in ${show(each)}`
    items.push(report)
  }
  return { items, cursor: asText(raw.cursor) }
}
