// Writes and reads the shadow log: a line for each look at a ticker, each fill of ours, and the
// result.
//
// CSV with a header, cents unless said. It is the only evidence for a licence, so a line holds all
// that a judge needs; a line that cannot be read is counted, never guessed at. Lines are formatted
// off the path of a quote. Read by hand and not by a CSV library: no cell is ever quoted.

import type { Millis, Side } from '../../core/vocabulary/units.ts'
import type { Evaluation, VenueView } from '../signal/evaluator.ts'
import { isRegime, isSourceSet, type Regime, type SourceSet } from '../signal/signal-update.ts'
import type { ShadowRow } from './observations.ts'

const LOOK_COLUMNS = [
  'ts',
  'ticker',
  'source_set',
  'cluster',
  'fair',
  'k_bid',
  'k_ask',
  'k_mid',
  'p_ext',
  'sources',
  'basis',
  'w',
  'alpha_shadow',
  'alpha',
  'horizon_s',
  'reason',
] as const
const COLUMNS = [
  ...LOOK_COLUMNS,
  'event',
  'side',
  'price',
  'contracts',
  'w_formula',
  'regime',
] as const
type Column = (typeof COLUMNS)[number]
const INDEX = Object.fromEntries(COLUMNS.map((name, index) => [name, index])) as Record<
  Column,
  number
>

export const SHADOW_HEADER = COLUMNS.join(',')

const cell = (value: number | null, digits: number): string =>
  value === null || !Number.isFinite(value) ? '' : String(Number(value.toFixed(digits)))

/** Text of others inside a CSV without quotes: nothing that would end a cell or a line. */
const plain = (text: string): string => text.replace(/[,"\r\n|;]/g, ' ')

/**
 * `name;key;p;sigma;confirmed_ago_ms;changed_ago_ms;spread_cents` for each source, joined by '|'.
 */
const sourcesOf = ({ values }: Evaluation, at: Millis): string =>
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
  readonly set: SourceSet
  /** What is one independent event. */
  readonly cluster: string
  readonly regime: Regime
}

/** A fill of ours. */
export interface ShadowFill {
  readonly at: Millis
  /** bid: we bought; ask: we sold. */
  readonly side: Side
  readonly priceCents: number
  readonly contracts: number
}

const lineOf = (
  head: ShadowHead,
  at: Millis,
  event: ShadowEvent,
  cells: Partial<Record<Column, string>>,
): string => {
  const row: Partial<Record<Column, string>> = {
    ...cells,
    ts: new Date(at).toISOString(),
    ticker: head.ticker,
    source_set: head.set,
    cluster: plain(head.cluster),
    regime: head.regime,
    event,
  }
  return COLUMNS.map((name) => row[name] ?? '').join(',')
}

/** The line of a look, without its newline. */
export const formatShadow = (head: ShadowHead, view: VenueView, evaluation: Evaluation): string => {
  const { decision } = evaluation
  const { bid, ask } = view
  const mid = bid !== null && ask !== null && bid < ask ? (bid + ask) / 2 : null
  return lineOf(head, decision.at, 'look', {
    fair: cell(view.fair, 4),
    k_bid: cell(bid, 2),
    k_ask: cell(ask, 2),
    k_mid: cell(mid, 3),
    p_ext: cell(decision.pExt, 6),
    sources: sourcesOf(evaluation, decision.at),
    basis: cell(evaluation.basis, 4),
    w: cell(decision.gain, 6),
    alpha_shadow: cell(decision.shadow, 4),
    alpha: cell(evaluation.cents, 4),
    horizon_s: cell(evaluation.horizonSeconds, 1),
    reason: decision.shadowReason,
    w_formula: cell(decision.formula, 6),
  })
}

/**
 * The line of a fill. `alphaCents` is what was added to our fair value when it happened; 0 in
 * shadow.
 */
export const formatFill = (head: ShadowHead, fill: ShadowFill, alphaCents: number): string =>
  lineOf(head, fill.at, 'fill', {
    alpha: cell(alphaCents, 4),
    side: fill.side,
    price: cell(fill.priceCents, 4),
    contracts: cell(fill.contracts, 2),
  })

/** The line of a result, known at `at`. */
export const formatResult = (head: ShadowHead, at: Millis, yes: boolean): string =>
  lineOf(head, at, 'result', { price: yes ? '100' : '0' })

type ShadowEvent = 'look' | 'fill' | 'result'

/** A look at a ticker. NaN where the log has no number. */
export interface LookLine extends ShadowRow {
  readonly event: 'look'
  readonly set: SourceSet
  readonly regime: Regime
  /** Our own value before any skew, and the basis, cents. */
  readonly fair: number
  readonly basis: number
  /** The formula's gain, whichever gain was used. */
  readonly formula: number
  readonly horizonSeconds: number
}

export interface FillLine {
  readonly event: 'fill'
  readonly at: Millis
  readonly ticker: string
  readonly cluster: string
  readonly set: SourceSet
  readonly regime: Regime
  readonly side: Side
  /** Cents. */
  readonly price: number
  readonly contracts: number
  /** Cents that were added to our fair value when it happened. */
  readonly alpha: number
}

export interface ResultLine {
  readonly event: 'result'
  readonly at: Millis
  readonly ticker: string
  readonly cluster: string
  readonly set: SourceSet
  /** The one in which the result was learnt: a result is no evidence of either alone. */
  readonly regime: Regime
  readonly yes: boolean
}

export type ShadowLine = LookLine | FillLine | ResultLine

export const isLook = (line: ShadowLine): line is LookLine => line.event === 'look'

/** Columns of numbers; an empty cell is none, any other text is a fault. */
const NUMBERS = COLUMNS.filter((name) =>
  /^(fair|k_|p_ext|basis|w|alpha|horizon_s|price|contracts)/.test(name),
)

/**
 * A line read back; text that says what is wrong with it otherwise. A line that ends with its
 * reason is a look from before fills were written down: the gain that it names is the formula's.
 */
export const parseShadow = (line: string): ShadowLine | string => {
  const cells = line.split(',')
  const early = cells.length === LOOK_COLUMNS.length
  if (cells.length !== COLUMNS.length && !early) {
    return `found ${cells.length} cells, wanted ${COLUMNS.length}`
  }
  const textOf = (name: Column): string => cells[INDEX[name]] ?? ''
  const ts = textOf('ts')
  const at = Date.parse(ts)
  const ticker = textOf('ticker')
  const cluster = textOf('cluster')
  const set = textOf('source_set')
  if (Number.isNaN(at)) return `found time "${ts.slice(0, 40)}", wanted an ISO time`
  if (ticker === '' || cluster === '') return 'ticker or cluster is missing'
  const regime = early ? 'before' : textOf('regime')
  if (!isRegime(regime)) return `found regime "${regime.slice(0, 40)}", wanted before or play`
  if (!isSourceSet(set)) return `found source set "${set.slice(0, 40)}"`
  for (const name of NUMBERS) {
    const text = textOf(name)
    if (text !== '' && !(text.trim() === text && Number.isFinite(Number(text)))) {
      return `found ${name} "${text.slice(0, 40)}", wanted a number`
    }
  }
  const numberAt = (name: Column): number =>
    textOf(name) === '' ? Number.NaN : Number(textOf(name))
  const event = early ? 'look' : textOf('event')
  const price = numberAt('price')
  if (event === 'look') {
    return {
      event,
      at,
      ticker,
      set,
      cluster,
      regime,
      kalshiMid: numberAt('k_mid'),
      pExt: numberAt('p_ext'),
      // Where a hard zero forbade it there was no decision: the row is a price and nothing more.
      alpha: textOf('reason') === '' ? numberAt('alpha_shadow') : Number.NaN,
      fair: numberAt('fair'),
      basis: numberAt('basis'),
      formula: numberAt(early ? 'w' : 'w_formula'),
      horizonSeconds: numberAt('horizon_s'),
    }
  }
  if (event === 'fill') {
    const side = textOf('side')
    const contracts = numberAt('contracts')
    const alpha = numberAt('alpha')
    if (side !== 'bid' && side !== 'ask') return `found side "${side.slice(0, 40)}" of a fill`
    if (!(price > 0 && price < 100)) return `found price ${price} of a fill, wanted 0 to 100`
    if (!(contracts > 0)) return `found ${contracts} contracts of a fill, wanted some`
    if (Number.isNaN(alpha)) return 'the alpha of a fill is missing'
    return { event, at, ticker, set, cluster, regime, side, price, contracts, alpha }
  }
  if (event === 'result') {
    if (price !== 0 && price !== 100) return `found price ${price} of a result, wanted 0 or 100`
    return { event, at, ticker, set, cluster, regime, yes: price === 100 }
  }
  return `found event "${event.slice(0, 40)}", wanted look, fill or result`
}

export interface ShadowText {
  readonly rows: readonly ShadowLine[]
  /** Lines that could not be read, each as one sentence. */
  readonly faults: readonly string[]
}

/**
 * A whole log, header included. Looks without a price of our venue say nothing and are left out.
 */
export const readShadow = (text: string): ShadowText => {
  const rows: ShadowLine[] = []
  const faults: string[] = []
  let number = 0
  for (const line of text.split('\n')) {
    number++
    if (line === '' || line.startsWith('ts,ticker,')) continue
    const row = parseShadow(line)
    if (typeof row === 'string') faults.push(`Line ${number} of the shadow log: ${row}`)
    else if (!isLook(row) || !Number.isNaN(row.kalshiMid)) rows.push(row)
  }
  return { rows, faults }
}

/** The series of a ticker: the unit of a licence, with its set of sources and its regime. */
export const seriesOf = (ticker: string): string => ticker.split('-')[0] ?? ticker
