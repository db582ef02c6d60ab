// The tape: which segments there are, and one ticker's rows as a single CSV.

import * as v from 'valibot'
import { listSegments, readTape, streamText } from '../../tape/reader.ts'
import { ApiError, reach } from '../answer.ts'
import type { Handler } from '../deps.ts'
import { registeredTickers } from '../makers/register.ts'
import { field, readQuery, readTicker, SPAN, spanOf } from '../request.ts'

const PAGE_LIMIT = 10_000

const SEGMENTS = v.strictObject({
  ticker: v.optional(v.string()),
  limit: field(
    v.optional(
      v.pipe(v.string(), v.transform(Number), v.integer(), v.minValue(1), v.maxValue(PAGE_LIMIT)),
      '1000',
    ),
    `a whole number from 1 to ${PAGE_LIMIT}`,
  ),
  cursor: v.optional(v.string()),
})

const TAPE = v.strictObject({
  ...SPAN,
  tail: field(v.optional(v.picklist(['yes', 'no']), 'yes'), 'yes or no'),
})

/** GET /tape */
export const getSegments: Handler = async (c) => {
  const { limit, ticker, cursor } = readQuery(c, SEGMENTS)
  const page = await reach(
    'tape-unreachable',
    'The tape could not be listed',
    listSegments(c.var.deps.tape, {
      limit,
      ...(ticker === undefined ? {} : { ticker }),
      ...(cursor === undefined ? {} : { cursor }),
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
  const query = readQuery(c, TAPE)
  const span = spanOf(query.from ?? 0, query.to ?? Number.MAX_SAFE_INTEGER)
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
  // Before the list of segments, which is what keeps a row from falling between the two. Also from
  // a maker that was removed: it keeps the rows that R2 would not take at the time.
  const tail =
    query.tail !== 'no'
      ? await reach(
          'maker-unreachable',
          `Maker ${ticker} did not give its latest rows (tail=no leaves them out)`,
          deps.maker(ticker).tapeTail(span.from, span.to),
        )
      : null
  return new Response(streamText(readTape(deps.tape, ticker, span, tail)), {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `inline; filename="${ticker}.csv"`,
      'cache-control': 'no-store',
    },
  })
}
