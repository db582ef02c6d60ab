// Two settings on the same sessions: the difference in each, its mean and its standard error.
//
// A session is won or lost with where the market went, whatever the maker did; what two makers of
// the same session share falls out of their difference. So a paired comparison sees an effect that
// two sums and their errors would hide.

import { tableOf } from '../../../src/plot/table.ts'
import type { Result } from '../runs/result.ts'

/** Seconds after a fill at which its price is judged. */
const JUDGED_AFTER = 30

/** Without a second session there is no standard error, and without one no t. */
interface Estimate {
  readonly mean: number
  readonly error: number | null
  readonly t: number | null
}

interface PairedSession {
  readonly ticker: string
  readonly before: number
  readonly after: number
  /** `after` less `before`, dollars: to settlement, and with the last mid in its place. */
  readonly difference: number
  readonly atMid: number
}

export interface Paired {
  readonly sessions: readonly PairedSession[]
  /** Difference of the net profit per session, dollars. */
  readonly net: Estimate
  readonly atMid: Estimate
  /** Cents per contract 30 s after a fill; null where one of the two never traded. */
  readonly cents: (Estimate & { readonly before: number; readonly after: number }) | null
}

const estimate = (mean: number, variance: number | null): Estimate => {
  const error = variance === null ? null : Math.sqrt(variance)
  return { mean, error, t: error === null || error === 0 ? null : mean / error }
}

/** Mean of independent values, and the variance of that mean. */
const meanOf = (values: readonly number[]): Estimate => {
  const n = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return estimate(mean, n < 2 ? null : squares / (n - 1) / n)
}

/** What the contracts of a session gained together until 30 s after each fill, cents. */
const gainOf = ({ markouts }: Result): { cents: number; contracts: number } => {
  const found = markouts.find(({ after }) => after === JUDGED_AFTER)
  const { cents, contracts } = { cents: 0, contracts: 0, ...found }
  return { cents: (cents ?? 0) * contracts, contracts }
}

/**
 * The mean over all contracts, and each session's share in its error: a mean is a ratio of two
 * sums, so its error is, to the first order, the sum of (gain - mean x contracts) / all contracts.
 * Sessions are independent; fills of one session are not. Source: Cochran, "Sampling techniques"
 * (1977), 6.2.
 */
const ratioOf = (results: readonly Result[]): { mean: number; shares: number[] } | null => {
  const gains = results.map(gainOf)
  const contracts = gains.reduce((sum, gain) => sum + gain.contracts, 0)
  if (contracts === 0) return null
  const mean = gains.reduce((sum, { cents }) => sum + cents, 0) / contracts
  return { mean, shares: gains.map((gain) => (gain.cents - mean * gain.contracts) / contracts) }
}

const centsOf = (before: readonly Result[], after: readonly Result[]): Paired['cents'] => {
  const [a, b] = [ratioOf(before), ratioOf(after)]
  if (a === null || b === null) return null
  const n = before.length
  const squares = a.shares.reduce((sum, share, index) => sum + (b.shares[index]! - share) ** 2, 0)
  const difference = estimate(b.mean - a.mean, n < 2 ? null : (squares * n) / (n - 1))
  return { ...difference, before: a.mean, after: b.mean }
}

/**
 * What the second of two settings made of each session, less what the first did.
 * @param before the results of the first, in the order of the sessions; at least one
 * @param after those of the second, in the same order
 */
export const pairedOf = (before: readonly Result[], after: readonly Result[]): Paired => {
  const sessions = before.map((one, index): PairedSession => {
    const other = after[index]!
    return {
      ticker: one.ticker,
      before: one.net,
      after: other.net,
      difference: other.net - one.net,
      atMid: other.netAtMid - one.netAtMid,
    }
  })
  return {
    sessions,
    net: meanOf(sessions.map(({ difference }) => difference)),
    atMid: meanOf(sessions.map(({ atMid }) => atMid)),
    cents: centsOf(before, after),
  }
}

const signed = (value: number, digits: number): string =>
  `${value < 0 ? '' : '+'}${value.toFixed(digits)}`

/** What a mean a session comes to over all of them. */
const inAll = ({ mean, error }: Estimate, n: number): string =>
  error === null ? '' : `, in all ${signed(mean * n, 2)} (s.e. ${(error * n).toFixed(2)})`

const estimateText = ({ mean, error, t }: Estimate, digits: number): string => {
  const spread = error === null ? 's.e. -' : `s.e. ${error.toFixed(digits)}`
  return `${signed(mean, digits)} (${spread}, t ${t === null ? '-' : t.toFixed(2)})`
}

/** Session by session, and the means with their errors below. */
export const pairedText = ({ sessions, net, atMid, cents }: Paired): string => {
  const n = sessions.length
  const rows = sessions.map((it) => [
    it.ticker,
    it.before.toFixed(4),
    it.after.toFixed(4),
    signed(it.difference, 4),
    signed(it.atMid, 4),
  ])
  const judged =
    cents === null
      ? 'one of the two has not traded'
      : `${estimateText(cents, 2)}, from ${cents.before.toFixed(2)} to ${cents.after.toFixed(2)}`
  return [
    tableOf([['', 'net $ before', 'after', 'difference', 'at the last mid'], ...rows]),
    `Difference over ${n} ${n === 1 ? 'session' : 'sessions'}:`,
    `  net $ a session         ${estimateText(net, 4)}${inAll(net, n)}`,
    `  at the last mid         ${estimateText(atMid, 4)}${inAll(atMid, n)}`,
    `  c a contract at ${JUDGED_AFTER} s    ${judged}`,
  ].join('\n')
}
