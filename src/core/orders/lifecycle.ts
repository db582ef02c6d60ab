// The lifecycle of an order as a table: status x event -> status. A missing case does not compile.
//
// An order can still fill in every status but done, and only the exchange's word makes it done.

export type OrderStatus = 'submitting' | 'resting' | 'amending' | 'canceling' | 'unknown' | 'done'

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
  /** Canceled, executed, expired, or 404 on it. */
  | 'ended'

type Row = Record<OrderEvent, OrderStatus>

/** status x event -> status. A cancel in flight survives the reply to the amend before it. */
export const LIFECYCLE = {
  submitting: {
    'amend-sent': 'submitting',
    'cancel-sent': 'submitting',
    accepted: 'resting',
    rejected: 'done',
    unanswered: 'unknown',
    reported: 'resting',
    ended: 'done',
  },
  resting: {
    'amend-sent': 'amending',
    'cancel-sent': 'canceling',
    accepted: 'resting',
    rejected: 'resting',
    unanswered: 'unknown',
    reported: 'resting',
    ended: 'done',
  },
  amending: {
    'amend-sent': 'amending',
    'cancel-sent': 'canceling',
    accepted: 'resting',
    rejected: 'resting',
    unanswered: 'unknown',
    reported: 'amending',
    ended: 'done',
  },
  canceling: {
    'amend-sent': 'canceling',
    'cancel-sent': 'canceling',
    accepted: 'canceling',
    rejected: 'unknown',
    unanswered: 'unknown',
    reported: 'canceling',
    ended: 'done',
  },
  unknown: {
    'amend-sent': 'unknown',
    'cancel-sent': 'canceling',
    accepted: 'unknown',
    rejected: 'unknown',
    unanswered: 'unknown',
    reported: 'unknown',
    ended: 'done',
  },
  done: {
    'amend-sent': 'done',
    'cancel-sent': 'done',
    accepted: 'done',
    rejected: 'done',
    unanswered: 'done',
    reported: 'done',
    ended: 'done',
  },
} satisfies Record<OrderStatus, Row>
