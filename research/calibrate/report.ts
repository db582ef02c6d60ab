// A calibration as text for people: one table a market, then the body to send and what to beware
// of.

import type { Estimate } from './blocks.ts'
import type { Calibration } from './calibrate.ts'
import { MOST_K } from './takers.ts'

/** Three digits, without an exponent where there is a choice. */
const show = (value: number): string => {
  if (!Number.isFinite(value)) return '-'
  const size = Math.abs(value)
  if (size >= 1000) return value.toFixed(0)
  if (size !== 0 && size < 0.001) return value.toExponential(1)
  return String(Number(value.toPrecision(3)))
}

type Row = readonly [name: string, estimate: Estimate, unit: string, of: string]

const line = ([name, { value, low, high, n }, unit, of]: Row): string =>
  `  ${name.padEnd(24)}${show(value).padStart(10)}  ${show(low).padStart(9)} .. ${show(high).padEnd(9)}  ${unit.padEnd(18)}${n} ${of}`

const percent = (share: Estimate): Estimate => ({
  value: 100 * share.value,
  low: 100 * share.low,
  high: 100 * share.high,
  n: share.n,
})

const rowsOf = ({ moves, takers, touch, follow }: Calibration): Row[] => {
  const rows: Row[] = []
  if (moves !== null) {
    rows.push(['sigma', moves.sigma, 'c/sqrt(s)', 'moves'])
    for (const { seconds, sigma } of moves.signature) {
      if (sigma.n > 1) rows.push([`  plain, every ${seconds} s`, sigma, 'c/sqrt(s)', 'intervals'])
    }
    rows.push(['jumps', moves.jumps, 'an hour', 'jumps'])
    rows.push(['  of all movement', percent(moves.jumpShare), '%', 'jumps'])
  }
  if (takers !== null) {
    rows.push(['k', takers.k, '1/cent', `orders, ${takers.reaching} beyond the touch`])
    rows.push(['A, sellers', takers.sellers, 'orders/s at fair', 'orders'])
    rows.push(['A, buyers', takers.buyers, 'orders/s at fair', 'orders'])
    rows.push(['sellers', takers.sellersPerHour, 'orders/h', 'orders'])
    rows.push(['buyers', takers.buyersPerHour, 'orders/h', 'orders'])
    rows.push(['buyers among them', percent(takers.shareBuys), '%', 'orders'])
    rows.push(['trade size, mean', takers.meanSize, 'contracts', 'orders'])
    rows.push(['trade size, median', takers.medianSize, 'contracts', 'orders'])
  }
  if (touch !== null) {
    rows.push(['spread, mean', touch.meanSpread, 'c', 'books'])
    rows.push(['spread, median', touch.medianSpread, 'c', 'books'])
    rows.push(['at one tick', percent(touch.oneTick), '% of time', 'books'])
    rows.push(['touch depth, mean', touch.meanDepth, 'contracts a side', 'books'])
    rows.push(['touch depth, median', touch.medianDepth, 'contracts a side', 'books'])
  }
  if (follow !== null) rows.push(['OFI theta', follow.theta, 'ticks in 10 s', 'pairs'])
  return rows
}

/** One market, several lines, without a line end. */
export const reportOf = (found: Calibration): string => {
  const { ticker, files, kinds, takers, follow, suggestion, blockSeconds, blocks, seed } = found
  const minutes = (seconds: number): string => (seconds / 60).toFixed(1)
  const lines = [
    `${ticker} (${kinds.join(' and ')}: ${files.join(', ')})`,
    `  ${minutes(found.spanSeconds)} minutes, ${minutes(found.knownSeconds)} of them with a known mid;` +
      ` blocks of ${show(blockSeconds)} s: ${blocks}, seed ${seed}`,
    ...found.notes.map((note) => `  note: ${note}`),
  ]
  const rows = rowsOf(found)
  if (rows.length === 0) return [...lines, '  nothing to estimate from'].join('\n')
  lines.push(
    `  ${''.padEnd(24)}${'estimate'.padStart(10)}  ${'90 % interval'.padStart(18)}  ${'unit'.padStart(8).padEnd(22)}observations`,
  )
  lines.push(...rows.map(line))
  if (takers !== null && takers.k.value >= MOST_K) {
    lines.push(
      `  k stands at its bound of ${MOST_K}: A, which is seen at the touch only, is a guess`,
    )
  }
  if (follow !== null) {
    lines.push(`  the maker itself would hold theta for ${show(follow.own)} at the end`)
  }
  lines.push(...suggestion.warnings.map((warning) => `  warning: ${warning}`))
  lines.push(`  suggestion: ${JSON.stringify(suggestion.body)}`)
  return lines.join('\n')
}
