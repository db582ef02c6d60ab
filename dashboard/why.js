// Prepares explanations for the page: the parts of each price, our place in the queue, what the
// calendar says, and the estimates. Pure: no document, no clock.
//
// The steps of a price add up from the fair value to the price shown. The rest that the named parts
// leave is a step of its own, so that a limit that applied is visible and not hidden in a
// neighbour.

/** @import { EstimateStatus, MakerStatus } from '../src/core/status/status.ts' */
/** @import { QuoteStatus, QuoteExplanation } from '../src/core/status/status.ts' */

import { placeWords } from './reasons.js'
import { cents, contracts, duration, fixed } from './view.js'

/**
 * @typedef {object} Step one row of the waterfall
 * @property {string} name
 * @property {string} text cents, as shown: signed for a step, plain for a price
 * @property {string} note what the step is; shown on hover
 * @property {'anchor' | 'up' | 'down' | 'none'} kind
 * @property {number} from where its bar begins and ends, 0..1 of the side's range
 * @property {number} to
 */

/** A step this small, in cents, is only rounding of the numbers as sent. */
const NOTHING = 0.0015

/** @param {number} value cents */
const signed = (value) => fixed(value, 2, { sign: true })

/**
 * The parts of the half-spread in cents, all >= 0, adding up to its total: risk and trading, the
 * costs to be earned back, what caution multiplies it by, and what the floor adds.
 * @param {QuoteExplanation} why
 */
export const halfParts = ({ half_spread, clamps }) => {
  const { total, volatility, intensity, widened_by } = half_spread
  const plain = volatility + intensity
  const bound = clamps.includes('floor')
  const costs = bound ? 0 : Math.max(total / widened_by - plain, 0)
  const caution = Math.min((plain + costs) * (widened_by - 1), Math.max(total - plain, 0))
  return { volatility, intensity, costs, caution, floor: total - plain - costs - caution }
}

/**
 * The price of a side built up from the fair value. Empty where there was no decision.
 * @param {QuoteExplanation | null | undefined} why
 * @param {'bid' | 'ask'} side
 * @returns {Step[]}
 */
export const waterfall = (why, side) => {
  if (!why) return []
  const away = side === 'bid' ? -1 : 1
  const { half_spread: half } = why
  const parts = halfParts(why)
  const named = why.fair + why.flow + why.event + why.external + why.skew + away * half.total
  // Without a mid price nothing is worked out: raw is then 0 beside the parts of an earlier
  // decision.
  if (why.price === null && why.raw === 0 && Math.abs(named) > NOTHING) return []
  const stale = half.staleness > 0 ? `, a mid a moment old ${half.staleness.toFixed(2)} ¢` : ''
  const costs = `fee ${half.fee.toFixed(2)} ¢, losses after fills ${half.markout.toFixed(2)} ¢${stale}`
  /** @type {[name: string, by: number, note: string, always: boolean][]} */
  const moves = [
    ['order flow', why.flow, 'What the changes of the book say about the next seconds', true],
    ['event', why.event, 'What the other markets of the event say', false],
    ['external', why.external, 'External signals', false],
    ['inventory', why.skew, 'Skew: away from the side that adds to the position', true],
    ['limits', why.raw - named, 'What limits take off the parts above', false],
    ['risk held', away * parts.volatility, 'Half-spread for what a contract may lose', true],
    ['fill rate', away * parts.intensity, 'Half-spread that balances edge and fills', true],
    ['costs', away * parts.costs, `Half-spread for ${costs}`, true],
    ['caution', away * parts.caution, `Half-spread times ${half.widened_by.toFixed(2)}`, true],
    ['floor', away * parts.floor, 'What the minimum half-spread adds', false],
  ]
  const kept = moves.filter(([, by, , always]) => always || Math.abs(by) >= NOTHING)
  /** @type {{ name: string, at: number, by: number, note: string, price: boolean }[]} */
  const rows = [
    { name: 'fair value', at: why.fair, by: 0, note: 'By the book alone', price: true },
    ...kept.map(([name, by, note]) => ({ name, at: Number.NaN, by, note, price: false })),
  ]
  if (why.price === null) {
    rows.push({ name: 'wanted', at: why.raw, by: 0, note: 'Not shown', price: true })
  } else {
    const note = 'To a legal price that does not trade at once'
    const name = why.place === 'model' ? 'rounding' : 'placing'
    rows.push(
      { name, at: Number.NaN, by: why.price - why.raw, note, price: false },
      { name: 'price', at: why.price, by: 0, note: placeWords(why.place), price: true },
    )
  }
  let running = why.fair
  const spans = rows.map((row) => {
    const from = running
    running = row.price ? row.at : running + row.by
    return row.price ? { from: row.at, to: row.at } : { from, to: running }
  })
  const ends = spans.flatMap(({ from, to }) => [from, to])
  const low = Math.min(...ends)
  // Half a cent at least, so that rounding errors do not look large.
  const width = Math.max(Math.max(...ends) - low, 0.5)
  return rows.map(({ name, at, by, note, price }, i) => ({
    name,
    note,
    text: price ? fixed(at, 2) : signed(by),
    kind: price ? 'anchor' : Math.abs(by) < NOTHING ? 'none' : by > 0 ? 'up' : 'down',
    from: ((spans[i]?.from ?? low) - low) / width,
    to: ((spans[i]?.to ?? low) - low) / width,
  }))
}

/**
 * The legal prices that were compared, best first: "51 ¢ 463, 52 ¢ 349 ¢/h". Empty where none were.
 * @param {QuoteExplanation | null | undefined} why
 */
export const candidateWords = (why) => {
  const worthwhile = (why?.candidates ?? []).filter(({ worth }) => worth > 0)
  if (worthwhile.length === 0) return ''
  const best = worthwhile.toSorted((a, b) => b.worth - a.worth)
  const words = best.map(
    ({ price, worth }) => `${cents(String(price / 100))} ¢ ${fixed(worth, worth < 10 ? 1 : 0)}`,
  )
  return `Worth an hour, in ¢: ${words.join(', ')}`
}

/** @param {string} quantity contracts, as sent: "1240.00" -> "1,240" */
export const grouped = (quantity) => {
  const [whole = '', rest] = contracts(quantity).split('.')
  const text = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return rest === undefined ? text : `${text}.${rest}`
}

/**
 * "first in the queue", "behind 1,240", or why that is not known.
 * @param {QuoteStatus} quote
 */
export const queuePlace = ({ order_id, queue_ahead }) => {
  if (order_id === null) return 'on its way'
  if (queue_ahead === null) return 'place in the queue unknown'
  return Number(queue_ahead) > 0 ? `behind ${grouped(queue_ahead)}` : 'first in the queue'
}

/**
 * A resting quote of a side in one line, and what it was sent with.
 * @param {QuoteStatus} quote
 * @param {number} level 0 the innermost
 */
export const levelLine = (quote, level) => {
  const { price, quantity, why } = quote
  return {
    name: level === 0 ? 'innermost' : `level ${level + 1}`,
    price: `${cents(price)} ¢`,
    size: `× ${grouped(quantity)}`,
    place: queuePlace(quote),
    // Outer levels carry the parts of the innermost price.
    note:
      why === null
        ? 'Found on the exchange'
        : [
            `When sent: fair ${why.fair.toFixed(2)} ¢`,
            `inventory ${signed(why.skew)} ¢`,
            `half-spread ${why.half_spread.total.toFixed(2)} ¢`,
          ].join(', '),
  }
}

/** Reasons of a pause in which the calendar's state is current, beside the phase 'quoting'. */
const TIMED_PAUSES = ['adverse-fills', 'not-worth-it']

/** @param {Record<string, unknown>} strategy @param {string} key milliseconds from seconds */
const millis = (strategy, key) => Number(strategy[key] ?? 0) * 1000

/**
 * What the calendar says, with a countdown where its end is known.
 * @param {MakerStatus} status
 * @param {number} at now, by the maker's clock, epoch ms
 * @returns {{ mode: string, word: string, text: string }} the mode 'unknown' where it was not asked
 */
export const timingWords = ({ phase, reason, timing, market, parameters }, at) => {
  const { strategy } = parameters
  const asked =
    phase === 'quoting' ||
    (phase === 'paused' && (reason === timing.reason || TIMED_PAUSES.includes(reason)))
  if (!asked)
    return { mode: 'unknown', word: 'Not asked', text: 'the calendar applies while quoting' }
  const ends = [market?.close_time, strategy.event_time]
    .map((time) => (typeof time === 'string' ? Date.parse(time) : Number.NaN))
    .filter(Number.isFinite)
  const end = Math.min(...ends)
  const reduceFor = millis(strategy, 'reduce_only_seconds')
  const stopFor = millis(strategy, 'stop_before_close_seconds')
  const releases = Array.isArray(strategy.news_times) ? strategy.news_times.map(Date.parse) : []
  const before = millis(strategy, 'news_before_seconds')
  const after = millis(strategy, 'news_after_seconds')
  const widened = timing.widen > 1 ? `, spreads widened ×${timing.widen.toFixed(2)}` : ''
  const left = (/** @type {number} */ until) => duration(Math.max(until - at, 0))

  if (timing.mode === 'normal') {
    const next = releases.find((time) => time - before > at)
    const calm = end - reduceFor - at
    const known = Number.isFinite(calm) && calm > 0
    const close = known ? `reduce-only in ${duration(calm)} at the latest` : 'no end is known'
    const news = next === undefined ? '' : `; silent for a release in ${left(next - before)}`
    return { mode: 'normal', word: 'Normal', text: `${close}${news}${widened}` }
  }
  if (timing.mode === 'reduce-only') {
    const near = end - at <= reduceFor
    const text =
      timing.reason === 'near-certain'
        ? 'the outcome is all but certain'
        : near
          ? `no quotes at all in ${left(end - stopFor)}`
          : 'the market may close early from now on'
    return { mode: timing.mode, word: 'Reduce-only', text: `${text}${widened}` }
  }
  const release = releases.find((time) => at >= time - before && at < time + after)
  const text =
    timing.reason === 'news' && release !== undefined
      ? `a scheduled release; ${left(release + after)} left`
      : timing.reason === 'jump'
        ? `a jump of the price; at most ${strategy.jump_pause_seconds} s`
        : timing.reason === 'near-close'
          ? `${Number.isFinite(end) ? left(end) : 'moments'} to the end`
          : timing.reason
  return { mode: timing.mode, word: 'No quotes', text }
}

/**
 * Name, value and meaning of each estimate.
 * @param {EstimateStatus} estimates
 * @returns {[name: string, value: string, note: string][]}
 */
export const estimateFacts = (estimates) => {
  const { sigma, sigma_with_jumps, jumps, k, gamma, toxicity } = estimates
  const hourly = (/** @type {number} */ rate) => grouped((rate * 3600).toFixed(0))
  return [
    [
      'sigma',
      `${sigma.toFixed(3)} ¢/√s`,
      'Volatility with the bounce between bid and ask taken out',
    ],
    ['with jumps', `${sigma_with_jumps.toFixed(3)} ¢/√s`, 'Volatility with jumps counted in'],
    ['jumps', grouped(String(jumps)), 'Jumps of the mid price seen'],
    ['k', `${k.toFixed(2)} /¢`, 'How fast fills thin out with distance'],
    ['A bid', `${hourly(estimates.arrivals_bid)} /h`, 'Fills of a lot per hour at the fair value'],
    ['A ask', `${hourly(estimates.arrivals_ask)} /h`, 'Fills of a lot per hour at the fair value'],
    ['takers seen', grouped(String(estimates.aggressive_orders)), 'Aggressive orders of others'],
    ['typical trade', grouped(String(estimates.typical_trade)), 'Median, contracts'],
    ['flow', signedContracts(estimates.flow_imbalance), 'Order-flow imbalance, contracts'],
    [
      'flow θ',
      estimates.flow_theta.toFixed(2),
      'Share of the imbalance that the mid follows in ten seconds',
    ],
    [
      'toxicity',
      toxicity.toFixed(2),
      'One-sidedness of trades: about 1 is chance, above 1.5 widens',
    ],
    ['gamma', String(gamma), 'Risk aversion, 1/(¢ × contract)'],
  ]
}

/** @param {number} value */
const signedContracts = (value) => contracts(value, { sign: true })

/**
 * Our own fills: the edge when made, and the move in our favour afterwards.
 * @param {EstimateStatus['markouts']} markouts
 */
export const markoutRows = (markouts) =>
  /** @type {const} */ (['bid', 'ask']).map((side) => {
    const { fills, edge, after_5s, after_30s, after_300s } = markouts[side]
    return {
      side,
      fills: grouped(String(fills)),
      values: [edge, after_5s, after_30s, after_300s].map((value) => ({
        text: fills === 0 ? '–' : signed(value),
        direction: fills === 0 || Math.abs(value) < 0.005 ? 'flat' : value > 0 ? 'up' : 'down',
      })),
    }
  })
