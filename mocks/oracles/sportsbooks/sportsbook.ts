// The bookmakers behind the aggregator: what each offers for each game, and when the aggregator
// last scraped it. Each book is scraped every minute (40 seconds in play), at its own phase. The
// API shows that time as `last_update`, whether or not the price has moved. A book moves its price
// only when its belief has moved by half a cent.

import type { Millis } from '../../../src/core/vocabulary/units.ts'
import { streamOf } from '../common/chance.ts'
import type { EventIds, EventSpec } from '../common/spec.ts'
import { idsOf } from '../common/spec.ts'

export interface Bookmaker {
  readonly key: string
  readonly title: string
  readonly region: string
  /** Sum of the implied probabilities minus one; of an exchange, the gap between back and lay. */
  readonly hold: number
  readonly exchange: boolean
}

export const BOOKMAKERS: readonly Bookmaker[] = [
  { key: 'fanduel', title: 'FanDuel', region: 'us', hold: 0.043, exchange: false },
  { key: 'draftkings', title: 'DraftKings', region: 'us', hold: 0.045, exchange: false },
  { key: 'pinnacle', title: 'Pinnacle', region: 'eu', hold: 0.025, exchange: false },
  { key: 'betfair_ex_eu', title: 'Betfair', region: 'eu', hold: 0.012, exchange: true },
]

/** The moneyline of a probability that includes the hold: -110, +150; never within ±100. */
export const american = (probability: number): number => {
  const q = Math.min(0.985, Math.max(0.01, probability))
  return q >= 0.5 ? -Math.round((100 * q) / (1 - q)) : Math.round((100 * (1 - q)) / q)
}

/** The same price as a decimal of two places, rounded to nearest as the API does. */
export const decimal = (line: number): number =>
  Math.round(100 * (1 + (line > 0 ? line / 100 : 100 / -line))) / 100

/** A bookmaker's lines for one game, first outcome first. */
export interface Offer {
  readonly bookmaker: Bookmaker
  readonly updatedAt: Millis
  readonly h2h: readonly [number, number]
  /** Only on an exchange. */
  readonly lay: readonly [number, number] | null
}

interface Quote {
  readonly bookmaker: Bookmaker
  updatedAt: Millis
  p: number
}

export interface Game {
  readonly spec: EventSpec
  readonly ids: EventIds
  readonly commenceAt: Millis
  readonly quotes: readonly Quote[]
  /** Keys of bookmakers that have withdrawn their price; '*' = all. */
  readonly down: Set<string>
  over: boolean
}

const MOVE = 0.005
/** The aggregator starts games a minute after the schedule: 14 of 14 seen in August 2026. */
const COMMENCE_LATE_MS: Millis = 60_000

const offerOf = ({ bookmaker, updatedAt, p }: Quote): Offer => {
  const { hold, exchange } = bookmaker
  const margin = exchange ? 1 - hold / 2 : 1 + hold
  const lines = (by: number): [number, number] => [american(p * by), american((1 - p) * by)]
  return {
    bookmaker,
    updatedAt,
    // On an exchange, backers get better odds than the middle and layers pay worse.
    h2h: lines(margin),
    lay: exchange ? lines(1 + hold / 2) : null,
  }
}

export class Sportsbook {
  readonly games: readonly Game[]

  constructor(specs: readonly EventSpec[], seed: number, at: Millis) {
    const chance = streamOf(seed, 'sportsbook')
    this.games = specs
      .filter(({ sport }) => sport !== null)
      .map((spec) => ({
        spec,
        ids: idsOf(spec),
        commenceAt: (spec.startAt ?? spec.endAt) + COMMENCE_LATE_MS,
        quotes: BOOKMAKERS.map((bookmaker) => ({
          bookmaker,
          updatedAt: at - Math.floor(chance.next() * 30_000),
          p: spec.p,
        })),
        down: new Set<string>(),
        over: false,
      }))
  }

  /** Scrapes every book that is due by `at`. `fair` is the belief at a time. */
  step(fair: (slug: string, at: Millis) => number, at: Millis, stale: boolean): void {
    // A stale aggregator does not scrape: its timestamps stop, and continue from there later.
    if (stale) return
    for (const game of this.games) {
      for (const quote of game.quotes) {
        const inPlay = at >= game.commenceAt
        const { exchange } = quote.bookmaker
        const every = (inPlay ? 40_000 : 60_000) / (exchange ? 2 : 1)
        while (at - quote.updatedAt >= every) {
          quote.updatedAt += every
          const p = fair(game.spec.slug, quote.updatedAt)
          if (Math.abs(p - quote.p) >= MOVE) quote.p = p
        }
      }
    }
  }

  /** Scrapes every book now. */
  scrapeAll(fair: (slug: string, at: Millis) => number, at: Millis): void {
    for (const game of this.games) {
      for (const quote of game.quotes) {
        quote.updatedAt = Math.max(quote.updatedAt, at)
        quote.p = fair(game.spec.slug, at)
      }
    }
  }

  /** The offers for a game. Books that have withdrawn it are missing, not empty. */
  offers(game: Game): Offer[] {
    return game.quotes
      .filter(({ bookmaker }) => !game.down.has('*') && !game.down.has(bookmaker.key))
      .map(offerOf)
  }
}
