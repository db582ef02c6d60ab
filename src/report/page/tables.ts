// The report's tables: every number of the pictures, with its unit, and those that need no picture.

import { escapeMarkup } from '../../plot/svg.ts'
import type { MarkoutGroup } from '../measures/markouts.ts'
import type { Metrics } from '../measures/metrics.ts'
import { type Counted, FINE_PER_CENT, FINE_PER_DOLLAR, type ReportInput } from '../sources/input.ts'
import { cents, contracts, count, dollars, percent, sinceOf, span, time } from './words.ts'

export interface Table {
  readonly title: string
  readonly head: readonly string[]
  /** The first cell of a row is its name; the others are numbers. */
  readonly rows: readonly (readonly string[])[]
}

const known = (value: number | null, show: (value: number) => string): string =>
  value === null ? 'not known' : show(value)

const HEAD = ['number', 'value']

const profitTable = ({ split, residual }: Metrics): Table => {
  const row = (name: string, fine: number, about: string): string[] => [
    name,
    (fine / FINE_PER_DOLLAR).toFixed(4).replace('-', '−'),
    about,
  ]
  return {
    title: 'Profit, in dollars',
    head: ['part', 'dollars', 'what it is'],
    rows: [
      row('spread', split.spread, 'edge against the mid when each fill was made'),
      row('drift', split.drift, 'inventory times the change of the mid'),
      row('fees', -split.fees, 'what the exchange charged for fills'),
      row('exit', split.exit, 'from the last mid to the settlement'),
      ...(split.unassigned === 0
        ? []
        : [row('unassigned', split.unassigned, 'moved without a fill on the tape')]),
      row('sum', split.total, 'profit after fees'),
      [
        'residual',
        (residual / FINE_PER_CENT).toFixed(2).replace('-', '−'),
        'cents between this sum and the ledger’s profit: 0.00, or the arithmetic is wrong',
      ],
    ],
  }
}

const tradingTable = (metrics: Metrics): Table => ({
  title: 'Trading',
  head: HEAD,
  rows: [
    ['fills', count(metrics.fills)],
    ['of them as taker', count(metrics.takerFills)],
    ['contracts', contracts(metrics.contracts)],
    ['turnover (price x contracts)', dollars(metrics.turnover)],
    ['edge per contract (against the mid when filled)', cents(metrics.edgePerContract)],
    ['realized spread per contract (gain after 30 s)', cents(metrics.realizedSpread)],
    ['fees per contract', cents(metrics.feePerContract)],
    ['profit per contract', cents(metrics.profitPerContract)],
    ['largest fall at mid', dollars(metrics.drawdown)],
    ['largest fall if closed at once', known(metrics.liquidationDrawdown, dollars)],
    ['profit if closed at once', known(metrics.liquidation, dollars)],
    ['a contract’s worth in the end', cents(metrics.finalCents)],
  ],
})

const inventoryTable = ({ inventory }: Metrics): Table => ({
  title: 'Inventory, contracts, weighted by time',
  head: HEAD,
  rows: [
    ['mean', count(inventory.mean, 2)],
    ['mean size, long or short', count(inventory.meanAbsolute, 2)],
    ['standard deviation', count(inventory.deviation, 2)],
    ['largest', contracts(inventory.largest)],
    ['at the end', contracts(inventory.final)],
  ],
})

const quotingTable = ({ uptime, latency }: Metrics): Table => ({
  title: 'Quoting',
  head: HEAD,
  rows: [
    ['both sides quoted', `${span(uptime.total.two)} (${percent(uptime.twoSided)})`],
    ['one side quoted', `${span(uptime.total.one)} (${percent(uptime.oneSided)})`],
    ['nothing quoted', span(uptime.total.none)],
    ['not on the tape', span(uptime.total.unknown)],
    ['latency p50', known(latency?.p50 ?? null, (ms) => `${count(ms)} ms`)],
    ['latency p90', known(latency?.p90 ?? null, (ms) => `${count(ms)} ms`)],
    ['latency p99', known(latency?.p99 ?? null, (ms) => `${count(ms)} ms`)],
    ['latency largest', known(latency?.max ?? null, (ms) => `${count(ms)} ms`)],
    ['orders timed', count(latency?.count ?? 0)],
  ],
})

/** What a table is of, where it is not of the report's own time. */
const titleOf = (text: string, counted: Counted | null): string =>
  counted === null ? text : `${text}, ${sinceOf(counted)}`

const ordersTable = (
  { counted }: ReportInput,
  { calls, fillRatio, fillsPerOrder }: Metrics,
): Table | null => {
  if (calls === null) return null
  const { place, amend, decrease, cancel, tokens, placedContracts, filled } = calls
  return {
    title: titleOf('Orders', counted),
    head: HEAD,
    rows: [
      ['orders placed', count(place)],
      ['amended or renewed', count(amend)],
      ['decreased', count(decrease)],
      ['canceled', count(cancel)],
      ['write tokens spent', count(tokens)],
      ['contracts placed', known(placedContracts, contracts)],
      ['contracts filled', known(filled?.contracts ?? null, contracts)],
      ['filled of placed contracts', percent(fillRatio)],
      ['fills per order placed', known(fillsPerOrder, (n) => n.toFixed(3))],
    ],
  }
}

const silenceTable = ({ counted, silence }: ReportInput): Table | null => {
  if (silence === null || Object.keys(silence).length === 0) return null
  return {
    title: titleOf('Why a side was silent', counted),
    head: ['reason', 'seconds of a side'],
    rows: Object.entries(silence)
      .sort(([, a], [, b]) => b - a)
      .map(([reason, seconds]) => [reason, count(seconds, 1)]),
  }
}

const markoutTable = (groups: readonly MarkoutGroup[]): Table | null => {
  const first = groups[0]
  if (first === undefined) return null
  return {
    title: 'Gain per contract after a fill, cents, and its 90 % interval',
    head: [
      'fills',
      'count',
      ...first.markouts.map(({ after }) => (after === 'settlement' ? after : `${after} s`)),
    ],
    rows: [
      ...groups.map((group) => markoutRow(group)),
      [
        'block length of all fills',
        '',
        ...first.markouts.map(({ interval }) => (interval === null ? '–' : count(interval.block))),
      ],
    ],
  }
}

const markoutRow = ({ by, name, fills, markouts }: MarkoutGroup): string[] => [
  by === 'all' || by === 'side' ? name : `${by}: ${name}`,
  count(fills),
  ...markouts.map(({ cents: mean, interval }) => {
    if (mean === null) return '–'
    const range =
      interval === null ? '' : `\n${interval.low.toFixed(2)} to ${interval.high.toFixed(2)}`
    return `${mean.toFixed(2)}${range}`.replaceAll('-', '−')
  }),
]

const checkTable = ({ checks }: Metrics): Table => ({
  title: 'Two ways to the same number',
  head: ['what', 'one way', 'the other', 'unit', 'agree'],
  rows: checks.map(({ name, ours, other, unit, agrees }) => [
    name,
    ours,
    other,
    unit,
    agrees ? 'yes' : 'NO',
  ]),
})

const accountTable = ({ account }: ReportInput): Table | null => {
  if (account === null) return null
  const money = (value: number): string => (value / 1_000_000).toFixed(6).replace('-', '−')
  return {
    title: 'What the exchange says',
    head: HEAD,
    rows: [
      ['asked at', `${time(account.at)} UTC`],
      ['position', contracts(account.position / 100)],
      ['realized before fees, dollars', money(account.realized)],
      ['fees, dollars', money(account.fees)],
      ['moved by trading, dollars', money(account.cash)],
      ['fills', count(account.fills)],
      ['balance of the account, dollars', known(account.balance, money)],
      [
        'differences from our ledger',
        account.differences.length === 0
          ? 'none'
          : account.differences.map(({ name }) => name).join(', '),
      ],
    ],
  }
}

export const tablesOf = (input: ReportInput, metrics: Metrics): Table[] =>
  [
    profitTable(metrics),
    tradingTable(metrics),
    inventoryTable(metrics),
    quotingTable(metrics),
    ordersTable(input, metrics),
    silenceTable(input),
    markoutTable(metrics.markouts),
    accountTable(input),
    checkTable(metrics),
  ].filter((table) => table !== null)

/** Too wide for half a page. */
export const isWide = ({ head }: Table): boolean => head.length > 4

export const tableHtml = (table: Table): string => {
  const { title, head, rows } = table
  const cells = (row: readonly string[], tag: 'th' | 'td'): string =>
    row.map((cell) => `<${tag}>${escapeMarkup(cell)}</${tag}>`).join('')
  const wide = isWide(table) ? ' class="wide"' : ''
  return `<section${wide}><h2>${escapeMarkup(title)}</h2><div class="scroll"><table><thead><tr>${cells(head, 'th')}</tr></thead><tbody>${rows
    .map((row) => `<tr>${cells(row, 'td')}</tr>`)
    .join('')}</tbody></table></div></section>`
}
