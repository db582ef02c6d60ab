// The scores of recorded events as text: one line an event, then means over events.

import { tableOf } from '../../../src/plot/table.ts'
import type { RecordedEvent } from './books.ts'
import { profitsOf } from './maker.ts'
import { type EventScore, overEvents, SPANS, scoreOf } from './score.ts'

const brier = (value: number): string => value.toFixed(4)
const estimate = (values: readonly number[]): string => {
  const { mean, error } = overEvents(values)
  return values.length === 0 ? '-' : `${brier(mean)} (${brier(error)})`
}

const cellsOf = ({ samples, sum, above, mid, gain, plain }: EventScore): string[] => [
  ...[String(samples), sum.toFixed(1), `${(100 * above).toFixed(0)} %`],
  ...[brier(mid), brier(gain), brier(plain)],
]

const meanLine = (name: string, scores: readonly EventScore[]): string[] => {
  const some = scores.filter(({ samples }) => samples > 0)
  const of = (key: 'gain' | 'plain') => some.map((score) => score[key])
  return [name, String(some.length), estimate(of('gain')), estimate(of('plain'))]
}

const spanName = (index: number): string => {
  const to = SPANS[index + 1]
  return to === undefined ? `from ${SPANS[index]} h on` : `${SPANS[index]} to ${to} h`
}

/** Dollars of each rule by event, and the mean of what the others' prices add. */
const makerTable = (events: readonly RecordedEvent[]): string => {
  const all = events.flatMap((event) => {
    const profits = profitsOf(event)
    return profits === null ? [] : [{ name: event.name, ...profits }]
  })
  const rows = all.map(({ name, mid, event, plain }) => {
    const each = [mid, event, plain].map(({ dollars, contracts }) => [
      dollars.toFixed(2),
      ((100 * dollars) / contracts).toFixed(2),
    ])
    return [name, ...each.flat()]
  })
  const more = (rule: 'event' | 'plain'): string => {
    const { mean, error } = overEvents(all.map((one) => one[rule].dollars - one.mid.dollars))
    return `${mean.toFixed(2)} (${error.toFixed(2)})`
  }
  const head = ['a maker a cent either way, $ and c a contract']
  const names = ['mid', '', 'gain', '', 'plain', '']
  const mean = ['more than by the mid (s.e.)', '', '', more('event'), '', more('plain')]
  return tableOf([[...head, ...names], ...rows, mean])
}

/** Of all events that show their winner; the others are named. */
export const eventsReport = (events: readonly RecordedEvent[]): string => {
  const settled = events.filter(({ winner }) => winner !== null)
  const scores = settled.map(scoreOf)
  const head = ['event', 'from', 'samples', 'sum of mids', 'above 100', 'mid', 'gain', 'plain']
  const rows = settled.map(({ name, kind }, at) => [name, kind, ...cellsOf(scores[at]!.whole)])
  const byKind = (['books', 'trades'] as const).map((kind) =>
    meanLine(
      `all, ${kind}`,
      scores.flatMap(({ whole }, at) => (settled[at]!.kind === kind ? [whole] : [])),
    ),
  )
  const means = [
    meanLine(
      'all',
      scores.map(({ whole }) => whole),
    ),
    ...byKind,
    ...SPANS.map((_, span) =>
      meanLine(
        `since the open: ${spanName(span)}`,
        scores.map(({ spans }) => spans[span]!),
      ),
    ),
  ]
  const unknown = events.filter(({ winner }) => winner === null).map(({ name }) => name)
  return [
    tableOf([head, ...rows]),
    '',
    'mid: Brier score of the mids, summed over the markets. gain: how much less the fair values of',
    'src/core/siblings have. plain: the same for mid x 100 / sum, whatever the spreads.',
    '',
    tableOf([['mean over events (s.e.)', 'events', 'gain', 'plain'], ...means]),
    '',
    makerTable(settled),
    '',
    `${settled.length} events are few: a gain is shown from about three standard errors on.`,
    ...(unknown.length === 0 ? [] : [`Without a known outcome, left out: ${unknown.join(', ')}`]),
  ].join('\n')
}
