// Figures along the clock: what is forbidden near the outcome, around news, after jumps and bursts,
// and in silence.

import { FeedState } from '../../src/core/book/feed-state.ts'
import {
  applyCalendar,
  type CalendarInput,
  emptyCalendar,
  emptyCalendarInput,
} from '../../src/core/guards/calendar.ts'
import { FillBurst } from '../../src/core/guards/fill-burst.ts'
import { evenly, type Figure, type Line, steps } from './figure.ts'
import { halfOf, NOW } from './stand.ts'

const timed = (changes: Partial<CalendarInput>) => {
  const out = emptyCalendar()
  applyCalendar({ ...emptyCalendarInput(), ...changes }, out)
  return out
}

const RANKS = { pull: 0, 'reduce-only': 1, normal: 2 } as const
const MODES = [
  [0, 'nothing'],
  [1, 'reducing'],
  [2, 'both sides'],
] as const
const SHOWN = [
  [0, 'nothing'],
  [1, 'quotes'],
] as const

/** Lines of the same words would hide each other: each a little above the one before. */
const APART = 0.07

const HALF = halfOf()

/** The half-spread in cents where something is quoted. */
const widthOf = (name: string, seconds: readonly number[], changes: Partial<CalendarInput>): Line =>
  steps(name, seconds, (second) => {
    const { mode, widen } = timed({ ...changes, at: NOW + second * 1000 })
    return mode === 'pull' ? Number.NaN : HALF * widen
  })

const modeOf = (name: string, nth: number, changes: Partial<CalendarInput>): Line =>
  steps(name, evenly(-600, 0, 600), (second) => {
    const { mode } = timed({ closeAt: NOW, ...changes, at: NOW + second * 1000 })
    return RANKS[mode] + nth * APART
  })

/** Market data until 8 s, anything at all every 2 s until 20 s, then silence. */
const silence = (name: string, nth: number, rule: 'link' | 'ticks', after: number): Line =>
  steps(name, evenly(0, 40, 400), (second) => {
    const feed = new FeedState()
    feed.up(NOW)
    feed.lastHeardAt = NOW + 1000 * Math.min(Math.floor(second / 2) * 2, 20)
    feed.lastTickAt = NOW + 1000 * Math.min(Math.floor(second / 2) * 2, 8)
    const shows = NOW + second * 1000 < feed.staleAt(rule, after * 1000)
    return (shows ? 1 : 0) + nth * APART
  })

/** Two fills of the bid at 2 and 3 s, and one alone at 14 s. */
const bursts = (name: string, nth: number, pause: number): Line =>
  steps(name, evenly(0, 20, 400), (second) => {
    const burst = new FillBurst(pause * 1000)
    for (const at of [2, 3, 14]) {
      if (at <= second) {
        const fill = { side: 'bid', contracts: 4, lotContracts: 10, touchGone: false } as const
        burst.onFill({ ...fill, at: NOW + at * 1000, orderKey: String(at) })
      }
    }
    return (NOW + second * 1000 < burst.until('bid') ? 0 : 1) + nth * APART
  })

export const CLOCK: Readonly<Record<string, () => Figure>> = {
  close: () => ({
    title: 'reduce_only_seconds, stop_before_close_seconds',
    x: 'minutes to the close',
    y: 'what is shown',
    range: [-0.2, 2.4],
    yNames: MODES,
    xNames: [10, 8, 6, 4, 2, 0].map((minutes) => [-60 * minutes, String(minutes)] as const),
    lines: [
      modeOf('300 s, 30 s', 0, {}),
      modeOf('120 s, 5 s', 1, { reduceOnlyMs: 120_000, stopMs: 5000 }),
      modeOf('0, 60 s', 2, { reduceOnlyMs: 0, stopMs: 60_000 }),
    ],
  }),
  event_time: () => ({
    title: 'event_time: three minutes before the close',
    x: 'minutes to the close',
    y: 'what is shown',
    range: [-0.2, 2.4],
    yNames: MODES,
    xNames: [10, 8, 6, 4, 2, 0].map((minutes) => [-60 * minutes, String(minutes)] as const),
    lines: [modeOf('null', 0, {}), modeOf('given', 1, { eventAt: NOW - 180_000 })],
  }),
  news: () => ({
    title: 'news_before_seconds, news_after_seconds',
    x: 'minutes from the release',
    y: 'half-spread, c',
    xNames: [-2, 0, 2, 4, 6, 8].map(
      (minutes) => [60 * minutes, String(minutes).replace('-', '−')] as const,
    ),
    lines: [
      widthOf('60 s, 30 s', evenly(-120, 480, 600), { news: [NOW] }),
      widthOf('20 s, 120 s', evenly(-120, 480, 600), {
        news: [NOW],
        newsBeforeMs: 20_000,
        newsAfterMs: 120_000,
      }),
    ],
  }),
  jump_pause_seconds: () => ({
    title: 'jump_pause_seconds: the mid jumps at 0',
    x: 'seconds',
    y: 'half-spread, c',
    lines: [10, 30].map((seconds) => ({
      name: `${seconds} s`,
      points: [
        ...widthOf('', evenly(-20, 0, 2), {}).points,
        [0, Number.NaN] as const,
        ...widthOf('', evenly(0, 120, 240), { jumpedAt: NOW, jumpPauseMs: seconds * 1000 }).points,
      ],
    })),
  }),
  burst_pause_seconds: () => ({
    title: 'burst_pause_seconds: fills at 2, 3 and 14 s',
    x: 'seconds',
    y: 'the bid',
    range: [-0.2, 1.4],
    yNames: SHOWN,
    lines: [bursts('0', 2, 0), bursts('5 s', 1, 5), bursts('8 s', 0, 8)],
  }),
  stale: () => ({
    title: 'ticks end at 8 s, every message at 20 s',
    x: 'seconds',
    y: 'both sides',
    range: [-0.2, 1.4],
    yNames: SHOWN,
    lines: [
      silence('link, 5 s', 0, 'link', 5),
      silence('link, 15 s', 1, 'link', 15),
      silence('ticks, 5 s', 2, 'ticks', 5),
    ],
  }),
}
