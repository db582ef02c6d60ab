// Keeps the live socket of one ticker open for as long as the page wants it.
//
// Waits between attempts grow from half a second to fifteen, with jitter, and start over after a
// message has arrived. The maker sends when something changes, so silence may be a quiet market or
// a dead connection: after `quietMs` we send "ping", which the runtime answers without waking the
// maker, and dial again when even that stays unanswered. Socket, timers, clock and random numbers
// are passed in.

/** @import { LiveView } from '../src/core/status/status.ts' */

/**
 * @typedef {(
 *   | { kind: 'connecting' | 'live', since: number }
 *   | { kind: 'lost', since: number, retryAt: number }
 * )} SocketState
 */

/**
 * @typedef {object} SocketLike
 * @property {(type: string, listener: (event: any) => void) => void} addEventListener
 * @property {(text: string) => void} send
 * @property {() => void} close
 */

/**
 * @typedef {object} SocketDeps
 * @property {() => SocketLike} open makes a socket; may throw
 * @property {(view: LiveView) => void} onView
 * @property {(state: SocketState) => void} onState
 * @property {() => number} now milliseconds
 * @property {(run: () => void, ms: number) => unknown} setTimer
 * @property {(timer: any) => void} clearTimer
 * @property {() => number} random 0..1
 * @property {number} [quietMs] silence before a ping, and then before we dial again
 */

const FIRST_WAIT = 500
const LONGEST_WAIT = 15_000

/**
 * @param {SocketDeps} deps
 * @returns {{ stop: () => void, retryNow: () => void }}
 */
export const connect = (deps) => {
  const quietMs = deps.quietMs ?? 10_000
  /** @type {SocketLike | null} */
  let socket = null
  /** @type {unknown} */
  let timer = null
  let attempts = 0
  let stopped = false
  /** @type {number | null} When the connection was lost; kept through failed attempts. */
  let lostAt = null

  const arm = (/** @type {() => void} */ run, /** @type {number} */ ms) => {
    if (timer !== null) deps.clearTimer(timer)
    timer = deps.setTimer(run, ms)
  }

  const reconnect = () => {
    if (stopped) return
    const old = socket
    // Cleared before closing: its close event must not count as a second loss.
    socket = null
    try {
      old?.close()
    } catch {
      // A socket that cannot be closed is gone all the same.
    }
    const wait = Math.min(FIRST_WAIT * 2 ** attempts, LONGEST_WAIT) * (0.5 + deps.random() / 2)
    attempts = Math.min(attempts + 1, 10)
    lostAt ??= deps.now()
    deps.onState({ kind: 'lost', since: lostAt, retryAt: deps.now() + wait })
    arm(dial, wait)
  }

  const ping = () => {
    try {
      socket?.send('ping')
    } catch {
      reconnect()
      return
    }
    arm(reconnect, quietMs)
  }

  const receive = (/** @type {{ data: unknown }} */ event) => {
    const view = readView(event.data)
    arm(ping, quietMs)
    if (view === null) return
    if (attempts > 0 || lostAt !== null) {
      attempts = 0
      lostAt = null
    }
    deps.onState({ kind: 'live', since: deps.now() })
    deps.onView(view)
  }

  const dial = () => {
    if (stopped) return
    deps.onState({ kind: 'connecting', since: lostAt ?? deps.now() })
    /** @type {SocketLike} */
    let opened
    try {
      opened = deps.open()
    } catch {
      reconnect()
      return
    }
    socket = opened
    opened.addEventListener('message', (event) => {
      if (opened === socket) receive(event)
    })
    for (const end of ['close', 'error']) {
      opened.addEventListener(end, () => {
        if (opened === socket) reconnect()
      })
    }
    arm(reconnect, quietMs)
  }

  dial()
  return {
    stop: () => {
      stopped = true
      if (timer !== null) deps.clearTimer(timer)
      socket?.close()
      socket = null
    },
    retryNow: () => {
      if (!stopped && socket === null) dial()
    },
  }
}

/**
 * A message of the live socket, or null for anything that is not a view: kinds that this page does
 * not know yet must not break it.
 * @param {unknown} data
 * @returns {LiveView | null}
 */
export const readView = (data) => {
  if (typeof data !== 'string') return null
  try {
    const found = JSON.parse(data)
    return found?.type === 'view' && found.status && found.ladder ? found : null
  } catch {
    return null
  }
}
