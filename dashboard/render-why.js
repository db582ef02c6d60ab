// Draws the panel that explains: how each price is built up, where our orders stand in their
// queues, whether the market is worth quoting, what the calendar says, and the estimates.

/** @import { MakerStatus, QuoteExplanation } from '../src/core/status/status.ts' */

import { byId, make, refill, say } from './dom.js'
import { clampWords, reasonSentence } from './reasons.js'
import { cents } from './view.js'
import {
  candidateWords,
  estimateFacts,
  levelLine,
  markoutRows,
  timingWords,
  waterfall,
} from './why.js'

/** What the line of candidates means. */
const WORTHS =
  'What each legal price around the wanted one would bring: contracts filled in an hour, times what one earns after costs and risk. The best is taken.'

/**
 * Everything but the countdown.
 * @param {MakerStatus} status
 */
export const renderWhy = (status) => {
  const { explain, levels, silence, worth, estimates, phase } = status
  const fresh = phase === 'quoting'
  say('why-note', fresh ? 'the current decision, ¢' : 'the last decision while quoting, ¢')
  for (const side of /** @type {const} */ (['bid', 'ask'])) {
    const why = explain?.[side] ?? null
    refill(`why-${side}`, [why, levels[side], silence[side]], () =>
      sideOf(side, why, levels[side], silence[side]),
    )
  }
  say('worth', worth === null ? 'Not checked yet.' : `${worth.sentence}.`)
  byId('worth').dataset.ok = worth === null ? '' : String(worth.ok)
  byId('worth').title = worth?.reasons.join(', ') ?? ''
  refill('markout-rows', estimates?.markouts ?? null, () =>
    estimates === null ? [] : markoutRows(estimates.markouts).map(markoutRow),
  )
  refill('estimates', estimates, () =>
    estimates === null
      ? [make('p.faint', ['Nothing while the book has no mid price.'])]
      : estimateFacts(estimates).map(([name, value, note]) =>
          make('div', [make('dt', [name]), make('dd', [value])], { title: note }),
        ),
  )
}

/**
 * What the calendar says; drawn twice a second, because it counts down.
 * @param {MakerStatus} status
 * @param {number} at now, by the maker's clock, epoch ms
 */
export const renderTiming = (status, at) => {
  const { mode, word, text } = timingWords(status, at)
  say('timing-word', `${word}:`)
  say('timing-text', `${text}.`)
  byId('timing').dataset.mode = mode
}

/**
 * @param {'bid' | 'ask'} side
 * @param {QuoteExplanation | null} why
 * @param {MakerStatus['levels']['bid']} levels
 * @param {string | null} silent
 */
const sideOf = (side, why, levels, silent) => {
  const steps = waterfall(why, side)
  const price = why?.price ?? null
  const title = side === 'bid' ? 'Bid' : 'Ask'
  const chips = (why?.clamps ?? []).map((code) => {
    const [word, meaning] = clampWords(code)
    return make('span.chip', [word], { title: meaning })
  })
  const wanted = price === null ? 'none' : `${cents(String(price / 100))} ¢`
  const guard = why?.guard ?? silent
  const worths = candidateWords(why)
  const resting = levels[0]
  const moves =
    resting !== undefined && price !== null && cents(resting.price) !== cents(String(price / 100))
  const decided =
    guard !== null && price !== null
      ? [make('b', ['none']), make('span.faint', [`would be ${wanted}`])]
      : [...(moves ? ['wants '] : []), make('b', [wanted])]
  return [
    make('h3.decided', [`${title} `, ...decided, ...chips]),
    ...(guard === null
      ? []
      : [make('p.guard', [reasonSentence(guard) || 'No quote now.'], { title: guard })]),
    ...(steps.length === 0
      ? [make('p.faint', ['No price has been calculated.'])]
      : [make('table.waterfall', [make('tbody', steps.map(stepRow))])]),
    ...(worths === '' ? [] : [make('p.faint', [worths], { title: WORTHS })]),
    ...(levels.length === 0
      ? [make('p.faint', ['Nothing rests.'])]
      : [make('ul.resting', levels.map(restingLine))]),
  ]
}

/** @param {import('./why.js').Step} step */
const stepRow = ({ name, text, note, kind, from, to }) => {
  const bar = make('i')
  const start = Math.min(from, to)
  bar.style.setProperty('--start', `${(start * 100).toFixed(2)}%`)
  bar.style.setProperty('--length', `${(Math.abs(to - from) * 100).toFixed(2)}%`)
  return make(
    `tr.step.${kind}`,
    [
      make('th.part.left', [name], { scope: 'row' }),
      make('td.track', [make('div.rail', [bar], { 'aria-hidden': 'true' })]),
      make('td.part', [text]),
    ],
    { title: note },
  )
}

/**
 * @param {MakerStatus['levels']['bid'][number]} quote
 * @param {number} level
 */
const restingLine = (quote, level) => {
  const { name, price, size, place, note } = levelLine(quote, level)
  return make('li', [make('b', [price]), ` ${size} `, make('span.faint', [place])], {
    title: `${name}. ${note}`,
  })
}

/** @param {ReturnType<typeof markoutRows>[number]} row */
const markoutRow = ({ side, fills, values }) =>
  make(`tr.${side}`, [
    make('th.part.left.of-side', [side], { scope: 'row' }),
    make('td.part', [fills]),
    ...values.map(({ text, direction }) =>
      make('td.part', [make('output', [text], { 'data-direction': direction })]),
    ),
  ])
