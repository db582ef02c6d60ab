// The whole account at once: halt every maker, and release them again.
//
// The latch is set first and the makers are told second: one that starts or wakes in between asks the
// desk and finds the halt. Every maker is told, whatever becomes of the others, and the answer lists
// each; it is 502 as soon as one could not confirm, because then somebody has to look.

import type { MakerStub } from '../rpc/maker-stub.ts'
import { ApiError, messageOf, reach, readObject } from './answer.ts'
import type { Ctx, Deps, Handler } from './deps.ts'
import { registeredTickers, within } from './tickers.ts'

/** Milliseconds a maker has to say that it has taken the command. */
export const HALT_DEADLINE = 8_000
const REASON_LENGTH = 200

interface Told {
  ticker: string
  ok: boolean
  phase: string | null
  message: string | null
}

const tellAll = async (
  deps: Deps,
  tell: (maker: MakerStub) => ReturnType<MakerStub['halt']>,
): Promise<Told[]> => {
  const known = await registeredTickers(deps)
  return Promise.all(
    known.map(async ({ ticker }): Promise<Told> => {
      const answer = await within(deps, HALT_DEADLINE, async () => tell(deps.maker(ticker)))
      if (answer.ok) return { ticker, ok: true, phase: answer.value.phase, message: null }
      // 404: listed, but the object makes nothing, so there is nothing to halt or to release.
      const { status, message } = answer.problem
      return { ticker, ok: status === 404, phase: null, message }
    }),
  )
}

const failedTickers = (results: readonly Told[]): string =>
  results
    .filter((told) => !told.ok)
    .map((told) => told.ticker)
    .join(', ')

const readReason = async (c: Ctx): Promise<string> => {
  const { reason } = await readObject(c, ['reason'])
  if (reason === undefined) return 'operator'
  if (typeof reason === 'string' && reason !== '' && reason.length <= REASON_LENGTH) return reason
  throw new ApiError(
    422,
    'parameters',
    `Refused reason: wanted a text of 1 to ${REASON_LENGTH} characters`,
  )
}

/** POST /halt */
export const haltAll: Handler = async (c) => {
  const { deps } = c.var
  const reason = await readReason(c)
  let latch: { halted: boolean; since: number } | null = null
  let unlatched: string | null = null
  try {
    latch = await deps.desk.setHalt(true, deps.now())
  } catch (error) {
    // Still tell the makers: orders that rest now matter more than the latch.
    unlatched = messageOf(error)
  }
  const results = await tellAll(deps, (maker) => maker.halt(reason))
  const failed = failedTickers(results)
  const since = latch === null ? null : new Date(latch.since).toISOString()
  if (unlatched !== null) {
    throw new ApiError(
      502,
      'halt-incomplete',
      `The account's halt latch could not be set (${unlatched}), so a new maker would quote: repeat`,
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
  await readObject(c, [])
  await reach(
    'desk-unreachable',
    'The halt could not be released',
    deps.desk.setHalt(false, deps.now()),
  )
  const results = await tellAll(deps, (maker) => maker.release())
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
