// Both sources together, without a server and without a clock: the fair value of every event, what
// each source believes of it, and who receives it. Time is always an argument; `step` carries out
// what is due.

import type { Millis } from '../../src/core/vocabulary/units.ts'
import { OperatorError } from '../common/operator-input.ts'
import { type Answer, type Call, callOf } from './common/answer.ts'
import { streamOf } from './common/chance.ts'
import { Fair, inside } from './common/fair.ts'
import { defaultEvents, type EventSpec } from './common/spec.ts'
import { corrupt, PAGE, Trouble } from './common/trouble.ts'
import { Channel, type ChannelOptions } from './polymarket/channel.ts'
import { type Asset, clob } from './polymarket/clob.ts'
import { bookFrame } from './polymarket/frames.ts'
import { gamma } from './polymarket/gamma.ts'
import { PolyMarket, type PolymarketOptions } from './polymarket/market.ts'
import { oddsApi } from './sportsbooks/odds-api.ts'
import { DEFAULT_KEY, Quota } from './sportsbooks/quota.ts'
import { Sportsbook } from './sportsbooks/sportsbook.ts'

export const SOURCES = ['polymarket', 'odds'] as const
export type SourceName = (typeof SOURCES)[number]

export interface OraclesOptions extends Partial<PolymarketOptions>, Partial<ChannelOptions> {
  readonly seed?: number
  readonly events?: readonly EventSpec[]
  /** Standard deviation of a minute's walk at 50 percent, in cents. Default 0.3; 0 = constant. */
  readonly walkCents?: number
  readonly oddsKey?: string
  /** Credits of the month. Default 20000. */
  readonly credits?: number
  /** Requests a second before The Odds API refuses. Default 30. */
  readonly oddsPerSecond?: number
}

/** The answer to a request, ready to send. */
export interface Outcome {
  readonly status: number
  readonly contentType: string
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** Everything that the operator API can reach. */
export class Oracles {
  readonly specs: readonly EventSpec[]
  readonly fairs: ReadonlyMap<string, Fair>
  readonly markets: readonly PolyMarket[]
  readonly channel: Channel
  readonly sportsbook: Sportsbook
  readonly quota: Quota
  readonly troubles: Readonly<Record<SourceName, Trouble>>
  /** Requests by root and status, such as "odds 200". Addresses are not kept: they hold the key. */
  readonly requests = new Map<string, number>()
  readonly startedAt: Millis
  #at: Millis

  constructor(options: OraclesOptions, at: Millis) {
    const seed = options.seed ?? 1
    this.#at = at
    this.startedAt = at
    this.specs = options.events ?? defaultEvents(at)
    this.troubles = { polymarket: new Trouble(), odds: new Trouble() }
    this.fairs = new Map(
      this.specs.map(({ slug, p }) => [
        slug,
        new Fair(streamOf(seed, `fair/${slug}`), p, options.walkCents ?? 0.3, at),
      ]),
    )
    const polymarket: PolymarketOptions = {
      spreadCents: options.spreadCents ?? 1,
      requoteMs: options.requoteMs ?? 500,
      takerEveryMs: options.takerEveryMs ?? 20_000,
    }
    this.markets = this.specs.map((spec) => new PolyMarket(spec, polymarket, seed, at))
    this.sportsbook = new Sportsbook(this.specs, seed, at)
    this.quota = new Quota(
      options.oddsKey ?? DEFAULT_KEY,
      options.credits ?? 20_000,
      options.oddsPerSecond ?? 30,
    )
    this.channel = new Channel(
      this.troubles.polymarket,
      (token) => {
        const asset = this.#asset(token)
        if (asset === null) return null
        return { tokens: [token], body: bookFrame(asset.market, asset.outcome), extra: false }
      },
      {
        pingTimeoutMs: options.pingTimeoutMs ?? 15_000,
        subscribeTimeoutMs: options.subscribeTimeoutMs ?? 10_000,
        tokensPerSocket: options.tokensPerSocket ?? 500,
      },
    )
  }

  /** The latest time seen. */
  get at(): Millis {
    return this.#at
  }

  /** Carries out everything that is due. A time that runs backwards counts as no time. */
  step(time: Millis): Millis {
    const at = Math.max(this.#at, time)
    this.#at = at
    for (const fair of this.fairs.values()) fair.step(at)
    if (!this.troubles.polymarket.stale) {
      for (const market of this.markets) {
        const believed = this.believed('polymarket', market.spec.slug, at)
        this.channel.publish(market.step(believed, at), at)
      }
    }
    this.sportsbook.step(this.#oddsFair, at, this.troubles.odds.stale)
    this.channel.step(at)
    return at
  }

  /** What a source believes to be fair at a time, with its lag and its offset. */
  believed(source: SourceName, slug: string, at: Millis): number {
    const trouble = this.troubles[source]
    return inside(this.fair(slug).before(at - trouble.lagMs) + trouble.offset(slug))
  }

  fair(slug: string): Fair {
    const fair = this.fairs.get(slug)
    if (fair !== undefined) return fair
    throw new OperatorError(
      `Operator request failed: event was "${slug}", wanted one of ${[...this.fairs.keys()].join(', ')}`,
    )
  }

  market(slug: string): PolyMarket {
    this.fair(slug)
    return this.markets.find(({ spec }) => spec.slug === slug)!
  }

  /** The aggregator looks at every book now. */
  scrape(at: Millis): void {
    this.sportsbook.scrapeAll(this.#oddsFair, at)
  }

  /** Answers a request to one of the three roots; null = never. */
  answer(method: string, target: string, text: string, time: Millis): Outcome | null {
    const at = this.step(time)
    const call = callOf(method, target, text)
    const root = call.path.split('/', 2)[1] ?? ''
    const source: SourceName = root === 'v4' ? 'odds' : 'polymarket'
    const trouble = this.troubles[source]
    const label = source === 'odds' ? 'odds' : root === 'clob' || root === 'gamma' ? root : 'other'
    if (trouble.silent) {
      this.#count(label, 'silence')
      return null
    }
    const failure = trouble.meetRequest()
    if (failure !== null) {
      this.#count(label, String(failure))
      return { status: failure, contentType: 'text/html', headers: {}, text: PAGE }
    }
    const answer = this.#route(call, root, at)
    this.#count(label, String(answer.status))
    const body = JSON.stringify(answer.body)
    // Spoilt frames are asked for by socket; REST is spoilt only where there is no socket.
    const form = source === 'odds' ? trouble.meetText() : null
    return {
      status: answer.status,
      contentType: form === 'html' ? 'text/html' : 'application/json',
      headers: answer.headers ?? {},
      text: form === null ? body : corrupt(body, form),
    }
  }

  readonly #oddsFair = (slug: string, at: Millis): number => this.believed('odds', slug, at)

  #route(call: Call, root: string, at: Millis): Answer {
    const inner: Call = { ...call, path: call.path.slice(root.length + 1) || '/' }
    const found =
      root === 'v4'
        ? oddsApi(call, this.sportsbook, this.quota, at)
        : root === 'clob'
          ? clob(inner, (token) => this.#asset(token), at)
          : root === 'gamma'
            ? gamma(inner, this.markets, this.startedAt)
            : null
    return found ?? { status: 404, body: { error: `No ${call.method} ${call.path} here` } }
  }

  /** A token, or a condition id for its first outcome. */
  #asset(id: string): Asset | null {
    for (const market of this.markets) {
      if (market.result !== null) continue
      const { tokens, condition } = market.ids
      if (id === tokens[0] || id === condition) return { market, outcome: 0 }
      if (id === tokens[1]) return { market, outcome: 1 }
    }
    return null
  }

  #count(label: string, status: string): void {
    const key = `${label} ${status}`
    this.requests.set(key, (this.requests.get(key) ?? 0) + 1)
  }
}
