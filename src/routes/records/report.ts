// What a maker has earned: the account at the exchange beside our own ledger, and the report as a
// page.

import * as v from 'valibot'
import type { MakerStatus } from '../../core/status/status.ts'
import { measure } from '../../report/measures/metrics.ts'
import { pageOf } from '../../report/page/page.ts'
import { accountBody } from '../../report/sources/account-body.ts'
import { TapeTable } from '../../report/sources/sources.ts'
import { fromAnswers } from '../../report/sources/worker.ts'
import { readTape } from '../../tape/reader.ts'
import { ApiError, reach } from '../answer.ts'
import type { Deps, Handler } from '../deps.ts'
import { NO_KEYS, readQuery, readTicker, SPAN, spanOf } from '../request.ts'

const DAY = 86_400_000
/** The most that a report reads: two rows a second for a week take some 60 MB of memory. */
const LONGEST = { days: 7 }

/** The maker's status, or null where none runs. */
const statusOf = async (deps: Deps, ticker: string): Promise<MakerStatus | null> => {
  const answer = await reach(
    'maker-unreachable',
    `Maker ${ticker} did not answer`,
    deps.maker(ticker).status(),
  )
  return answer.ok ? answer.value : null
}

/** Asks the exchange first: a fill in between is then in our ledger alone, and shows. */
const accountOf = async (deps: Deps, ticker: string) => {
  const reading = await reach(
    'exchange',
    `The account of ${ticker} could not be read`,
    deps.account(ticker),
  )
  if (!reading.ok) {
    const { status, code, message } = reading.problem
    throw new ApiError(status, code, message)
  }
  const status = await statusOf(deps, ticker)
  const { market, account } = reading.value
  return { status, body: accountBody(market, account, status?.ledger ?? null) }
}

/** GET /tickers/{ticker}/account */
export const getAccount: Handler = async (c) => {
  const ticker = readTicker(c)
  readQuery(c, NO_KEYS)
  return c.json((await accountOf(c.var.deps, ticker)).body)
}

/** GET /tickers/{ticker}/report?from=&to= */
export const getReport: Handler = async (c) => {
  const { deps } = c.var
  const ticker = readTicker(c)
  const query = readQuery(c, v.strictObject(SPAN))
  const to = query.to ?? deps.now()
  const range = spanOf(query.from ?? to - DAY, to, LONGEST)
  // Before the list of segments, as for the tape itself.
  const tail = await reach(
    'maker-unreachable',
    `Maker ${ticker} did not give its latest rows`,
    deps.maker(ticker).tapeTail(range.from, range.to),
  )
  // Piece by piece: a week of text would not fit in memory.
  const tape = new TapeTable()
  const read = async (): Promise<void> => {
    for await (const piece of readTape(deps.tape, ticker, range, tail)) tape.read(piece)
  }
  await reach('tape-unreachable', 'The tape could not be read', read())
  // A market that the exchange has long forgotten still has its tape.
  const { status, body } = await accountOf(deps, ticker).catch((error: unknown) => {
    if (error instanceof ApiError && error.problem.code === 'unknown-ticker') {
      return { status: null, body: null }
    }
    throw error
  })
  if (tape.rows.length === 0 && (body === null || body.fills.length === 0)) {
    throw new ApiError(404, 'no-tape', `No tape for ${ticker} in this time, and no fill ever`)
  }
  const input = fromAnswers(ticker, tape, range, status, body)
  return new Response(pageOf(input, measure(input)).html, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      // A page of numbers and pictures: nothing in it may run or be fetched.
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      'cache-control': 'no-store',
    },
  })
}
