// Puts the brakes into words and shares: what it would take to stop the maker.

/** @import { BrakesStatus, BrakeUse } from '../src/core/status/status.ts' */

import { fixed } from './view.js'

/** From this share of a limit on, a bar asks for a look. */
const NEAR = 0.8

/**
 * @param {string} unit
 * @param {number} value
 */
const amount = (unit, value) => {
  if (unit === 'dollars') return fixed(value, 2, { unit: '$' })
  return unit === 'share' ? `${Math.round(value * 100)} %` : String(value)
}

/**
 * One bar: how much of the limit is used. A gain uses nothing. Cash is used up at its minimum.
 * @param {BrakeUse} use
 * @param {string} [tripped] the code of the brake that has halted the maker
 */
export const brakeBar = ({ name, code, unit, limit, used, left, trips }, tripped = '') => {
  const isCash = name === 'min_cash'
  const share = isCash ? (left > 0 ? limit / used : 1) : limit > 0 ? used / limit : 1
  const full = Math.min(1, Math.max(0, share))
  const isTripped = trips && code === tripped
  return {
    name: `${name.replaceAll('_', ' ')}${isTripped ? ': has tripped' : ''}`,
    text: `${amount(unit, Math.max(0, used))}${isCash ? ', at least ' : ' of '}${amount(unit, limit)}`,
    note: `${amount(unit, left)} left; ${trips ? 'halts the maker' : 'leaves no room for orders'}`,
    full: isTripped ? 1 : full,
    tone: isTripped || full >= 1 ? 'bad' : full >= NEAR ? 'warn' : 'good',
  }
}

/**
 * The sentence above the bars.
 * @param {BrakesStatus} brakes
 */
export const brakesSentence = ({ state, ticker_state, equity, peak, price_age_ms }) => {
  if (state !== 'active') {
    const whose = ticker_state === state ? 'this ticker' : 'the desk'
    return state === 'halted'
      ? `A person has halted ${whose}.`
      : `A person lets ${whose} only reduce what is held.`
  }
  if (equity === null || peak === null) return 'No session yet: the position has no price.'
  const old = price_age_ms !== null && price_age_ms > 10_000
  const age = old ? `, at a price ${Math.round((price_age_ms ?? 0) / 1000)} s old` : ''
  const gain = (/** @type {string} */ text) => fixed(Number(text), 2, { unit: '$', sign: true })
  return `Gained if closed now${age}: ${gain(equity)}. Peak of the session: ${gain(peak)}.`
}
