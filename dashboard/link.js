// The live socket: one ticker, opened again for as long as the page wants it.
//
// Waits between attempts grow from half a second to fifteen, with jitter, and start over after a
// message has been heard. The object behind the socket speaks when something changes, so silence may
// be a quiet market or a dead connection: after `quietMs` we send "ping", which the runtime answers
// without waking the object, and dial again when even that stays unanswered. Everything from outside
// (socket, timers, dice, clock) is an argument.

/** @import { LiveView } from '../src/core/status/status.ts' */

/**
 * @typedef {{ kind: 'connecting' | 'live', since: number } | { kind: 'lost', since: number, retryAt: number }} LinkState
 */

/**
 * @typedef {object} SocketLike
 * @property {(type: string, listener: (event: any) => void) => void} addEventListener
 * @property {(text: string) => void} send
 * @property {() => void} close
 */

/**
 * @typedef {object} LinkDeps
 * @property {() => SocketLike} open makes a socket; may throw
 * @property {(view: LiveView) => void} onView
 * @property {(state: LinkState) => void} onState
 * @property {() => number} now milliseconds
 * @property {(run: () => void, ms: number) => unknown} setTimer
 * @property {(timer: any) => void} clearTimer
 * @property {() => number} random 0..1
 * @property {number} [quietMs] silence before we ask, and then before we give up
 */

const FIRST_WAIT = 500
const LONGEST_WAIT = 15_000

/**
 * @param {LinkDeps} deps
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

  const lose = () => {
    if (stopped) return
    const old = socket
    // Forgotten before it is closed: its close event must not be taken for a second loss.
    socket = null
    try {
      old?.close()
    } catch {
      // A socket that cannot be closed is as gone as one that can.
    }
    const wait = Math.min(FIRST_WAIT * 2 ** attempts, LONGEST_WAIT) * (0.5 + deps.random() / 2)
    attempts = Math.min(attempts + 1, 10)
    lostAt ??= deps.now()
    deps.onState({ kind: 'lost', since: lostAt, retryAt: deps.now() + wait })
    arm(dial, wait)
  }

  const ask = () => {
    try {
      socket?.send('ping')
    } catch {
      lose()
      return
    }
    arm(lose, quietMs)
  }

  const hear = (/** @type {{ data: unknown }} */ event) => {
    const view = readView(event.data)
    arm(ask, quietMs)
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
      lose()
      return
    }
    socket = opened
    opened.addEventListener('message', (event) => {
      if (opened === socket) hear(event)
    })
    for (const end of ['close', 'error']) {
      opened.addEventListener(end, () => {
        if (opened === socket) lose()
      })
    }
    arm(lose, quietMs)
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
