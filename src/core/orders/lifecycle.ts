// The lifecycle of an order as a table: status x event -> status. A missing case does not compile.
//
// An order is exposed in every status but the last two. `done` is the exchange's own word, and no
// news undoes it. `presumed` is only our conclusion (a refusal, a 404, its absence from listings):
// the first sign of life undoes it, and the order is canceled.

export type OrderStatus =
  | 'submitting'
  | 'resting'
  | 'amending'
  | 'canceling'
  | 'unknown'
  | 'presumed'
  | 'done'

export type OrderEvent =
  /** We sent an amend or a decrease. */
  | 'amend-sent'
  /** We sent a cancel. */
  | 'cancel-sent'
  /** The exchange took the place, amend or decrease. */
  | 'accepted'
  /** The exchange rejected it; nothing changed there. */
  | 'rejected'
  /** The outcome of the request is unknown. */
  | 'unanswered'
  /** The exchange says that it rests (a report, or the book shows it). */
  | 'reported'
  /** The same of a foreign order that is let alone: it rests, and nothing is in doubt. */
  | 'confirmed'
  /** Canceled, executed or expired, as the exchange says. */
  | 'ended'
  /** It seems gone: 404 on it, or listings that lack it. */
  | 'vanished'

/** Gone, by the exchange's word or by our conclusion: it cannot fill as far as is known. */
export const isOver = (status: OrderStatus): boolean => status === 'done' || status === 'presumed'

type Row = Record<OrderEvent, OrderStatus>

/** status x event -> status. A cancel in flight survives the reply to the amend before it. */
export const LIFECYCLE = {
  submitting: {
    'amend-sent': 'submitting',
    'cancel-sent': 'submitting',
    accepted: 'resting',
    rejected: 'presumed',
    unanswered: 'unknown',
    reported: 'resting',
    confirmed: 'resting',
    ended: 'done',
    vanished: 'presumed',
  },
  resting: {
    'amend-sent': 'amending',
    'cancel-sent': 'canceling',
    accepted: 'resting',
    rejected: 'resting',
    unanswered: 'unknown',
    reported: 'resting',
    confirmed: 'resting',
    ended: 'done',
    vanished: 'presumed',
  },
  amending: {
    'amend-sent': 'amending',
    'cancel-sent': 'canceling',
    accepted: 'resting',
    rejected: 'resting',
    unanswered: 'unknown',
    reported: 'amending',
    confirmed: 'amending',
    ended: 'done',
    vanished: 'presumed',
  },
  canceling: {
    'amend-sent': 'canceling',
    'cancel-sent': 'canceling',
    accepted: 'canceling',
    rejected: 'unknown',
    unanswered: 'unknown',
    reported: 'canceling',
    confirmed: 'canceling',
    ended: 'done',
    vanished: 'presumed',
  },
  unknown: {
    'amend-sent': 'unknown',
    'cancel-sent': 'canceling',
    accepted: 'unknown',
    rejected: 'unknown',
    unanswered: 'unknown',
    reported: 'unknown',
    confirmed: 'resting',
    ended: 'done',
    vanished: 'presumed',
  },
  presumed: {
    'amend-sent': 'presumed',
    'cancel-sent': 'presumed',
    accepted: 'unknown',
    rejected: 'presumed',
    unanswered: 'presumed',
    reported: 'unknown',
    confirmed: 'resting',
    ended: 'done',
    vanished: 'presumed',
  },
  done: {
    'amend-sent': 'done',
    'cancel-sent': 'done',
    accepted: 'done',
    rejected: 'done',
    unanswered: 'done',
    reported: 'done',
    confirmed: 'done',
    ended: 'done',
    vanished: 'done',
  },
} satisfies Record<OrderStatus, Row>
