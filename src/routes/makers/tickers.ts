// The makers, one by one: list, add or change, show, pause, resume, remove.
//
// The desk's list is the register, and the bucket has a copy. A ticker is on both before its maker
// starts, so that no maker ever runs unlisted (the halt and the watchdogs go by the lists), and it
// is taken off only after the maker has confirmed that no order rests. Whoever shows, pauses or
// removes a maker asks it directly: a dead desk is not in the way.

import { messageOf } from '../../core/vocabulary/outcome.ts'
import { bad, type RegisteredTicker } from '../../rpc/contracts.ts'
import type { MakerStub } from '../../rpc/stubs.ts'
import { offeredProtocols, SUBPROTOCOL } from '../access/guard.ts'
import { ApiError, answerResponse, problemResponse, reach } from '../answer.ts'
import type { Deps, Handler } from '../deps.ts'
import { NO_KEYS, readBody, readJson, readTicker } from '../request.ts'
import { asked, everyTicker, existing, knownTickers, within } from './register.ts'

/** Milliseconds a maker has to report its status; then the list goes on without it. */
const STATUS_DEADLINE = 5_000

const summary = async (deps: Deps, { ticker, addedAt }: RegisteredTicker) => {
  const answer = await within(deps, STATUS_DEADLINE, async () => deps.maker(ticker).status())
  const added_at = new Date(addedAt).toISOString()
  if (!answer.ok) {
    const nothing = { position: null, pnl: null, book: null, quotes: null, since: null }
    return { ticker, phase: 'unknown', reason: answer.problem.message, added_at, ...nothing }
  }
  const { phase, reason, since, position, pnl, book, quotes } = answer.value
  return { ticker, phase, reason, since, added_at, position, pnl, book, quotes }
}

/** GET /tickers: with `desk`, why the desk did not answer; then `halted` is null, for unknown. */
export const listTickers: Handler = async (c) => {
  const { deps, access } = c.var
  const known = await knownTickers(deps)
  const [tickers, halt] = await Promise.all([
    Promise.all(known.tickers.map((entry) => summary(deps, entry))),
    asked(deps, () => deps.desk.getHalt()),
  ])
  if (!halt.ok) {
    const desk = halt.problem.message
    return c.json({ tickers, halted: null, halted_since: null, desk, access })
  }
  const { halted, since } = halt.value
  const halted_since = halted ? new Date(since).toISOString() : null
  return c.json({ tickers, halted, halted_since, desk: known.desk, access })
}

/** PUT /tickers/{ticker} */
export const putTicker: Handler = async (c) => {
  const { deps } = c.var
  const ticker = readTicker(c)
  const body = await readJson(c)
  const isNew = await register(deps, ticker)
  const maker = deps.maker(ticker)
  // When the call fails it may still have been carried out, so the ticker stays on the list.
  const answer = await reach(
    'maker-unreachable',
    `Whether ${ticker} was configured is unknown; it stays registered, so repeat or delete it`,
    maker.configure(ticker, body),
  )
  if (!answer.ok && isNew) await forgetRefused(deps, ticker, maker)
  return answerResponse(c, answer)
}

/**
 * Puts a ticker on both lists; true when it is new. One that runs needs no desk to be changed.
 * @throws ApiError 502 where a list cannot be written, 409 where there is no room
 */
const register = async (deps: Deps, ticker: string): Promise<boolean> => {
  const list = await asked(deps, () => deps.desk.list())
  if (!list.ok) {
    const running = await within(deps, STATUS_DEADLINE, async () => deps.maker(ticker).status())
    if (running.ok) return false
    const why = `${ticker} could not be registered: ${list.problem.message}`
    throw new ApiError(502, 'desk-unreachable', why)
  }
  const known = list.value.find((entry) => entry.ticker === ticker)
  if (known !== undefined) return false
  await requireRoom(deps, ticker)
  const addedAt = deps.now()
  const copied = deps.registry.add({ ticker, addedAt })
  await reach('tape-unreachable', `${ticker} could not be listed in the bucket`, copied)
  const failed = `${ticker} could not be registered`
  await reach('desk-unreachable', failed, deps.desk.add(ticker, addedAt))
  return true
}

/** Refuses a ticker that would leave every maker too few write tokens for one order. */
const requireRoom = async (deps: Deps, ticker: string): Promise<void> => {
  const failed = `${ticker} could not be registered`
  const { taken, most, isFree } = await reach('desk-unreachable', failed, deps.desk.room(ticker))
  if (isFree) return
  const carries = `the account's write budget carries ${most}`
  const message = `Refused ${ticker}: ${taken} tickers are registered, and ${carries}`
  throw new ApiError(409, 'budget', message)
}

/** Takes a ticker off the list again, unless another request has made its maker run meanwhile. */
const forgetRefused = async (deps: Deps, ticker: string, maker: MakerStub): Promise<void> => {
  try {
    const running = await maker.status()
    if (running.ok || running.problem.status !== 404) return
    await deps.desk.remove(ticker)
    await deps.registry.remove(ticker)
  } catch (error) {
    // Listed but not running is harmless: it shows as unknown, and DELETE takes it off.
    deps.log('warn', 'refused-ticker-stays-listed', { ticker, detail: messageOf(error) })
  }
}

/** GET /tickers/{ticker} */
export const getTicker: Handler = async (c) => {
  const ticker = readTicker(c)
  const status = c.var.deps.maker(ticker).status()
  const answer = await reach('maker-unreachable', `Maker ${ticker} did not answer`, status)
  return answerResponse(c, existing(ticker, answer))
}

const command =
  (verb: 'pause' | 'resume'): Handler =>
  async (c) => {
    const ticker = readTicker(c)
    await readBody(c, NO_KEYS)
    const maker = c.var.deps.maker(ticker)
    const call = verb === 'pause' ? maker.pause() : maker.resume()
    const failed = `Whether maker ${ticker} took "${verb}" is unknown`
    const answer = await reach('maker-unreachable', failed, call)
    return answerResponse(c, existing(ticker, answer))
  }

/** POST /tickers/{ticker}/pause */
export const pauseTicker: Handler = command('pause')
/** POST /tickers/{ticker}/resume */
export const resumeTicker: Handler = command('resume')

/** DELETE /tickers/{ticker} */
export const deleteTicker: Handler = async (c) => {
  const { deps } = c.var
  const ticker = readTicker(c)
  const answer = await reach(
    'maker-unreachable',
    `Whether maker ${ticker} was removed is unknown; it stays registered, so repeat`,
    deps.maker(ticker).remove(),
  )
  // 404: no maker runs there. Where a list names it all the same, taking it off puts that right.
  const gone = !answer.ok && answer.problem.status === 404
  if (!answer.ok && !gone) return problemResponse(c, answer.problem)
  if (gone && !(await everyTicker(deps)).tickers.some((entry) => entry.ticker === ticker)) {
    existing(ticker, answer)
  }
  const listed = `${ticker} has stopped but is still on the list: repeat`
  const off = await asked(deps, () => deps.desk.remove(ticker))
  if (!off.ok) {
    throw new ApiError(502, 'desk-unreachable', `${listed} (${off.problem.message})`)
  }
  await reach('tape-unreachable', listed, deps.registry.remove(ticker))
  const foreign_orders = answer.ok ? answer.value.foreignOrders : 0
  return c.json({ ticker, removed: true, foreign_orders })
}

/** What the maker's object is asked. */
const LIVE_URL = 'https://maker/live'

/**
 * GET /tickers/{ticker}/live: hands a WebSocket request on to the maker's object, which keeps the
 * socket. The object gets a new request, so that neither the token nor anything else that the
 * client has sent reaches it.
 */
export const liveSocket: Handler = async (c) => {
  const ticker = readTicker(c)
  if (c.req.header('upgrade')?.toLowerCase() !== 'websocket') {
    throw new ApiError(426, 'upgrade-required', 'Request refused: wanted a WebSocket upgrade')
  }
  const maker = c.var.deps.maker(ticker)
  const protocol = offeredProtocols(c).includes(SUBPROTOCOL) ? SUBPROTOCOL : null
  const headers = new Headers({ upgrade: 'websocket' })
  if (protocol !== null) headers.set('sec-websocket-protocol', protocol)
  const answer = await reach(
    'maker-unreachable',
    `Maker ${ticker} did not open a live socket`,
    maker.fetch(new Request(LIVE_URL, { headers })),
  )
  if (answer.status === 404) existing(ticker, bad(404, 'not-found', 'No maker here'))
  const socket = (answer as { webSocket?: unknown }).webSocket
  if (socket === null || socket === undefined) {
    throw new ApiError(
      502,
      'maker-unreachable',
      `Maker ${ticker} did not open a live socket: it answered ${answer.status}`,
    )
  }
  return c.var.deps.upgrade(socket, protocol)
}
