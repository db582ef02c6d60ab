// The runner between the engine and the client: the order in which requests leave, how many at
// once, and that every one of them comes back as exactly one event.

import { beforeEach, describe, expect, it } from 'vitest'
import type {
  Ack,
  Effect,
  Event,
  Fill,
  Intent,
  OrderReport,
  Question,
} from '../../../../src/core/vocabulary/events.ts'
import { accepted, type Outcome, rejected } from '../../../../src/core/vocabulary/outcome.ts'
import {
  EffectRunner,
  type Exchange,
  LONGEST_WAIT_MS,
} from '../../../../src/durable/maker/exchange/effect-runner.ts'
import { MOST_BUT_CANCELS } from '../../../../src/durable/maker/exchange/request-places.ts'
import { marketOf, T0, TICKER } from '../../../helpers/core.ts'

const ACK: Ack = { orderId: 'x', filled: 0, remaining: 1000, venueAt: T0 }

const send = (intent: Partial<Intent> & { kind: Intent['kind'] }): Effect =>
  ({ type: 'send', intent: { clientOrderId: 'a', orderId: 'x-a', ...intent } }) as Effect
const place = (clientOrderId: string): Effect => send({ kind: 'place', clientOrderId })
const cancel = (clientOrderId: string): Effect =>
  send({ kind: 'cancel', clientOrderId, orderId: `x-${clientOrderId}` })
const ask = (what: Question, since = 0): Effect => ({ type: 'ask', what, since })

interface Call {
  readonly name: string
  resolve(value: unknown): void
  reject(error: Error): void
}

/** A client that answers when it is told to. */
const build = () => {
  const calls: Call[] = []
  const kept: string[] = []
  const events: Event[] = []
  const clock = { at: T0 }
  const call = <T>(name: string): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      calls.push({ name, resolve: resolve as (value: unknown) => void, reject })
    })
  const exchange: Exchange = {
    send: (intent) => call<Outcome<Ack>>(`${intent.kind} ${intent.clientOrderId}`),
    cancelMany: (intents) =>
      call<Outcome<Ack>[]>(`cancel ${intents.map(({ clientOrderId }) => clientOrderId)}`),
    market: () => call('market'),
    orders: () => call<Outcome<OrderReport[]>>('orders'),
    fills: (_, since) => call<Outcome<Fill[]>>(`fills ${since}`),
    position: () => call('position'),
    queue: (ticker) => call(`queue ${ticker}`),
    programmes: (ticker) => call(`programmes ${ticker}`),
    settlement: (ticker) => call(`settlement ${ticker}`),
    cash: () => call('cash'),
    book: (ticker) => call(`book ${ticker}`),
    exchange: () => call('exchange'),
    keepOrder: (orderId) => kept.push(`+${orderId}`),
    dropOrder: (orderId) => kept.push(`-${orderId}`),
  }
  const runner = new EffectRunner(
    exchange,
    TICKER,
    () => clock.at,
    (event) => events.push(event),
  )
  const names = (): string[] => calls.map(({ name }) => name)
  const answer = async (name: string, value: unknown): Promise<void> => {
    const index = calls.findIndex((each) => each.name === name)
    if (index < 0) throw new Error(`Nothing called ${name} is in flight: ${names()}`)
    const [found] = calls.splice(index, 1)
    if (value instanceof Error) found!.reject(value)
    else found!.resolve(value)
    // A few turns of the microtask queue; no time passes.
    for (let turn = 0; turn < 10; turn++) await Promise.resolve()
  }
  return { runner, exchange, events, kept, clock, names, answer }
}
let { runner, names, answer, events, clock, exchange, kept } = build()
beforeEach(() => {
  ;({ runner, names, answer, events, clock, exchange, kept } = build())
})

describe('the runner', () => {
  it('lets a request leave in the turn in which it was asked for', () => {
    runner.perform([place('a')])
    expect(names()).toEqual(['place a'])
  })

  it('sends cancels before orders and orders before reads, however they are mixed', () => {
    runner.perform([ask('fills', 7), place('a'), cancel('b')])
    expect(names()).toEqual(['cancel b', 'place a', 'fills 7'])
  })

  it('puts the cancels of one step into one request', () => {
    runner.perform([cancel('a'), place('c'), cancel('b')])
    expect(names()).toEqual(['cancel a,b', 'place c'])
  })

  it('has at most four orders and reads in flight, of which two reads', () => {
    runner.perform([ask('market'), ask('orders'), ask('fills'), ask('position')])
    expect(names()).toEqual(['market', 'orders'])
    runner.perform([place('a'), place('b'), place('c')])
    expect(names()).toEqual(['market', 'orders', 'place a', 'place b'])
    expect(runner.places.inFlight()).toBe(MOST_BUT_CANCELS)
  })

  it('keeps two places for cancels alone, whatever hangs', async () => {
    runner.perform([ask('market'), ask('orders'), place('a'), place('b')])
    runner.perform([cancel('c')])
    runner.perform([cancel('d'), cancel('e')])
    expect(names()).toEqual(['place a', 'place b', 'market', 'orders', 'cancel c', 'cancel d,e'])
    runner.perform([cancel('f')])
    runner.perform([cancel('g')])
    expect(names()).toHaveLength(6)
    await answer('market', accepted(marketOf()))
    // All that waited, in one request.
    expect(names()).toEqual([
      'place a',
      'place b',
      'orders',
      'cancel c',
      'cancel d,e',
      'cancel f,g',
    ])
  })

  it('gives a free place to cancels first, then to orders, then to reads', async () => {
    runner.perform([ask('market'), ask('orders'), ask('fills'), ask('position')])
    runner.perform([place('a'), place('b')])
    runner.perform([place('c')])
    await answer('market', accepted(marketOf()))
    expect(names()).toEqual(['orders', 'place a', 'place b', 'place c'])
    await answer('place c', accepted(ACK))
    expect(names()).toEqual(['orders', 'place a', 'place b', 'fills 0'])
    await answer('place a', accepted(ACK))
    // Two reads are in flight: the third goes on waiting.
    expect(names()).toEqual(['orders', 'place b', 'fills 0'])
    await answer('orders', accepted([]))
    expect(names()).toEqual(['place b', 'fills 0', 'position'])
  })

  it('does not send an order that has waited too long, and says so', async () => {
    runner.perform([place('a'), place('b'), place('c'), place('d')])
    runner.perform([place('e'), place('f')])
    clock.at += LONGEST_WAIT_MS
    await answer('place a', accepted(ACK))
    expect(names()).toContain('place e')
    clock.at += 1
    await answer('place b', accepted(ACK))
    expect(names()).not.toContain('place f')
    expect(events.at(-1)).toMatchObject({
      type: 'reply',
      kind: 'place',
      clientOrderId: 'f',
      outcome: { kind: 'rejected', status: 0, code: 'waited-too-long' },
    })
    expect(runner.places.inFlight()).toBe(3)
  })

  it('sends a cancel however long it has waited', async () => {
    runner.perform([place('a'), place('b'), place('d'), place('e')])
    runner.perform([cancel('f')])
    runner.perform([cancel('g')])
    runner.perform([cancel('c')])
    clock.at += 60_000
    await answer('place a', accepted(ACK))
    expect(names()).toContain('cancel c')
  })

  it('delivers each outcome once, with its own order and time', async () => {
    runner.perform([place('a'), place('b')])
    clock.at += 20
    await answer('place b', rejected(400, 'invalid_order'))
    clock.at += 5
    await answer('place a', accepted(ACK))
    expect(events).toMatchObject([
      { type: 'reply', at: T0 + 20, clientOrderId: 'b', outcome: { kind: 'rejected' } },
      { type: 'reply', at: T0 + 25, clientOrderId: 'a', outcome: { kind: 'accepted' } },
    ])
  })

  it('delivers an answer with the time of its question', async () => {
    runner.perform([ask('position')])
    clock.at += 80
    await answer('position', accepted({ position: 0, realized: 0, fees: 0, exposure: 0 }))
    expect(events).toMatchObject([
      { type: 'answer', what: 'position', at: T0 + 80, askedAt: T0, outcome: { kind: 'accepted' } },
    ])
  })

  it.each([
    ['queue', [{ orderId: 'x-a', ahead: 31_000 }]],
    ['programmes', []],
    ['book', { bids: [4400, 5000], asks: [] }],
  ] as const)(
    'asks about the %s of its own market and delivers it as it came',
    async (what, value) => {
      runner.perform([ask(what)])
      clock.at += 80
      await answer(`${what} ${TICKER}`, accepted(value))
      expect(events).toEqual([
        { type: 'answer', what, at: T0 + 80, askedAt: T0, outcome: accepted(value) },
      ])
      expect(runner.places.inFlight()).toBe(0)
    },
  )

  it('gives queue and programmes the places of reads', () => {
    runner.perform([ask('queue'), ask('programmes'), ask('orders'), cancel('a')])
    expect(names()).toEqual(['cancel a', `queue ${TICKER}`, `programmes ${TICKER}`])
  })

  it('lets a read of the shell take its turn among the others', async () => {
    runner.perform([ask('orders'), ask('fills')])
    let read: unknown = null
    void runner
      .read(async () => 'limits')
      .then((value) => {
        read = value
      })
    await Promise.resolve()
    expect(read).toBe(null)
    await answer('orders', accepted([]))
    expect(read).toBe('limits')
  })

  it('times a question that waited in line by when it left', async () => {
    runner.perform([ask('market'), ask('orders'), ask('fills'), ask('position')])
    clock.at += 500
    await answer('market', accepted(marketOf()))
    await answer('orders', accepted([]))
    await answer('position', rejected(503, 'unavailable'))
    expect(events.at(-1)).toMatchObject({ what: 'position', askedAt: T0 + 500 })
  })

  it('gives each cancel of a batch its own outcome, in order', async () => {
    runner.perform([cancel('a'), cancel('b'), cancel('c')])
    await answer('cancel a,b,c', [accepted(ACK), rejected(404, 'not_found')])
    expect(events).toMatchObject([
      { clientOrderId: 'a', kind: 'cancel', outcome: { kind: 'accepted' } },
      { clientOrderId: 'b', kind: 'cancel', outcome: { kind: 'rejected', status: 404 } },
      { clientOrderId: 'c', kind: 'cancel', outcome: { kind: 'unknown' } },
    ])
  })

  it.each([
    ['place a', [place('a')]],
    ['cancel a', [cancel('a')]],
    ['cancel a,b', [cancel('a'), cancel('b')]],
    ['orders', [ask('orders')]],
  ])('takes a client that fails at %s as an unknown outcome', async (name, effects) => {
    runner.perform(effects)
    await answer(name, new Error('socket hang up'))
    expect(events).toHaveLength(effects.length)
    for (const event of events) {
      const outcome = { kind: 'unknown', detail: expect.stringContaining('hang up') }
      expect(event).toMatchObject({ outcome })
    }
    expect(runner.places.inFlight()).toBe(0)
  })

  it.each([
    ['send', place('a')],
    ['orders', ask('orders')],
    ['fills', ask('fills')],
    ['market', ask('market')],
    ['position', ask('position')],
    ['queue', ask('queue')],
    ['programmes', ask('programmes')],
    ['book', ask('book')],
  ] as const)('takes a client that throws at once in %s likewise', async (method, effect) => {
    Object.assign(exchange, {
      [method]: () => {
        throw new Error('no key')
      },
    })
    runner.perform([effect])
    for (let turn = 0; turn < 10; turn++) await Promise.resolve()
    expect(events).toMatchObject([{ outcome: { kind: 'unknown' } }])
    expect(runner.places.inFlight()).toBe(0)
  })

  it('keeps signatures for an order that rests and drops those of one that has gone', async () => {
    runner.perform([place('a')])
    await answer('place a', accepted({ ...ACK, orderId: 'x-a' }))
    runner.perform([cancel('a')])
    await answer('cancel a', accepted(ACK))
    expect(kept).toEqual(['+x-a', '-x-a'])
  })

  it('keeps them while nobody knows whether a cancel has arrived', async () => {
    runner.perform([cancel('a')])
    await answer('cancel a', new Error('timeout'))
    expect(kept).toEqual([])
  })

  it('leaves rows and log lines to others', () => {
    runner.perform([
      { type: 'resubscribe', sid: 1 },
      { type: 'log', level: 'info', event: 'x', detail: {} },
    ])
    expect(names()).toEqual([])
  })
})
