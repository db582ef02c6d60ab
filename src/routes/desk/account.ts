// Halts every maker of the account, and releases them again.
//
// The latch is set first and the makers are notified second: one that starts or wakes in between
// asks the desk and finds the halt. Nothing may stand between a person and this brake: the makers
// are taken from both lists, each latches itself, and every one is notified even when the desk or
// others fail. Where one could not confirm, the exchange is told to cancel all orders. The answer
// lists what everybody said; it is 502 as soon as something is left for a person to check.

import * as v from 'valibot'
import type { RegisteredTicker } from '../../rpc/contracts.ts'
import type { MakerStub } from '../../rpc/stubs.ts'
import { ApiError } from '../answer.ts'
import type { Deps, Handler } from '../deps.ts'
import { asked, everyTicker, within } from '../makers/register.ts'
import { field, readBody } from '../request.ts'
import { RELEASE, resetDay } from './desk.ts'
import { type Confirmation, cancelEverything, type LastResort } from './last-resort.ts'

/** Milliseconds a maker has to confirm the command. */
const HALT_DEADLINE = 8_000

const notifyAll = (
  deps: Deps,
  known: readonly RegisteredTicker[],
  notify: (maker: MakerStub) => ReturnType<MakerStub['halt']>,
): Promise<Confirmation[]> =>
  Promise.all(
    known.map(async ({ ticker }): Promise<Confirmation> => {
      const answer = await within(deps, HALT_DEADLINE, async () => notify(deps.maker(ticker)))
      if (answer.ok) {
        const { phase, foreign_orders } = answer.value
        return { ticker, ok: true, phase, message: null, foreign_orders: foreign_orders.count }
      }
      // 404: listed, but the object makes nothing, so there is nothing to halt or to release.
      const { status, message } = answer.problem
      return { ticker, ok: status === 404, phase: null, message }
    }),
  )

const failedTickers = (results: readonly Confirmation[]): string =>
  results
    .filter(({ ok }) => !ok)
    .map(({ ticker }) => ticker)
    .join(', ')

const HALT = v.strictObject({
  reason: field(
    v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(200)), 'operator'),
    'a text of 1 to 200 characters',
  ),
  cancel_all: field(v.optional(v.boolean(), false), 'true or false'),
})

/** What is left for a person to check or to do; nothing when the halt is complete. */
const remains = (
  latch: string | null,
  failed: string,
  unlisted: boolean,
  resort: LastResort | null,
): string[] => {
  const left: string[] = []
  if (latch !== null) {
    left.push(`the halt latch could not be set (${latch}), so a new maker would quote: repeat`)
  }
  if (unlisted) left.push('neither list of tickers could be read, so no maker was told')
  if (failed !== '') left.push(`these makers did not confirm it: ${failed}`)
  if (resort?.done === false || (resort !== null && left.length > 0)) left.push(resort.detail)
  return left
}

/** POST /halt */
export const haltAll: Handler = async (c) => {
  const { deps } = c.var
  const { reason, cancel_all: wanted } = await readBody(c, HALT)
  const latch = await asked(deps, () => deps.desk.setHalt(true, deps.now()))
  const known = await everyTicker(deps)
  // Even when there is no latch: resting orders matter more than that.
  const results = await notifyAll(deps, known.tickers, (maker) => maker.halt(reason))
  const failed = failedTickers(results)
  const unlisted = known.desk !== null && known.copy !== null
  const resort =
    wanted || failed !== '' || unlisted ? await cancelEverything(deps, results, reason) : null
  const since = latch.ok ? new Date(latch.value.since).toISOString() : null
  const body = { halted: latch.ok, since, results, desk: known.desk, cancel_all: resort }
  const left = remains(latch.ok ? null : latch.problem.message, failed, unlisted, resort)
  if (left.length === 0) return c.json(body)
  const begun = latch.ok ? 'The account is halted, but ' : 'The halt is incomplete: '
  throw new ApiError(502, 'halt-incomplete', begun + left.join('; '), body)
}

/** POST /resume */
export const resumeAll: Handler = async (c) => {
  const { deps } = c.var
  const { reset_day } = await readBody(c, RELEASE)
  if (reset_day) await resetDay(deps)
  // Not without the desk: its latch may hold, and would halt again whoever is released here.
  const latch = await asked(deps, () => deps.desk.setHalt(false, deps.now()))
  if (!latch.ok) {
    const why = `The halt could not be released: ${latch.problem.message}`
    throw new ApiError(502, 'desk-unreachable', why)
  }
  const known = await everyTicker(deps)
  const results = await notifyAll(deps, known.tickers, (maker) => maker.release())
  const failed = failedTickers(results)
  if (failed !== '') {
    throw new ApiError(
      502,
      'resume-incomplete',
      `The account's halt is released, but these makers did not confirm it: ${failed}`,
      { halted: false, results },
    )
  }
  return c.json({ halted: false, results })
}
