// The shadow log as text: one line for each decision about a ticker, whether or not it moved a quote.
//
// CSV with a header, cents unless said. It is the only evidence for a licence, so a line holds all that
// a judge needs and what an inquirer would ask for; a line that cannot be read is counted, never
// guessed at. Formatted outside the path of a quote.

import type { Millis } from '../core/units.ts'
import type { Advice, VenueView } from './adviser.ts'
import type { ShadowRow } from './licence-log.ts'
import type { FeedName } from './news.ts'
import { isFeed } from './news.ts'

export const SHADOW_HEADER =
  'ts,ticker,feed,cluster,fair,k_bid,k_ask,k_mid,p_ext,sources,basis,w,alpha_shadow,alpha,horizon_s,reason'
const COLUMNS = SHADOW_HEADER.split(',').length

const cell = (value: number | null, digits: number): string =>
  value === null || !Number.isFinite(value) ? '' : String(Number(value.toFixed(digits)))

/** Text of others inside a CSV without quotes: nothing that would end a cell or a line. */
const plain = (text: string): string => text.replace(/[,"\r\n|;]/g, ' ')

/** `name;key;p;sigma;confirmed_ago_ms;changed_ago_ms;spread_cents` for each source, joined by '|'. */
const sourcesOf = ({ values }: Advice, at: Millis): string =>
  values
    .map(({ source, key, pYes, sigma, confirmedAt, changedAt, spreadCents }) =>
      [
        plain(source),
        plain(key),
        cell(pYes, 6),
        cell(sigma, 4),
        at - confirmedAt,
        at - changedAt,
        cell(spreadCents ?? null, 3),
      ].join(';'),
    )
    .join('|')

export interface ShadowHead {
  readonly ticker: string
  readonly feed: FeedName
  /** What is one independent event. */
  readonly cluster: string
}

/** One line without its newline. */
export const formatShadow = (head: ShadowHead, view: VenueView, advice: Advice): string => {
  const { decision } = advice
  const { bid, ask } = view
  const mid = bid !== null && ask !== null && bid < ask ? (bid + ask) / 2 : null
  return [
    new Date(decision.at).toISOString(),
    head.ticker,
    head.feed,
    plain(head.cluster),
    cell(view.fair, 4),
    cell(bid, 2),
    cell(ask, 2),
    cell(mid, 3),
    cell(decision.pExt, 6),
    sourcesOf(advice, decision.at),
    cell(advice.basis, 4),
    cell(decision.gain, 6),
    cell(decision.shadow, 4),
    cell(advice.cents, 4),
    cell(advice.horizonSeconds, 1),
    decision.shadowReason,
  ].join(',')
}

export interface ShadowLine extends ShadowRow {
  readonly feed: FeedName
}

/** A line read back; text that says what is wrong with it otherwise. */
export const parseShadow = (line: string): ShadowLine | string => {
  const cells = line.split(',')
  if (cells.length !== COLUMNS) return `found ${cells.length} cells, wanted ${COLUMNS}`
  const [ts = '', ticker = '', feed = '', cluster = ''] = cells
  const at = Date.parse(ts)
  if (Number.isNaN(at)) return `found time "${ts.slice(0, 40)}", wanted an ISO time`
  if (ticker === '' || cluster === '') return 'ticker or cluster is missing'
  if (!isFeed(feed)) return `found feed "${feed.slice(0, 40)}"`
  const numberAt = (index: number): number => {
    const text = cells[index]!
    return text === '' ? Number.NaN : Number(text)
  }
  const reason = cells[COLUMNS - 1]!
  return {
    at,
    ticker,
    feed,
    cluster,
    kalshiMid: numberAt(7),
    pExt: numberAt(8),
    // Where a hard zero forbade it there was no decision: the row is a price and nothing more.
    alpha: reason === '' ? numberAt(12) : Number.NaN,
  }
}

export interface ShadowText {
  readonly rows: readonly ShadowLine[]
  /** Lines that could not be read, each as one sentence. */
  readonly faults: readonly string[]
}

/** A whole log, header included. Rows without a price of our venue say nothing and are left out. */
export const readShadow = (text: string): ShadowText => {
  const rows: ShadowLine[] = []
  const faults: string[] = []
  let number = 0
  for (const line of text.split('\n')) {
    number++
    if (line === '' || line === SHADOW_HEADER) continue
    const row = parseShadow(line)
    if (typeof row === 'string') faults.push(`Line ${number} of the shadow log: ${row}`)
    else if (!Number.isNaN(row.kalshiMid)) rows.push(row)
  }
  return { rows, faults }
}

/** The series of a ticker: the unit of a licence, together with its feed. */
export const seriesOf = (ticker: string): string => ticker.split('-')[0] ?? ticker
