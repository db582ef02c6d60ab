// The outcome of a request: accepted, rejected or unknown. And `invariant`, for our own mistakes.
//
// Three kinds of failure are kept apart. The exchange refuses: an Outcome. A frame breaks the
// protocol: a malformed frame, counted and logged. We are wrong: `invariant` throws, and the shell
// cancels everything and halts that ticker.

export interface Accepted<T> {
  readonly kind: 'accepted'
  readonly value: T
}

/** The exchange refused, and nothing changed there. `status` is the HTTP status. */
export interface Rejected {
  readonly kind: 'rejected'
  readonly status: number
  /** The exchange's own code ("insufficient_balance", "too_many_requests"), or "http_418". */
  readonly code: string
  readonly detail: string
}

/**
 * A timeout, a 5xx, or a reply that could not be read. The request may have been carried out, so
 * whatever it touched stays exposed until the exchange has been asked.
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

export class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

/** Throws InvariantError when `condition` is false. For our own mistakes only, never for input. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(`Broken invariant: ${message}`)
}

/** What a thrown value says, for a log line or an answer. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)
