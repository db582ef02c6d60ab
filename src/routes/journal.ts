// The journal: which lives of a maker are kept, and their text for a replay.
//
// What the running maker still holds in memory is written to R2 first, so that an answer reaches up to
// the moment of the request.

import { TICKER_SHAPE } from '../config/env.ts'
import { type JournalLife, listLives, readJournal } from '../tape/journal-reader.ts'
import { streamText } from '../tape/reader.ts'
import { ApiError, reach, readQuery, readTicker } from './answer.ts'
import type { Deps, Handler } from './deps.ts'
import { readTime } from './tape.ts'
import { registeredTickers } from './tickers.ts'

/**
 * The lives that began in the range of the query, with what the maker had in memory.
 * @throws ApiError 404 for a ticker that has neither a maker nor a life in the range
 */
const livesOf = async (
  deps: Deps,
  ticker: string,
  query: Readonly<Record<string, string>>,
): Promise<JournalLife[]> => {
  const from = readTime('from', query.from, 0)
  const to = readTime('to', query.to, Number.MAX_SAFE_INTEGER)
  if (from >= to) {
    throw new ApiError(422, 'parameters', `Refused range: from ${from} is not before to ${to}`)
  }
  const list = (): Promise<JournalLife[]> =>
    reach(
      'tape-unreachable',
      'The journal could not be listed',
      listLives(deps.tape, ticker, { from, to }),
    )
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
  const query = readQuery(c, ['ticker', 'from', 'to'])
  const ticker = query.ticker ?? ''
  if (!TICKER_SHAPE.test(ticker)) {
    throw new ApiError(
      422,
      'parameters',
      `Refused ticker: found ${JSON.stringify(ticker.slice(0, 100))}, wanted the ticker whose lives are to be listed`,
    )
  }
  const lives = (await livesOf(c.var.deps, ticker, query)).map(
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
  const lives = await livesOf(deps, ticker, readQuery(c, ['from', 'to']))
  return new Response(streamText(readJournal(deps.tape, lives)), {
    headers: {
      'content-type': 'application/x-ndjson; charset=utf-8',
      'content-disposition': `inline; filename="${ticker}.jsonl"`,
      'cache-control': 'no-store',
    },
  })
}
