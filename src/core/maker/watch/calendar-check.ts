// Applies the calendar to this market: whether to quote, only to reduce, or to show nothing.
//
// In: the market's times, the strategy's pauses, the time of the last price jump. Out: the
// calendar's state, overwritten at each check. The rules themselves are in guards/calendar.ts.

import type { CalendarState } from '../../guards/calendar.ts'
import {
  applyCalendar,
  DEFAULT_CALENDAR_RULES,
  emptyCalendar,
  emptyCalendarInput,
} from '../../guards/calendar.ts'
import type { Market } from '../../vocabulary/market.ts'
import type { Millis } from '../../vocabulary/units.ts'
import type { MakerState } from '../state.ts'

export class CalendarCheck {
  readonly state: CalendarState = emptyCalendar()
  readonly #maker: MakerState
  readonly #input = emptyCalendarInput()

  constructor(maker: MakerState) {
    this.#maker = maker
  }

  update(market: Market, at: Millis): void {
    const { strategy } = this.#maker.parameters
    const { quoter } = this.#maker
    const input = this.#input
    input.at = at
    input.closeAt = market.closeAt
    input.eventAt = strategy.event_time ?? Number.POSITIVE_INFINITY
    input.p = (quoter.observed.mid ?? 50) / 100
    input.reduceOnlyMs = strategy.reduce_only_seconds * 1000
    input.stopMs = strategy.stop_before_close_seconds * 1000
    input.news = strategy.news_times
    input.newsBeforeMs = strategy.news_before_seconds * 1000
    input.newsAfterMs = strategy.news_after_seconds * 1000
    input.jumpedAt = quoter.observed.jumpedAt
    input.jumpPauseMs = strategy.jump_pause_seconds * 1000
    input.jumpWidenMs = strategy.jump_pause_seconds === 0 ? 0 : DEFAULT_CALENDAR_RULES.jumpWidenMs
    input.edgeCents = strategy.longshot_cents === 0 ? 0 : DEFAULT_CALENDAR_RULES.edgeCents
    const { state } = this
    applyCalendar(input, state)
    // A market that can close early may do so at any time from about its expected time on.
    if (strategy.event_time !== null || !market.canCloseEarly) return
    const from = market.expectedAt - input.reduceOnlyMs
    if (input.reduceOnlyMs === 0 || market.expectedAt >= market.closeAt) return
    if (at < from) state.until = Math.min(state.until, from)
    else if (state.mode === 'normal') {
      state.mode = 'reduce-only'
      state.reason = 'near-close'
    }
  }
}
