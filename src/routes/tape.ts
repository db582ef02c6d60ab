// The tape: which segments there are, and one ticker's rows as a single CSV.

import { listSegments, readTape, streamText } from '../tape/reader.ts'
import { ApiError, reach, readQuery, readTicker } from './answer.ts'
import type { Handler } from './deps.ts'
import { registeredTickers } from './tickers.ts'

const PAGE_DEFAULT = 1_000
const PAGE_LIMIT = 10_000
const ISO = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/

/** Epoch ms from "1794324125321", "2026-11-10" or an ISO time (UTC where it names no zone). */
export const readTime = (name: string, text: string | undefined, fallback: number): number => {
  if (text === undefined || text === '') return fallback
  if (/^\d{1,15}$/.test(text)) return Number(text)
  const zoned = /(Z|[+-]\d{2}:\d{2})$/.test(text) || !text.includes('T')
  const at = ISO.test(text) ? Date.parse(zoned ? text : `${text}Z`) : Number.NaN
  if (!Number.isNaN(at)) return at
  throw new ApiError(
    422,
    'parameters',
    `Refused ${name}: found ${JSON.stringify(text.slice(0, 60))}, wanted an ISO time or epoch milliseconds`,
  )
}

/** GET /tape */
export const getSegments: Handler = async (c) => {
  const query = readQuery(c, ['ticker', 'limit', 'cursor'])
  const limit = query.limit === undefined ? PAGE_DEFAULT : Number(query.limit)
  if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_LIMIT) {
    throw new ApiError(
      422,
      'parameters',
      `Refused limit: found ${JSON.stringify(query.limit)}, wanted a whole number from 1 to ${PAGE_LIMIT}`,
    )
  }
  const page = await reach(
    'tape-unreachable',
    'The tape could not be listed',
    listSegments(c.var.deps.tape, {
      limit,
      ...(query.ticker === undefined ? {} : { ticker: query.ticker }),
      ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
    }),
  )
  const segments = page.segments.map(({ key, ticker, lo, hi, rows, bytes }) => ({
    key,
    ticker,
    from: new Date(lo).toISOString(),
    to: Number.isFinite(hi) ? new Date(hi).toISOString() : null,
    rows,
    bytes,
  }))
  return c.json({ segments, cursor: page.cursor })
}

/** GET /tape/{ticker}?from=&to=&tail= */
export const getTape: Handler = async (c) => {
  const { deps } = c.var
  const ticker = readTicker(c)
  const query = readQuery(c, ['from', 'to', 'tail'])
  const from = readTime('from', query.from, 0)
  const to = readTime('to', query.to, Number.MAX_SAFE_INTEGER)
  if (from >= to) {
    throw new ApiError(422, 'parameters', `Refused range: from ${from} is not before to ${to}`)
  }
  if (query.tail !== undefined && query.tail !== 'yes' && query.tail !== 'no') {
    throw new ApiError(422, 'parameters', 'Refused tail: wanted yes or no')
  }
  const known = await registeredTickers(deps)
  if (!known.some((entry) => entry.ticker === ticker)) {
    const { segments } = await reach(
      'tape-unreachable',
      'The tape could not be listed',
      listSegments(deps.tape, { ticker, limit: 1 }),
    )
    if (segments.length === 0) {
      throw new ApiError(404, 'no-tape', `No tape for ${ticker}: it has neither maker nor segments`)
    }
  }
  // Before the list of segments, which is what keeps a row from falling between the two. Also from a
  // maker that was removed: it keeps the rows that R2 would not take at the time.
  const tail =
    query.tail !== 'no'
      ? await reach(
          'maker-unreachable',
          `Maker ${ticker} did not give its latest rows (tail=no leaves them out)`,
          deps.maker(ticker).tapeTail(from, to),
        )
      : null
  return new Response(streamText(readTape(deps.tape, ticker, { from, to }, tail)), {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `inline; filename="${ticker}.csv"`,
      'cache-control': 'no-store',
    },
  })
}
