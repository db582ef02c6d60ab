// Puts the desk into words and shares: what all tickers together have lost and may lose.

import { fixed, words } from './view.js'

/**
 * The body of GET /desk, as far as the page shows it. Limits are dollars.
 * @typedef {{
 *   state: string, limits: Readonly<Record<string, number>>, day: string, day_gain: string,
 *   at_risk: string, granted: string, events: readonly { event: string, at_risk: string }[],
 *   tickers: readonly { shard: number, cash: string | null }[],
 * }} DeskView
 * @typedef {{ name: string, text: string, note: string, full: number, tone: string }} Bar
 */

/** From this share of a limit on, a bar asks for a look. */
const NEAR = 0.8

/** @type {Readonly<Record<string, string>>} */
const MEANINGS = {
  max_daily_loss: 'Every maker halts when all together lose more in the UTC day.',
  max_event_dollars_at_risk: 'The worst outcome of one event over all of its tickers.',
  max_desk_dollars_at_risk: 'The sum of the worst outcomes of all events.',
  min_cash: 'Orders take the cash of a shard no lower; 0 leaves that to the exchange.',
}

/** @param {string} key */
export const limitMeaning = (key) => MEANINGS[key] ?? ''

const dollars = (/** @type {number} */ value) => fixed(value, 2, { unit: '$' })

/**
 * @param {string} name
 * @param {number} used
 * @param {number | undefined} limit undefined where an older worker has none
 * @param {string} note
 * @returns {Bar[]}
 */
const bar = (name, used, limit, note) => {
  if (limit === undefined) return []
  const full = Math.min(1, Math.max(0, used / limit))
  const tone = full >= 1 ? 'bad' : full >= NEAR ? 'warn' : 'good'
  return [{ name, text: `${dollars(Math.max(0, used))} of ${dollars(limit)}`, note, full, tone }]
}

/**
 * The least cash of each shard that has been read, by shard.
 * @param {DeskView['tickers']} tickers
 */
const cashOf = (tickers) => {
  /** @type {Map<number, number>} */
  const found = new Map()
  for (const { shard, cash } of tickers) {
    if (cash !== null) found.set(shard, Math.min(Number(cash), found.get(shard) ?? Infinity))
  }
  return [...found].sort(([a], [b]) => a - b)
}

/**
 * One bar for each limit of the desk, and one for each event.
 * @param {DeskView} desk
 * @returns {Bar[]}
 */
export const deskBars = ({ limits, day_gain, granted, events, tickers }) => {
  const least = limits.min_cash ?? 0
  return [
    ...bar('lost today', -Number(day_gain), limits.max_daily_loss, 'Halts every maker.'),
    ...bar(
      'at risk, with orders',
      Number(granted),
      limits.max_desk_dollars_at_risk,
      'Beyond this only reducing is left.',
    ),
    ...events.flatMap(({ event, at_risk }) =>
      bar(
        `${event}, held`,
        Number(at_risk),
        limits.max_event_dollars_at_risk,
        'What the positions lose at worst; with orders, beyond this only reducing is left.',
      ),
    ),
    ...(least > 0 ? cashOf(tickers) : []).map(([shard, cash]) => {
      const full = cash > least ? least / cash : 1
      return {
        name: `cash, shard ${shard}`,
        text: `${dollars(cash)}, at least ${dollars(least)}`,
        note: 'At the least, no more orders are placed.',
        full,
        tone: full >= 1 ? 'bad' : full >= NEAR ? 'warn' : 'good',
      }
    }),
  ]
}

/** @type {Readonly<Record<string, string>>} */
const STATES = {
  active: 'Every ticker may quote, unless its own state is stricter.',
  reducing: 'Every ticker quotes only what reduces its position.',
  halted: 'No ticker is quoted until the state is set back.',
}

/** @param {DeskView} desk */
export const deskSentence = ({ state, day, day_gain }) => {
  const gain = fixed(Number(day_gain), 2, { unit: '$', sign: true })
  return `${STATES[state] ?? ''} Gained on ${day} (UTC): ${gain}.`.trim()
}

/**
 * The question before the state of all tickers is changed.
 * @param {string} state
 */
export const stateQuestion = (state) => ({
  title: `Set all tickers to ${state}?`,
  text:
    state === 'halted'
      ? 'Every resting order of every ticker is cancelled. No ticker is quoted until the state is set back.'
      : (STATES[state] ?? ''),
  yes: `Set to ${state}`,
})

/**
 * What a person has typed, as a body of PUT /desk; a field that is no number goes as it is, so that
 * the API says what is wrong with it.
 * @param {readonly { key: string, shown: string, typed: string }[]} fields
 * @returns {Record<string, number | string>}
 */
export const limitChanges = (fields) =>
  Object.fromEntries(
    fields
      .filter(({ shown, typed }) => typed.trim() !== shown)
      .map(({ key, typed }) => {
        const text = typed.trim()
        return [key, text === '' || Number.isNaN(Number(text)) ? text : Number(text)]
      }),
  )

/**
 * The question before limits are changed.
 * @param {Record<string, number | string>} changes
 * @param {Readonly<Record<string, number>>} limits as they are
 */
export const limitsQuestion = (changes, limits) => ({
  title: 'Change the limits of the desk?',
  text: Object.entries(changes)
    .map(([key, value]) => `${words(key)}: ${limits[key] ?? 'none'} becomes ${value} dollars.`)
    .join(' '),
  yes: 'Change',
})
