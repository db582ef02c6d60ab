// The report as one HTML file: no script, no font, nothing that is fetched. A sentence, six
// numbers, the pictures, the tables, and how the numbers were made.

import { type Drawing, escapeMarkup, inlineSvg, paletteCss } from '../../plot/svg.ts'
import type { Metrics } from '../measures/metrics.ts'
import type { ReportInput } from '../sources/input.ts'
import { chartsOf } from './charts.ts'
import { isWide, tableHtml, tablesOf } from './tables.ts'
import { cents, contracts, count, dollars, headline, percent, sinceOf, time } from './words.ts'

const CSS = `
:root{color-scheme:light dark;--page:#f6f8fa;${paletteCss('light')}}
@media(prefers-color-scheme:dark){:root{--page:#0d1117;${paletteCss('dark')}}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1180px;margin:0 auto;padding:20px 16px 40px}
header p.when{color:var(--mute);margin:0}
h1{font-size:22px;margin:0}
p.headline{font-size:18px;max-width:70ch;margin:12px 0 18px}
.keys{display:grid;grid-template-columns:repeat(6,1fr);gap:10px;margin:0 0 18px}
.keys div,figure,section{background:var(--paper);border:1px solid var(--rule);border-radius:8px}
.keys div{padding:10px 12px}
.keys dt{color:var(--mute);font-size:13px}
.keys dd{margin:0;font-size:20px;font-weight:600;font-variant-numeric:tabular-nums;white-space:nowrap}
.keys dd.bad{color:var(--red)}.keys dd.good{color:var(--green)}
.charts{display:grid;grid-template-columns:1fr 1fr;gap:12px;align-items:start}
.tables{columns:2;column-gap:12px;margin:12px 0}
.tables section{break-inside:avoid}
figure{margin:0;padding:6px}
figure svg{display:block;width:100%;height:auto}
section{padding:10px 12px;margin:0 0 12px;min-width:0}
h2{font-size:15px;margin:0 0 6px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}
th,td{padding:3px 10px 3px 0;text-align:left;border-bottom:1px solid var(--rule);vertical-align:top}
tr:last-child td{border-bottom:0}
.wide td,.wide th{white-space:pre}
th{color:var(--mute);font-weight:500}
.how li{margin:3px 0;max-width:90ch}
.warn{border-left:4px solid var(--red);padding:4px 12px;margin:0 0 16px}
@media(max-width:860px){.charts{grid-template-columns:minmax(0,1fr)}.tables{columns:1}.keys{grid-template-columns:1fr 1fr}}
@media(max-width:860px){p.headline{font-size:16px}main{padding:14px 10px 30px}.keys dd{font-size:18px}}
`

const keysOf = (metrics: Metrics): [name: string, value: string, mood: '' | 'good' | 'bad'][] => {
  const { profit, drawdown, uptime, latency, fills } = metrics
  return [
    ['profit after fees', dollars(profit), profit < 0 ? 'bad' : profit > 0 ? 'good' : ''],
    ['worst fall', dollars(drawdown), ''],
    ['contracts (fills)', `${contracts(metrics.contracts)} (${count(fills)})`, ''],
    ['profit per contract', cents(metrics.profitPerContract), ''],
    ['both sides quoted', percent(uptime.twoSided), ''],
    ['latency p50', latency === null ? 'not known' : `${latency.p50} ms`, ''],
  ]
}

const howOf = (input: ReportInput, metrics: Metrics): string[] => {
  const { market, source } = input
  const fees = market?.fees ?? null
  const blocks = metrics.markouts[0]?.markouts.find(({ after }) => after === 30)?.interval ?? null
  return [
    source === 'exchange'
      ? 'Fills are the exchange’s own list; mid, quotes and latency are the tape’s, a row at each change and one a second while quoting.'
      : source === 'backtest'
        ? 'Fills are those of the backtest; mid, quotes and latency are from the rows that the maker would have written to its tape, so latency is what the run took the way to the exchange to be.'
        : 'Everything comes from the tape, a row at each change and one a second while quoting.',
    ...input.notes,
    'Spread is what a fill earned against the mid at that moment, drift what the inventory earned as the mid moved on, fees what was charged, exit the step from the last mid to the settlement. Whole hundred-millionths of a dollar, so nothing is rounded, and the sum is compared with the ledger’s average-cost profit of the same fills.',
    market?.result != null
      ? `The market settled ${market.result}: a contract held at the end counts ${market.result === 'yes' ? '$1.00' : 'nothing'}.`
      : 'The market has not settled within this report: what is held at the end counts at the last mid.',
    input.touchCents !== null && fees !== null
      ? `Closing at once is mid less half of the last known touch of ${cents(input.touchCents)} and the taker’s fee (${fees.taker / 10_000} % x C x P x (1 − P)).`
      : 'What closing at once would bring is not known here: the tape has no best prices of others, and this source no touch or no fees.',
    'Gain after a fill is s x (mid then − price paid), averaged over contracts, with s = +1 for a purchase and −1 for a sale; at 0 s it is the edge. A mid older than 30 s counts as not known. “From flat”, “reduces” and “adds” say what the fill did to the position held before it; a large one is more than half of the largest.',
    `Intervals are 90 % of 2000 moving-block bootstrap draws with seeded dice: fills are drawn in runs, because neighbours see the same prices${
      blocks === null ? '' : ` (runs of ${blocks.block} at 30 s)`
    }. Fewer than eight fills get none, nor does the settlement, which is one draw for all of them.`,
    'Inventory is weighted by time. A row with quotes that is followed by nothing for 5 s counts 5 s and the rest as not on the tape.',
    metrics.silence === null
      ? 'Why a side was silent is counted by a running maker only.'
      : 'Reasons for silence are counted by the maker itself, each side by itself.',
    metrics.calls === null
      ? 'Calls and write tokens are not known from this source.'
      : 'Write tokens are calls times their published cost: 10 for an order, an amend or a decrease, 2 for a cancel. Contracts placed are those of orders that the exchange did not refuse, and what amends added to them; whatever was filled of them is within.',
    ...(input.counted === null
      ? []
      : [
          `Orders, write tokens and reasons for silence count ${sinceOf(input.counted)}; everything else covers the time of this report.`,
        ]),
    'Latency is from the message to the acknowledged order; p50 is what half of the orders took at most, p90 nine in ten, p99 all but one in a hundred.',
  ]
}

export interface Page {
  readonly html: string
  readonly drawings: readonly Drawing[]
}

/** The whole file, and its pictures for whoever wants them apart. */
export const pageOf = (input: ReportInput, metrics: Metrics): Page => {
  const drawings = chartsOf(input, metrics)
  const { ticker } = input
  const wrong = metrics.checks.filter(({ agrees }) => !agrees)
  const keys = keysOf(metrics)
    .map(
      ([name, value, mood]) =>
        `<div><dt>${name}</dt><dd${mood === '' ? '' : ` class="${mood}"`}>${escapeMarkup(value)}</dd></div>`,
    )
    .join('')
  const tables = tablesOf(input, metrics)
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeMarkup(ticker)}: report</title><style>${CSS}</style></head><body><main>
<header><h1>${escapeMarkup(ticker)}</h1><p class="when">${time(metrics.from)} to ${time(metrics.to)} UTC</p></header>
<p class="headline">${escapeMarkup(headline(ticker, metrics))}</p>
${wrong.length === 0 ? '' : `<p class="warn">Does not agree: ${escapeMarkup(wrong.map(({ name, ours, other }) => `${name} (${ours} and ${other})`).join('; '))}.</p>`}
<dl class="keys">${keys}</dl>
<div class="charts">${drawings.map((each) => `<figure>${inlineSvg(each)}</figure>`).join('\n')}</div>
<div class="tables">${tables
    .filter((table) => !isWide(table))
    .map(tableHtml)
    .join('\n')}</div>
${tables.filter(isWide).map(tableHtml).join('\n')}
<section class="how"><h2>How these numbers were made</h2><ul>${howOf(input, metrics)
    .map((each) => `<li>${escapeMarkup(each)}</li>`)
    .join('')}</ul></section>
</main></body></html>
`
  return { html, drawings }
}
