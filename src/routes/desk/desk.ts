// The desk: what all makers together must not exceed, how much of it is used, and the state of
// trading. A change is stored first; then every maker is told to ask the desk for its new terms, so
// that it holds within a moment. One that is not reached hears of it with its next renewal.

import * as v from 'valibot'
import { TRADING_STATES } from '../../core/vocabulary/desk.ts'
import {
  DESK_LIMIT_ENTRIES,
  DESK_LIMITS,
  type DeskLimits,
} from '../../core/vocabulary/desk-limits.ts'
import { formatMoney } from '../../core/vocabulary/units.ts'
import type { DeskView } from '../../rpc/contracts.ts'
import { ApiError, reach } from '../answer.ts'
import type { Deps, Handler } from '../deps.ts'
import { registeredTickers, within } from '../makers/register.ts'
import { field, readBody } from '../request.ts'

/** Milliseconds a maker has to ask the desk again. */
const RENEW_DEADLINE = 5_000
const DAY_MS = 86_400_000

const iso = (at: number): string => new Date(at).toISOString()

const shown = (view: DeskView) => ({
  state: view.state,
  limits: view.limits,
  day: iso(view.day * DAY_MS).slice(0, 10),
  day_gain: formatMoney(view.dayGain),
  at_risk: formatMoney(view.atRisk),
  granted: formatMoney(view.assumed),
  events: view.events.map(({ event, atRisk }) => ({ event, at_risk: formatMoney(atRisk) })),
  tickers: view.tickers.map((one) => ({
    ticker: one.ticker,
    event: one.event,
    exclusive: one.exclusive,
    shard: one.shard,
    loss_if_yes: formatMoney(one.held.yes),
    loss_if_no: formatMoney(one.held.no),
    most_if_yes: formatMoney(one.most.yes),
    most_if_no: formatMoney(one.most.no),
    day_gain: formatMoney(one.day === view.day ? one.dayGain : 0),
    cash: one.cash === null ? null : formatMoney(one.cash.balance),
    reported_at: iso(one.at),
  })),
})

/** GET /desk */
export const getDesk: Handler = async (c) => {
  const { deps } = c.var
  const view = deps.desk.risk(deps.now())
  return c.json(shown(await reach('desk-unreachable', 'The desk could not be read', view)))
}

/** The state of trading, as a key of a body. */
export const STATE = field(v.picklist(TRADING_STATES), `one of ${TRADING_STATES.join(', ')}`)

const limit = (key: keyof DeskLimits) => {
  const { min, max } = DESK_LIMITS[key]
  return field(v.optional(DESK_LIMIT_ENTRIES[key]), `a number from ${min} to ${max} (dollars)`)
}

const CHANGE = v.strictObject({
  state: field(v.optional(v.picklist(TRADING_STATES)), `one of ${TRADING_STATES.join(', ')}`),
  max_daily_loss: limit('max_daily_loss'),
  max_event_dollars_at_risk: limit('max_event_dollars_at_risk'),
  max_desk_dollars_at_risk: limit('max_desk_dollars_at_risk'),
  min_cash: limit('min_cash'),
  reset_day: field(v.optional(v.boolean(), false), 'true or false'),
})

/** PUT /desk */
export const putDesk: Handler = async (c) => {
  const { deps } = c.var
  const { state, reset_day: resetDay, ...limits } = await readBody(c, CHANGE)
  const given = Object.fromEntries(Object.entries(limits).filter(([, is]) => is !== undefined))
  const change = { resetDay, limits: given, ...(state !== undefined && { state }) }
  const view = await reach(
    'desk-unreachable',
    'Whether the desk was changed is unknown: repeat',
    deps.desk.setRisk(change, deps.now()),
  )
  const missed = await tellMakers(deps)
  if (missed.length === 0) return c.json(shown(view))
  throw new ApiError(
    502,
    'desk-incomplete',
    `The desk is changed, but these makers have not confirmed it: ${missed.join(', ')}`,
    shown(view),
  )
}

/** Has every maker ask the desk again; the tickers of those that did not. */
const tellMakers = async (deps: Deps): Promise<string[]> => {
  const known = await registeredTickers(deps)
  const told = await Promise.all(
    known.map(async ({ ticker }) => {
      const answer = await within(deps, RENEW_DEADLINE, async () => {
        await deps.maker(ticker).renew()
        return { ok: true as const, value: null }
      })
      return answer.ok ? null : ticker
    }),
  )
  return told.filter((ticker) => ticker !== null)
}

/** Writes off what was lost in this UTC day, before makers are released. */
export const resetDay = (deps: Deps): Promise<unknown> =>
  reach(
    'desk-unreachable',
    'Nothing is released: the loss of the day could not be written off',
    deps.desk.setRisk({ resetDay: true }, deps.now()),
  )

/** The body of a release. */
export const RELEASE = v.strictObject({
  reset_day: field(v.optional(v.boolean(), false), 'true or false'),
})
