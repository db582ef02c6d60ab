// Halts every maker of the account, and releases them again.
//
// The latch is set first and the makers are notified second: one that starts or wakes in between
// asks the desk and finds the halt. Every maker is notified, even when others fail, and the answer
// lists each; it is 502 as soon as one could not confirm, because then somebody has to check.

import * as v from 'valibot'
import type { MakerStub } from '../rpc/stubs.ts'
import { ApiError, messageOf, reach } from './answer.ts'
import type { Deps, Handler } from './deps.ts'
import { RELEASE, resetDay } from './desk.ts'
import { field, readBody } from './request.ts'
import { registeredTickers, within } from './tickers.ts'

/** Milliseconds a maker has to confirm the command. */
const HALT_DEADLINE = 8_000

interface Confirmation {
  ticker: string
  ok: boolean
  phase: string | null
  message: string | null
}

const notifyAll = async (
  deps: Deps,
  notify: (maker: MakerStub) => ReturnType<MakerStub['halt']>,
): Promise<Confirmation[]> => {
  const known = await registeredTickers(deps)
  return Promise.all(
    known.map(async ({ ticker }): Promise<Confirmation> => {
      const answer = await within(deps, HALT_DEADLINE, async () => notify(deps.maker(ticker)))
      if (answer.ok) return { ticker, ok: true, phase: answer.value.phase, message: null }
      // 404: listed, but the object makes nothing, so there is nothing to halt or to release.
      const { status, message } = answer.problem
      return { ticker, ok: status === 404, phase: null, message }
    }),
  )
}

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
})

/** POST /halt */
export const haltAll: Handler = async (c) => {
  const { deps } = c.var
  const { reason } = await readBody(c, HALT)
  let latch: { halted: boolean; since: number } | null = null
  let unlatched: string | null = null
  try {
    latch = await deps.desk.setHalt(true, deps.now())
  } catch (error) {
    // The makers are notified all the same: resting orders matter more than the latch.
    unlatched = messageOf(error)
  }
  const results = await notifyAll(deps, (maker) => maker.halt(reason))
  const failed = failedTickers(results)
  const since = latch === null ? null : new Date(latch.since).toISOString()
  if (unlatched !== null) {
    throw new ApiError(
      502,
      'halt-incomplete',
      `The halt latch could not be set (${unlatched}), so a new maker would quote: repeat`,
      { halted: false, since, results },
    )
  }
  if (failed !== '') {
    throw new ApiError(
      502,
      'halt-incomplete',
      `The account is halted, but these makers did not confirm it: ${failed}`,
      { halted: true, since, results },
    )
  }
  return c.json({ halted: true, since, results })
}

/** POST /resume */
export const resumeAll: Handler = async (c) => {
  const { deps } = c.var
  const { reset_day } = await readBody(c, RELEASE)
  if (reset_day) await resetDay(deps)
  await reach(
    'desk-unreachable',
    'The halt could not be released',
    deps.desk.setHalt(false, deps.now()),
  )
  const results = await notifyAll(deps, (maker) => maker.release())
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
