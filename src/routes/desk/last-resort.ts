// The last resort of a halt: the exchange itself cancels every order of our subaccount, whoever
// placed it, where makers cannot be reached or cannot cancel.
//
// The exchange may also cancel orders that are placed within the next minute, so the makers that
// can be reached hold their halt for that long, also against a person who releases them at once.

import { messageOf } from '../../core/vocabulary/outcome.ts'
import type { Answer } from '../../rpc/contracts.ts'
import type { Deps } from '../deps.ts'
import { within } from '../makers/register.ts'

/** How long after a cancel-all the exchange may cancel what is newly placed, ms (documented). */
const SHADOW_MS = 60_000
/** Milliseconds for the requests to the exchange, retries included. */
const DEADLINE_MS = 15_000

/** What one maker has said to the halt; `phase` is null where it has said nothing. */
export interface Confirmation {
  ticker: string
  ok: boolean
  phase: string | null
  message: string | null
  /** How many orders were left alone that are not ours; absent where it has said nothing. */
  foreign_orders?: number
}

/** What the exchange was asked, and what became of it. */
export interface LastResort {
  done: boolean
  /** ISO time until which newly placed orders may be canceled too; null when nothing was done. */
  until: string | null
  detail: string
}

const FAILED =
  'each order ends by itself within its order_ttl_seconds, and orders can be canceled on ' +
  "Kalshi's own page"

/** Never rejects. */
export const cancelEverything = async (
  deps: Deps,
  results: readonly Confirmation[],
  reason: string,
): Promise<LastResort> => {
  const asked = async (): Promise<Answer<{ subaccount: number }>> => {
    try {
      return await deps.cancelAll()
    } catch (error) {
      return { ok: false, problem: { status: 502, code: 'exchange', message: messageOf(error) } }
    }
  }
  const answer = await within(deps, DEADLINE_MS, asked)
  if (!answer.ok) {
    const why = answer.problem.message
    const detail = `the exchange could not be told to cancel all orders (${why}); ${FAILED}`
    return { done: false, until: null, detail }
  }
  const until = deps.now() + SHADOW_MS
  const able = results.filter(({ phase }) => phase !== null)
  await Promise.all(
    able.map(({ ticker }) =>
      within(deps, DEADLINE_MS, async () => deps.maker(ticker).halt(reason, until)),
    ),
  )
  const whose = `every order of subaccount ${answer.value.subaccount}, also of other programs`
  const time = new Date(until).toISOString()
  return {
    done: true,
    until: time,
    detail: `the exchange has canceled ${whose}; what is placed before ${time} may be canceled too`,
  }
}
