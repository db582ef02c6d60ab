// A request that the exchange refuses: the HTTP status and the code that says why. The shape of the
// body differs by kind of error, as recorded from Kalshi in 2026, and clients must read all of
// them.

/** An order or account request refused; nothing changed. */
export interface Refusal {
  readonly refused: true
  readonly status: number
  readonly code: string
  readonly message: string
  readonly details?: string
}

/** `message` defaults to the code with spaces for underscores, as the exchange mostly writes it. */
export const refuse = (
  status: number,
  code: string,
  details?: string,
  message = code.replaceAll('_', ' '),
): Refusal => {
  const base = { refused: true as const, status, code, message }
  return details === undefined ? base : { ...base, details }
}

export const isRefusal = (value: object): value is Refusal => 'refused' in value

/** An HTTP answer: `body` is sent as JSON unless null. */
export interface Answer {
  readonly status: number
  readonly body: unknown
}

const plain = (refusal: Refusal): Record<string, string> => {
  const { code, message, details } = refusal
  return details === undefined ? { code, message } : { code, message, details }
}

/** `{"error":{"code","message"[,"details"]}}`: authentication, orders, exchange. */
export const nested = (refusal: Refusal): Answer => ({
  status: refusal.status,
  body: { error: plain(refusal) },
})

/** `{"code","message"[,"details"]}`: bodies that could not be decoded, and items of a batch. */
export const flat = (refusal: Refusal): Answer => ({ status: refusal.status, body: plain(refusal) })

/** `{"msg"}`: query parameters out of range. */
export const bare = (status: number, msg: string): Answer => ({ status, body: { msg } })

/** The body of a batch item's `error`. */
export const itemError = plain
