// Follows Polymarket for all makers: one connection for every mapped outcome, and the rows that
// prove a mapping.
//
// In: mappings, frames, rows. Out: readings. A mapping names a market by slug and an outcome by its
// words; the token behind it is looked up here, and again now and then. Books live as long as their
// connection. The metadata service is asked rarely: at load, every fifteen minutes, and on demand.

import { messageOf } from '../../core/vocabulary/outcome.ts'
import type { Millis } from '../../core/vocabulary/units.ts'
import { isMalformed } from '../common/json.ts'
import { type SourceReading, silent } from '../common/types.ts'
import type { MappedSource, Mapping, PolymarketSource } from '../mapping/mapping-config.ts'
import { parseTicker } from '../mapping/ticker.ts'
import { type Proposals, propose } from '../matching/propose.ts'
import type { ExternalRows } from '../matching/verify.ts'
import { type GammaMarket, readGammaMarkets, tokenOfOutcome } from '../polymarket/gamma-wire.ts'
import {
  changeSubscription,
  type PolymarketMessage,
  readBook,
  readFrame,
  subscribeMessage,
} from '../polymarket/market-wire.ts'
import { TokenBook } from '../polymarket/token-book.ts'
import { polymarketReading } from '../polymarket/value.ts'
import type { SourceReadings } from '../signal/ticker-signal.ts'
import { bodyOf, type ExternalFeed, type FeedWorld } from './feed.ts'
import { MarketSocket } from './polymarket-socket.ts'

export interface PolymarketHosts {
  readonly gammaUrl: string
  readonly clobUrl: string
  readonly wsUrl: string
}

const ROW_RETRY: Millis = 30_000
const LISTING_GOOD_FOR: Millis = 60_000
const BOOK_RETRY: Millis = 10_000
const LISTING =
  '/markets?sports_market_types=moneyline&closed=false&limit=500&order=startDate&ascending=false'

interface Row {
  market: GammaMarket | null
  problem: string
  askedAt: Millis
}

export class PolymarketFeed implements ExternalFeed {
  readonly #world: FeedWorld
  readonly #hosts: PolymarketHosts
  readonly #changed: (tickers: readonly string[]) => void
  readonly #socket: MarketSocket
  readonly #rows = new Map<string, Row>()
  readonly #books = new Map<string, TokenBook>()
  /** Tickers by token. */
  readonly #concerns = new Map<string, string[]>()
  readonly #bookAskedAt = new Map<string, Millis>()
  #mappings: ReadonlyMap<string, Mapping> = new Map()
  #listing: { at: Millis; markets: Promise<readonly GammaMarket[]> } | null = null
  malformed = 0

  /** @param changed called with the tickers that may have another price now */
  constructor(
    world: FeedWorld,
    hosts: PolymarketHosts,
    changed: (tickers: readonly string[]) => void,
  ) {
    this.#world = world
    this.#hosts = hosts
    this.#changed = changed
    this.#socket = new MarketSocket(world, hosts.wsUrl, {
      onOpen: () => this.#socket.send(subscribeMessage([...this.#books.keys()])),
      onFrame: (text, at) => this.#frame(text, at),
      onLost: () => this.#lost(),
    })
  }

  owns(source: MappedSource): boolean {
    return source.kind === 'polymarket'
  }

  follow(mappings: ReadonlyMap<string, Mapping>): void {
    this.#mappings = mappings
    const slugs = new Set(sourcesIn(mappings).map(({ slug }) => slug))
    for (const slug of this.#rows.keys()) if (!slugs.has(slug)) this.#rows.delete(slug)
    for (const slug of slugs) if (!this.#rows.has(slug)) void this.#lookUp(slug)
    this.#subscribe()
  }

  readings(mapping: Mapping, now: Millis): SourceReadings {
    const readings: SourceReading[] = []
    let oneSided = false
    for (const source of mapping.sources) {
      if (source.kind !== 'polymarket') continue
      const row = this.#rows.get(source.slug)
      const book = row?.market ? this.#books.get(tokenOfOutcome(row.market, source.outcome)) : null
      readings.push(this.#reading(mapping, source, row, book ?? null, now))
      if (book?.oneSided(now) === true && this.#socket.isOpen) oneSided = true
    }
    return { readings, names: readings.map(() => 'polymarket'), oneSided, sportsbook: false }
  }

  async rows(mapping: Mapping, source: MappedSource): Promise<ExternalRows> {
    if (source.kind !== 'polymarket') return { markets: [], descriptionSha256: '', events: [] }
    const row = await this.#lookUp(source.slug)
    if (row.market === null || row.problem !== '') throw new Error(row.problem)
    // All that could be meant, so that a second candidate is noticed; only games have any.
    const dated = parseTicker(mapping.ticker).kind === 'ticker'
    const listed = dated ? await this.#listed() : []
    const others = listed.filter(({ slug }) => slug !== source.slug)
    return {
      markets: [row.market, ...others],
      descriptionSha256: await this.#world.sha256(row.market.description),
      events: [],
    }
  }

  async candidates(ticker: string): Promise<Proposals> {
    return propose(ticker, await this.#listed(), [], '')
  }

  check(at: Millis): void {
    this.#socket.check(at)
    for (const [slug, { market, askedAt }] of this.#rows) {
      if (market === null && at - askedAt >= ROW_RETRY) void this.#lookUp(slug)
    }
    if (!this.#socket.isOpen) return
    for (const [token, book] of this.#books) {
      const asked = this.#bookAskedAt.get(token) ?? Number.NEGATIVE_INFINITY
      if (book.wantsBook(at) && at - asked >= BOOK_RETRY) void this.#readBook(token, book, at)
    }
  }

  stop(): void {
    this.#mappings = new Map()
    this.#rows.clear()
    this.#subscribe()
  }

  #reading(
    mapping: Mapping,
    source: PolymarketSource,
    row: Row | undefined,
    book: TokenBook | null,
    now: Millis,
  ): SourceReading {
    if (this.#socket.blocked !== '') return silent('blocked', this.#socket.blocked)
    if (row === undefined) return silent('starting', 'the market is being looked up')
    if (row.market === null) {
      return row.problem === ''
        ? silent('starting', 'the market is being looked up')
        : silent('error', row.problem)
    }
    if (book === null) {
      const { refusal } = row.market
      if (refusal !== '') return silent('closed', refusal)
      return silent('error', `no token for the outcome ${source.outcome}`)
    }
    return polymarketReading(
      book,
      {
        key: `${source.slug}/${source.outcome}`,
        side: source.side,
        refusal: row.market.refusal,
        startAt: mapping.startAt,
        inPlay: mapping.inPlay,
        confirmedAt: this.#socket.lastAlive,
      },
      now,
    )
  }

  /** Asks for the row of a market now. Never rejects: the row says what was wrong. */
  async #lookUp(slug: string): Promise<Row> {
    const known = this.#rows.get(slug)
    const row: Row = known ?? { market: null, problem: '', askedAt: 0 }
    row.askedAt = this.#world.now()
    this.#rows.set(slug, row)
    try {
      const url = `${this.#hosts.gammaUrl}/markets?slug=${encodeURIComponent(slug)}`
      const found = bodyOf(await this.#world.get(url), `Polymarket's market ${slug}`)
      // A listing hides what is closed; asked for by name it is there.
      let markets = marketsIn(found, slug)
      if (markets.length === 0) {
        const closed = await this.#world.get(`${url}&closed=true`)
        markets = marketsIn(bodyOf(closed, `Polymarket's market ${slug}`), slug)
      }
      row.market = markets.length === 1 ? markets[0]! : null
      row.problem =
        markets.length === 1 ? '' : `M2: ${markets.length} markets are called ${slug}, wanted 1`
    } catch (error) {
      // The known row stays: a failed request says nothing about the market.
      row.problem = `Looking up ${slug} failed: ${messageOf(error)}`
      if (row.market === null)
        this.#world.log('warn', 'external-lookup-failed', { slug, detail: row.problem })
    }
    this.#subscribe()
    this.#changed(this.#tickersOf(slug))
    return row
  }

  #listed(): Promise<readonly GammaMarket[]> {
    const now = this.#world.now()
    if (this.#listing !== null && Math.abs(now - this.#listing.at) < LISTING_GOOD_FOR) {
      return this.#listing.markets
    }
    const markets = this.#world.get(`${this.#hosts.gammaUrl}${LISTING}`).then((answer) => {
      const rows = readGammaMarkets(bodyOf(answer, "Polymarket's list of games"))
      return rows.flatMap((row) => (row.kind === 'market' ? [row] : []))
    })
    this.#listing = { at: now, markets }
    markets.catch(() => {
      this.#listing = null
    })
    return markets
  }

  /** Brings books and subscriptions in line with what is mapped. */
  #subscribe(): void {
    this.#concerns.clear()
    for (const [ticker, mapping] of this.#mappings) {
      for (const source of mapping.sources) {
        if (source.kind !== 'polymarket') continue
        const market = this.#rows.get(source.slug)?.market
        const token = market == null ? '' : tokenOfOutcome(market, source.outcome)
        if (token === '') continue
        const tickers = this.#concerns.get(token)
        if (tickers === undefined) this.#concerns.set(token, [ticker])
        else if (!tickers.includes(ticker)) tickers.push(ticker)
      }
    }
    const gone = [...this.#books.keys()].filter((token) => !this.#concerns.has(token))
    const fresh = [...this.#concerns.keys()].filter((token) => !this.#books.has(token))
    for (const token of gone) this.#books.delete(token)
    for (const token of fresh) this.#books.set(token, new TokenBook(token))
    if (this.#socket.isOpen) {
      if (fresh.length > 0) this.#socket.send(changeSubscription('subscribe', fresh))
      if (gone.length > 0) this.#socket.send(changeSubscription('unsubscribe', gone))
    }
    // A connection without a subscription would be closed by the venue.
    this.#socket.want(this.#books.size > 0)
  }

  #frame(text: string, at: Millis): void {
    const touched = new Set<string>()
    for (const message of readFrame(text)) {
      if (message.kind === 'malformed') {
        // The first few are worth reading; a flood of them is not.
        if (this.malformed++ < 5) {
          this.#world.log('warn', 'external-malformed', { detail: message.detail })
        }
        continue
      }
      for (const token of tokensOf(message)) {
        const book = this.#books.get(token)
        if (book === undefined) continue
        book.apply(message, at)
        for (const ticker of this.#concerns.get(token) ?? []) touched.add(ticker)
      }
    }
    if (touched.size > 0) this.#changed([...touched])
  }

  #lost(): void {
    for (const book of this.#books.values()) book.drop()
    this.#changed([...this.#mappings.keys()])
  }

  async #readBook(token: string, book: TokenBook, at: Millis): Promise<void> {
    this.#bookAskedAt.set(token, at)
    const { epoch } = book
    try {
      const answer = await this.#world.get(`${this.#hosts.clobUrl}/book?token_id=${token}`)
      const read = readBook(bodyOf(answer, "Polymarket's book"))
      if (isMalformed(read)) throw new Error(read.detail)
      // A book that the channel has sent meanwhile is younger.
      if (book.epoch !== epoch || !this.#socket.isOpen) return
      book.apply(read, this.#world.now())
      this.#changed(this.#concerns.get(token) ?? [])
    } catch (error) {
      this.#world.log('warn', 'external-book-failed', { detail: messageOf(error) })
    }
  }

  #tickersOf(slug: string): readonly string[] {
    return [...this.#mappings].flatMap(([ticker, { sources }]) =>
      sources.some((source) => source.kind === 'polymarket' && source.slug === slug)
        ? [ticker]
        : [],
    )
  }
}

const sourcesIn = (mappings: ReadonlyMap<string, Mapping>): PolymarketSource[] =>
  [...mappings.values()].flatMap(({ sources }) =>
    sources.flatMap((source) => (source.kind === 'polymarket' ? [source] : [])),
  )

const marketsIn = (body: unknown, slug: string): readonly GammaMarket[] =>
  readGammaMarkets(body).flatMap((row) => (row.kind === 'market' && row.slug === slug ? [row] : []))

/** Every token that a message is about; a change comes for both outcomes of a market. */
const tokensOf = (message: PolymarketMessage): readonly string[] => {
  switch (message.kind) {
    case 'book':
    case 'tick':
    case 'top':
      return [message.token]
    case 'change':
      return [...new Set(message.entries.map(({ token }) => token))]
    case 'resolved':
      return message.tokens
    default:
      return []
  }
}
