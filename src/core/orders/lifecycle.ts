// What becomes of an order: status x event -> status, as a table, so that a missing case does not compile.
//
// An order can still fill in every status but done, and only the exchange's word makes it done.

export type OrderStatus = 'submitting' | 'resting' | 'amending' | 'canceling' | 'unknown' | 'done'

export type OrderEvent =
  /** We sent an amend or a decrease. */
  | 'ask-amend'
  /** We sent a cancel. */
  | 'ask-cancel'
  /** The exchange took the place, amend or decrease. */
  | 'accepted'
  /** The exchange refused it; nothing changed there. */
  | 'refused'
  /** Nobody can say what became of the request. */
  | 'lost'
  /** The exchange says that it rests (a report, or the book shows it). */
  | 'heard-resting'
  /** Canceled, executed, expired, or 404 on it. */
  | 'gone'

type Row = Record<OrderEvent, OrderStatus>

/** status x event -> status. A cancel in flight is not undone by news of the amend before it. */
export const LIFECYCLE = {
  submitting: {
    'ask-amend': 'submitting',
    'ask-cancel': 'submitting',
    accepted: 'resting',
    refused: 'done',
    lost: 'unknown',
    'heard-resting': 'resting',
    gone: 'done',
  },
  resting: {
    'ask-amend': 'amending',
    'ask-cancel': 'canceling',
    accepted: 'resting',
    refused: 'resting',
    lost: 'unknown',
    'heard-resting': 'resting',
    gone: 'done',
  },
  amending: {
    'ask-amend': 'amending',
    'ask-cancel': 'canceling',
    accepted: 'resting',
    refused: 'resting',
    lost: 'unknown',
    'heard-resting': 'amending',
    gone: 'done',
  },
  canceling: {
    'ask-amend': 'canceling',
    'ask-cancel': 'canceling',
    accepted: 'canceling',
    refused: 'unknown',
    lost: 'unknown',
    'heard-resting': 'canceling',
    gone: 'done',
  },
  unknown: {
    'ask-amend': 'unknown',
    'ask-cancel': 'canceling',
    accepted: 'unknown',
    refused: 'unknown',
    lost: 'unknown',
    'heard-resting': 'unknown',
    gone: 'done',
  },
  done: {
    'ask-amend': 'done',
    'ask-cancel': 'done',
    accepted: 'done',
    refused: 'done',
    lost: 'done',
    'heard-resting': 'done',
    gone: 'done',
  },
} satisfies Record<OrderStatus, Row>
