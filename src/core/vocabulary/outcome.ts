// What became of one request, and the two other kinds of error.
//
// The world disagrees -> Outcome. The input is not what was agreed -> a malformed frame, counted
// and logged. We are wrong -> invariant() throws; the shell then cancels and halts that ticker.

/** The exchange took it. */
export interface Accepted<T> {
  readonly kind: 'accepted'
  readonly value: T
}

/** The exchange said no, and nothing changed there. `status` is the HTTP status. */
export interface Rejected {
  readonly kind: 'rejected'
  readonly status: number
  /** The exchange's own code ("insufficient_balance", "too_many_requests"), or "http_418". */
  readonly code: string
  readonly detail: string
}

/**
 * Nobody can say: a timeout, a 5xx, a reply that could not be read. The request may have been
 * carried out, so whatever it touched stays exposed until the exchange has been asked.
 */
export interface Unknown {
  readonly kind: 'unknown'
  readonly detail: string
}

export type Outcome<T> = Accepted<T> | Rejected | Unknown

export const accepted = <T>(value: T): Accepted<T> => ({ kind: 'accepted', value })
export const rejected = (status: number, code: string, detail = ''): Rejected => ({
  kind: 'rejected',
  status,
  code,
  detail,
})
export const unknown = (detail: string): Unknown => ({ kind: 'unknown', detail })

/** Thrown by `invariant`: a state that our own reasoning said could not be. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

/** Throws InvariantError when `condition` is false. For our own mistakes only, never for input. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(`Broken invariant: ${message}`)
}
