// Polls one host of odds for all makers: one request for all games of a sport, within the credits.
//
// In: mappings and answers of the host. Out: readings. Polls run once a minute near a start, every
// ten minutes far from it, and in play only where the mapping asks for it. A wrong key switches the
// feed off until the configuration changes, spent credits until the month ends. No address is ever
// logged, because it carries the key.

import { backoffMs } from '../../core/vocabulary/backoff.ts'
import { messageOf } from '../../core/vocabulary/outcome.ts'
import type { Millis } from '../../core/vocabulary/units.ts'
import { SourceClock } from '../common/clock.ts'
import { SOURCE_LIMITS } from '../common/freshness.ts'
import { type SourceReading, silent } from '../common/types.ts'
import type { MappedSource, Mapping, OddsApiSource } from '../mapping/mapping-config.ts'
import { parseTicker } from '../mapping/ticker.ts'
import { type Proposals, propose } from '../matching/propose.ts'
import type { ExternalRows } from '../matching/verify.ts'
import type { SourceReadings } from '../signal/ticker-signal.ts'
import {
  type OddsEvent,
  readOddsFault,
  readQuota,
  withoutKey,
} from '../sportsbooks/odds-api-wire.ts'
import type { OddsHost } from '../sportsbooks/odds-hosts.ts'
import { nextMonth, OddsQuota } from '../sportsbooks/odds-quota.ts'
import { oddsApiReading, pollInterval } from '../sportsbooks/odds-value.ts'
import { bodyOf, type ExternalFeed, type FeedWorld, type Fetched } from './feed.ts'

/** Up to ten books cost as much as one. */
const USUAL_BOOKS = ['draftkings', 'pinnacle', 'betfair_ex_eu']
const MOST_BOOKS = 10
const FIRST_RETRY: Millis = 30_000
const LONGEST_RETRY: Millis = 600_000
const RATE_WAIT: Millis = 2_000
const BLOCKED_WAIT: Millis = 600_000
const QUOTA = 'odds-quota'

/** One sport's last answer and the next poll. */
class Board {
  events: readonly OddsEvent[] = []
  receivedAt: Millis = Number.NaN
  askedAt: Millis = Number.NEGATIVE_INFINITY
  /** Not before this, whatever the planned interval says. */
  notBefore: Millis = 0
  failures = 0
  asking: Promise<void> | null = null
}

export class OddsFeed implements ExternalFeed {
  readonly #world: FeedWorld
  readonly #host: OddsHost
  readonly #changed: (tickers: readonly string[]) => void
  readonly #boards = new Map<string, Board>()
  readonly #clocks = new Map<string, SourceClock>()
  readonly #quota: OddsQuota
  #mappings: ReadonlyMap<string, Mapping> = new Map()
  /** Why nothing is asked, and until when (Infinity: until the configuration changes). */
  #off = { reason: '', until: 0 }

  constructor(world: FeedWorld, host: OddsHost, changed: (tickers: readonly string[]) => void) {
    this.#world = world
    this.#host = host
    this.#changed = changed
    this.#quota = new OddsQuota(world.kept(QUOTA))
    if (host.off !== '') this.#off = { reason: host.off, until: Number.POSITIVE_INFINITY }
  }

  owns(source: MappedSource): boolean {
    return source.kind === 'oddsapi'
  }

  follow(mappings: ReadonlyMap<string, Mapping>): void {
    this.#mappings = mappings
    const sports = new Set(this.#sources().map(({ source }) => source.sport))
    for (const sport of this.#boards.keys()) if (!sports.has(sport)) this.#boards.delete(sport)
    for (const sport of sports) if (!this.#boards.has(sport)) this.#boards.set(sport, new Board())
    this.check(this.#world.now())
  }

  readings(mapping: Mapping, now: Millis): SourceReadings {
    const own = mapping.sources.filter((source) => source.kind === 'oddsapi')
    const readings = own.map((source) => this.#reading(mapping, source, now))
    // As far as it is known without a value: a book is the same whoever reports it.
    const names = own.map(({ book }, index) => readings[index]!.value?.source ?? `oddsapi:${book}`)
    return { readings, names, oneSided: false, sportsbook: true }
  }

  async rows(_mapping: Mapping, source: MappedSource): Promise<ExternalRows> {
    const nothing = { markets: [], descriptionSha256: '', events: [] }
    if (source.kind !== 'oddsapi') return nothing
    const board = this.#boards.get(source.sport)
    if (board === undefined || Number.isNaN(board.receivedAt)) {
      throw new Error(this.#off.reason || `No odds of ${source.sport} yet`)
    }
    return { ...nothing, events: board.events }
  }

  async candidates(ticker: string): Promise<Proposals> {
    const parsed = parseTicker(ticker)
    if (parsed.kind === 'refused') return { ticker, refusal: parsed.reason, candidates: [] }
    const host = this.#host
    if (host.off !== '') throw new Error(host.off)
    const sport = host.sports[parsed.league]
    // The list of games may lack odds, and a proposal says so.
    const answer = await this.#world.get(host.gamesUrl(sport))
    const games = host.read(bodyOf(answer, `Games of ${sport}`))
    const known = this.#boards.get(sport)?.events ?? []
    const priced = games.map((game) => known.find(({ id }) => id === game.id) ?? game)
    return propose(ticker, [], priced, USUAL_BOOKS[0]!)
  }

  check(at: Millis): void {
    if (at < this.#off.until) return
    if (this.#off.reason !== '') this.#off = { reason: '', until: 0 }
    for (const [sport, board] of this.#boards) {
      if (board.asking !== null || at < board.notBefore) continue
      const since = at - board.askedAt
      const interval = this.#interval(sport, at)
      if (since >= 0 && since < interval) continue
      if (interval === Number.POSITIVE_INFINITY) continue
      board.asking = this.#poll(sport, board).finally(() => {
        board.asking = null
      })
    }
  }

  stop(): void {
    this.#mappings = new Map()
    this.#boards.clear()
  }

  /** Credits left this month; null before the first answer. */
  get creditsLeft(): number | null {
    return this.#quota.left
  }

  #sources(): { readonly mapping: Mapping; readonly source: OddsApiSource }[] {
    return [...this.#mappings.values()].flatMap((mapping) =>
      mapping.sources.flatMap((source) => (source.kind === 'oddsapi' ? [{ mapping, source }] : [])),
    )
  }

  #reading(mapping: Mapping, source: OddsApiSource, now: Millis): SourceReading {
    const { reason } = this.#off
    if (reason !== '') return silent(reason.startsWith('blocked') ? 'blocked' : 'off', reason)
    if (this.#quota.atReserve) return silent('off', 'credits are at their reserve')
    const board = this.#boards.get(source.sport)
    if (board === undefined || Number.isNaN(board.receivedAt)) {
      return silent('starting', 'no odds yet')
    }
    if (now >= mapping.startAt && !mapping.inPlay) return silent('closed', 'started')
    const { eventId, book, market, outcome, outcomes, side, point } = source
    const id = [eventId, book, market, outcome, point, side].join('/')
    let clock = this.#clocks.get(id)
    if (clock === undefined) this.#clocks.set(id, (clock = new SourceClock()))
    const event = board.events.find((each) => each.id === eventId) ?? null
    const reading = oddsApiReading(
      event,
      { book, market, outcome, outcomes, side, ...(point === null ? {} : { point }) },
      clock,
      board.receivedAt,
      mapping.inPlay,
    )
    const { value } = reading
    if (value === null) return reading
    const age = now - value.confirmedAt
    if (age <= SOURCE_LIMITS[value.kind].maxAge) return reading
    const spent = this.#quota.today(now) < 1 ? "; today's credits are spent" : ''
    return silent('stale', `confirmed ${Math.round(age / 1000)} s ago${spent}`)
  }

  /** The interval between polls of a sport, longer so that credits last. */
  #interval(sport: string, at: Millis): Millis {
    const own = this.#sources().filter(({ source }) => source.sport === sport)
    const ahead = own.map(({ mapping }) => mapping.startAt).filter((start) => start > at)
    const nextStartAt = ahead.length === 0 ? Number.NaN : Math.min(...ahead)
    const inPlay = own.some(({ mapping }) => mapping.inPlay && mapping.startAt <= at)
    const facts = {
      now: at,
      nextStartAt: inPlay ? at : nextStartAt,
      inPlay,
      creditsLeft: null,
      planCredits: this.#quota.plan,
      plannedCredits: 0,
    }
    const plain = pollInterval(facts)
    if (!Number.isFinite(plain)) return plain
    // What the plain intervals of all sports would still spend until the last start, or the month's
    // end.
    const last = Math.max(at, ...ahead)
    const span = Math.min(nextMonth(at), inPlay ? nextMonth(at) : last) - at
    const plannedCredits = (span / plain) * this.#boards.size
    const slowed = pollInterval({ ...facts, creditsLeft: this.#quota.left, plannedCredits })
    return this.#quota.today(at) >= 1 ? slowed : Number.POSITIVE_INFINITY
  }

  async #poll(sport: string, board: Board): Promise<void> {
    if (this.#host.off !== '') return
    const own = this.#sources().filter(({ source }) => source.sport === sport)
    const mapped = own.map(({ source }) => source.book)
    const books = [...new Set([...mapped, ...USUAL_BOOKS])].slice(0, MOST_BOOKS)
    const markets = [...new Set(own.map(({ source }) => source.market))]
    board.askedAt = this.#world.now()
    let answer: Fetched
    try {
      answer = await this.#world.get(this.#host.oddsUrl(sport, books, markets))
    } catch (error) {
      this.#failed(board, withoutKey(messageOf(error)))
      return
    }
    const now = this.#world.now()
    if (this.#host.metered) {
      const counts = readQuota((name) => answer.header(name))
      this.#quota.update(counts, now)
      this.#world.keep(QUOTA, this.#quota.memory)
    }
    if (answer.status !== 200) this.#refused(board, answer, now)
    else {
      try {
        board.events = this.#host.read(bodyOf(answer, `Odds of ${sport}`))
        board.receivedAt = now
        board.failures = 0
        board.notBefore = 0
      } catch (error) {
        this.#failed(board, messageOf(error))
      }
    }
    this.#changed([...this.#mappings.keys()])
  }

  #failed(board: Board, detail: string): void {
    this.#world.log('warn', 'external-poll-failed', { detail })
    const wait = backoffMs(board.failures++, FIRST_RETRY, LONGEST_RETRY)
    board.notBefore = this.#world.now() + wait
    board.askedAt = Number.NEGATIVE_INFINITY
  }

  #refused(board: Board, { status, body }: Fetched, now: Millis): void {
    const fault = readOddsFault(status, body)
    const switchOff = (reason: string, until: Millis): void => {
      this.#off = { reason, until }
      this.#world.log('error', 'external-source-off', { reason })
    }
    switch (fault.kind) {
      case 'key':
        switchOff(`the key is refused: ${fault.code}`, Number.POSITIVE_INFINITY)
        return
      case 'credits':
        switchOff('credits are used up until the month ends', nextMonth(now))
        return
      case 'plan':
      case 'request':
        switchOff(`the request is refused: ${fault.code}`, Number.POSITIVE_INFINITY)
        return
      case 'blocked':
        switchOff(`blocked: ${fault.code}`, now + BLOCKED_WAIT)
        return
      case 'rate':
        board.notBefore = now + RATE_WAIT
        board.askedAt = Number.NEGATIVE_INFINITY
        return
      case 'unavailable':
        this.#failed(board, `Odds: found ${fault.code}, wanted 200`)
    }
  }
}
