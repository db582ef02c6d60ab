// One socket's life: dialing, subscribing, silence, loss, and what must be ignored.

import { beforeEach, describe, expect, it } from 'vitest'
import type { Frame } from '../../../../src/core/vocabulary/events.ts'
import { FrameDecoder } from '../../../../src/kalshi/feed/decoder.ts'
import { Feed, type FeedSocket } from '../../../../src/kalshi/feed/feed.ts'

type Listener = (event: { data?: unknown; code?: number; reason?: string }) => void

class FakeSocket implements FeedSocket {
  readonly sent: { id: number; cmd: string; params?: Record<string, unknown> }[] = []
  readonly listeners = new Map<string, Listener[]>()
  closed = false
  broken = false

  send(text: string): void {
    if (this.broken) throw new TypeError('socket is closed')
    this.sent.push(JSON.parse(text))
  }
  close(): void {
    this.closed = true
  }
  addEventListener(type: string, listener: Listener): void {
    this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener])
  }
  emit(type: string, event: Parameters<Listener>[0] = {}): void {
    for (const listener of this.listeners.get(type) ?? []) listener(event)
  }
  hear(frame: unknown): void {
    this.emit('message', { data: typeof frame === 'string' ? frame : JSON.stringify(frame) })
  }
  /** Answers the subscriptions asked for so far, sid = id. */
  grant(): void {
    for (const { id, cmd, params } of this.sent) {
      const channel = (params?.channels as string[] | undefined)?.[0]
      if (cmd === 'subscribe') this.hear({ id, type: 'subscribed', msg: { channel, sid: id } })
    }
  }
}

const CHANNELS = ['orderbook_delta', 'trade', 'fill', 'user_orders', 'market_lifecycle_v2']

class Stage {
  now = 1_000_000
  luck = 1
  dials: { resolve: (socket: FakeSocket) => void; reject: (error: Error) => void }[] = []
  timers: { run: () => void; due: number }[] = []
  heard: string[] = []
  logs: string[] = []
  onFrame: (frame: Frame) => void = () => {}
  readonly #decoder = new FrameDecoder({ noSide: 'yes-price', ticker: 'KXA' })
  readonly feed = new Feed({
    ticker: 'KXA',
    dial: () =>
      new Promise<FeedSocket>((resolve, reject) => {
        this.dials.push({ resolve, reject })
      }),
    now: () => this.now,
    random: () => this.luck,
    setTimer: (run, ms) => {
      const timer = { run, due: this.now + ms }
      this.timers.push(timer)
      return timer
    },
    clearTimer: (timer) => {
      this.timers = this.timers.filter((other) => other !== timer)
    },
    onUp: (at) => this.heard.push(`up ${at - 1_000_000}`),
    onDown: (at, reason) => this.heard.push(`down ${at - 1_000_000} ${reason}`),
    decode: (text, at) => this.#decoder.decode(text, at),
    onFrame: (frame) => {
      this.heard.push(frame.type)
      this.onFrame(frame)
    },
    log: (_level, event) => this.logs.push(event),
  })

  /** Lets promises settle. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 5; turn++) await null
  }
  async connect(): Promise<FakeSocket> {
    const socket = new FakeSocket()
    this.dials.at(-1)!.resolve(socket)
    await this.settle()
    return socket
  }
  async fail(): Promise<void> {
    this.dials.at(-1)!.reject(new Error('refused'))
    await this.settle()
  }
  /** Runs the one timer there is and says how long it had to wait. */
  async fire(): Promise<number> {
    expect(this.timers).toHaveLength(1)
    const { run, due } = this.timers.shift()!
    const wait = due - this.now
    this.now = due
    run()
    await this.settle()
    return wait
  }
}

let stage: Stage
beforeEach(() => {
  stage = new Stage()
})

const start = async (): Promise<FakeSocket> => {
  stage.feed.start()
  return stage.connect()
}

const granted = async (): Promise<FakeSocket> => {
  const socket = await start()
  socket.grant()
  return socket
}
/** Lets so much time pass and has the feed check itself. */
const checkAfter = (ms: number): void => {
  stage.now += ms
  stage.feed.check(stage.now)
}

describe('opening', () => {
  it('subscribes to each channel by its own command, ids from 1, and then says that it is up', async () => {
    const socket = await start()
    const ours = { market_tickers: ['KXA'] }
    const subscribe = (id: number, channel: string, more: object = {}) => {
      return { id, cmd: 'subscribe', params: { channels: [channel], ...more } }
    }
    expect(socket.sent).toEqual([
      subscribe(1, 'orderbook_delta', { ...ours, use_yes_price: true }),
      subscribe(2, 'trade', ours),
      subscribe(3, 'fill', ours),
      subscribe(4, 'user_orders', ours),
      subscribe(5, 'market_lifecycle_v2'),
    ])
    expect(stage.heard).toEqual(['up 0'])
    expect(stage.feed.up).toBe(true)
  })

  it('starts once, however often start is called', async () => {
    stage.feed.start()
    stage.feed.start()
    expect(stage.dials).toHaveLength(1)
    await stage.connect()
    stage.feed.start()
    expect(stage.dials).toHaveLength(1)
  })

  it('hands on every frame in order', async () => {
    const socket = await granted()
    socket.hear({ type: 'tomorrow', sid: 1, seq: 1 })
    socket.hear('not JSON')
    const subscribed = CHANNELS.map(() => 'subscribed')
    expect(stage.heard.slice(1)).toEqual([...subscribed, 'other', 'malformed'])
    expect(stage.feed.lastFrameAt).toBe(1_000_000)
  })

  it('counts ids from 1 again on the next socket', async () => {
    const first = await start()
    first.emit('close', { code: 1006 })
    await stage.fire()
    const second = await stage.connect()
    expect(second.sent.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5])
  })
})

describe('losing', () => {
  it('a close and the error after it are one loss', async () => {
    const socket = await start()
    socket.emit('close', { code: 1006, reason: 'gone' })
    socket.emit('error')
    expect(stage.heard).toEqual(['up 0', 'down 0 closed 1006 gone'])
    expect(stage.timers).toHaveLength(1)
  })

  it('an error without a close is a loss too', async () => {
    const socket = await start()
    socket.emit('error')
    expect(stage.heard).toEqual(['up 0', 'down 0 socket error'])
    expect(socket.closed).toBe(true)
  })

  it('events of an old socket are ignored', async () => {
    const old = await start()
    old.emit('close')
    await stage.fire()
    const fresh = await stage.connect()
    const before = [...stage.heard]
    old.hear({ type: 'tomorrow' })
    old.emit('error')
    old.emit('close')
    expect(stage.heard).toEqual(before)
    expect(fresh.closed).toBe(false)
  })

  it('a send that fails is a loss, also during the subscriptions', async () => {
    stage.feed.start()
    const socket = new FakeSocket()
    socket.broken = true
    stage.dials[0]!.resolve(socket)
    await stage.settle()
    expect(stage.heard[0]).toMatch(/^down 0 send failed/)
    expect(stage.timers).toHaveLength(1)
  })

  it('a throw while a frame is handled is logged and does not lose the socket', async () => {
    const socket = await start()
    stage.onFrame = () => {
      throw new Error('ours')
    }
    socket.hear({ type: 'tomorrow' })
    stage.onFrame = () => {}
    socket.hear({ type: 'tomorrow' })
    expect(stage.logs).toContain('feed-listener-failed')
    expect(stage.heard).toEqual(['up 0', 'other', 'other'])
  })

  it('a frame that is not text is logged and skipped', async () => {
    const socket = await start()
    socket.emit('message', { data: new ArrayBuffer(2) })
    expect(stage.logs).toContain('feed-frame-not-text')
  })
})

describe('dialing again', () => {
  it('waits exponentially longer, up to a cap, and no less for a socket that never subscribed', async () => {
    stage.feed.start()
    const waits: number[] = []
    for (let round = 0; round < 9; round++) {
      if (round === 4) (await stage.connect()).emit('close')
      else await stage.fail()
      waits.push(await stage.fire())
    }
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
    expect(stage.heard).toEqual([expect.stringMatching(/^up/), expect.stringMatching(/^down/)])
  })

  it('starts over once a subscription was granted', async () => {
    stage.feed.start()
    for (let round = 0; round < 5; round++) {
      await stage.fail()
      await stage.fire()
    }
    const socket = await stage.connect()
    socket.grant()
    socket.emit('close')
    expect(await stage.fire()).toBe(250)
  })

  it('spreads the wait over all of it by chance', async () => {
    stage.luck = 0.1
    stage.feed.start()
    await stage.fail()
    expect(await stage.fire()).toBe(25)
    stage.luck = 0
    await stage.fail()
    expect(await stage.fire()).toBe(0)
  })

  it('gives up a dial that is never answered, and closes the socket if it answers late', async () => {
    stage.feed.start()
    const late = stage.dials[0]!
    checkAfter(9_999)
    expect(stage.timers).toHaveLength(0)
    checkAfter(1)
    await stage.fire()
    expect(stage.dials).toHaveLength(2)
    const socket = new FakeSocket()
    late.resolve(socket)
    await stage.settle()
    expect(socket.closed).toBe(true)
    expect(stage.heard).toEqual([])
  })

  it('dials by itself when its timer was lost', async () => {
    stage.feed.start()
    await stage.fail()
    stage.timers = []
    stage.feed.check(stage.now + 250 + 9_999)
    expect(stage.dials).toHaveLength(1)
    stage.feed.check(stage.now + 250 + 10_000)
    expect(stage.dials).toHaveLength(2)
  })
})

describe('stopping', () => {
  it('closes the socket, says so once, and dials no more', async () => {
    const socket = await start()
    stage.feed.stop()
    stage.feed.stop()
    socket.emit('close')
    expect(socket.closed).toBe(true)
    expect(stage.heard).toEqual(['up 0', 'down 0 stopped'])
    expect(stage.timers).toEqual([])
    stage.feed.check(stage.now + 60_000)
    expect(stage.dials).toHaveLength(1)
  })

  it('while it dials, closes the socket that the dial opens', async () => {
    stage.feed.start()
    stage.feed.stop()
    const socket = await stage.connect()
    expect(socket.closed).toBe(true)
    expect(socket.sent).toEqual([])
    expect(stage.heard).toEqual([])
  })

  it('while it waits, ends the wait; it can be started again', async () => {
    stage.feed.start()
    await stage.fail()
    stage.feed.stop()
    expect(stage.timers).toEqual([])
    stage.feed.start()
    await stage.connect()
    expect(stage.feed.up).toBe(true)
  })

  it('works from inside the listener of a loss', async () => {
    const socket = await start()
    stage.onFrame = () => stage.feed.stop()
    socket.hear({ type: 'tomorrow' })
    expect(stage.timers).toEqual([])
    expect(stage.feed.up).toBe(false)
  })
})

describe('liveness', () => {
  const pings = (socket: FakeSocket) =>
    socket.sent.filter(({ cmd }) => cmd === 'list_subscriptions').length

  it('pings after two seconds of silence, once per interval', async () => {
    const socket = await granted()
    const checked = []
    for (let elapsed = 500; elapsed <= 5_000; elapsed += 500) {
      stage.feed.check(stage.now + elapsed)
      checked.push(pings(socket))
    }
    expect(checked).toEqual([0, 0, 0, 1, 1, 1, 1, 2, 2, 2])
  })

  const trade = { market_ticker: 'KXA', yes_price_dollars: '0.5', count_fp: '1' }

  it('asks every five seconds what is subscribed while frames come', async () => {
    const socket = await granted()
    for (let round = 0; round < 20; round++) {
      stage.now += 1_000
      socket.hear({ type: 'trade', sid: 2, seq: round + 1, msg: { ...trade, taker_side: 'yes' } })
      stage.feed.check(stage.now)
    }
    expect(pings(socket)).toBe(4)
  })

  it('takes frames about other markets, and unknown ones, for silence', async () => {
    const socket = await granted()
    for (let second = 1; second <= 10; second++) {
      const msg = { market_ticker: 'KXB', event_type: 'determined' }
      socket.hear({ type: 'market_lifecycle_v2', sid: 5, seq: second, msg })
      socket.hear({ type: 'tomorrow' })
      checkAfter(1_000)
    }
    expect(pings(socket)).toBe(4)
    expect(stage.heard.at(-1)).toBe('down 10000 nothing heard for 10000 ms')
  })

  it('is lost when the exchange does not say any more what is subscribed', async () => {
    const socket = await granted()
    for (let second = 1; second <= 25; second++) {
      socket.hear({ type: 'trade', sid: 2, seq: second, msg: { ...trade, taker_side: 'yes' } })
      checkAfter(1_000)
    }
    expect(stage.heard.at(-1)).toBe('down 25000 no answer to what is subscribed')
  })

  it('asks for the book itself where answers carry no list', async () => {
    const socket = await granted()
    checkAfter(2_000)
    socket.hear({ id: 6, type: 'ok' })
    checkAfter(2_000)
    expect(socket.sent.at(-1)).toEqual({
      id: 7,
      cmd: 'update_subscription',
      params: { sid: 1, action: 'get_snapshot', market_tickers: ['KXA'] },
    })
  })

  it('any answer keeps it alive; ten seconds without one end it', async () => {
    const socket = await granted()
    checkAfter(9_000)
    socket.hear({ id: 6, type: 'ok', msg: [] })
    checkAfter(9_999)
    expect(stage.feed.up).toBe(true)
    checkAfter(1)
    expect(stage.heard.at(-1)).toBe('down 19000 nothing heard for 10000 ms')
    expect(socket.closed).toBe(true)
    await stage.fire()
    expect(stage.dials).toHaveLength(2)
  })

  it('but for the channel of order groups, which only helps', async () => {
    stage.feed.start()
    stage.feed.also('order_group_updates')
    const socket = await stage.connect()
    const asked = socket.sent.filter(({ cmd }) => cmd === 'subscribe')
    expect(asked.map(({ params }) => params)).toContainEqual({ channels: ['order_group_updates'] })
    for (const { id, params } of asked) {
      const channel = (params!.channels as string[])[0]
      if (channel !== 'order_group_updates') {
        socket.hear({ id, type: 'subscribed', msg: { channel, sid: id } })
      }
    }
    for (let second = 0; second < 15; second++) {
      stage.now += 1_000
      stage.feed.check(stage.now)
      const { id, cmd } = socket.sent.at(-1)!
      const msg = CHANNELS.map((channel, index) => ({ channel, sid: index + 1 }))
      if (cmd === 'list_subscriptions') socket.hear({ id, type: 'ok', msg })
    }
    expect(stage.feed.up).toBe(true)
  })

  it('subscribes to one more channel while it is up, and once', async () => {
    stage.feed.start()
    const socket = await stage.connect()
    const before = socket.sent.length
    stage.feed.also('order_group_updates')
    stage.feed.also('order_group_updates')
    expect(socket.sent.slice(before).map(({ params }) => params)).toEqual([
      { channels: ['order_group_updates'] },
    ])
  })

  it('a subscription that is never answered ends it, whatever else arrives', async () => {
    const socket = await start()
    socket.hear({ id: 1, type: 'subscribed', msg: { channel: 'orderbook_delta', sid: 1 } })
    stage.now += 10_000
    socket.hear({ type: 'unsubscribed', sid: 99, seq: 1 })
    stage.feed.check(stage.now)
    expect(stage.heard.at(-1)).toBe('down 10000 no answer to subscribe trade')
  })
})

describe('frames about other markets', () => {
  const about = (market_ticker: string, seq: number) => ({
    ...{ type: 'market_lifecycle_v2', sid: 5, seq },
    msg: { market_ticker, event_type: 'determined' },
  })

  it('are held back, and their numbers told before the next frame that is ours', async () => {
    const frames: Frame[] = []
    stage.onFrame = (frame) => frames.push({ ...frame })
    const socket = await granted()
    frames.length = 0
    for (const seq of [1, 2, 3]) socket.hear(about('KXB', seq))
    socket.hear({ type: 'event_lifecycle', sid: 5, seq: 4, msg: { event_ticker: 'KXC' } })
    expect(frames).toEqual([])
    socket.hear(about('KXA', 5))
    expect(frames).toMatchObject([
      { type: 'other', what: 'other-market', sid: 5, first: 1, seq: 4 },
      { type: 'lifecycle', ticker: 'KXA', seq: 5 },
    ])
  })

  it('are told at once where one of them was lost', async () => {
    const frames: Frame[] = []
    stage.onFrame = (frame) => frames.push({ ...frame })
    const socket = await granted()
    frames.length = 0
    for (const seq of [1, 2, 4, 5]) socket.hear(about('KXB', seq))
    expect(frames).toMatchObject([
      { type: 'other', first: 1, seq: 2 },
      { type: 'other', seq: 4 },
    ])
  })
})

describe('a new connection', () => {
  it('is made on demand: the socket is dropped and another dialed', async () => {
    const socket = await granted()
    stage.feed.reconnect('lagging')
    expect([socket.closed, stage.heard.at(-1)]).toEqual([true, 'down 0 lagging'])
    await stage.fire()
    expect(stage.dials).toHaveLength(2)
    stage.feed.reconnect('lagging')
    expect(stage.dials).toHaveLength(2)
  })
})

describe('subscribing again', () => {
  it('drops the old book first', async () => {
    const socket = await granted()
    stage.feed.resubscribe(1)
    expect(socket.sent.slice(5)).toEqual([
      { id: 6, cmd: 'unsubscribe', params: { sids: [1] } },
      { id: 7, cmd: 'subscribe', params: socket.sent[0]!.params },
    ])
    socket.hear({ id: 6, type: 'unsubscribed', sid: 1, seq: 9 })
    socket.hear({ id: 7, type: 'subscribed', msg: { channel: 'orderbook_delta', sid: 8 } })
    stage.feed.resubscribe(8)
    expect(socket.sent.slice(7).map(({ cmd }) => cmd)).toEqual(['unsubscribe', 'subscribe'])
  })

  it('is done once, however often it is called for the same subscription', async () => {
    const socket = await granted()
    stage.feed.resubscribe(1)
    stage.feed.resubscribe(1)
    stage.feed.resubscribe(99)
    expect(socket.sent).toHaveLength(7)
  })

  it('works again where the exchange said that nothing had changed', async () => {
    const socket = await granted()
    stage.feed.resubscribe(1)
    socket.hear({ id: 7, type: 'ok', sid: 1, seq: 10, msg: { market_tickers: ['KXA'] } })
    stage.feed.resubscribe(1)
    expect(socket.sent.slice(7).map(({ cmd }) => cmd)).toEqual(['unsubscribe', 'subscribe'])
  })

  it('does nothing without a socket', () => {
    stage.feed.resubscribe(1)
    expect(stage.dials).toEqual([])
  })

  it.each([10, 25])('follows error %d, which ends a subscription, at once', async (code) => {
    const socket = await granted()
    socket.hear({ type: 'error', sid: 4, seq: 3, msg: { code, msg: 'over' } })
    expect(socket.sent.slice(5)).toEqual([
      { id: 6, cmd: 'subscribe', params: socket.sent[3]!.params },
    ])
  })

  it('is not done twice when the listener calls it during the same error', async () => {
    const socket = await granted()
    stage.onFrame = (frame) => {
      if (frame.type === 'error') stage.feed.resubscribe(frame.sid)
    }
    socket.hear({ type: 'error', sid: 1, seq: 3, msg: { code: 25, msg: 'over' } })
    expect(socket.sent.slice(5).map(({ cmd }) => cmd)).toEqual(['unsubscribe', 'subscribe'])
  })

  it('is tried later, and ever later, when the exchange refuses a channel', async () => {
    const socket = await start()
    const waits: number[] = []
    for (let id = 1; id < 14; id += 1) {
      if (id > 1 && id < 6) continue
      socket.hear({ id, type: 'error', msg: { code: 18, msg: 'command timeout' } })
      waits.push(await stage.fire())
      if (waits.length === 4) break
    }
    expect(waits).toEqual([250, 500, 1000, 2000])
    expect(socket.sent.slice(5).every(({ cmd }) => cmd === 'subscribe')).toBe(true)
    expect(socket.sent.at(-1)!.params).toEqual(socket.sent[0]!.params)
  })

  it('is done, ever later, for what a list of subscriptions lacks', async () => {
    const socket = await granted()
    const list = (...sids: number[]) =>
      sids.map((sid) => ({ channel: CHANNELS[sid - 1] ?? 'fill', sid }))
    const ask = (): number => {
      checkAfter(5_000)
      return socket.sent.at(-1)!.id
    }
    let question = ask()
    socket.hear({ id: question, type: 'ok', msg: list(1, 2, 4, 5) })
    const waits: number[] = []
    for (let sid = 11; sid < 14; sid++) {
      waits.push(await stage.fire())
      expect(socket.sent.at(-1)!.params).toEqual(socket.sent[2]!.params)
      const { id } = socket.sent.at(-1)!
      socket.hear({ id, type: 'subscribed', msg: { channel: 'fill', sid } })
      // An answer to a question from before says nothing about it.
      socket.hear({ id: question, type: 'ok', msg: list(1, 2, 4, 5) })
      expect(stage.timers).toHaveLength(0)
      question = ask()
      socket.hear({ id: question, type: 'ok', msg: list(1, 2, 4, 5) })
    }
    expect(waits).toEqual([250, 500, 1000])
    expect(stage.logs.filter((event) => event === 'feed-subscription-lost')).toHaveLength(4)
  })

  it('is done for a channel that the exchange drops without an error', async () => {
    const socket = await granted()
    socket.hear({ type: 'unsubscribed', sid: 4, seq: 1 })
    await stage.fire()
    expect(socket.sent.at(-1)!.params).toEqual(socket.sent[3]!.params)
  })

  it('is not done for a channel that a list shows, though the word of it was lost', async () => {
    const socket = await start()
    const msg = CHANNELS.map((channel, index) => ({ channel, sid: index + 1 }))
    checkAfter(5_000)
    socket.hear({ id: 6, type: 'ok', msg })
    checkAfter(6_000)
    expect(stage.feed.up).toBe(true)
    stage.feed.resubscribe(1)
    expect(socket.sent.slice(-2).map(({ cmd }) => cmd)).toEqual(['unsubscribe', 'subscribe'])
  })

  it('is not tried for a socket that is gone', async () => {
    const socket = await start()
    socket.hear({ id: 1, type: 'error', msg: { code: 18, msg: 'command timeout' } })
    socket.emit('close')
    // Only the timer of the next dial is left.
    await stage.fire()
    expect(stage.dials).toHaveLength(2)
    expect(socket.sent).toHaveLength(5)
  })
})
