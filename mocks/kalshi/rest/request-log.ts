// Keeps the last requests with time of arrival and answer, counts them by kind and by status, and
// notifies listeners as soon as a request has arrived.

import type { Kind } from '../protocol/call.ts'

export interface LoggedRequest {
  readonly number: number
  readonly method: string
  /** With query. */
  readonly path: string
  readonly kind: Kind
  /** The decoded JSON body, its text when it is not JSON, or null. */
  readonly body: unknown
  /** performance.now() when the request's head had been read. */
  readonly at: number
  /** 0 until answered, and for ever when the answer was lost. */
  status: number
}

/** Requests kept. */
const KEPT = 2_000

export class RequestLog {
  readonly recent: LoggedRequest[] = []
  readonly byKind = new Map<Kind, number>()
  readonly byStatus = new Map<number, number>()
  readonly #listeners = new Set<(request: LoggedRequest) => void>()
  #total = 0

  get total(): number {
    return this.#total
  }

  /** How many requests of these kinds have arrived. */
  count(...kinds: readonly Kind[]): number {
    return kinds.reduce((sum, kind) => sum + (this.byKind.get(kind) ?? 0), 0)
  }

  /** Calls `listener` at each arrival; the result stops it. */
  on(listener: (request: LoggedRequest) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  arrived(method: string, path: string, kind: Kind, text: string, at: number): LoggedRequest {
    const number = ++this.#total
    const request: LoggedRequest = { number, method, path, kind, body: read(text), at, status: 0 }
    this.byKind.set(kind, (this.byKind.get(kind) ?? 0) + 1)
    this.recent.push(request)
    if (this.recent.length > 2 * KEPT) this.recent.splice(0, KEPT)
    for (const listener of this.#listeners) listener(request)
    return request
  }

  answered(request: LoggedRequest, status: number): void {
    request.status = status
    this.byStatus.set(status, (this.byStatus.get(status) ?? 0) + 1)
  }
}

const read = (text: string): unknown => {
  if (text === '') return null
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
