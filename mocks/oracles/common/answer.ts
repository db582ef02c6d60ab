// A request and its answer, as both venues see them: a status with a body, or silence. Each venue
// writes its own refusals.

export interface Call {
  readonly method: string
  /** Without the host, with the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly text: string
}

export interface Answer {
  readonly status: number
  /** Sent as JSON. */
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export const ok = (body: unknown): Answer => ({ status: 200, body })

/** Splits a request line's target. */
export const callOf = (method: string, target: string, text: string): Call => {
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  return {
    method,
    path: path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path,
    query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)),
    text,
  }
}
