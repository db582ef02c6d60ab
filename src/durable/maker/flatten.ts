// Flattens one maker at the word of a person: says what it would cost, or does it and waits a while
// for what came of it.

import { flattenQuote, flattenStatus } from '../../core/status/flatten.ts'
import type { FlattenAnswer } from '../../core/status/status.ts'
import { type Answer, bad, type FlattenRequest, good } from '../../rpc/contracts.ts'
import type { MakerLife } from './maker-life.ts'
import type { MakerLoop } from './maker-loop.ts'

/** Below the deadline that the route gives a maker; it goes on after that. */
const WAIT_MS = 8_000

const WHY = {
  'nothing-held': 'nothing is held',
  flattening: 'it is being flattened already',
  'market-not-tradable': 'the market takes no orders',
  recovering: 'orders, fills and position are still being compared with the exchange',
  'book-dark': 'the book is dark',
  'book-stale': 'the exchange has sent nothing for too long',
} as const

/** The loop must be running. */
export const flattenMaker = async (
  life: MakerLife,
  loop: MakerLoop,
  request: FlattenRequest,
): Promise<Answer<FlattenAnswer>> => {
  const engine = loop.engine!
  const { flatten, parameters } = engine.state
  const why = flatten.refusal(Date.now())
  if (why !== null) return bad(409, why, `Flatten refused: ${WHY[why]}`)
  const slippage = request.max_slippage_cents ?? parameters.strategy.flatten_slippage
  const limit = request.limit_price ?? flatten.limitWithin(slippage)
  const quote = limit === null ? null : flattenQuote(engine, limit)
  if (limit === null || quote === null) {
    return bad(409, 'no-price', 'Flatten refused: nobody is on the other side, so name limit_price')
  }
  if (request.dry_run) return good({ dry_run: true, quote, result: null })
  // Acted upon first, stored second: the pause must outlast a restart, but no order waits for it.
  loop.step({ type: 'flatten', at: Date.now(), limit })
  await life.keep({ paused: true, pauseReason: 'flattened' })
  await loop.flattened(WAIT_MS)
  return good({ dry_run: false, quote, result: flattenStatus(engine) })
}
