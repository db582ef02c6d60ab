// The makers, one by one: list, add or change, show, pause, resume, remove.
//
// The desk's list is the register. A ticker is listed before its maker starts, so that no maker
// ever runs unlisted (the halt and the watchdogs go by the list), and it is taken off only after
// the maker has confirmed that no order rests.

import type { Answer, RegisteredTicker } from '../rpc/contracts.ts'
import type { MakerStub } from '../rpc/stubs.ts'
import { ApiError, answerResponse, messageOf, problemResponse, reach } from './answer.ts'
import type { Deps, Handler } from './deps.ts'
import { offeredProtocols, SUBPROTOCOL } from './guard.ts'
import { NO_KEYS, readBody, readJson, readTicker } from './request.ts'

/** Milliseconds a maker has to report its status; then the list goes on without it. */
const STATUS_DEADLINE = 5_000

export const registeredTickers = (deps: Deps): Promise<RegisteredTicker[]> =>
  reach('desk-unreachable', 'The list of tickers could not be read', deps.desk.list())

/** @throws ApiError 404 when the ticker is not on the desk's list */
export const registeredMaker = async (deps: Deps, ticker: string): Promise<MakerStub> => {
  const known = await registeredTickers(deps)
  if (known.some((entry) => entry.ticker === ticker)) return deps.maker(ticker)
  throw new ApiError(404, 'unknown-ticker', `No maker for ${ticker}: add it with PUT first`)
}

/** Settles in any case within `deadline` ms: a call that fails or hangs becomes a problem. */
export const within = async <T>(
  deps: Pick<Deps, 'sleep'>,
  deadline: number,
  call: () => Promise<Answer<T>>,
): Promise<Answer<T>> => {
  const failed = (message: string): Answer<T> => ({
    ok: false,
    problem: { status: 502, code: 'maker-unreachable', message },
  })
  try {
    const late = deps.sleep(deadline).then(() => failed(`No answer within ${deadline} ms`))
    return await Promise.race([call(), late])
  } catch (error) {
    return failed(messageOf(error))
  }
}

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

/** GET /tickers */
export const listTickers: Handler = async (c) => {
  const { deps } = c.var
  const known = await registeredTickers(deps)
  const [tickers, halt] = await Promise.all([
    Promise.all(known.map((entry) => summary(deps, entry))),
    reach('desk-unreachable', 'The halt latch could not be read', deps.desk.getHalt()),
  ])
  const halted_since = halt.halted ? new Date(halt.since).toISOString() : null
  return c.json({ tickers, halted: halt.halted, halted_since })
}

/** PUT /tickers/{ticker} */
export const putTicker: Handler = async (c) => {
  const { deps } = c.var
  const ticker = readTicker(c)
  const body = await readJson(c)
  const isNew = !(await registeredTickers(deps)).some((entry) => entry.ticker === ticker)
  if (isNew) await requireRoom(deps, ticker)
  await reach(
    'desk-unreachable',
    `${ticker} could not be registered`,
    deps.desk.add(ticker, deps.now()),
  )
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

/** Refuses a ticker that would leave every maker too few write tokens for one order. */
const requireRoom = async (deps: Deps, ticker: string): Promise<void> => {
  const room = reach('desk-unreachable', `${ticker} could not be registered`, deps.desk.room())
  const { registered, most } = await room
  if (registered < most) return
  const carries = `the account's write budget carries ${most}`
  const message = `Refused ${ticker}: ${registered} tickers are registered, and ${carries}`
  throw new ApiError(409, 'budget', message)
}

/** Takes a ticker off the list again, unless another request has made its maker run meanwhile. */
const forgetRefused = async (deps: Deps, ticker: string, maker: MakerStub): Promise<void> => {
  try {
    const running = await maker.status()
    if (!running.ok && running.problem.status === 404) await deps.desk.remove(ticker)
  } catch (error) {
    // Listed but not running is harmless: it shows as unknown, and DELETE takes it off.
    deps.log('warn', 'refused-ticker-stays-listed', { ticker, detail: messageOf(error) })
  }
}

/** GET /tickers/{ticker} */
export const getTicker: Handler = async (c) => {
  const ticker = readTicker(c)
  const maker = await registeredMaker(c.var.deps, ticker)
  return answerResponse(
    c,
    await reach('maker-unreachable', `Maker ${ticker} did not answer`, maker.status()),
  )
}

const command =
  (verb: 'pause' | 'resume'): Handler =>
  async (c) => {
    const ticker = readTicker(c)
    await readBody(c, NO_KEYS)
    const maker = await registeredMaker(c.var.deps, ticker)
    const call = verb === 'pause' ? maker.pause() : maker.resume()
    const failed = `Whether maker ${ticker} took "${verb}" is unknown`
    return answerResponse(c, await reach('maker-unreachable', failed, call))
  }

/** POST /tickers/{ticker}/pause */
export const pauseTicker: Handler = command('pause')
/** POST /tickers/{ticker}/resume */
export const resumeTicker: Handler = command('resume')

/** DELETE /tickers/{ticker} */
export const deleteTicker: Handler = async (c) => {
  const { deps } = c.var
  const ticker = readTicker(c)
  const maker = await registeredMaker(deps, ticker)
  const answer = await reach(
    'maker-unreachable',
    `Whether maker ${ticker} was removed is unknown; it stays registered, so repeat`,
    maker.remove(),
  )
  // 404: no maker runs there, only the list names it. Taking it off puts that right.
  if (!answer.ok && answer.problem.status !== 404) return problemResponse(c, answer.problem)
  await reach(
    'desk-unreachable',
    `${ticker} has stopped but is still on the list`,
    deps.desk.remove(ticker),
  )
  return c.json({ ticker, removed: true })
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
  const maker = await registeredMaker(c.var.deps, ticker)
  const protocol = offeredProtocols(c).includes(SUBPROTOCOL) ? SUBPROTOCOL : null
  const headers = new Headers({ upgrade: 'websocket' })
  if (protocol !== null) headers.set('sec-websocket-protocol', protocol)
  const answer = await reach(
    'maker-unreachable',
    `Maker ${ticker} did not open a live socket`,
    maker.fetch(new Request(LIVE_URL, { headers })),
  )
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
