// Where a report's material comes from: files of the tape, a folder of them, a backtest's file, or
// a running worker. Reading is here; what is made of it is in report/.

import { readFileSync } from 'node:fs'
import type { TapeRow } from '../../src/core/vocabulary/events.ts'
import type { ReportInput } from '../../src/report/sources/input.ts'
import { fromRows, readRows } from '../../src/report/sources/sources.ts'
import { fromAnswers } from '../../src/report/sources/worker.ts'
import { filesIn, textOf } from '../recordings/files.ts'
import { fromBacktest, pickResult } from './backtest.ts'

interface SourceOptions {
  readonly ticker: string | undefined
  readonly token: string | undefined
  readonly from: string | undefined
  readonly to: string | undefined
  readonly maker: string | undefined
  readonly fills: string | undefined
}

const TAPE = /\.csv(\.gz)?$/

/** An instant from an ISO time or epoch ms. @throws Error naming the option */
const instant = (name: string, text: string | undefined, fallback: number): number => {
  if (text === undefined) return fallback
  const at = /^\d+$/.test(text) ? Number(text) : Date.parse(text)
  if (!Number.isNaN(at)) return at
  throw new Error(`Reading --${name} failed: found "${text}", wanted an ISO time or epoch ms`)
}

const fromFiles = (paths: readonly string[], options: SourceOptions): ReportInput => {
  const files = paths.flatMap((path) => filesIn(path, TAPE))
  if (files.length === 0) {
    throw new Error(`Reading ${paths.join(', ')} failed: found no .csv and no .csv.gz`)
  }
  const from = instant('from', options.from, 0)
  const to = instant('to', options.to, Number.POSITIVE_INFINITY)
  const rows: TapeRow[] = files
    .flatMap((file) => readRows(textOf(file), file))
    .filter(({ at }) => at >= from && at < to)
    .sort((a, b) => a.at - b.at)
  const tickers = [...new Set(rows.map(({ ticker }) => ticker))]
  const ticker = options.ticker ?? (tickers.length === 1 ? tickers[0] : undefined)
  if (ticker === undefined || !tickers.includes(ticker)) {
    throw new Error(
      `Choosing a ticker failed: found ${tickers.join(', ') || 'no rows'}, wanted one of them by --ticker`,
    )
  }
  return fromRows(
    ticker,
    rows.filter((row) => row.ticker === ticker),
  )
}

const fromWorker = async (address: string, options: SourceOptions): Promise<ReportInput> => {
  const { ticker } = options
  const token = options.token ?? process.env.CONTROL_TOKEN
  if (ticker === undefined) throw new Error(`Reading ${address} failed: wanted --ticker`)
  if (token === undefined) {
    throw new Error(`Reading ${address} failed: wanted --token or CONTROL_TOKEN`)
  }
  const base = address.replace(/\/+$/, '')
  const get = async (path: string): Promise<Response> => {
    try {
      return await fetch(base + path, { headers: { authorization: `Bearer ${token}` } })
    } catch (error) {
      const { cause, message } = error as Error
      throw new Error(`Reading ${base} failed: ${cause instanceof Error ? cause.message : message}`)
    }
  }
  const name = encodeURIComponent(ticker)
  const to = instant('to', options.to, Date.now())
  const from = instant('from', options.from, to - 86_400_000)
  const tape = await get(`/tape/${name}?from=${from}&to=${to}`)
  if (!tape.ok)
    throw new Error(`Reading the tape failed: found ${tape.status} ${await tape.text()}`)
  const rows = readRows(await tape.text())
  const [status, account] = await Promise.all(
    [`/tickers/${name}`, `/tickers/${name}/account`].map(async (path) => {
      const answer = await get(path)
      return answer.ok ? ((await answer.json()) as unknown) : null
    }),
  )
  return fromAnswers(ticker, rows, { from, to }, status ?? null, account ?? null)
}

/** @throws Error that says what was found and what was wanted */
export const readSource = async (
  sources: readonly string[],
  options: SourceOptions,
): Promise<ReportInput> => {
  const [first = ''] = sources
  if (/^https?:\/\//.test(first)) return fromWorker(first, options)
  if (first.endsWith('.json')) {
    const { ticker, maker, fills } = options
    const { run, result } = pickResult(JSON.parse(readFileSync(first, 'utf8')), {
      ...(ticker === undefined ? {} : { ticker }),
      ...(maker === undefined ? {} : { maker }),
      ...(fills === undefined ? {} : { fills }),
    })
    return fromBacktest(run, result)
  }
  return fromFiles(sources, options)
}
