// One ticker's trading: re-arm it after it has halted itself, or let it quote, reduce, or stand
// still.

import * as v from 'valibot'
import { ApiError, answerResponse, reach } from '../answer.ts'
import type { Handler } from '../deps.ts'
import { RELEASE, resetDay, STATE } from '../desk/desk.ts'
import { readBody, readTicker } from '../request.ts'
import { existing } from './register.ts'

/** POST /tickers/{ticker}/release */
export const releaseTicker: Handler = async (c) => {
  const { deps } = c.var
  const ticker = readTicker(c)
  const { reset_day } = await readBody(c, RELEASE)
  const halt = deps.desk.getHalt()
  const { halted } = await reach('desk-unreachable', 'The halt latch could not be read', halt)
  if (halted) {
    const message = `Release of ${ticker} refused: the whole account is halted; use POST /resume`
    throw new ApiError(409, 'account-halted', message)
  }
  if (reset_day) await resetDay(deps)
  const failed = `Whether maker ${ticker} was released is unknown`
  const answer = await reach('maker-unreachable', failed, deps.maker(ticker).release())
  return answerResponse(c, existing(ticker, answer))
}

const STATE_BODY = v.strictObject({ state: STATE })

/** POST /tickers/{ticker}/state */
export const setTickerState: Handler = async (c) => {
  const ticker = readTicker(c)
  const { state } = await readBody(c, STATE_BODY)
  const maker = c.var.deps.maker(ticker)
  const failed = `Whether maker ${ticker} took the state "${state}" is unknown`
  const answer = await reach('maker-unreachable', failed, maker.setState(state))
  return answerResponse(c, existing(ticker, answer))
}
