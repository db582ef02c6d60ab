// Calls the control API. Every failure becomes an ApiError with one sentence.

export class ApiError extends Error {
  /**
   * @param {number} status HTTP status; 0 when there was no answer at all
   * @param {string} message
   */
  constructor(status, message) {
    super(message)
    this.name = 'ApiError'
    this.status = status
  }
}

/**
 * @param {string} token
 * @param {'GET' | 'POST' | 'PUT'} method
 * @param {string} path
 * @param {object} [body] sent as JSON
 * @returns {Promise<any>} the JSON body
 * @throws {ApiError} with the API's own message where it gave one
 */
export const call = async (token, method, path, body) => {
  /** @type {Response} */
  let response
  try {
    response = await fetch(path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      cache: 'no-store',
      signal: AbortSignal.timeout(10_000),
    })
  } catch {
    throw new ApiError(0, `${method} ${path} failed: the worker did not answer`)
  }
  /** @type {any} */
  let answer = null
  try {
    answer = await response.json()
  } catch {
    if (response.ok) throw new ApiError(response.status, `${method} ${path} failed: not JSON`)
  }
  if (response.ok) return answer
  const message = answer?.error?.message
  throw new ApiError(
    response.status,
    typeof message === 'string' ? message : `${method} ${path} failed: HTTP ${response.status}`,
  )
}

/**
 * The address of a ticker's live socket. The token travels as a subprotocol: addresses end up in
 * logs and histories.
 * @param {string} origin
 * @param {string} ticker
 */
export const liveUrl = (origin, ticker) =>
  `${origin.replace(/^http/, 'ws')}/tickers/${encodeURIComponent(ticker)}/live`
