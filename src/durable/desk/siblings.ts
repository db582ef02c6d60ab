// What the desk tells one maker of the other markets of its event. Pure: reports in, a view out.
//
// Of an event whose outcomes exclude each other, a maker is told the best prices of others and our
// position in each. In any other event the strikes may form a ladder: then it is told between which
// prices its own lies. Names decide which markets ask about the same number: an event on a game has
// the same strikes for both teams.

import type { RiskReport } from '../../core/vocabulary/desk.ts'
import type {
  LadderBound,
  Sibling,
  SiblingsView,
  Strikes,
  Top,
} from '../../core/vocabulary/siblings.ts'
import { type Millis, PRICE_ONE } from '../../core/vocabulary/units.ts'

/** What was told longer ago is left out, ms: of a ladder, where the best of all counts, sooner. */
const KEPT_MS = 300_000
const LADDER_KEPT_MS = 60_000

type Told = RiskReport & { readonly at: Millis }

/** The name of a market without the number at its end: markets of one ladder share it. */
const ladderOf = (ticker: string): string => ticker.replace(/[\d.]+$/, '')

/** Whether `inner` can be answered yes only where `outer` is; of equal strikes neither is. */
const isWithin = (inner: Strikes, outer: Strikes): boolean => {
  if (inner.type !== outer.type) return false
  const floors = (inner.floor ?? 0) - (outer.floor ?? 0)
  const caps = (outer.cap ?? 0) - (inner.cap ?? 0)
  return floors >= 0 && caps >= 0 && floors + caps > 0
}

/** One of equal price and later time, or of better price. */
const better = (one: LadderBound | null, other: LadderBound, sign: 1 | -1): LadderBound => {
  if (one === null) return other
  const gain = sign * (other.price - one.price)
  return gain > 0 || (gain === 0 && other.at > one.at) ? other : one
}

const ladderView = (
  ticker: string,
  own: Strikes | null | undefined,
  others: readonly (readonly [string, Told, Top])[],
): SiblingsView => {
  let low: LadderBound | null = null
  let high: LadderBound | null = null
  for (const [name, { at }, { bid, ask, strikes }] of others) {
    if (!own || strikes === null || ladderOf(name) !== ladderOf(ticker)) continue
    if (bid > 0 && isWithin(strikes, own)) low = better(low, { at, price: bid }, 1)
    if (ask < PRICE_ONE && isWithin(own, strikes)) high = better(high, { at, price: ask }, -1)
  }
  return { others: [], low, high }
}

const siblingOf = (ticker: string, { at }: Told, { bid, ask, position }: Top): Sibling => ({
  ...{ ticker, at, bid, ask, position },
})

/**
 * What the maker of `ticker` is told; null where its event is not known, or it is alone in it.
 * @param at epoch ms
 */
export const siblingsOf = (
  reports: Readonly<Record<string, Told>>,
  ticker: string,
  at: Millis,
): SiblingsView | null => {
  const own = reports[ticker]
  if (own === undefined || own.event === '') return null
  const others = Object.entries(reports)
    .flatMap(([name, told]) => {
      const { top, event } = told
      const counts = name !== ticker && event === own.event && at - told.at <= KEPT_MS
      return counts && top !== undefined ? [[name, told, top] as const] : []
    })
    // A renewal moves a report to the end, which is no news.
    .sort(([one], [other]) => (one < other ? -1 : 1))
  if (others.length === 0) return null
  if (own.exclusive && others.every(([, told]) => told.exclusive)) {
    const list = others.map(([name, told, top]) => siblingOf(name, told, top))
    return { others: list, low: null, high: null }
  }
  const fresh = others.filter(([, told]) => at - told.at <= LADDER_KEPT_MS)
  return ladderView(ticker, own.top?.strikes, fresh)
}
