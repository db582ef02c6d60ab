// Takes positions off: one maker's, or every maker's.
//
// The limit is a price, or cents given up against the best price; left out, the maker's own
// `flatten_slippage`. With `dry_run` nothing is sent: the answer says what it would cost.

import * as v from 'valibot'
import type { FlattenAnswer } from '../../core/status/status.ts'
import type { FlattenRequest } from '../../rpc/contracts.ts'
import { ApiError, answerResponse, reach } from '../answer.ts'
import type { Handler } from '../deps.ts'
import { field, readBody, readTicker } from '../request.ts'
import { everyTicker, existing, within } from './register.ts'

/** Milliseconds a maker has to report what came of it; it goes on after that. */
const FLATTEN_DEADLINE = 15_000
/** Price units in a dollar. */
const SCALE = 10_000

const SLIPPAGE = {
  max_slippage_cents: field(
    v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(98))),
    'a number of cents from 0 to 98',
  ),
  dry_run: field(v.optional(v.boolean(), false), 'true or false'),
}

const DOLLARS = v.pipe(
  v.union([v.string(), v.pipe(v.number(), v.transform(String))]),
  v.regex(/^0?\.\d{1,4}$/),
  v.transform((text) => Math.round(Number(text) * SCALE)),
  v.minValue(1),
)

const ONE = v.strictObject({
  limit_price: field(v.optional(DOLLARS), 'dollars from 0.0001 to 0.9999'),
  ...SLIPPAGE,
})
const ALL = v.strictObject(SLIPPAGE)

/** POST /tickers/{ticker}/flatten */
export const flattenTicker: Handler = async (c) => {
  const ticker = readTicker(c)
  const { limit_price, max_slippage_cents, dry_run } = await readBody(c, ONE)
  if (limit_price !== undefined && max_slippage_cents !== undefined) {
    const found = 'Refused limit_price beside max_slippage_cents'
    throw new ApiError(422, 'parameters', `${found}: wanted one limit`)
  }
  const maker = c.var.deps.maker(ticker)
  const request: FlattenRequest = {
    limit_price: limit_price ?? null,
    max_slippage_cents: max_slippage_cents ?? null,
    dry_run,
  }
  const failed = `Whether ${ticker} is being flattened is unknown; look at its status`
  const answer = await reach('maker-unreachable', failed, maker.flatten(request))
  return answerResponse(c, existing(ticker, answer))
}

interface Outcome {
  ticker: string
  ok: boolean
  answer: FlattenAnswer | null
  message: string | null
}

/** POST /flatten: every maker that holds something, within its own limit or the one given. */
export const flattenAll: Handler = async (c) => {
  const { deps } = c.var
  const { max_slippage_cents, dry_run } = await readBody(c, ALL)
  const request = { limit_price: null, max_slippage_cents: max_slippage_cents ?? null, dry_run }
  const { tickers } = await everyTicker(deps)
  const results = await Promise.all(
    tickers.map(async ({ ticker }): Promise<Outcome> => {
      const answer = await within(deps, FLATTEN_DEADLINE, async () =>
        deps.maker(ticker).flatten(request),
      )
      if (answer.ok)
        return { ticker, ok: isDone(answer.value), answer: answer.value, message: null }
      // What holds nothing, or makes nothing, is flat.
      const { status, code, message } = answer.problem
      return { ticker, ok: status === 404 || code === 'nothing-held', answer: null, message }
    }),
  )
  const open = results.filter(({ ok }) => !ok).map(({ ticker }) => ticker)
  if (open.length === 0) return c.json({ dry_run, results })
  const message = `Not flat, or not known to be: ${open.join(', ')}; results says why`
  throw new ApiError(502, 'flatten-incomplete', message, { dry_run, results })
}

const isDone = ({ result }: FlattenAnswer): boolean => result === null || result.state === 'flat'
