// Which makers there are, by the desk's list and by the copy of it in the bucket; and one maker by
// its ticker.
//
// A maker knows itself whether it exists, so nothing stands between a request and its maker. The
// desk may be dead or hang: every question to it has a deadline.

import { messageOf } from '../../core/vocabulary/outcome.ts'
import type { Answer, RegisteredTicker } from '../../rpc/contracts.ts'
import { ApiError } from '../answer.ts'
import type { Deps } from '../deps.ts'

/** Milliseconds that the desk and the bucket have to answer. */
const LIST_DEADLINE = 2_500

/** Settles in any case within `deadline` ms: a call that fails or hangs becomes a problem. */
export const within = async <T>(
  deps: Pick<Deps, 'sleep'>,
  deadline: number,
  call: () => Promise<Answer<T>>,
): Promise<Answer<T>> => {
  const failed = (message: string): Answer<T> => ({
    ok: false,
    problem: { status: 502, code: 'maker-unreachable', message },
  })
  try {
    const late = deps.sleep(deadline).then(() => failed(`No answer within ${deadline} ms`))
    return await Promise.race([call(), late])
  } catch (error) {
    return failed(messageOf(error))
  }
}

/** Asks the desk or the bucket; a problem's message says why there is no answer. */
export const asked = <T>(deps: Deps, call: () => Promise<T>): Promise<Answer<T>> =>
  within(deps, LIST_DEADLINE, async () => ({ ok: true, value: await call() }))

export interface Register {
  readonly tickers: RegisteredTicker[]
  /** Why the desk's list could not be read; null where it was. */
  readonly desk: string | null
  /** The same of the copy in the bucket; null also where it was not needed. */
  readonly copy: string | null
}

const failure = (answer: Answer<unknown>): string | null =>
  answer.ok ? null : answer.problem.message

/** Every ticker that either list names: whom a halt must reach. */
export const everyTicker = async (deps: Deps): Promise<Register> => {
  const [desk, copy] = await Promise.all([
    asked(deps, () => deps.desk.list()),
    asked(deps, () => deps.registry.list()),
  ])
  const lists = [desk, copy].flatMap((answer) => (answer.ok ? answer.value : []))
  const byName = new Map(lists.map((entry) => [entry.ticker, entry]))
  return { tickers: [...byName.values()], desk: failure(desk), copy: failure(copy) }
}

/** The desk's list, or its copy where the desk does not answer. @throws ApiError 502 */
export const knownTickers = async (deps: Deps): Promise<Register> => {
  const desk = await asked(deps, () => deps.desk.list())
  if (desk.ok) return { tickers: desk.value, desk: null, copy: null }
  const why = desk.problem.message
  const copy = await asked(deps, () => deps.registry.list())
  if (copy.ok) return { tickers: copy.value, desk: why, copy: null }
  throw new ApiError(502, 'desk-unreachable', `The list of tickers could not be read: ${why}`)
}

export const registeredTickers = async (deps: Deps): Promise<RegisteredTicker[]> =>
  (await knownTickers(deps)).tickers

/** @throws ApiError 404 where the answer says that no such maker exists */
export const existing = <T>(ticker: string, answer: Answer<T>): Answer<T> => {
  if (answer.ok || answer.problem.status !== 404) return answer
  throw new ApiError(404, 'unknown-ticker', `No maker for ${ticker}: add it with PUT first`)
}
