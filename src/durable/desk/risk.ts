// Shares among makers what the account may lose, and its cash. Pure: state in, state and terms out.
//
// Every maker gets a fixed bound on what its ticker may lose at settlement, by the answer. A bound
// stays with its holder until it is renewed, however long that takes, so a grant is never more than
// the bounds of the others leave: two makers cannot both take the last dollar, and one that cannot
// reach the desk does no harm. What its position loses is always granted, and room beyond that is
// shared equally; when there is none, a maker can only reduce.

import type { ByAnswer, DeskTerms, RiskReport, TradingState } from '../../core/vocabulary/desk.ts'
import { type DeskLimits, defaultDeskLimits } from '../../core/vocabulary/desk-limits.ts'
import { DOLLAR, type Money } from '../../core/vocabulary/units.ts'

const DAY_MS = 86_400_000

/** Plain JSON, as stored by the desk: a maker's last report, and what others must assume of it. */
interface Holding extends RiskReport {
  readonly at: number
  /** What it was granted, or has in orders where that is more. */
  readonly bound: Money
  readonly most: ByAnswer
}

/** Plain JSON, as stored by the desk. */
export interface RiskState {
  readonly limits: DeskLimits
  readonly state: TradingState
  readonly holdings: Readonly<Record<string, Holding>>
  /** What else counts for a UTC day: tickers removed since, less what a person wrote off. */
  readonly carried: { readonly day: number; readonly gain: Money }
}

export const freshRisk = (): RiskState => ({
  limits: defaultDeskLimits(),
  state: 'active',
  holdings: {},
  carried: { day: 0, gain: 0 },
})

/** One ticker of an event, with its loss by the answer to its own question. */
interface Member extends ByAnswer {
  readonly exclusive: boolean
}

/**
 * The worst outcome of one event. Of exclusive markets at most one is answered yes, so it is the
 * worst over each of them being the one, and none of ours being it. Otherwise each may be worst.
 */
export const worstOutcome = (members: readonly Member[]): Money => {
  if (!members.every(({ exclusive }) => exclusive)) {
    return members.reduce((sum, { yes, no }) => sum + Math.max(yes, no), 0)
  }
  const none = members.reduce((sum, { no }) => sum + no, 0)
  return none + Math.max(0, ...members.map(({ yes, no }) => yes - no))
}

/** Tickers by event; one without a name is an event of its own. */
const byEvent = (members: Readonly<Record<string, Member & { event: string }>>) => {
  const events = new Map<string, Member[]>()
  for (const [ticker, member] of Object.entries(members)) {
    const name = member.event === '' ? `ticker ${ticker}` : member.event
    events.set(name, [...(events.get(name) ?? []), member])
  }
  return events
}

type Members = Readonly<Record<string, Member & { event: string }>>

const worstOf = (
  members: Members,
  ticker: string,
): { event: Money; desk: Money; count: number } => {
  const event = members[ticker]?.event || `ticker ${ticker}`
  const events = byEvent(members)
  let desk = 0
  for (const list of events.values()) desk += Math.max(0, worstOutcome(list))
  const own = events.get(event) ?? []
  return { event: worstOutcome(own), desk, count: own.length }
}

const view = (holdings: RiskState['holdings'], of: 'held' | 'most'): Members =>
  Object.fromEntries(
    Object.entries(holdings).map(([ticker, { event, exclusive, [of]: loss }]) => [
      ticker,
      { event, exclusive, ...loss },
    ]),
  )

/** The room beyond its position that a maker gets, and which limit leaves least. */
const growthOf = (
  { limits, holdings }: RiskState,
  ticker: string,
  report: RiskReport,
): { growth: Money; fair: Money; by: DeskTerms['by'] } => {
  const mine = { event: report.event, exclusive: report.exclusive, ...report.held }
  const held = worstOf({ ...view(holdings, 'held'), [ticker]: mine }, ticker)
  const assumed = worstOf({ ...view(holdings, 'most'), [ticker]: mine }, ticker)
  const makers = Object.keys({ ...holdings, [ticker]: report }).length
  const most = {
    event: limits.max_event_dollars_at_risk * DOLLAR,
    desk: limits.max_desk_dollars_at_risk * DOLLAR,
  }
  const share = {
    event: Math.floor((most.event - held.event) / held.count),
    desk: Math.floor((most.desk - held.desk) / makers),
  }
  const event = Math.min(share.event, most.event - assumed.event)
  const desk = Math.min(share.desk, most.desk - assumed.desk)
  return {
    growth: Math.max(0, Math.min(event, desk)),
    fair: Math.max(0, Math.min(share.event, share.desk)),
    by: event <= desk ? 'event-risk' : 'desk-risk',
  }
}

const cashFor = (risk: RiskState, ticker: string, report: RiskReport): Money | null => {
  const { min_cash } = risk.limits
  if (min_cash === 0) return null
  const others = Object.entries(risk.holdings)
    .filter(([other, { shard }]) => other !== ticker && shard === report.shard)
    .map(([, holding]) => holding)
  const reads = [report, ...others].flatMap(({ cash }) => (cash === null ? [] : [cash]))
  const [newest] = reads.sort((a, b) => b.at - a.at)
  // Not guessed: without a reading no order may bind any cash.
  if (newest === undefined) return 0
  const free = newest.balance - min_cash * DOLLAR
  const left = free - others.reduce((sum, { bound }) => sum + bound, 0)
  return Math.max(0, Math.min(Math.floor(free / (others.length + 1)), left))
}

/** What all tickers have gained in a UTC day, with what is carried; negative for a loss. */
export const dayGainOf = ({ holdings, carried }: RiskState, day: number): Money =>
  Object.values(holdings).reduce((sum, one) => sum + (one.day === day ? one.dayGain : 0), 0) +
  (carried.day === day ? carried.gain : 0)

/**
 * Takes a maker's report and grants what it may do from `at` (epoch ms) on. `partial`: others still
 * hold some of its share, so it should ask again soon.
 */
export const grantRisk = (
  risk: RiskState,
  ticker: string,
  at: number,
  until: number,
  report: RiskReport,
): { risk: RiskState; terms: DeskTerms; partial: boolean } => {
  const { held, used, wanted } = report
  const { [ticker]: _before, ...others } = risk.holdings
  const base = { ...risk, holdings: others }
  const { growth, fair, by } = growthOf(base, ticker, report)
  const bounded = (loss: Money): Money => Math.min(loss + growth, Math.max(wanted, loss))
  let most: ByAnswer = { yes: bounded(held.yes), no: bounded(held.no) }
  // Orders that exceed the new bound must go first: until they have, others count on them.
  const shrinks = used.yes > most.yes || used.no > most.no
  if (shrinks) most = { yes: Math.min(most.yes, used.yes), no: Math.min(most.no, used.no) }
  const cash = cashFor(base, ticker, report)
  const holding: Holding = {
    ...report,
    at,
    bound: Math.max(cash ?? 0, report.bound),
    most: shrinks ? used : most,
  }
  const next = { ...base, holdings: { ...others, [ticker]: holding } }
  const day = Math.floor(at / DAY_MS)
  const gain = dayGainOf(next, day)
  const now = worstOf(view(next.holdings, 'held'), ticker)
  const limit = (key: keyof DeskLimits): Money => Math.round(risk.limits[key] * DOLLAR)
  const left = Math.max(0, limit('max_daily_loss') + gain)
  const terms: DeskTerms = {
    ...{ until, state: risk.state, day, most, by, cash },
    othersGain: gain - (report.day === day ? report.dayGain : 0),
    maxDailyLoss: limit('max_daily_loss'),
    dayRoom: Math.floor(left / Object.keys(next.holdings).length),
    event: { limit: limit('max_event_dollars_at_risk'), used: now.event },
    desk: { limit: limit('max_desk_dollars_at_risk'), used: now.desk },
    minCash: limit('min_cash'),
  }
  return { risk: next, terms, partial: shrinks || growth < Math.min(fair, wanted) }
}

/** True when a desk that forgot the newest state could grant something twice. */
export const mustStoreRisk = (stored: RiskState, next: RiskState, ticker: string): boolean => {
  const [before, now] = [stored.holdings[ticker], next.holdings[ticker]]
  if (before === undefined || now === undefined) return before !== now
  if (now.event !== before.event || now.day !== before.day) return true
  const grows = (['yes', 'no'] as const).some((answer) => now.most[answer] > before.most[answer])
  return grows || now.bound > before.bound
}

/** Forgets a ticker that was removed; what it gained today still counts today. */
export const releaseRisk = (risk: RiskState, ticker: string): RiskState => {
  const { [ticker]: gone, ...holdings } = risk.holdings
  if (gone === undefined) return risk
  const { carried } = risk
  if (gone.day < carried.day) return { ...risk, holdings }
  const gain = gone.dayGain + (carried.day === gone.day ? carried.gain : 0)
  return { ...risk, holdings, carried: { day: gone.day, gain } }
}

/** A person writes off what was lost in the UTC day of `at`: the day counts from zero again. */
export const writeOffDay = (risk: RiskState, at: number): RiskState => {
  const day = Math.floor(at / DAY_MS)
  const carried = risk.carried.day === day ? risk.carried.gain : 0
  return { ...risk, carried: { day, gain: carried - dayGainOf(risk, day) } }
}

/** What the desk knows of events, tickers and cash, for GET /desk. */
export const riskView = (risk: RiskState, at: number) => {
  const day = Math.floor(at / DAY_MS)
  const events = [...byEvent(view(risk.holdings, 'held'))]
  return {
    state: risk.state,
    limits: risk.limits,
    day,
    dayGain: dayGainOf(risk, day),
    atRisk: worstOf(view(risk.holdings, 'held'), '').desk,
    assumed: worstOf(view(risk.holdings, 'most'), '').desk,
    events: events.map(([event, members]) => ({ event, atRisk: worstOutcome(members) })),
    tickers: Object.entries(risk.holdings).map(([ticker, holding]) => ({ ticker, ...holding })),
  }
}
