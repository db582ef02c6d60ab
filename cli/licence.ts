// npm run licence -- FILE|FOLDER|http://worker: judges shadow logs as the worker would, and prints
// why.
//
// Reads exported logs (CSV, gzip or plain; a folder is read in full), or asks a worker for the
// verdicts it has stored. Takes no look: what is printed here uses up nothing. Exit code 0: at
// least one source is licensed; 1: none is; 2: the input could not be read.

import { filesIn, textOf } from '../research/recordings/files.ts'
import { LEAST_FILLS, LEAST_PAIRS, type LicenceEvidence } from '../src/signals/licence/evidence.ts'
import { LEAST_RESULTS } from '../src/signals/licence/licence.ts'
import { newRecord, verdictOf } from '../src/signals/licence/review.ts'
import { readShadow, type ShadowLine, seriesOf } from '../src/signals/licence/shadow-log.ts'
import type { SkillStatistics } from '../src/signals/licence/statistics.ts'
import type { Regime } from '../src/signals/signal/signal-update.ts'
import { fail, failWith, optionsOf } from './lib/options.ts'

const HELP = `Judges shadow logs: may a source move quotes?

  npm run licence -- FILE|FOLDER            exported logs (shadow/{ticker}/.../*.csv.gz)
  npm run licence -- http://HOST --token T  what a worker has stored (or CONTROL_TOKEN)

Exit code 0: licensed, 1: not, 2: the input could not be read.`

const { values, positionals } = optionsOf({
  allowPositionals: true,
  options: { token: { type: 'string' }, help: { type: 'boolean' } },
})
if (values.help === true) {
  console.log(HELP)
  process.exit(0)
}
const [where] = positionals
if (where === undefined || positionals.length > 1) fail(HELP)

const show = (value: number | null, digits = 4): string =>
  value === null || !Number.isFinite(value) ? '-' : value.toFixed(digits)

const numbers = (it: SkillStatistics): string =>
  `${it.observations} decisions in ${it.clusters} games; mean D ${show(it.meanD)} c2 (se ${show(it.standardError)}, t ${show(it.t, 2)}), lower bound ${show(it.bootstrap.q0167)}, beta ${show(it.beta, 2)}`

const few = (what: string, found: number, least: number, kind: string): string =>
  found < least
    ? `  ${what}: not enough ${kind} yet (${found} of ${least})`
    : `  ${what}: from too few games yet`

/** One line for each question that the rows were asked besides the skill of the skew. */
const IN_WORDS: Readonly<Record<Regime, string>> = { before: 'before the start', play: 'in play' }

const lines = (it: LicenceEvidence): string[] => [
  it.markoutDifference === null
    ? few('fills', Math.min(it.fillsPushed, it.fillsOther), LEAST_FILLS, 'fills')
    : `  fills: ${it.fillsPushed} pushed and ${it.fillsOther} others; pushed minus others ${show(it.markoutDifference, 2)} c (t ${show(it.markoutT, 2)})`,
  it.scoreGain === null
    ? few('results', it.games, LEAST_RESULTS, 'results')
    : `  results: ${it.games} games; Brier gain ${show(it.scoreGain, 6)}, upper bound ${show(it.scoreUpper95, 6)}`,
  it.gain === null
    ? few('gain', it.gainPairs, LEAST_PAIRS, 'pairs')
    : `  gain: ${show(it.gain)} learned from ${it.gainPairs} pairs`,
]

const fromFiles = (path: string): boolean => {
  const rows: ShadowLine[] = []
  let faults = 0
  try {
    const files = filesIn(path, /\.csv(\.gz)?$/)
    if (files.length === 0) fail(`Reading ${path} failed: found no .csv or .csv.gz, wanted some`)
    for (const file of files) {
      const text = readShadow(textOf(file))
      for (const row of text.rows) rows.push(row)
      faults += text.faults.length
      if (text.faults[0] !== undefined) console.error(`${file}: ${text.faults[0]}`)
    }
    // One bad line may be a torn file; a file of nothing else is another kind of file.
    if (rows.length === 0) {
      fail(
        `Reading ${path} failed: found no readable row and ${faults} bad ones, wanted a shadow log`,
      )
    }
  } catch (error) {
    failWith(`Reading ${path} failed: `)(error)
  }
  let licensed = false
  const cases = new Map(
    rows.map(({ set, ticker, regime }) => {
      const series = seriesOf(ticker)
      return [`${set} ${series} ${IN_WORDS[regime]}`, newRecord(set, series, regime)]
    }),
  )
  for (const name of [...cases.keys()].sort()) {
    const verdict = verdictOf(cases.get(name)!, rows)
    licensed ||= verdict.licensed
    console.log(`${name}: ${verdict.licensed ? 'LICENSED' : 'not licensed'}`)
    if (verdict.reasons.length > 0) console.log(`  because ${verdict.reasons.join(', ')}`)
    if (verdict.revoke) console.log('  a licence that exists would end')
    console.log(`  ${numbers(verdict.statistics)}`)
    for (const line of lines(verdict.evidence)) console.log(line)
  }
  if (faults > 0) console.log(`${faults} lines could not be read`)
  return licensed
}

/** The evidence of an answer, whose names are written with underscores. */
const evidenceOf = (stored: Readonly<Record<string, number | null>>): LicenceEvidence => {
  const camel = (name: string): string => name.replace(/_(.)/g, (_, c: string) => c.toUpperCase())
  const entries = Object.entries(stored).map(([name, value]) => [camel(name), value])
  return Object.fromEntries(entries) as unknown as LicenceEvidence
}

interface Stored {
  readonly source: string
  readonly series: string
  readonly regime: Regime
  readonly level: number
  readonly looks_used: number
  readonly judged_at: string | null
  readonly verdict: {
    readonly licensed: boolean
    readonly reasons: readonly string[]
    readonly statistics: {
      readonly observations: number
      readonly clusters: number
      readonly mean_d: number | null
      readonly lower_bound: number | null
      readonly beta: number | null
    }
  } | null
  readonly evidence?: Readonly<Record<string, number | null>> | null
}

const fromWorker = async (url: string): Promise<boolean> => {
  const token = values.token ?? process.env.CONTROL_TOKEN ?? ''
  let licences: readonly Stored[] = []
  try {
    const answer = await fetch(new URL('/licence', url), {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(30_000),
    })
    const body = (await answer.json()) as {
      licences?: readonly Stored[]
      error?: { message: string }
    }
    if (!answer.ok || body.licences === undefined) {
      fail(`Asking ${url} failed: found ${answer.status} ${body.error?.message ?? ''}, wanted 200`)
    }
    licences = body.licences ?? []
  } catch (error) {
    failWith(`Asking ${url} failed: `)(error)
  }
  if (licences.length === 0) console.log('Nothing has been judged yet: POST /licence takes a look')
  for (const it of licences) {
    console.log(
      `${it.source} ${it.series} ${IN_WORDS[it.regime]}: level ${it.level}, looks used ${it.looks_used}, judged ${it.judged_at ?? 'never'}`,
    )
    if (it.verdict === null) continue
    const { observations, clusters, mean_d, lower_bound, beta } = it.verdict.statistics
    if (it.verdict.reasons.length > 0) console.log(`  because ${it.verdict.reasons.join(', ')}`)
    console.log(
      `  ${observations} decisions in ${clusters} games; mean D ${show(mean_d)} c2, lower bound ${show(lower_bound)}, beta ${show(beta, 2)}`,
    )
    for (const line of it.evidence ? lines(evidenceOf(it.evidence)) : []) console.log(line)
  }
  return licences.some(({ level }) => level > 0)
}

const asked = where ?? ''
const licensed = /^https?:\/\//.test(asked) ? await fromWorker(asked) : fromFiles(asked)
process.exit(licensed ? 0 : 1)
