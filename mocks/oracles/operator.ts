// The operator API of the oracles, for people and for tests: shows the state, sets fair values, and
// makes either source late, wrong, silent, stuck, unreadable or unreachable. Not part of any real
// API; plain JSON under /admin, without authentication, on loopback only.

import type { Millis } from '../../src/core/vocabulary/units.ts'
import {
  type Body,
  countIn,
  flagIn,
  nameIn,
  numberIn,
  OperatorError,
  oneOf,
  onlyKeys,
} from '../common/operator-input.ts'
import { type Answer, ok } from './common/answer.ts'
import { LONGEST_LAG_MS } from './common/fair.ts'
import { FORMS, type Trouble } from './common/trouble.ts'
import { type Oracles, SOURCES, type SourceName } from './oracles.ts'
import { topOf } from './polymarket/frames.ts'
import { ONE } from './polymarket/ladder.ts'
import { KEY_STATES } from './sportsbooks/quota.ts'
import { BOOKMAKERS } from './sportsbooks/sportsbook.ts'

type Act = (oracles: Oracles, body: Body, at: Millis) => unknown

const MANY = 1_000_000

const sourceIn = (body: Body): SourceName => oneOf(body, 'source', SOURCES)
const troubleIn = (oracles: Oracles, body: Body): Trouble => oracles.troubles[sourceIn(body)]

/** The index of the named outcome; the first by default. */
const outcomeIn = (body: Body, outcomes: readonly string[]): number =>
  outcomes.indexOf(oneOf(body, 'outcome', outcomes, outcomes[0]!))

const fair: Act = (oracles, body, at) => {
  onlyKeys(body, ['event', 'p', 'outcome'])
  const { spec } = oracles.market(nameIn(body, 'event'))
  const p = numberIn(body, 'p', undefined, 0, 1)
  const heard = oracles.fair(spec.slug).follow(outcomeIn(body, spec.outcomes) === 0 ? p : 1 - p, at)
  return { heard }
}

const walk: Act = (oracles, body) => {
  onlyKeys(body, ['event'])
  const slugs = body.event === undefined ? [...oracles.fairs.keys()] : [nameIn(body, 'event')]
  for (const slug of slugs) oracles.fair(slug).walk()
  return { walking: slugs }
}

const shock: Act = (oracles, body, at) => {
  onlyKeys(body, ['event', 'd', 'outcome', 'hold_s'])
  const { spec } = oracles.market(nameIn(body, 'event'))
  const d = numberIn(body, 'd', undefined, -1, 1)
  const holdMs = numberIn(body, 'hold_s', 10, 0, 3_600) * 1_000
  const value = oracles.fair(spec.slug)
  value.shock(outcomeIn(body, spec.outcomes) === 0 ? d : -d, holdMs, at)
  return { p: value.p }
}

const knobs: Act = (oracles, body) => {
  onlyKeys(body, ['source', 'lag_ms', 'delay_ms', 'silent', 'stale'])
  const trouble = troubleIn(oracles, body)
  trouble.lagMs = countIn(body, 'lag_ms', trouble.lagMs, 0, LONGEST_LAG_MS)
  trouble.delayMs = countIn(body, 'delay_ms', trouble.delayMs, 0, LONGEST_LAG_MS)
  trouble.silent = flagIn(body, 'silent', trouble.silent)
  trouble.stale = flagIn(body, 'stale', trouble.stale)
  return trouble.state
}

const offset: Act = (oracles, body) => {
  onlyKeys(body, ['source', 'by', 'event'])
  const trouble = troubleIn(oracles, body)
  const slug = body.event === undefined ? null : nameIn(body, 'event')
  if (slug !== null) oracles.fair(slug)
  trouble.disagree(slug, numberIn(body, 'by', undefined, -1, 1))
  return trouble.state
}

const malformed: Act = (oracles, body) => {
  onlyKeys(body, ['source', 'form', 'times'])
  const trouble = troubleIn(oracles, body)
  trouble.malform(oneOf(body, 'form', FORMS, 'half'), countIn(body, 'times', 1, 0, MANY))
  return trouble.state
}

const refuse: Act = (oracles, body) => {
  onlyKeys(body, ['status', 'times'])
  const trouble = oracles.troubles.polymarket
  trouble.refuse(countIn(body, 'status', 503, 400, 599), countIn(body, 'times', MANY, 0, MANY))
  return trouble.state
}

const fail: Act = (oracles, body) => {
  onlyKeys(body, ['source', 'status', 'times'])
  const trouble = troubleIn(oracles, body)
  trouble.fail(countIn(body, 'status', 503, 400, 599), countIn(body, 'times', 1, 0, MANY))
  return trouble.state
}

const drop: Act = (oracles, body) => {
  onlyKeys(body, [])
  return { dropped: oracles.channel.drop() }
}

const raw: Act = (oracles, body, at) => {
  onlyKeys(body, ['text'])
  oracles.channel.raw(nameIn(body, 'text'), at)
  return { sent: oracles.channel.connections }
}

const trade: Act = (oracles, body, at) => {
  onlyKeys(body, ['event', 'side', 'size'])
  const market = oracles.market(nameIn(body, 'event'))
  const side = oneOf(body, 'side', ['BUY', 'SELL'] as const)
  const size = Math.round(numberIn(body, 'size', undefined, 0.01, MANY) * 100)
  oracles.channel.publish(market.take(side, size, at), at)
  return { last: market.last }
}

const suspend: Act = (oracles, body, at) => {
  onlyKeys(body, ['event', 'source', 'book', 'off'])
  const market = oracles.market(nameIn(body, 'event'))
  const on = !flagIn(body, 'off', false)
  if (sourceIn(body) === 'polymarket') {
    oracles.channel.publish(market.suspend(on, at), at)
    return { suspended: market.suspended }
  }
  const keys = ['*', ...BOOKMAKERS.map(({ key }) => key)]
  const book = oneOf(body, 'book', keys, '*')
  const game = oracles.sportsbook.games.find(({ spec }) => spec.slug === market.spec.slug)
  if (game === undefined) {
    throw new OperatorError(`Operator request failed: no sportsbook offers ${market.spec.slug}`)
  }
  if (on) game.down.add(book)
  else game.down.delete(book)
  return { down: [...game.down] }
}

const resolve: Act = (oracles, body, at) => {
  onlyKeys(body, ['event', 'result'])
  const market = oracles.market(nameIn(body, 'event'))
  const result = numberIn(body, 'result', undefined, 0, 1)
  if (result !== 0 && result !== 0.5 && result !== 1) {
    throw new OperatorError(`Operator request failed: result was ${result}, wanted 0, 0.5 or 1`)
  }
  if (market.result !== null) {
    throw new OperatorError(`Operator request failed: ${market.spec.slug} has ended already`)
  }
  oracles.channel.publish(market.resolve(result, at), at)
  for (const game of oracles.sportsbook.games) {
    if (game.spec.slug === market.spec.slug) game.over = true
  }
  return { result }
}

const quota: Act = (oracles, body) => {
  onlyKeys(body, ['remaining', 'used', 'key', 'per_second', 'exhausted_status'])
  const { quota } = oracles
  quota.remaining = countIn(body, 'remaining', quota.remaining, 0, MANY * 100)
  quota.used = countIn(body, 'used', quota.used, 0, MANY * 100)
  quota.perSecond = countIn(body, 'per_second', quota.perSecond, 0, MANY)
  quota.keyState = oneOf(body, 'key', KEY_STATES, quota.keyState)
  const status = countIn(body, 'exhausted_status', quota.exhaustedStatus, 401, 429)
  if (status !== 401 && status !== 429) {
    throw new OperatorError(
      `Operator request failed: exhausted_status was ${status}, wanted 401 or 429`,
    )
  }
  quota.exhaustedStatus = status
  return { remaining: quota.remaining, used: quota.used, key: quota.keyState }
}

const scrape: Act = (oracles, body, at) => {
  onlyKeys(body, [])
  oracles.scrape(at)
  return { scraped: oracles.sportsbook.games.length }
}

/** Ends every fault; fair values, suspensions and resolutions stay. */
const clear: Act = (oracles, body) => {
  onlyKeys(body, [])
  for (const source of SOURCES) oracles.troubles[source].clear()
  return { cleared: SOURCES }
}

const ACTS: Readonly<Record<string, Act>> = {
  fair,
  walk,
  shock,
  knobs,
  offset,
  malformed,
  refuse,
  fail,
  drop,
  raw,
  trade,
  suspend,
  resolve,
  quota,
  scrape,
  clear,
}
export const ACT_NAMES: readonly string[] = Object.keys(ACTS)

const state = (oracles: Oracles, at: Millis): unknown => ({
  now: at,
  events: oracles.markets.map((market) => {
    const { spec, ids } = market
    const game = oracles.sportsbook.games.find((one) => one.spec.slug === spec.slug)
    const { bid, ask } = topOf(market, 0)
    return {
      slug: spec.slug,
      outcomes: spec.outcomes,
      start: spec.startAt === null ? null : new Date(spec.startAt).toISOString(),
      fair: oracles.fair(spec.slug).p,
      walking: oracles.fair(spec.slug).walking,
      polymarket: {
        believed: oracles.believed('polymarket', spec.slug, at),
        tokens: ids.tokens,
        condition: ids.condition,
        bid: bid / ONE,
        ask: ask / ONE,
        open: market.open,
        result: market.result,
      },
      odds:
        game === undefined
          ? null
          : {
              believed: oracles.believed('odds', spec.slug, at),
              sport: spec.sport!.key,
              event_id: ids.odds,
              offers: Object.fromEntries(
                oracles.sportsbook.offers(game).map((one) => [one.bookmaker.key, one.h2h]),
              ),
            },
    }
  }),
  troubles: Object.fromEntries(SOURCES.map((name) => [name, oracles.troubles[name].state])),
  quota: {
    remaining: oracles.quota.remaining,
    used: oracles.quota.used,
    key: oracles.quota.keyState,
  },
  sockets: {
    open: oracles.channel.connections,
    subscriptions: oracles.channel.subscriptions,
    sent: oracles.channel.sent,
    pings: oracles.channel.pings,
  },
  requests: Object.fromEntries(oracles.requests),
})

/** Carries out a request whose path begins with /admin; its changes take effect at once. */
export const admin = (
  oracles: Oracles,
  method: string,
  path: string,
  text: string,
  time: Millis,
): Answer => {
  const at = oracles.step(time)
  if (method === 'GET' && path === '/admin/state') return ok(state(oracles, at))
  const act = ACTS[path.slice('/admin/'.length)]
  if (method !== 'POST' || act === undefined) {
    return { status: 404, body: { error: `No ${method} ${path} here` } }
  }
  try {
    const body = (text === '' ? {} : JSON.parse(text)) as Body
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw new OperatorError('Operator request failed: wanted a JSON object')
    }
    return ok(act(oracles, body, at))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { status: 400, body: { error: reason } }
  }
}
