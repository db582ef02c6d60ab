// How many contracts stand before each of our resting orders, as the exchange counts them.
//
// The exchange matches by price and then by time, so a count falls as those before us trade or leave.
// A list with one unreadable row is unreadable as a whole: nobody can say which order it was about.

import type { QueueReport } from '../../core/vocabulary/events.ts'
import { parseQuantity } from '../../core/vocabulary/units.ts'
import { asObject, asText, show } from '../common/fields.ts'

export const QUEUE_PATH = '/portfolio/orders/queue_positions'

/**
 * Reads GET /portfolio/orders/queue_positions, which has no pages. Returns the reports in the order
 * given, or one sentence that says what was found instead. No resting order may be written as null.
 */
export const readQueue = (body: unknown): QueueReport[] | string => {
  const list = asObject(body)?.queue_positions
  if (list !== null && !Array.isArray(list)) {
    return `queue_positions: found ${show(body)}, wanted a list of queue_positions`
  }
  const reports: QueueReport[] = []
  for (const item of list ?? []) {
    const raw = asObject(item)
    if (raw === null) return `queue_positions: found ${show(item)} among them, wanted an object`
    const orderId = asText(raw.order_id)
    if (orderId === '') return `queue position order_id: found ${show(raw.order_id)}, wanted an id`
    const ahead = parseQuantity(raw.queue_position_fp)
    if (!(ahead >= 0)) {
      return `queue position queue_position_fp: found ${show(raw.queue_position_fp)}, wanted a count`
    }
    reports.push({ orderId, ahead })
  }
  return reports
}
