// Numbers and times as people read them, and the sentence that a report begins with.

import type { Metrics } from '../measures/metrics.ts'
import type { Counted } from '../sources/input.ts'

const MINUS = '−'
const signed = (value: number, text: string): string => (value < 0 ? `${MINUS}${text}` : text)

/** Dollars with cents; with a decimal or two more where it is less than one. */
export const dollars = (value: number): string => {
  const size = Math.abs(value)
  const digits = size === 0 || size >= 0.995 ? 2 : size >= 0.01 ? 3 : 4
  const [whole = '0', part = ''] = size.toFixed(digits).split('.')
  const text = `$${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${part}`
  return Number(size.toFixed(digits)) === 0 ? text : signed(value, text)
}

/** Cents with two decimals, "−0.31 c"; "not known" for null. */
export const cents = (value: number | null): string =>
  value === null ? 'not known' : signed(Number(value.toFixed(2)), `${Math.abs(value).toFixed(2)} c`)

export const count = (value: number, digits = 0): string => {
  const [whole = '0', part] = Math.abs(value).toFixed(digits).split('.')
  const text = whole.replace(/\B(?=(\d{3})+$)/g, ',') + (part === undefined ? '' : `.${part}`)
  return signed(Number(value.toFixed(digits)), text)
}

/** Contracts: decimals only where there are any. */
export const contracts = (value: number): string =>
  count(value, Number.isInteger(Number(value.toFixed(2))) ? 0 : 2)

export const percent = (share: number | null, digits = 1): string =>
  share === null ? 'not known' : `${(100 * share).toFixed(digits)} %`

/** "2026-11-24 13:11:05", UTC. */
export const time = (at: number): string =>
  new Date(at).toISOString().slice(0, 19).replace('T', ' ')

/**
 * "since 2026-11-24 12:00:03 UTC, when the maker started"; '' where it is the report's own time.
 */
export const sinceOf = (counted: Counted | null): string =>
  counted === null
    ? ''
    : counted.since === null
      ? 'since the maker started'
      : `since ${time(counted.since)} UTC, when the maker started`

/** "3 h 20 min", "42 s". */
export const span = (seconds: number): string => {
  if (seconds < 90) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 90) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${(hours / 24).toFixed(1)} days`
}

const plural = (n: number, word: string): string => `${count(n)} ${word}${n === 1 ? '' : 's'}`

/** What happened, in one or two sentences. */
export const headline = (ticker: string, metrics: Metrics): string => {
  const { profit, fills, parts, hours, drawdown, uptime, inventory } = metrics
  const length = span(hours * 3600)
  const quoted =
    uptime.twoSided === null
      ? ''
      : ` Both sides were quoted ${percent(uptime.twoSided, 0)} of the time.`
  if (fills === 0) return `Nothing traded in ${ticker} in ${length}.${quoted}`
  const verb = profit < 0 ? 'Lost' : 'Made'
  const exit = parts.exit === 0 ? '' : `, ${dollars(parts.exit)} at settlement`
  const held =
    inventory.final === 0
      ? 'flat at the end'
      : `${parts.exit === 0 ? 'still holding' : 'settled with'} ${contracts(inventory.final)} contracts`
  return (
    `${verb} ${dollars(Math.abs(profit))} in ${length} of ${ticker}, ${held}: ` +
    `${dollars(parts.spread)} from the spread, ${dollars(parts.drift)} from holding while the price moved${exit}, ` +
    `less ${dollars(parts.fees)} of fees on ${plural(fills, 'fill')}. ` +
    `The worst fall on the way was ${dollars(drawdown)}.${quoted}`
  )
}
