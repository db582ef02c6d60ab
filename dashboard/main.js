// Wires the page together: token, choice of ticker, live socket, buttons and clocks.
//
// The token comes from the address (#token=…), is removed from it at once, and stays in this tab's
// session storage. The list of tickers is polled; the chosen one is live.

/** @import { LiveView } from '../src/core/status/status.ts' */
/** @import { SocketState } from './live-socket.js' */

import { watchAlerts } from './alerts.js'
import { ApiError, call, liveUrl } from './api.js'
import { confirmThen } from './confirm.js'
import { watchDesk, wireDesk } from './desk-panel.js'
import { buttonById, byId, make, refill, say } from './dom.js'
import { quoteText, resultText } from './flatten.js'
import { connect } from './live-socket.js'
import { phaseWord } from './reasons.js'
import { mayRelease, releaseAllQuestion, releaseQuestion } from './release.js'
import { renderChart, renderView } from './render.js'
import { renderTiming } from './render-why.js'
import { Series } from './series.js'
import { wireChoice } from './trading-state.js'
import {
  clockTime,
  contracts,
  duration,
  fitsSubprotocol,
  netMicros,
  readFragment,
  signedDollars,
} from './view.js'

const POLL_MS = 3000
const TOKEN_KEY = 'kmm.token'

let token = ''
/** @type {string | null} */
let ticker = null
/** @type {{ stop: () => void, retryNow: () => void } | null} */
let socket = null
/** @type {SocketState | null} */
let socketState = null
/** @type {LiveView | null} */
let view = null
/** Our clock when `view` arrived. */
let receivedAt = 0
let drawn = true
/** @type {ReturnType<typeof setTimeout> | undefined} */
let pollTimer
/**
 * The last answer of GET /tickers.
 * @type {{
 *   tickers: { ticker: string, phase: string, reason: string, position?: string }[],
 *   halted: boolean | null, access?: string,
 * }}
 */
let list = { tickers: [], halted: null }
/** Why the list could not be read, or why a command failed; '' when all is well. */
let pollProblem = ''
let actionProblem = ''
/** @type {Map<string, { net: Series, held: Series, openedAt: number }>} */
const histories = new Map()

const historyOf = (/** @type {string} */ name) => {
  let history = histories.get(name)
  if (!history) {
    history = { net: new Series(), held: new Series(), openedAt: Date.now() }
    histories.set(name, history)
  }
  return history
}

const notice = () => {
  const text = [actionProblem, pollProblem].filter(Boolean).join(' ')
  say('notice', text)
  byId('notice').hidden = text === ''
}

const readAddress = () => {
  const found = readFragment(location.hash)
  if (found.token !== null) {
    sessionStorage.setItem(TOKEN_KEY, found.token)
    const rest = found.ticker === null ? '' : `#ticker=${encodeURIComponent(found.ticker)}`
    history.replaceState(null, '', `${location.pathname}${location.search}${rest}`)
  }
  token = sessionStorage.getItem(TOKEN_KEY) ?? ''
  return found.ticker
}

const askForToken = (/** @type {string} */ why) => {
  clearTimeout(pollTimer)
  watchAlerts('')
  watchDesk('')
  choose(null)
  byId('login').hidden = false
  for (const id of ['maker', 'empty', 'halt', 'release']) byId(id).hidden = true
  refill('tabs', null, () => [])
  if (why) say('login-why', why)
  pollProblem = ''
  actionProblem = ''
  notice()
  byId('token').focus()
}

const choose = (/** @type {string | null} */ next) => {
  if (next === ticker && socket !== null) return
  socket?.stop()
  socket = null
  socketState = null
  view = null
  ticker = next
  byId('maker').hidden = next === null
  byId('maker').classList.remove('stale', 'known')
  if (next === null) return
  say('ticker', next)
  socket = connect({
    open: () => new WebSocket(liveUrl(location.origin, next), ['kmm', token]),
    onView: (received) => {
      view = received
      receivedAt = Date.now()
      const history = historyOf(next)
      history.net.push(receivedAt, netMicros(received.status.pnl) / 1e6)
      history.held.push(receivedAt, Number(received.status.position))
      if (drawn) requestAnimationFrame(draw)
      drawn = false
    },
    onState: (state) => {
      socketState = state
      tick()
    },
    now: Date.now,
    setTimer: (run, ms) => setTimeout(run, ms),
    clearTimer: (timer) => clearTimeout(timer),
    random: Math.random,
  })
}

/** Draws the newest view; several that arrive within one frame are drawn once. */
const draw = () => {
  drawn = true
  if (view === null || ticker === null) return
  byId('maker').classList.add('known')
  // While the account is halted, one ticker cannot be released by itself.
  byId('release-one').hidden = list.halted === true || !mayRelease(view.status)
  renderView(view)
  const { net, held, openedAt } = historyOf(ticker)
  say('span', `${duration(Math.max(Date.now() - openedAt, 10_000))}`)
  renderChart('chart-net', {
    title: 'Net profit and loss',
    series: net,
    least: 0.1,
    stepped: false,
    format: (value) => signedDollars(value * 1e6),
  })
  renderChart('chart-inventory', {
    title: 'Inventory',
    series: held,
    least: 2,
    stepped: true,
    format: (value) => contracts(value, { sign: true }),
  })
  tick()
}

/** What changes with time alone: ages, countdowns, and the state of the connection. */
const tick = () => {
  const now = Date.now()
  const element = byId('connection')
  if (socketState === null) return
  const age = view === null ? '' : duration(now - receivedAt)
  if (socketState.kind === 'live') {
    say('connection', `● live, updated ${age} ago`)
  } else {
    const old = view === null ? 'nothing received yet' : `what you see is ${age} old`
    const next =
      socketState.kind === 'lost'
        ? `next try in ${Math.max(Math.ceil((socketState.retryAt - now) / 1000), 0)} s`
        : 'connecting'
    say(
      'connection',
      view === null && socketState.kind === 'connecting'
        ? '○ connecting'
        : `✕ not live: ${old}; ${next}`,
    )
  }
  element.dataset.kind = socketState.kind
  byId('maker').classList.toggle('stale', socketState.kind !== 'live' && view !== null)
  if (view === null) return
  // The maker's time plus what has passed here: countdowns do not depend on this machine's clock.
  renderTiming(view.status, Date.parse(view.at) + (now - receivedAt))
  const since = Date.parse(view.status.since)
  if (Number.isNaN(since)) return
  say('since', `for ${duration(Math.max(now - since, 0))}, since ${clockTime(view.status.since)}`)
}

/** Says plainly what a token that only reads cannot do; style.css hides what acts. */
const showAccess = (/** @type {string} */ access) => {
  document.body.dataset.access = access
  byId('read-only').hidden = access !== 'read'
  const limits = /** @type {HTMLFieldSetElement} */ (byId('desk-limits'))
  limits.disabled = access === 'read'
}

/** The tab row, the halt and the choice of a ticker. */
const showList = () => {
  const { tickers, halted } = list
  showAccess(list.access ?? 'all')
  byId('login').hidden = true
  byId('empty').hidden = tickers.length > 0
  byId('halt').hidden = false
  byId('release').hidden = !halted && !tickers.some(mayRelease)
  buttonById('halt').disabled = halted === true
  say('halt', halted ? 'All halted' : 'Halt all')
  if (tickers.length === 0) {
    say(
      'empty-example',
      [
        `curl -X PUT ${location.origin}/tickers/TICKER`,
        '-H "Authorization: Bearer $CONTROL_TOKEN"',
        `-H "Content-Type: application/json" -d '{}'`,
      ].join(' \\\n  '),
    )
    refill('tabs', null, () => [])
    choose(null)
    return
  }
  const wanted = readAddress()
  const names = tickers.map((row) => row.ticker)
  const keep = [wanted, ticker].find((name) => name !== null && names.includes(name))
  const next = keep ?? names[0] ?? null
  if (!fitsSubprotocol(token)) {
    pollProblem =
      'Opening the live socket failed: the control token holds a character that browsers cannot ' +
      'send there (wanted: letters, digits and -._~+).'
    notice()
    return
  }
  choose(next)
  const tabs = tickers.map((row) => [row.ticker, row.phase, row.position ?? null])
  refill('tabs', [tabs, next], () =>
    tickers.map((row) => {
      const { mark, word } = phaseWord(row.phase)
      const held = row.position === undefined ? '' : contracts(row.position, { sign: true })
      const tab = make('a', [`${mark} ${row.ticker} `, make('span.faint', [held])], {
        href: `#ticker=${encodeURIComponent(row.ticker)}`,
        title: `${word}, position ${held || 'unknown'}`,
      })
      if (row.ticker === next) tab.setAttribute('aria-current', 'page')
      return tab
    }),
  )
  byId('tabs').hidden = tickers.length < 2
}

const poll = async () => {
  clearTimeout(pollTimer)
  if (token === '') {
    askForToken('')
    return
  }
  const asked = token
  try {
    const answer = await call(token, 'GET', '/tickers')
    if (asked !== token) return
    pollProblem = ''
    list = answer
    watchAlerts(token)
    watchDesk(token)
    showList()
  } catch (error) {
    if (asked !== token) return
    if (error instanceof ApiError && error.status === 401) {
      sessionStorage.removeItem(TOKEN_KEY)
      token = ''
      askForToken(`The token was refused: ${error.message}.`)
      return
    }
    pollProblem = error instanceof Error ? `${error.message}.` : String(error)
  }
  notice()
  clearTimeout(pollTimer)
  pollTimer = setTimeout(poll, POLL_MS)
}

const showEnvironment = async () => {
  try {
    const { environment, problem } = await call('', 'GET', '/health')
    const element = byId('environment')
    const name = String(environment ?? '')
    element.dataset.environment = name
    say('environment', name === 'prod' ? 'PRODUCTION: real money' : name)
    element.hidden = name === ''
    if (problem) {
      pollProblem = String(problem)
      notice()
    }
  } catch {
    // The poll of the list fails too, and shows it.
  }
}

/**
 * Sends a command; true when it was carried out. Else the API's own sentence is shown.
 * @param {'POST' | 'PUT'} method
 * @param {string} path
 * @param {object} [body]
 * @param {(answer: any) => string} problemOf what an answer says was not done; '' for none
 */
const send = async (method, path, body, problemOf = () => '') => {
  try {
    actionProblem = problemOf(await call(token, method, path, body))
  } catch (error) {
    actionProblem = error instanceof Error ? `${error.message}.` : String(error)
  }
  const done = actionProblem === ''
  notice()
  await poll()
  return done
}

/** Asks what taking the position off would cost, shows that, and does it if a person says so. */
const flatten = async () => {
  if (ticker === null) return
  const path = `/tickers/${encodeURIComponent(ticker)}/flatten`
  try {
    const { quote } = await call(token, 'POST', path, { dry_run: true })
    confirmThen({
      ...{ title: `Flatten ${ticker}?`, text: quoteText(quote), yes: 'Flatten' },
      // No worse than what was shown, whatever the book does meanwhile.
      act: () =>
        send('POST', path, { limit_price: quote.limit_price }, ({ result }) => resultText(result)),
    })
  } catch (error) {
    actionProblem = error instanceof Error ? `${error.message}.` : String(error)
    notice()
  }
}

/** Carries out a command on the chosen ticker. */
const sendTicker = (
  /** @type {string} */ verb,
  /** @type {object | undefined} */ body = undefined,
) => {
  if (ticker !== null) send('POST', `/tickers/${encodeURIComponent(ticker)}/${verb}`, body)
}

byId('pause').addEventListener('click', () => sendTicker('pause'))
byId('resume').addEventListener('click', () => sendTicker('resume'))
byId('release-one').addEventListener('click', () => {
  if (view === null) return
  const { ticker, reason, brakes } = view.status
  confirmThen({
    ...releaseQuestion({ ticker, reason, state: brakes.ticker_state }),
    act: (reset_day) => sendTicker('release', { reset_day }),
  })
})
wireChoice('ticker-choice', (state) => sendTicker('state', { state }))
wireDesk(send)
byId('flatten').addEventListener('click', flatten)
byId('halt').addEventListener('click', () =>
  confirmThen({
    title: 'Halt all tickers?',
    text:
      'Every resting order of every ticker is cancelled. ' +
      'Nothing is quoted again until a person releases the halt.',
    yes: 'Halt all',
    act: () => send('POST', '/halt'),
  }),
)
byId('release').addEventListener('click', () =>
  confirmThen({
    ...releaseAllQuestion(list.tickers),
    act: (reset_day) => send('POST', '/resume', { reset_day }),
  }),
)
byId('login').addEventListener('submit', (event) => {
  event.preventDefault()
  const field = /** @type {HTMLInputElement} */ (byId('token'))
  token = field.value.trim()
  field.value = ''
  sessionStorage.setItem(TOKEN_KEY, token)
  poll()
})
addEventListener('hashchange', () => {
  readAddress()
  poll()
})
addEventListener('online', () => socket?.retryNow())
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) socket?.retryNow()
})

readAddress()
setInterval(tick, 500)
showEnvironment()
poll()
