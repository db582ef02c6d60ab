// The mock oracles without a server: time is an argument, and a socket is a list of texts.
// Laws of the book and of the odds are tried with random values; the seed is printed when one of
// them is broken.

import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { readEvents } from '../../../mocks/oracles/event-file.ts'
import { fairIn, readTie } from '../../../mocks/oracles/follow.ts'
import { admin } from '../../../mocks/oracles/operator.ts'
import { Oracles, type OraclesOptions } from '../../../mocks/oracles/oracles.ts'
import type { Wire } from '../../../mocks/oracles/polymarket/channel.ts'
import { type Change, Ladder, ONE } from '../../../mocks/oracles/polymarket/ladder.ts'
import { american, decimal } from '../../../mocks/oracles/sportsbooks/sportsbook.ts'

const T0 = Date.parse('2026-11-24T12:00:00Z')
const GAME = 'nfl-dal-nyg-2026-12-24'
const QUESTION = 'mock-index-above-50'

type Frame = Record<string, unknown> & { event_type: string; timestamp: string }

/** A socket that keeps what it is sent. */
const listener = () => {
  const texts: string[] = []
  let ended: string | null = null
  const wire: Wire = {
    send: (text) => texts.push(text),
    close: (code) => {
      ended = `closed ${code}`
    },
    cut: () => {
      ended = 'cut'
    },
  }
  return {
    wire,
    texts,
    get ended() {
      return ended
    },
    /** Everything since the last call, arrays laid flat. */
    frames: (): Frame[] =>
      texts
        .splice(0)
        .filter((text) => text.startsWith('{') || text.startsWith('['))
        .flatMap((text) => JSON.parse(text) as Frame | Frame[]),
  }
}

const still: OraclesOptions = { walkCents: 0, takerEveryMs: 0 }
const open = (options: OraclesOptions = {}): Oracles => new Oracles({ ...still, ...options }, T0)

/** Those of the running test. */
let oracles: Oracles
beforeEach(() => {
  oracles = open()
})

const act = (name: string, body: unknown, at: number): Record<string, unknown> => {
  const text = JSON.stringify(body)
  const { status, body: answer } = admin(oracles, 'POST', `/admin/${name}`, text, at)
  if (status !== 200) throw new Error(`Act ${name}: ${JSON.stringify(answer)}`)
  return answer as Record<string, unknown>
}

const listen = (more: Record<string, unknown> = {}) => {
  const socket = listener()
  oracles.channel.attach(socket.wire, T0)
  const assets_ids = oracles.market(GAME).ids.tokens
  oracles.channel.receive(socket.wire, JSON.stringify({ type: 'market', assets_ids, ...more }), T0)
  return socket
}

/** A socket that has had its books already. */
const subscribed = () => {
  const socket = listen()
  socket.frames()
  return socket
}

const midOf = (slug = GAME): number => {
  const { bestBid, bestAsk } = oracles.market(slug).ladder
  return (bestBid + bestAsk) / 2 / ONE
}

describe('the book', () => {
  const value = fc.double({ min: 0.005, max: 0.995, noNaN: true })

  it('is never crossed nor one-sided while it moves, and its changes say what it becomes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(value, fc.constantFrom(100, 200, 400)), { minLength: 2, maxLength: 12 }),
        fc.constantFrom(10, 100),
        fc.integer(),
        (steps, tick, salt) => {
          const ladder = new Ladder(salt)
          const broken: string[] = []
          const bids = new Map<number, number>()
          const asks = new Map<number, number>()
          steps.forEach(([fair, spread], index) => {
            for (const change of ladder.moveTo(fair, tick, spread)) {
              const book = change.side === 'BUY' ? bids : asks
              if (change.size === 0) book.delete(change.price)
              else book.set(change.price, change.size)
              const bid = Math.max(0, ...bids.keys())
              const ask = Math.min(ONE, ...asks.keys())
              if (change.bestBid !== bid || change.bestAsk !== ask) broken.push('best prices')
              if (bid >= ask) broken.push(`crossed at ${bid}`)
              if (index > 0 && bids.size * asks.size === 0) broken.push('one-sided')
            }
            expect(bids).toEqual(ladder.bids)
            expect(asks).toEqual(ladder.asks)
            expect(broken).toEqual([])
          })
        },
      ),
    )
  })

  it('lies within a tick of the fair value, inside the grid', () => {
    fc.assert(
      fc.property(value, (fair) => {
        const ladder = new Ladder(1)
        ladder.moveTo(fair, 10, 100)
        const { bestBid, bestAsk } = ladder
        expect(bestBid).toBeGreaterThanOrEqual(10)
        expect(bestAsk).toBeLessThanOrEqual(ONE - 10)
        if (fair > 0.01 && fair < 0.99) {
          expect(Math.abs((bestBid + bestAsk) / 2 - fair * ONE)).toBeLessThanOrEqual(5.001)
        }
      }),
    )
  })

  it('shows a taker first and then what it took, all with the best prices after it', () => {
    const ladder = new Ladder(3)
    ladder.moveTo(0.505, 100, 100)
    const first = ladder.asks.get(5_100)!
    const { changes, fills } = ladder.take('BUY', first + 1)
    expect(fills).toEqual([
      { price: 5_100, size: first },
      { price: 5_200, size: 1 },
    ])
    expect(changes[0]).toMatchObject({ side: 'BUY', price: 5_200, size: first + 1 })
    expect(changes[1]).toMatchObject({ side: 'SELL', price: 5_100, size: 0 })
    const tops = changes.map(({ bestBid, bestAsk }: Change) => `${bestBid} ${bestAsk}`)
    expect(new Set(tops)).toEqual(new Set(['5000 5200']))
    expect(ladder.bids.has(5_200)).toBe(false)
  })
})

describe('the fair value', () => {
  it('walks the same way however often it is read, and differently with another seed', () => {
    const end = (seed: number, every: number): number => {
      oracles = open({ walkCents: 2, seed })
      for (let at = T0; at <= T0 + 60_000; at += every) oracles.step(at)
      return oracles.fair(GAME).p
    }
    expect(end(7, 50)).toBe(end(7, 15_000))
    expect(end(7, 50)).not.toBe(end(8, 50))
  })

  it('stands when the clock runs backwards', () => {
    oracles = open({ walkCents: 2 })
    oracles.step(T0 + 10_000)
    const { p } = oracles.fair(GAME)
    expect(oracles.step(T0)).toBe(T0 + 10_000)
    expect(oracles.fair(GAME).p).toBe(p)
  })

  it('is the value that it is given, by either outcome, until it walks again', () => {
    oracles = open({ walkCents: 2 })
    act('fair', { event: GAME, p: 0.7 }, T0)
    oracles.step(T0 + 60_000)
    expect(oracles.fair(GAME).p).toBeCloseTo(0.7, 9)
    act('fair', { event: GAME, p: 0.4, outcome: 'New York Giants' }, T0 + 60_000)
    expect(oracles.fair(GAME).p).toBeCloseTo(0.6, 9)
    act('walk', {}, T0 + 60_000)
    oracles.step(T0 + 120_000)
    expect(oracles.fair(GAME).p).not.toBeCloseTo(0.6, 9)
  })

  it('ignores given values for a while after a shock', () => {
    act('fair', { event: GAME, p: 0.5 }, T0)
    act('shock', { event: GAME, d: 0.08, hold_s: 5 }, T0)
    expect(act('fair', { event: GAME, p: 0.5 }, T0 + 4_999)).toEqual({ heard: false })
    expect(oracles.fair(GAME).p).toBeCloseTo(0.58, 9)
    expect(act('fair', { event: GAME, p: 0.5 }, T0 + 5_000)).toEqual({ heard: true })
    expect(oracles.fair(GAME).p).toBeCloseTo(0.5, 9)
  })
})

describe('the market channel', () => {
  it('answers a subscription with the books of both outcomes, mirrored, best prices last', () => {
    const [first, second] = listen().frames() as (Frame & {
      bids: { price: string; size: string }[]
      asks: { price: string; size: string }[]
    })[]
    expect([first!.event_type, second!.event_type]).toEqual(['book', 'book'])
    expect([first!.bids.at(-1)!.price, first!.asks.at(-1)!.price]).toEqual(['0.56', '0.57'])
    expect([second!.bids.at(-1)!.price, second!.asks.at(-1)!.price]).toEqual(['0.43', '0.44'])
    expect(second!.bids.map(({ size }) => size)).toEqual(first!.asks.map(({ size }) => size))
  })

  it('sends nothing about tokens without a subscription, or after unsubscribing', () => {
    const socket = subscribed()
    act('shock', { event: QUESTION, d: 0.1 }, T0)
    oracles.step(T0 + 1_000)
    expect(socket.texts).toEqual([])
    act('shock', { event: GAME, d: 0.1 }, T0 + 1_000)
    oracles.step(T0 + 2_000)
    expect(socket.frames().length).toBeGreaterThan(0)
    const assets_ids = oracles.market(GAME).ids.tokens
    const leave = JSON.stringify({ operation: 'unsubscribe', assets_ids })
    oracles.channel.receive(socket.wire, leave, T0 + 2_000)
    act('shock', { event: GAME, d: -0.1 }, T0 + 2_000)
    oracles.step(T0 + 3_000)
    expect(socket.texts).toEqual([])
  })

  it('adds best prices, and the end of a market, only for sockets with custom features', () => {
    const plain = listen()
    const more = listen({ custom_feature_enabled: true, initial_dump: false })
    expect(more.texts).toEqual([])
    act('shock', { event: GAME, d: 0.1 }, T0)
    oracles.step(T0 + 500)
    act('resolve', { event: GAME, result: 1 }, T0 + 500)
    const types = (frames: Frame[]): Set<string> => new Set(frames.map((one) => one.event_type))
    expect(types(plain.frames())).toEqual(new Set(['book', 'price_change']))
    const frames = more.frames()
    expect(types(frames)).toEqual(
      new Set(['book', 'price_change', 'best_bid_ask', 'market_resolved']),
    )
    expect(frames.at(-1)).toMatchObject({ winning_outcome: 'Dallas Cowboys' })
  })

  it('makes the grid finer beyond 96 cents, and says so before the new book', () => {
    const socket = subscribed()
    act('fair', { event: GAME, p: 0.9725 }, T0)
    oracles.step(T0 + 500)
    const frames = socket.frames()
    expect(frames.map((one) => one.event_type)).toEqual([
      'tick_size_change',
      'tick_size_change',
      'book',
      'book',
    ])
    expect(frames[0]).toMatchObject({ old_tick_size: '0.01', new_tick_size: '0.001' })
    expect(Math.abs(midOf() - 0.9725)).toBeLessThan(0.001)
  })

  it('sends trades, and the whole book after them', () => {
    const socket = subscribed()
    act('trade', { event: GAME, side: 'BUY', size: 12.5 }, T0 + 100)
    const frames = socket.frames()
    const trade = frames.find((one) => one.event_type === 'last_trade_price')
    expect(trade).toMatchObject({ price: '0.57', size: '12.5', side: 'BUY' })
    expect(new Set(frames.map(({ timestamp }) => timestamp))).toEqual(new Set([`${T0 + 100}`]))
    expect(frames.slice(-2).map((one) => one.event_type)).toEqual(['book', 'book'])
  })

  it('answers PING with PONG, and closes sockets that are silent for 15 seconds', () => {
    const lively = listen()
    const quiet = listen()
    oracles.channel.receive(lively.wire, 'PING', T0 + 10_000)
    expect(lively.texts.at(-1)).toBe('PONG')
    oracles.step(T0 + 14_999)
    expect(quiet.ended).toBeNull()
    oracles.step(T0 + 15_000)
    expect([quiet.ended, lively.ended]).toEqual(['closed 1000', null])
  })

  it('closes sockets without a subscription after 10 seconds', () => {
    const idle = listener()
    oracles.channel.attach(idle.wire, T0)
    oracles.channel.receive(idle.wire, 'PING', T0 + 9_000)
    oracles.step(T0 + 10_000)
    expect(idle.ended).toBe('closed 1000')
  })
})

describe('troubles', () => {
  it('lag: the venue moves so much later than the truth', () => {
    act('knobs', { source: 'polymarket', lag_ms: 3_000 }, T0)
    act('shock', { event: GAME, d: 0.1 }, T0 + 1_000)
    oracles.step(T0 + 3_900)
    expect(midOf()).toBeCloseTo(0.565, 9)
    oracles.step(T0 + 4_500)
    expect(midOf()).toBeCloseTo(0.67, 1)
  })

  it('delay: frames arrive later, in order, with the time at which they were made', () => {
    const socket = subscribed()
    act('knobs', { source: 'polymarket', delay_ms: 700 }, T0)
    act('shock', { event: GAME, d: 0.1 }, T0)
    oracles.step(T0 + 500)
    oracles.step(T0 + 1_199)
    expect(socket.texts).toEqual([])
    oracles.step(T0 + 1_200)
    expect(socket.frames()[0]?.timestamp).toBe(`${T0 + 500}`)
  })

  it('silence: nothing arrives, not even PONG, and it is lost; requests wait for ever', () => {
    const socket = subscribed()
    act('knobs', { source: 'polymarket', silent: true }, T0)
    act('shock', { event: GAME, d: 0.1 }, T0)
    oracles.step(T0 + 1_000)
    oracles.channel.receive(socket.wire, 'PING', T0 + 1_000)
    expect(oracles.answer('GET', '/clob/time', '', T0 + 1_000)).toBeNull()
    act('knobs', { source: 'polymarket', silent: false }, T0 + 1_000)
    oracles.step(T0 + 2_000)
    expect(socket.texts).toEqual([])
    expect(oracles.answer('GET', '/clob/time', '', T0 + 2_000)?.status).toBe(200)
  })

  it('silence: what was on its way is lost too', () => {
    const socket = subscribed()
    act('knobs', { source: 'polymarket', delay_ms: 1_000 }, T0)
    act('shock', { event: GAME, d: 0.1 }, T0)
    oracles.step(T0 + 500)
    act('knobs', { source: 'polymarket', silent: true }, T0 + 600)
    act('knobs', { source: 'polymarket', silent: false, stale: true }, T0 + 700)
    oracles.step(T0 + 3_000)
    expect(socket.texts).toEqual([])
  })

  it('suspension: an empty book and no orders, and quotes again after it', () => {
    const socket = subscribed()
    act('fair', { event: GAME, p: 0.575 }, T0)
    act('suspend', { source: 'polymarket', event: GAME }, T0)
    expect(socket.frames()[0]).toMatchObject({ event_type: 'book', bids: [], asks: [] })
    const market = (): Record<string, unknown> =>
      JSON.parse(oracles.answer('GET', `/gamma/markets/slug/${GAME}`, '', T0)!.text)
    expect(market()).toMatchObject({ acceptingOrders: false, closed: false })
    expect('bestBid' in market()).toBe(false)
    act('suspend', { source: 'polymarket', event: GAME, off: true }, T0 + 1_000)
    oracles.step(T0 + 1_500)
    expect(market()).toMatchObject({ acceptingOrders: true, bestBid: 0.57, bestAsk: 0.58 })
  })

  it('staleness: alive, but no price moves until it ends', () => {
    const socket = subscribed()
    act('knobs', { source: 'polymarket', stale: true }, T0)
    act('shock', { event: GAME, d: 0.1 }, T0)
    oracles.step(T0 + 5_000)
    oracles.channel.receive(socket.wire, 'PING', T0 + 5_000)
    expect(socket.texts).toEqual(['PONG'])
    act('clear', {}, T0 + 5_000)
    oracles.step(T0 + 6_000)
    expect(midOf()).toBeCloseTo(0.67, 1)
  })

  it('disagreement: one source, one event, by so much', () => {
    act('offset', { source: 'polymarket', event: GAME, by: -0.05 }, T0)
    oracles.step(T0 + 1_000)
    expect(Math.abs(midOf() - 0.52)).toBeLessThan(0.006)
    expect(Math.abs(midOf(QUESTION) - 0.5)).toBeLessThan(0.006)
    expect(oracles.believed('odds', GAME, T0 + 1_000)).toBeCloseTo(0.57, 9)
  })

  it('malformed frames: each form, as often as asked', () => {
    const spoilt = (form: string): string => {
      act('malformed', { source: 'polymarket', form }, T0)
      return listen().texts[0]!
    }
    expect(() => JSON.parse(spoilt('half'))).toThrow()
    expect(spoilt('html')).toMatch(/^<!DOCTYPE html>/)
    expect(JSON.parse(spoilt('empty'))[0].bids[0].price).toBe('')
    expect(typeof JSON.parse(spoilt('numbers'))[0].asset_id).toBe('number')
    expect(JSON.parse(spoilt('no-type'))[0].event_type).toBeUndefined()
    expect(listen().frames()[0]?.event_type).toBe('book')
  })

  it('are refused with a sentence when they make no sense, and change nothing', () => {
    expect(() => act('knobs', { source: 'polymarket', lag: 5 }, T0)).toThrow(/found \\"lag\\"/)
    expect(() => act('fair', { event: 'nope', p: 0.5 }, T0)).toThrow(/wanted one of/)
    expect(() => act('fair', { event: GAME, p: 57 }, T0)).toThrow(/from 0 to 1/)
    expect(oracles.troubles.polymarket.lagMs).toBe(0)
  })
})

describe('the sportsbooks', () => {
  const odds = (at: number, query = 'bookmakers=draftkings') => {
    const target = `/v4/sports/americanfootball_nfl/odds?apiKey=mock-odds-key&${query}`
    const outcome = oracles.answer('GET', target, '', at)!
    const body = JSON.parse(outcome.text)
    const game = Array.isArray(body) ? body[0] : undefined
    return { ...outcome, game, book: game?.bookmakers[0] }
  }

  it('are scraped once a minute: the time advances, the price only when it has moved', () => {
    const first = odds(T0).book
    const second = odds(T0 + 60_000).book
    expect(Date.parse(second.last_update) - Date.parse(first.last_update)).toBe(60_000)
    expect(second.markets[0].outcomes).toEqual(first.markets[0].outcomes)
    act('shock', { event: GAME, d: 0.1 }, T0 + 60_000)
    const price = (book: { markets: { outcomes: { price: number }[] }[] }): number =>
      book.markets[0]!.outcomes[0]!.price
    expect(price(odds(T0 + 60_001).book)).toBe(price(first))
    expect(price(odds(T0 + 120_001).book)).toBeLessThan(price(first))
  })

  it('give odds that contain the fair value and the hold, as moneylines of at least 100', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.05, max: 0.95, noNaN: true }), (p) => {
        oracles = open()
        act('fair', { event: GAME, p }, T0)
        act('scrape', {}, T0)
        const { book } = odds(T0, 'bookmakers=draftkings&oddsFormat=american')
        const lines = (book.markets[0].outcomes as { name: string; price: number }[]).map(
          ({ price }) => price,
        )
        for (const line of lines) expect(Math.abs(line)).toBeGreaterThanOrEqual(100)
        const implied = lines.map((line) => (line < 0 ? -line : 100) / (Math.abs(line) + 100))
        const [first = 0, second = 0] = implied
        expect(first + second).toBeGreaterThan(1.03)
        expect(first + second).toBeLessThan(1.06)
        expect(Math.abs(first / (first + second) - p)).toBeLessThan(0.006)
      }),
    )
    expect([american(0.525), decimal(-111), decimal(150)]).toEqual([-111, 1.9, 2.5])
  })

  it('put the home team second in the game and name every outcome', () => {
    const { game } = odds(T0)
    expect([game.away_team, game.home_team]).toEqual(['Dallas Cowboys', 'New York Giants'])
    expect(game.commence_time).toBe('2026-12-24T18:01:00Z')
  })

  it('stand still when stale, and are missing when their price is taken down', () => {
    const first = odds(T0).book
    act('knobs', { source: 'odds', stale: true }, T0)
    expect(odds(T0 + 300_000).book).toEqual(first)
    act('suspend', { event: GAME, source: 'odds', book: 'draftkings' }, T0 + 300_000)
    expect(odds(T0 + 300_000).game.bookmakers).toEqual([])
    act('suspend', { event: GAME, source: 'odds', book: 'draftkings', off: true }, T0)
    expect(odds(T0 + 300_000).book.key).toBe('draftkings')
  })

  it('charge markets times regions, nothing for nothing, and refuse when the month is over', () => {
    oracles = open({ credits: 4 })
    const spent = (query: string): string | undefined => odds(T0, query).headers['x-requests-last']
    expect(spent('bookmakers=draftkings,pinnacle')).toBe('1')
    expect(spent('regions=us,eu&markets=h2h')).toBe('2')
    const nothing = '/v4/sports/baseball_mlb/odds?apiKey=mock-odds-key&regions=us'
    expect(oracles.answer('GET', nothing, '', T0)).toMatchObject({
      text: '[]',
      headers: { 'x-requests-last': '0', 'x-requests-remaining': '1', 'x-requests-used': '3' },
    })
    expect(odds(T0).status).toBe(200)
    const refused = odds(T0)
    expect(refused.status).toBe(401)
    expect(JSON.parse(refused.text).error_code).toBe('OUT_OF_USAGE_CREDITS')
    expect(refused.headers['x-requests-remaining']).toBe('0')
  })

  it('refuse what they cannot read with a code', () => {
    oracles = open({ oddsPerSecond: 1_000 })
    const code = (target: string): string => {
      const { status, text } = oracles.answer('GET', target, '', T0)!
      return `${status} ${JSON.parse(text).error_code}`
    }
    const at = '/v4/sports/americanfootball_nfl/odds'
    const key = 'apiKey=mock-odds-key'
    expect(code(at)).toBe('401 MISSING_KEY')
    expect(code(`${at}?apiKey=wrong&regions=us`)).toBe('401 INVALID_KEY')
    expect(code(`${at}?${key}`)).toBe('422 MISSING_REGION')
    expect(code(`${at}?${key}&regions=mars`)).toBe('422 INVALID_REGION')
    expect(code(`${at}?${key}&bookmakers=nobody`)).toBe('422 INVALID_BOOKMAKERS')
    expect(code(`${at}?${key}&regions=us&markets=h2o`)).toBe('422 INVALID_MARKET')
    expect(code(`${at}?${key}&regions=us&oddsFormat=roman`)).toBe('422 INVALID_ODDS_FORMAT')
    expect(code(`/v4/sports/curling/odds?${key}&regions=us`)).toBe('404 UNKNOWN_SPORT')
    act('quota', { key: 'deactivated' }, T0)
    expect(code(`${at}?${key}&regions=us`)).toBe('401 DEACTIVATED_KEY')
    act('quota', { key: 'valid', per_second: 0 }, T0)
    expect(code(`${at}?${key}&regions=us`)).toBe('429 EXCEEDED_FREQ_LIMIT')
  })

  it('let thirty requests pass in a second, and more in the next', () => {
    const status = (at: number): number =>
      oracles.answer('GET', '/v4/sports?apiKey=mock-odds-key', '', at)!.status
    for (let count = 0; count < 30; count++) expect(status(T0)).toBe(200)
    expect(status(T0 + 999)).toBe(429)
    expect(status(T0 + 1_000)).toBe(200)
  })

  it('never show the key in the state', () => {
    oracles = open({ oddsKey: 'very-secret' })
    oracles.answer('GET', '/v4/sports?apiKey=very-secret', '', T0)
    const { body } = admin(oracles, 'GET', '/admin/state', '', T0)
    expect(JSON.stringify(body)).not.toContain('very-secret')
    expect(body).toMatchObject({ requests: { 'odds 200': 1 } })
  })
})

describe('events', () => {
  it('are read from a list, or refused with the entry that is wrong', () => {
    const game = {
      league: 'mlb',
      away: { code: 'col', name: 'Colorado Rockies' },
      home: { code: 'stl', name: 'St. Louis Cardinals' },
      start: '2026-08-08T00:15:00Z',
      p: 0.41,
    }
    const [spec] = readEvents(JSON.stringify([game]))
    // The date is New York's, not London's.
    expect(spec?.slug).toBe('mlb-col-stl-2026-08-07')
    const wrong = (entry: unknown): string => {
      try {
        readEvents(JSON.stringify([game, entry]))
        return ''
      } catch (error) {
        return (error as Error).message
      }
    }
    expect(wrong({ ...game, start: '2026-08-08 00:15' })).toMatch(/^Reading event 2 failed: .*zone/)
    expect(wrong({ ...game, league: 'chess' })).toMatch(/wanted one of nfl/)
    expect(wrong({ slug: 'a', title: 'b', end: game.start, q: 1 })).toMatch(/found "q"/)
    expect(wrong(game)).toMatch(/twice/)
  })

  it('keep their ids from one start to the next, and differ in the list that is valid', () => {
    const [first, again] = [open(), open({ seed: 9 })].map((one) => one.market(GAME).ids)
    expect(first).toEqual(again)
    for (const token of first!.tokens) expect(token).toMatch(/^\d{77,78}$/)
    const events = readEvents(
      JSON.stringify([{ slug: 'q', title: 'Q?', end: '2027-01-01T00:00:00Z', version: 'v2' }]),
    )
    oracles = open({ events })
    const { text } = oracles.answer('GET', '/gamma/markets/slug/q', '', T0)!
    const market = JSON.parse(text)
    expect(market.positionIds).toEqual(oracles.market('q').ids.tokens)
    expect(JSON.parse(market.clobTokenIds)).not.toEqual(market.positionIds)
  })

  it('can follow a crowd at the mock exchange', () => {
    expect(readTie('KXMOCK-26DEC31-T50=mock-index-above-50')).toEqual({
      ticker: 'KXMOCK-26DEC31-T50',
      slug: 'mock-index-above-50',
      outcome: null,
    })
    expect(readTie('KXA=nfl-dal-nyg-2026-12-24:New York Giants')?.outcome).toBe('New York Giants')
    expect(readTie('nonsense')).toBeNull()
    const state = { fair: [0.4, 0.6], markets: [{ ticker: 'A' }, { ticker: 'B' }, { ticker: 'C' }] }
    expect([fairIn(state, 'B'), fairIn(state, 'C'), fairIn({}, 'A')]).toEqual([0.6, null, null])
  })
})
