// Replays a journal and reports as text how many decisions are the same in each life, and where the
// first one differs; or, under changed parameters, from which event on the decisions differ.
//
// Under changed parameters, only the first difference is reported: from there on the exchange would
// have answered other orders, so the rest of the journal is not what would have happened.

import { encodeEvent } from '../../src/core/record/journal.ts'
import {
  type Difference,
  JournalReplay,
  type LifeReplay,
  type ReplayResult,
} from '../../src/core/status/replay.ts'
import type { Effect } from '../../src/core/vocabulary/events.ts'
import { parametersOf } from '../backtest/runs/settings.ts'

export interface ReplayText {
  readonly text: string
  /** 0: all the same, or as different as was asked for. 1: a difference. 2: nothing to play. */
  readonly code: 0 | 1 | 2
}

const LONGEST = 400

const timeOf = (at: number): string => new Date(at).toISOString()

const cut = (text: string): string =>
  text.length > LONGEST ? `${text.slice(0, LONGEST)}... (${text.length} characters)` : text

const effectsOf = (effects: readonly Effect[], indent: string): string[] => {
  const decisions = effects.filter(({ type }) => type !== 'log')
  return decisions.length === 0
    ? [`${indent}nothing`]
    : decisions.map((effect) => indent + cut(JSON.stringify(effect)))
}

const placeOf = ({ line, at }: Difference): string => `line ${line}, ${timeOf(at)}`

/** What is known of a difference: the journal keeps what it decided only as a fingerprint. */
const differenceText = (difference: Difference): string[] => {
  const { event, expected, made, effects, failure } = difference
  return [
    `    differs at ${placeOf(difference)}, after`,
    `      ${cut(encodeEvent(event))}`,
    `      journal: ${expected === null ? 'no decision' : `decisions with fingerprint ${expected}`}`,
    `      now:     ${made === null ? 'no decision' : `decisions with fingerprint ${made}`}`,
    ...(failure === '' ? effectsOf(effects, '        ') : [`        ${failure}`]),
  ]
}

const lifeText = (life: LifeReplay): string[] => [
  `  ${life.ticker} from ${timeOf(life.at)}: ${life.equal} of ${life.decisions} decisions the same (${life.events} events)`,
  ...(life.broken === '' ? [] : [`    cut off: ${life.broken}`]),
  ...(life.difference === null ? [] : differenceText(life.difference)),
]

const sumText = ({ lives, events, decisions, equal, unreadable }: ReplayResult): string =>
  `${equal} of ${decisions} decisions the same in ${lives} ${lives === 1 ? 'life' : 'lives'}, ${events} events${unreadable > 0 ? `, ${unreadable} unreadable lines` : ''}`

const NOTHING: ReplayText = {
  text: 'Nothing to play: found no beginning of a life, wanted a journal from its first part on',
  code: 2,
}

/** Plays the lines again with the parameters they were made with. */
export const replayJournal = async (lines: AsyncIterable<string>): Promise<ReplayText> => {
  const run = new JournalReplay()
  const started = performance.now()
  for await (const line of lines) run.read(line)
  const result = run.end()
  if (result.lives === 0) return NOTHING
  const seconds = (performance.now() - started) / 1000
  const speed = `${Math.round(result.events / seconds)} events/s`
  const text = [...result.each.flatMap(lifeText), `${sumText(result)} (${speed})`].join('\n')
  return { text, code: result.difference === null ? 0 : 1 }
}

interface Departure {
  readonly difference: Difference
  /** What was decided there without the change. */
  readonly before: readonly Effect[]
}

const departureText = (
  base: LifeReplay,
  changed: LifeReplay,
  departure: Departure | undefined,
): string[] => {
  const name = `  ${base.ticker} from ${timeOf(base.at)}`
  if (base.difference !== null && base.difference.line <= (departure?.difference.line ?? 0)) {
    return [`${name}: differs without the change`, ...differenceText(base.difference)]
  }
  if (departure === undefined) {
    return [`${name}: all ${changed.decisions} decisions the same (${changed.events} events)`]
  }
  const { difference, before } = departure
  return [
    `${name}: ${changed.equal} of ${base.decisions} decisions the same, then different`,
    `    from ${placeOf(difference)} on, after`,
    `      ${cut(encodeEvent(difference.event))}`,
    '      before:',
    ...effectsOf(before, '        '),
    '      with the change:',
    ...(difference.failure === ''
      ? effectsOf(difference.effects, '        ')
      : [`        ${difference.failure}`]),
  ]
}

/**
 * Plays the lines twice, as they were made and with settings changed.
 * @throws Error when a setting cannot be
 */
export const replayChanged = async (
  lines: AsyncIterable<string>,
  settings: readonly string[],
): Promise<ReplayText> => {
  const base = new JournalReplay()
  const changed = new JournalReplay({
    change: (parameters) => parametersOf(settings, null, parameters),
  })
  const departures = new Map<number, Departure>()
  const look = (steps: readonly (typeof base.last)[]): void => {
    const life = changed.result.lives
    const difference = changed.result.each.at(-1)?.difference
    if (difference == null || departures.has(life)) return
    const step = steps.find((known) => known?.line === difference.line)
    departures.set(life, { difference, before: step?.effects ?? [] })
  }
  for await (const line of lines) {
    const before = base.last
    base.read(line)
    changed.read(line)
    look([before, base.last])
  }
  const [was, is] = [base.end(), changed.end()]
  if (was.lives === 0) return NOTHING
  const text = was.each.flatMap((life, index) =>
    departureText(life, is.each[index]!, departures.get(index + 1)),
  )
  text.push(`With ${settings.join(' ')}: ${sumText(is)}`)
  return { text: text.join('\n'), code: was.difference === null ? 0 : 1 }
}
