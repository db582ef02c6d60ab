// The journal: lists the lives of a maker that are kept, and gives their text for a replay.
//
// The running maker first writes what it still holds in memory to R2, so that an answer reaches up
// to the moment of the request.

import * as v from 'valibot'
import { TICKER_SHAPE } from '../../config/env.ts'
import { type JournalLife, listLives, readJournal } from '../../tape/journal-reader.ts'
import { streamText } from '../../tape/reader.ts'
import { ApiError, reach } from '../answer.ts'
import type { Deps, Handler } from '../deps.ts'
import { registeredTickers } from '../makers/register.ts'
import { field, readQuery, readTicker, SPAN, spanOf } from '../request.ts'

const LIVES = v.strictObject({
  ticker: field(
    v.pipe(v.optional(v.string(), ''), v.regex(TICKER_SHAPE)),
    'the ticker whose lives are to be listed',
  ),
  ...SPAN,
})

/**
 * The lives that began in the range of the query, with what the maker had in memory.
 * @throws ApiError 404 for a ticker that has neither a maker nor a life in the range
 */
const livesOf = async (
  deps: Deps,
  ticker: string,
  query: { readonly from?: number | undefined; readonly to?: number | undefined },
): Promise<JournalLife[]> => {
  const span = spanOf(query.from ?? 0, query.to ?? Number.MAX_SAFE_INTEGER)
  const list = (): Promise<JournalLife[]> =>
    reach('tape-unreachable', 'The journal could not be listed', listLives(deps.tape, ticker, span))
  const known = await registeredTickers(deps)
  if (!known.some((entry) => entry.ticker === ticker)) {
    const lives = await list()
    if (lives.length > 0) return lives
    throw new ApiError(
      404,
      'no-journal',
      `No journal for ${ticker}: it has neither maker nor lives that began in this time`,
    )
  }
  await reach(
    'maker-unreachable',
    `Maker ${ticker} did not write down its latest events`,
    deps.maker(ticker).flushTape(),
  )
  return list()
}

/** GET /journal?ticker=&from=&to= */
export const getLives: Handler = async (c) => {
  const { ticker, ...span } = readQuery(c, LIVES)
  const lives = (await livesOf(c.var.deps, ticker, span)).map(
    ({ life, parts, bytes, missing }) => ({
      life,
      began: new Date(life).toISOString(),
      parts: parts.length,
      bytes,
      missing,
    }),
  )
  return c.json({ ticker, lives })
}

/** GET /journal/{ticker}?from=&to= */
export const getJournal: Handler = async (c) => {
  const { deps } = c.var
  const ticker = readTicker(c)
  const lives = await livesOf(deps, ticker, readQuery(c, v.strictObject(SPAN)))
  return new Response(streamText(readJournal(deps.tape, lives)), {
    headers: {
      'content-type': 'application/x-ndjson; charset=utf-8',
      'content-disposition': `inline; filename="${ticker}.jsonl"`,
      'cache-control': 'no-store',
    },
  })
}
