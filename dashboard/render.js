// Draws one view of a maker. Each function owns one panel and may be called any number of times.

/** @import { LiveView, MakerStatus } from '../src/core/status/status.ts' */
/** @import { Series } from './series.js' */

import { buttonById, byId, facts, make, makeSvg, refill, say } from './dom.js'
import { phaseWord, reasonSentence } from './reasons.js'
import { renderBrakes } from './render-brakes.js'
import { renderExternal } from './render-external.js'
import { renderWhy } from './render-why.js'
import { bounds, linePath } from './series.js'
import {
  cents,
  clockTime,
  contracts,
  direction,
  feeDollars,
  fixed,
  inventory,
  ladderRows,
  latency,
  micros,
  netMicros,
  plain,
  signedDollars,
  words,
} from './view.js'

/**
 * Everything but the charts and the clocks.
 * @param {LiveView} view
 */
export const renderView = (view) => {
  const { status } = view
  renderState(status)
  renderLadder(view)
  renderQuotes(status)
  renderInventory(status)
  renderPnl(status)
  renderFills(view.fills)
  renderWhy(status)
  renderBrakes(status)
  renderExternal(status)
  facts('latency', [
    ['last', latency(status.latency.last_ms)],
    ['p50', latency(status.latency.p50_ms)],
    ['p99', latency(status.latency.p99_ms)],
    ['orders', String(status.latency.count)],
  ])
  facts('counters', pairsOf(status.counters))
  facts('strategy', pairsOf(status.parameters.strategy))
  facts('limits', pairsOf(status.parameters.limits))
  const net = signedDollars(netMicros(status.pnl))
  document.title = `${phaseWord(status.phase).mark} ${net} ${status.ticker}`
}

/**
 * @param {Readonly<Record<string, unknown>>} record
 * @returns {[string, string][]}
 */
const pairsOf = (record) => Object.entries(record).map(([key, value]) => [words(key), plain(value)])

/** @param {MakerStatus} status */
const renderState = ({ ticker, phase, reason }) => {
  say('ticker', ticker)
  const { mark, word, known } = phaseWord(phase)
  say('phase', `${mark} ${word}`)
  byId('phase').dataset.phase = known ? phase : 'other'
  say('reason', reasonSentence(reason))
  byId('reason').title = reason
  buttonById('pause').disabled = phase === 'paused' || phase === 'halted'
  buttonById('resume').disabled = phase === 'quoting' || phase === 'halted'
}

/** @param {LiveView} view */
const renderLadder = (view) => {
  const ladder = ladderRows(view)
  const { market } = view.status
  say('book-note', market === null ? '' : `market ${market.status}`)
  refill('ladder', ladder, () => [
    ...ladder.asks.map(ladderRow),
    make('tr.level.spread', [
      make('td.cell', [`${ladder.spread} `, ...ladder.marks.map(tag)], { colspan: '5' }),
    ]),
    ...ladder.bids.map(ladderRow),
  ])
}

/** @param {import('./view.js').Mark} mark */
const tag = ({ name, text }) =>
  make(`span.mark.${name}`, [`${name === 'reservation' ? 'resv' : name} ${text}`], {
    title:
      name === 'reservation' ? 'reservation price' : name === 'fair' ? 'fair value' : 'mid price',
  })

/** @param {import('./view.js').LadderRow} row */
const ladderRow = (row) => {
  const ours = make('td.cell.ours', row.ours ? [make('b', [row.ours])] : [])
  if (row.ours) ours.setAttribute('aria-label', `ours: ${row.ours}`)
  const size = make('td.cell.size', [row.others])
  size.style.setProperty('--others', `${(row.othersShare * 100).toFixed(1)}%`)
  size.style.setProperty('--all', `${((row.othersShare + row.oursShare) * 100).toFixed(1)}%`)
  const price = make('th.cell.level-price', [row.price], { scope: 'row' })
  const marks = make('td.cell.marks', row.marks.map(tag), { colspan: '2' })
  const name = [
    'tr',
    'level',
    row.side,
    ...(row.best ? ['best'] : []),
    ...(row.ours ? ['own'] : []),
  ].join('.')
  return row.side === 'ask'
    ? make(name, [marks, price, size, ours])
    : make(name, [ours, size, price, marks])
}

/** @param {{ order_id: string | null }} quote */
const onItsWay = ({ order_id }) => (order_id === null ? [make('span.faint', ['on its way'])] : [])

/** @param {MakerStatus} status */
const renderQuotes = ({ quotes, silence, model }) => {
  refill('quotes', [quotes, silence], () =>
    /** @type {const} */ (['bid', 'ask']).map((side) => {
      const quote = quotes[side]
      const title = make('h3', [side === 'bid' ? 'Bid (buy YES)' : 'Ask (sell YES)'])
      if (quote === null) {
        const why = reasonSentence(silence[side]) || 'No quote now.'
        return make(`div.quote.${side}.absent`, [
          title,
          make('p.price', ['none']),
          make('p.faint', [why], { title: silence[side] ?? '' }),
        ])
      }
      return make(`div.quote.${side}`, [
        title,
        make('p.price', [`${cents(quote.price)} ¢ `, ...onItsWay(quote)]),
        make('p', [`${contracts(quote.quantity)} contracts`]),
      ])
    }),
  )
  facts(
    'model',
    model === null
      ? [['model', 'no fair value now']]
      : [
          ['fair', `${fixed(model.fair_cents, 2)} ¢`],
          ['reservation', `${fixed(model.reservation_cents, 2)} ¢`],
          ['half spread', `${fixed(model.half_spread_cents, 2)} ¢`],
          ['alpha', `${fixed(model.alpha_cents, 2)} ¢`],
          ['sigma', `${model.sigma_cents.toFixed(3)} ¢/√s`],
          ['horizon', `${Math.round(model.horizon_s)} s`],
        ],
  )
}

/** @param {MakerStatus} status */
const renderInventory = ({ position, average_price, parameters }) => {
  const { share, side, limit, sentence } = inventory(position, parameters.limits.max_position)
  say('position', contracts(position, { sign: true }))
  const average = average_price === null ? '' : `, average ${cents(average_price, 2)} ¢`
  say('position-note', `${sentence}${average}`)
  const bar = byId('inventory-bar')
  bar.dataset.side = side
  bar.style.setProperty('--share', `${(share * 50).toFixed(1)}%`)
  bar.setAttribute('aria-label', `Position: ${sentence}`)
  refill('inventory-scale', limit, () =>
    limit === ''
      ? []
      : ['−', '', '+'].map((sign) => make('span', [sign ? `${sign}${limit}` : '0'])),
  )
}

/** @param {MakerStatus['pnl']} pnl */
const markText = ({ mark, mark_source: source, mark_age_seconds: age }) => {
  if (mark === null) return 'unmarked: the worst is assumed'
  const old = source === 'last' ? `, ${Math.round(age ?? 0)} s old` : ''
  return `${cents(mark)} ¢ (${source}${old})`
}

/** @param {MakerStatus} status */
const renderPnl = ({ pnl }) => {
  const net = netMicros(pnl)
  say('net', signedDollars(net))
  byId('net').dataset.direction = direction(net)
  facts('pnl', [
    ['realized, gross', signedDollars(micros(pnl.realized))],
    ['unrealized', signedDollars(micros(pnl.unrealized))],
    ['fees', feeDollars(pnl.fees)],
    ['marked at', markText(pnl)],
    ['if closed now', pnl.liquidation === null ? '–' : signedDollars(micros(pnl.liquidation))],
  ])
}

/** @param {LiveView['fills']} fills newest first */
const renderFills = (fills) => {
  byId('no-fills').hidden = fills.length > 0
  refill('fills', fills, () =>
    fills.map((fill) =>
      make('tr', [
        make('td.fill.left', [clockTime(fill.time)], { title: fill.time }),
        make(`td.fill.left.${fill.side}`, [fill.side === 'bid' ? '▲ bought' : '▼ sold']),
        make('td.fill', [`${cents(fill.price)} ¢`]),
        make('td.fill', [contracts(fill.quantity)]),
        make('td.fill', [feeDollars(fill.fee)]),
      ]),
    ),
  )
}

const WIDTH = 300
const HEIGHT = 84

/**
 * A small line chart in a figure: title and numbers as text, the line as SVG.
 * @param {string} id
 * @param {{
 *   title: string, series: Series, least: number, stepped: boolean,
 *   format: (value: number) => string,
 * }} what
 *   `least` is the smallest height of the axis, in the unit of the values
 */
export const renderChart = (id, { title, series, least, stepped, format }) => {
  const { range } = series
  const caption = make('figcaption', [make('span', [title])])
  if (range === null) {
    byId(id).replaceChildren(caption, make('p.faint', ['Waiting for the first number.']))
    return
  }
  const words = `now ${format(range.last)}, low ${format(range.low)}, high ${format(range.high)}`
  caption.append(make('span.faint', [words]))
  const box = { width: WIDTH, height: HEIGHT, stepped, ...bounds(range, least) }
  const zero = HEIGHT - ((0 - box.bottom) / (box.top - box.bottom)) * HEIGHT
  const svg = makeSvg('svg', {
    viewBox: `0 -2 ${WIDTH} ${HEIGHT + 4}`,
    preserveAspectRatio: 'none',
    role: 'img',
    'aria-label': `${title}: ${words}`,
  })
  svg.append(
    makeSvg('line', { class: 'zero', x1: 0, x2: WIDTH, y1: zero, y2: zero }),
    makeSvg('path', { class: 'line', d: linePath(series.points, box) }),
  )
  byId(id).replaceChildren(caption, svg)
}
