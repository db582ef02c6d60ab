// A journal as a session: the market without us. Each case is a few frames in which it can be
// worked out by hand what the others' book was.

import { describe, expect, it } from 'vitest'
import { run } from '../../../../research/backtest/runs/run.ts'
import { parametersOf } from '../../../../research/backtest/runs/settings.ts'
import { sessionsOfJournal } from '../../../../research/backtest/sessions/journal-session.ts'
import type { Session } from '../../../../research/backtest/sessions/session.ts'
import { encodeEvent, encodeHead, JOURNAL_VERSION } from '../../../../src/core/record/journal.ts'
import type { Event, OrderReport } from '../../../../src/core/vocabulary/events.ts'
import { defaultParameters } from '../../../../src/core/vocabulary/parameters.ts'
import type { Side } from '../../../../src/core/vocabulary/units.ts'
import { fillOf, marketOf, PAPER, T0, TICKER } from '../../../helpers/core.ts'

class Script {
  readonly lines: string[] = []
  #seq = 0
  #at = T0

  constructor() {
    this.life()
  }

  #say(event: object): this {
    this.lines.push(encodeEvent({ at: this.#at, ...event } as Event))
    return this
  }

  life(): this {
    const parameters = defaultParameters()
    const head = { journal: JOURNAL_VERSION, ticker: TICKER, at: this.#at, memory: null }
    this.lines.push(encodeHead({ ...head, parameters }))
    this.#say({ type: 'start', nonce: 'n' }).#say({ type: 'link-up' })
    const outcome = { kind: 'accepted', value: marketOf() }
    this.#say({ type: 'answer', askedAt: T0, what: 'market', outcome })
    this.#seq = 0
    return this.#say({ type: 'subscribed', sid: 1, seq: 0, id: 1, channel: 'orderbook_delta' })
  }

  after(ms: number): this {
    this.#at += ms
    return this
  }

  snapshot(bids: number[] = [4500, 1000], asks: number[] = [4900, 1000]): this {
    return this.#say({ type: 'snapshot', sid: 1, seq: ++this.#seq, ticker: TICKER, bids, asks })
  }

  /** @param ours the order whose request caused the change */
  delta(side: Side, price: number, delta: number, ours = ''): this {
    const [sid, seq, venueAt] = [1, ++this.#seq, this.#at]
    const body = { sid, seq, ticker: TICKER, side, price, delta, clientOrderId: ours, venueAt }
    return this.#say({ type: 'delta', ...body })
  }

  trade(price: number, quantity: number, taker: Side): this {
    const body = { ticker: TICKER, tradeId: `t${this.lines.length}`, price, quantity, taker }
    return this.#say({ type: 'trade', sid: 2, seq: 0, ...body, venueAt: this.#at })
  }

  fill(side: Side, price: number, quantity: number, ours: string): this {
    const [tradeId, orderId, clientOrderId] = [`f${this.lines.length}`, `x-${ours}`, ours]
    const ids = { tradeId, orderId, clientOrderId }
    const fill = fillOf({ ...ids, side, price, quantity, fee: 0, venueAt: this.#at })
    return this.#say({ type: 'fill', sid: 3, seq: 0, fill })
  }

  order(side: Side, price: number, remaining: number, ours: string, status = 'resting'): this {
    const ids = { orderId: `x-${ours}`, clientOrderId: ours, ticker: TICKER, venueAt: this.#at }
    const rest = { side, price, status, filled: 0, remaining, expiresAt: null, reason: '' }
    const order = { ...ids, ...rest } as OrderReport
    return this.#say({ type: 'order', sid: 4, seq: 0, order })
  }

  say(event: object): this {
    return this.#say(event)
  }

  async session(): Promise<Session> {
    const [session] = await sessionsOfJournal('made', this.lines)
    if (session === undefined) throw new Error('A session was wanted, none was found')
    return session
  }
}

/** What happened to the others' book, in short. */
const bookOf = ({ items }: Session): unknown[] =>
  items.flatMap((item): unknown[] => {
    if (item.kind === 'snapshot') return [['snapshot', item.bids, item.asks]]
    if (item.kind === 'delta') return [[item.side, item.price, item.change]]
    return item.kind === 'gap' ? ['gap'] : []
  })

const EMPTY = ['snapshot', [4500, 1000], [4900, 1000]]

describe('a journal as a session', () => {
  it('has the changes of others and none of those that name our orders', async () => {
    const script = new Script().snapshot().after(10)
    script.delta('bid', 4500, 300, 'me').delta('bid', 4500, 200).after(10)
    script.delta('bid', 4500, -300, 'me').delta('ask', 4900, -400)
    expect(bookOf(await script.session())).toEqual([EMPTY, ['bid', 4500, 200], ['ask', 4900, -400]])
  })

  it('takes our part out of a decrease that a trade made, whichever message comes first', async () => {
    const before = new Script().snapshot().delta('bid', 4500, 300, 'me').after(50)
    before.fill('bid', 4500, 200, 'me').after(3).delta('bid', 4500, -500)
    expect(bookOf(await before.session())).toEqual([EMPTY, ['bid', 4500, -300]])
    const after = new Script().snapshot().delta('bid', 4500, 300, 'me').after(50)
    after.delta('bid', 4500, -500).trade(4500, 500, 'ask').after(3).fill('bid', 4500, 200, 'me')
    const session = await after.session()
    expect(bookOf(session)).toEqual([EMPTY, ['bid', 4500, -300]])
    // Whoever came for 500 would have come without us.
    expect(session.items.filter(({ kind }) => kind === 'print')).toMatchObject([
      { price: 4500, quantity: 500, taker: 'ask' },
    ])
    expect(session.volume.seen).toBe(500)
  })

  it('takes the nearest decrease, and lets one alone that is long past', async () => {
    const script = new Script().snapshot().delta('bid', 4500, 300, 'me').after(50)
    script.delta('bid', 4500, -100).after(10_000).delta('bid', 4500, -300).after(1)
    script.fill('bid', 4500, 300, 'me')
    expect(bookOf(await script.session())).toEqual([EMPTY, ['bid', 4500, -100]])
  })

  it('takes the nearer of two that both fit, and what is too far away not even for want of another', async () => {
    const both = new Script().snapshot().delta('bid', 4500, 300, 'me').after(50)
    both.delta('bid', 4500, -400).after(1500).delta('bid', 4500, -300).fill('bid', 4500, 300, 'me')
    expect(bookOf(await both.session())).toEqual([EMPTY, ['bid', 4500, -400]])
    const short = new Script().snapshot().delta('bid', 4500, 300, 'me').after(50)
    short.delta('bid', 4500, -100).after(10_000).delta('bid', 4500, -200)
    expect(bookOf(await short.fill('bid', 4500, 300, 'me').session())).toEqual([
      EMPTY,
      ['bid', 4500, -100],
    ])
  })

  it('does not take a fill out twice where the feed has named us', async () => {
    const script = new Script().snapshot().delta('bid', 4500, 300, 'me').after(50)
    script.delta('bid', 4500, -300, 'me').fill('bid', 4500, 300, 'me').delta('bid', 4500, -300)
    expect(bookOf(await script.session())).toEqual([EMPTY, ['bid', 4500, -300]])
  })

  it('takes out what the exchange ended: an expired order goes without a name', async () => {
    const script = new Script().snapshot().delta('ask', 4900, 700, 'me').after(60_000)
    script.delta('ask', 4900, -700).order('ask', 4900, 0, 'me', 'canceled').delta('ask', 4900, 50)
    expect(bookOf(await script.session())).toEqual([EMPTY, ['ask', 4900, 50]])
  })

  it('takes our resting orders out of a later snapshot, known or found by what they take away', async () => {
    const known = new Script().snapshot().delta('bid', 4500, 300, 'me')
    known.order('bid', 4500, 300, 'me').after(100).snapshot([4500, 1300], [4900, 1000])
    expect(bookOf(await known.session())).toEqual([EMPTY, EMPTY])
    const found = new Script().snapshot([4500, 1300], [4900, 1000]).after(10)
    found.delta('bid', 4500, -300, 'me')
    expect(bookOf(await found.session())).toEqual([EMPTY])
  })

  it('has no level below nothing, even where a trace of ours was missed', async () => {
    const script = new Script().snapshot().delta('bid', 4400, 300, 'me').delta('bid', 4400, -300)
    expect(bookOf(await script.session())).toEqual([EMPTY])
  })

  it('is dark after a lost frame until the next snapshot, and hears a repeated frame once', async () => {
    const script = new Script().snapshot()
    const lost = script.delta('bid', 4500, 100).lines.pop()
    expect(lost).toBeDefined()
    script.delta('bid', 4500, 200).delta('bid', 4500, 300)
    script.say({ type: 'subscribed', sid: 1, seq: 0, id: 2, channel: 'orderbook_delta' })
    expect(bookOf(await script.session())).toEqual([EMPTY, 'gap'])
    const twice = new Script().snapshot().delta('bid', 4500, 100)
    twice.lines.push(twice.lines.at(-1)!)
    expect(bookOf(await twice.session())).toEqual([EMPTY, ['bid', 4500, 100]])
  })

  it('joins lives: between them the connection is down', async () => {
    const script = new Script().snapshot().after(1000).life().snapshot([4400, 500], [4900, 1000])
    const { items } = await script.session()
    const kinds = items.map(({ kind }) => kind).filter((kind) => kind !== 'beat')
    expect(kinds).toEqual(['up', 'snapshot', 'down', 'up', 'snapshot'])
  })

  it('leaves out what follows a hole, up to the next life', async () => {
    const script = new Script().snapshot()
    script.lines.push('# KXA 5 ends here: part 1 is missing')
    script.delta('bid', 4500, 100)
    // Nobody may go on quoting in the book of before.
    expect((await script.session()).items.at(-1)).toMatchObject({ kind: 'down' })
    script.after(5).life().snapshot()
    expect(bookOf(await script.session())).toEqual([EMPTY, EMPTY])
  })

  it('knows the terms and the result of its market', async () => {
    const script = new Script().snapshot()
    expect(await script.session()).toMatchObject({ closeAt: marketOf().closeAt })
    expect((await script.session()).settled).toBeUndefined()
    const outcome = { kind: 'accepted', value: { ...marketOf(), result: 'yes' } }
    script.say({ type: 'answer', askedAt: T0, what: 'market', outcome })
    expect(await script.session()).toMatchObject({ market: { ticker: TICKER }, settled: 'yes' })
  })

  it('runs another maker, which a trade against us may fill', async () => {
    const script = new Script().snapshot([4500, 10_000], [4900, 10_000])
    for (let beat = 0; beat < 20; beat++) {
      script.after(500).say({ type: 'other', sid: 0, seq: 0, what: 'pong' })
    }
    script.delta('bid', 4500, 1000, 'me').after(100).delta('bid', 4500, -1000)
    script.trade(4500, 1000, 'ask').fill('bid', 4500, 1000, 'me').after(500)
    script.say({ type: 'other', sid: 0, seq: 0, what: 'pong' })
    const naive = parametersOf(['reduce_only_seconds=0', 'longshot_cents=0'], 'naive')
    const options = { ...PAPER, fills: 'optimistic', settled: 'yes' } as const
    const result = run(await script.session(), naive, options)
    expect(result.fills.map(({ side, quantity }) => [side, quantity])).toEqual([['bid', 10]])
  })
})
