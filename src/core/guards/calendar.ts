// The calendar's guard: quote, quote only what reduces the position, or quote nothing.
//
// In: the time, the close, the outcome, scheduled releases and the last jump. Out: the strictest
// answer of all rules, and until when it holds, so that the caller can sleep until then. Around the
// outcome, a release or a jump, informed traders are faster than a cancel; and a contract that is
// all but decided pays a cent for the risk of a hundred. Never knows orders, prices to quote or the
// position.

import type { CalendarReason } from '../vocabulary/reason-codes.ts'
import type { Millis, Side } from '../vocabulary/units.ts'

type CalendarMode = 'normal' | 'reduce-only' | 'pull'

/** The parameters of the rules; all times in ms, >= 0. */
interface CalendarRules {
  /** Before the outcome: reduce only, and then nothing. */
  reduceOnlyMs: number
  stopMs: number
  /** Around a release: nothing, and after that twice the width, fading. */
  newsBeforeMs: number
  newsAfterMs: number
  newsFadeMs: number
  /** After a jump: nothing, and after that 1.5 times the width. */
  jumpPauseMs: number
  jumpWidenMs: number
  /** This close to 0 or 100 cents, and this close to the outcome: reduce only. */
  edgeCents: number
  edgeMs: number
}

export const DEFAULT_CALENDAR_RULES: Readonly<CalendarRules> = {
  reduceOnlyMs: 300_000,
  stopMs: 30_000,
  newsBeforeMs: 60_000,
  newsAfterMs: 30_000,
  newsFadeMs: 300_000,
  jumpPauseMs: 10_000,
  jumpWidenMs: 60_000,
  edgeCents: 2,
  edgeMs: 3_600_000,
}

/** Fields are open so that one input can be filled in again and again. */
export interface CalendarInput extends CalendarRules {
  at: Millis
  closeAt: Millis
  /** When the outcome may become known, where that is before the close; Infinity otherwise. */
  eventAt: Millis
  /** Fair YES price in dollars, 0..1. */
  p: number
  /** Scheduled releases, earliest first. */
  news: readonly Millis[]
  /** When the price last jumped; -Infinity if it never has. */
  jumpedAt: Millis
}

/** The default rules in a market without an end, news or jumps. */
export const emptyCalendarInput = (): CalendarInput => ({
  ...DEFAULT_CALENDAR_RULES,
  at: 0,
  closeAt: Number.POSITIVE_INFINITY,
  eventAt: Number.POSITIVE_INFINITY,
  p: 0.5,
  news: [],
  jumpedAt: Number.NEGATIVE_INFINITY,
})

export interface CalendarState {
  mode: CalendarMode
  /** Of the mode; '' when normal, also where the half-spread is widened. */
  reason: CalendarReason
  /** Multiplier of the half-spread, >= 1. */
  widen: number
  /** The earliest time at which the answer may change with nothing but time passing; > at. */
  until: Millis
}

export const emptyCalendar = (): CalendarState => ({
  mode: 'normal',
  reason: '',
  widen: 1,
  until: Number.POSITIVE_INFINITY,
})

const NEWS_WIDEN = 2
const JUMP_WIDEN = 1.5
/**
 * The width fades in this many steps and not at every millisecond: each is a twentieth of the
 * half-spread, less than is worth moving an order for.
 */
const FADE_STEPS = 20
/** 98 cents may arrive as 0.9800000000000001 dollars. */
const TOLERANCE = 1e-9

/**
 * Writes the answer into `out`; allocates nothing. A close or event that has passed, or is not a
 * number, pulls. Of rules equally strict the first of near-close, news, jump, near-certain is
 * named.
 */
export const applyCalendar = (input: CalendarInput, out: CalendarState): void => {
  out.mode = 'normal'
  out.reason = ''
  out.widen = 1
  out.until = Number.POSITIVE_INFINITY
  outcomeRule(input, out)
  for (const release of input.news) {
    if (!newsRule(input, release, out)) break
  }
  jumpRule(input, out)
  certainRule(input, out)
}

const outcomeRule = (
  { at, closeAt, eventAt, reduceOnlyMs, stopMs }: CalendarInput,
  out: CalendarState,
) => {
  const end = Math.min(closeAt, eventAt)
  if (!(at < end - stopMs)) restrict(out, 'pull', 'near-close')
  else if (at >= end - reduceOnlyMs) restrict(out, 'reduce-only', 'near-close')
  noteChange(out, at, end - reduceOnlyMs)
  noteChange(out, at, end - stopMs)
}

/** False when this release, and so every later one, has no effect yet. */
const newsRule = (input: CalendarInput, release: Millis, out: CalendarState): boolean => {
  const { at, newsBeforeMs, newsAfterMs, newsFadeMs } = input
  const starts = release - newsBeforeMs
  const ends = release + newsAfterMs
  noteChange(out, at, starts)
  if (at < starts) return false
  if (at < ends) {
    restrict(out, 'pull', 'news')
    noteChange(out, at, ends)
  } else if (at < ends + newsFadeMs) {
    const step = Math.max(Math.ceil(newsFadeMs / FADE_STEPS), 1)
    const taken = Math.floor((at - ends) / step)
    // The width at the beginning of the step, so never less than the straight line from 2 to 1.
    const left = 1 - (taken * step) / newsFadeMs
    out.widen = Math.max(out.widen, 1 + (NEWS_WIDEN - 1) * left)
    noteChange(out, at, Math.min(ends + (taken + 1) * step, ends + newsFadeMs))
  }
  return true
}

/** A jump in the future comes from a clock ahead of ours: it counts as one just now. */
const jumpRule = (
  { at, jumpedAt, jumpPauseMs, jumpWidenMs }: CalendarInput,
  out: CalendarState,
) => {
  const paused = jumpedAt + jumpPauseMs
  const widened = paused + jumpWidenMs
  if (at < paused) restrict(out, 'pull', 'jump')
  else if (at < widened) out.widen = Math.max(out.widen, JUMP_WIDEN)
  noteChange(out, at, paused)
  noteChange(out, at, widened)
}

const certainRule = (
  { at, closeAt, eventAt, p, edgeCents, edgeMs }: CalendarInput,
  out: CalendarState,
) => {
  const cents = 100 * p
  if (!(cents <= edgeCents + TOLERANCE || cents >= 100 - edgeCents - TOLERANCE)) return
  const starts = Math.min(closeAt, eventAt) - edgeMs
  if (at >= starts) restrict(out, 'reduce-only', 'near-certain')
  noteChange(out, at, starts)
}

const strictnessOf = (mode: CalendarMode): number =>
  mode === 'pull' ? 2 : mode === 'reduce-only' ? 1 : 0

/** A later rule must be stricter to replace an earlier one. */
const restrict = (out: CalendarState, mode: CalendarMode, reason: CalendarReason): void => {
  if (strictnessOf(mode) <= strictnessOf(out.mode)) return
  out.mode = mode
  out.reason = reason
}

const noteChange = (out: CalendarState, at: Millis, when: Millis): void => {
  if (when > at && when < out.until) out.until = when
}

/**
 * Whether a quote would buy a long shot, which loses on average: a bid below `edgeCents`, or an ask
 * above 100 less that (it buys NO). Never where the quote reduces the position.
 * @param p fair YES price in dollars, 0..1
 * Source: the favourite-longshot bias; Snowberg and Wolfers (2010).
 */
export const isLongshot = (side: Side, p: number, reducing: boolean, edgeCents = 5): boolean => {
  if (reducing) return false
  const price = side === 'bid' ? 100 * p : 100 * (1 - p)
  return price < edgeCents - TOLERANCE
}
