// Turns a sportsbook's or an exchange's odds into a probability, and says how often to ask for
// them.
//
// A book's odds lose their margin first; an exchange's back and lay odds have a mid and need none
// of that. A whole-number line can end in a refund, which our markets cannot, so only x.5 lines
// count.

import type { Millis } from '../../core/vocabulary/units.ts'
import type { SourceClock } from '../common/clock.ts'
import { SOURCE_LIMITS } from '../common/freshness.ts'
import { impliedOf } from '../common/odds.ts'
import { live, type MappedSide, type SourceReading, silent } from '../common/types.ts'
import { fairOdds } from './devig.ts'
import type { OddsEvent, OddsMarket, PricedOutcome } from './odds-api-wire.ts'

/** Which price of an event the operator mapped. */
export interface OddsPick {
  readonly book: string
  /** 'h2h', 'spreads' or 'totals'. */
  readonly market: string
  readonly outcome: string
  /** How many outcomes the question has: 2, or 3 with a draw. */
  readonly outcomes: number
  /** The line, for spreads and totals. */
  readonly point?: number
  readonly side: MappedSide
}

/** True for lines that cannot be hit exactly. */
export const halfLine = (point: number): boolean => Math.abs(point) % 1 === 0.5

/** A complete priced question: decimal odds in order, and which of them is ours. */
interface PricedQuestion {
  readonly source: string
  readonly key: string
  readonly decimals: readonly number[]
  readonly texts: readonly string[]
  readonly chosen: number
  readonly outcomes: number
  readonly side: MappedSide
}

/** The probability of a priced question, margin taken out; `clock` has read it already. */
const bookReading = (question: PricedQuestion, clock: SourceClock): SourceReading => {
  if (question.side === 'inverse' && question.outcomes !== 2) {
    return silent('error', 'inverse of one of three outcomes')
  }
  const fair = fairOdds(question.decimals, question.outcomes, question.chosen)
  if (fair.kind === 'refused') return silent('error', `${fair.fault}: ${fair.detail}`)
  const p = fair.p[question.chosen]!
  // Half the methods' disagreement, from probability to log-odds (d logit = dp / p(1-p)).
  const doubt = fair.methodSpreadCents / 200 / (p * (1 - p))
  return live({
    source: question.source,
    kind: 'sportsbook',
    key: question.key,
    pYes: question.side === 'inverse' ? 1 - p : p,
    sigma: Math.hypot(SOURCE_LIMITS.sportsbook.sigma, doubt),
    changedAt: clock.changedAt,
    confirmedAt: clock.confirmedAt,
    methodSpreadCents: fair.methodSpreadCents,
    raw: { odds: question.texts },
  })
}

const EXCHANGES = /(^|_)ex(_|$)|^matchbook$|^smarkets$/

/** Mid of 1/back and 1/lay of each outcome, made to sum to one. null when a price is missing. */
export const exchangeProbabilities = (
  back: readonly number[],
  lay: readonly number[],
): readonly number[] | null => {
  const mids = back.map((price, index) => (impliedOf(price) + impliedOf(lay[index]!)) / 2)
  let total = 0
  for (const mid of mids) total += mid
  return total > 0 && Number.isFinite(total) ? mids.map((mid) => mid / total) : null
}

/** The outcomes of one line: those at `point`, or (spreads) at its opposite. */
const onLine = (market: OddsMarket, pick: OddsPick): readonly PricedOutcome[] =>
  pick.point === undefined
    ? market.outcomes
    : market.outcomes.filter(({ name, point }) =>
        pick.market === 'spreads' && name !== pick.outcome
          ? point === -pick.point!
          : point === pick.point,
      )

/**
 * What one book of one event says, from the latest answer. `clock` belongs to this event, book and
 * pick and is fed here; `receivedAt` is when the answer came. An event or book that is missing from
 * an answer is off the board: call with null.
 */
export const oddsApiReading = (
  event: OddsEvent | null,
  pick: OddsPick,
  clock: SourceClock,
  receivedAt: Millis,
  inPlay: boolean,
): SourceReading => {
  if (event === null) return silent('suspended', 'event is off the board')
  if (event.startAt <= receivedAt && !inPlay) return silent('closed', 'started')
  if (pick.point !== undefined && !halfLine(pick.point)) {
    return silent('error', `line ${pick.point} can end in a refund, wanted x.5`)
  }
  const book = event.books.find(({ key }) => key === pick.book)
  const market = book?.markets.find(({ key }) => key === pick.market)
  if (market === undefined) return silent('suspended', `${pick.book} has no ${pick.market}`)
  const outcomes = onLine(market, pick)
  const chosen = outcomes.findIndex(({ name }) => name === pick.outcome)
  if (chosen < 0) return silent('suspended', `${pick.book} has no ${pick.outcome}`)
  const decimals = outcomes.map(({ decimal }) => decimal)
  const texts = outcomes.map(({ text }) => text)
  const source = `oddsapi:${pick.book}`
  const key = `${event.id}/${pick.market}/${pick.outcome}`
  clock.read(texts.join(' '), market.lastUpdate, receivedAt)
  const { side } = pick
  if (!EXCHANGES.test(pick.book)) {
    return bookReading(
      { source, key, decimals, texts, chosen, outcomes: pick.outcomes, side },
      clock,
    )
  }
  const lays = book?.markets.find((each) => each.key === `${pick.market}_lay`)
  if (lays === undefined || outcomes.length !== pick.outcomes) {
    return silent('suspended', `${pick.book} has no lay odds`)
  }
  if (pick.side === 'inverse' && pick.outcomes !== 2) {
    return silent('error', 'inverse of one of three outcomes')
  }
  const lay = outcomes.map(
    ({ name }) => lays.outcomes.find((each) => each.name === name)?.decimal ?? Number.NaN,
  )
  const p = exchangeProbabilities(decimals, lay)?.[chosen]
  if (p === undefined) return silent('suspended', `${pick.book} lacks a price`)
  const spread = Math.abs(impliedOf(decimals[chosen]!) - impliedOf(lay[chosen]!))
  return live({
    source,
    kind: 'exchange',
    key,
    pYes: pick.side === 'inverse' ? 1 - p : p,
    sigma: Math.max(SOURCE_LIMITS.exchange.sigma, (0.5 * spread) / (p * (1 - p))),
    changedAt: clock.changedAt,
    confirmedAt: clock.confirmedAt,
    spreadCents: 100 * spread,
    raw: { odds: [...texts, ...lay.map(String)] },
  })
}

const RESERVE = 0.05

/**
 * Milliseconds until the next poll; Infinity for none. Slow far from a start, once a minute near
 * it, and stretched so that the credits last the month. `plannedCredits` is what the plain rhythm
 * would still spend this month; a share of 5 percent of `planCredits` is never touched.
 */
export const pollInterval = (facts: {
  readonly now: Millis
  /** Start of the next mapped game; NaN when there is none. */
  readonly nextStartAt: Millis
  readonly inPlay: boolean
  readonly creditsLeft: number | null
  readonly planCredits: number
  readonly plannedCredits: number
}): Millis => {
  const ahead = facts.nextStartAt - facts.now
  if (Number.isNaN(ahead) || (ahead <= 0 && !facts.inPlay)) return Number.POSITIVE_INFINITY
  const { creditsLeft } = facts
  if (creditsLeft !== null && creditsLeft <= RESERVE * facts.planCredits) {
    return Number.POSITIVE_INFINITY
  }
  const plain = ahead > 6 * 3_600_000 ? 600_000 : ahead > 90 * 60_000 ? 120_000 : 60_000
  return plain * (creditsLeft === null ? 1 : Math.max(1, facts.plannedCredits / creditsLeft))
}
