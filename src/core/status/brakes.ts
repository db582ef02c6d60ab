// What it would take to trip each brake, and how much room each limit of the desk leaves: limit,
// used and left, for the status and the page.

import { dayOf } from '../guards/loss-brakes.ts'
import type { Engine } from '../maker/engine.ts'
import { tradingState } from '../maker/limits/trading-state.ts'
import { formatIso } from '../record/tape.ts'
import type { DeskTerms } from '../vocabulary/desk.ts'
import { DOLLAR, formatMoney, type Millis, type Money } from '../vocabulary/units.ts'
import type { BrakesStatus, BrakeUse } from './status.ts'

const dollars = (
  name: string,
  code: string,
  limit: Money,
  used: Money,
  trips: boolean,
): BrakeUse => ({
  ...{ name, code, unit: 'dollars' },
  limit: limit / DOLLAR,
  used: Number((used / DOLLAR).toFixed(4)),
  left: Number((Math.max(0, limit - used) / DOLLAR).toFixed(4)),
  trips,
})

const plain = (
  name: string,
  code: string,
  unit: string,
  limit: number,
  used: number,
): BrakeUse => ({
  ...{ name, code, unit, limit },
  used: Number(used.toFixed(4)),
  left: Number(Math.max(0, limit - used).toFixed(4)),
  trips: true,
})

const ofDesk = (engine: Engine, terms: DeskTerms, at: Millis): BrakeUse[] => {
  const { brakes, cash } = engine.decider
  const rows = [
    dollars('max_daily_loss', 'daily-loss', brakes.dayLimit(at), brakes.dayLoss(at), true),
    dollars('max_event_dollars_at_risk', 'event-risk', terms.event.limit, terms.event.used, false),
    dollars('max_desk_dollars_at_risk', 'desk-risk', terms.desk.limit, terms.desk.used, false),
  ]
  if (terms.minCash === 0) return rows
  // The other way round: cash may fall to its minimum.
  const has = cash.known?.balance ?? 0
  const left = Math.max(0, has - terms.minCash)
  return [
    ...rows,
    { ...dollars('min_cash', 'cash', terms.minCash, has, false), left: left / DOLLAR },
  ]
}

/**
 * The brakes of a maker. Reads only.
 * @param at now, by our clock
 */
export const brakesStatus = (engine: Engine, at: Millis): BrakesStatus => {
  const { state, decider } = engine
  const { losses, rate, rejects, exit } = decider.brakes
  const { limits } = state.parameters
  const granted = state.deskRoom.terms
  const terms = granted === null || granted.day === 0 ? null : granted
  const [session, fall] = [limits.max_session_loss * DOLLAR, limits.max_drawdown * DOLLAR]
  const orders = rate.lastMinute(at)
  return {
    state: tradingState(state),
    ticker_state: state.trading,
    desk_state: terms?.state ?? null,
    session_since: losses.since === 0 ? null : formatIso(losses.since),
    equity: losses.since === 0 ? null : formatMoney(losses.last),
    peak: losses.since === 0 ? null : formatMoney(losses.peak),
    day_gain: losses.since === 0 ? null : formatMoney(losses.dayGain(at)),
    price_age_ms: losses.since === 0 ? null : Math.max(0, at - exit.seenAt(at)),
    others_day_gain:
      terms === null ? null : formatMoney(terms.day === dayOf(at) ? terms.othersGain : 0),
    uses: [
      dollars('max_session_loss', 'session-loss', session, losses.sessionLoss, true),
      dollars('max_drawdown', 'drawdown', fall, losses.drawdown, true),
      plain(
        'max_orders_per_minute',
        'order-rate',
        'requests',
        limits.max_orders_per_minute,
        orders,
      ),
      plain(
        'max_reject_share',
        'reject-share',
        'share',
        limits.max_reject_share,
        rejects.share(at),
      ),
      ...(terms === null ? [] : ofDesk(engine, terms, at)),
    ],
  }
}
