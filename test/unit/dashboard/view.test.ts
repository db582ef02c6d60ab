// The page's own arithmetic and words: what it makes of a live view, without a browser.

import { beforeEach, describe, expect, it } from 'vitest'
import { liveUrl } from '../../../dashboard/api.js'
import { connect, readView } from '../../../dashboard/live-socket.js'
import { phaseWord, reasonSentence } from '../../../dashboard/reasons.js'
import { bounds, linePath, Series } from '../../../dashboard/series.js'
import {
  centPlaces,
  cents,
  contracts,
  direction,
  duration,
  feeDollars,
  fitsSubprotocol,
  inventory,
  ladderRows,
  netMicros,
  readFragment,
  signedDollars,
} from '../../../dashboard/view.js'
import type { LiveView } from '../../../src/core/status/status.ts'
import { viewOf } from '../../../src/core/status/view.ts'
import { quotingEngine, T0 } from '../../helpers/core.ts'

describe('reasons', () => {
  it('that are not known are shown as they are, never hidden', () => {
    expect(reasonSentence('brand-new-code')).toContain('brand-new-code')
  })
  it('show a phase that is not known as it is', () => {
    expect(phaseWord('brand-new')).toMatchObject({ word: 'brand-new', known: false })
  })
})

describe('numbers', () => {
  it('show money with its sign, and no minus on what rounds to nothing', () => {
    expect(signedDollars(330_000)).toBe('+$0.33')
    expect(signedDollars(-1_250_000)).toBe('−$1.25')
    expect(signedDollars(-1_000)).toBe('$0.00')
    expect(feeDollars('0.003100')).toBe('$0.0031')
  })
  it('show contracts without idle zeros and prices in cents', () => {
    expect(contracts('-20.50')).toBe('−20.5')
    expect(contracts('10.00')).toBe('10')
    expect(contracts(null)).toBe('–')
    expect(cents('0.4350')).toBe('43.5')
    expect(cents('0.4300', 1)).toBe('43.0')
    expect(centPlaces(['0.4300', '0.4350'])).toBe(1)
    expect(centPlaces(['0.4300', '0.0042'])).toBe(2)
  })
  it('add up: net is realized plus unrealized less fees, to the last digit', () => {
    expect(netMicros({ realized: '0.300001', unrealized: '-0.100002', fees: '0.000003' })).toBe(
      199_996,
    )
    expect(direction(4_000)).toBe('flat')
    expect(direction(-6_000)).toBe('down')
  })
  it('place the inventory between its limits', () => {
    expect(inventory('-30.00', '60.00')).toMatchObject({ share: 0.5, side: 'short' })
  })
  it('say how long in words', () => {
    expect(duration(72_000)).toBe('1 min 12 s')
  })
})

describe('ladder', () => {
  const engine = quotingEngine()
  const view: LiveView = viewOf(engine, T0)
  it('shows others’ levels best last above and best first below, and our quotes in them', () => {
    const { asks, bids } = ladderRows(view)
    expect(asks.at(-1)?.best).toBe(true)
    expect(bids[0]?.best).toBe(true)
    const own = [...asks, ...bids].filter(({ ours }) => ours !== '')
    expect(own.length).toBe([view.status.quotes.bid, view.status.quotes.ask].filter(Boolean).length)
  })
})

describe('ladder by hand', () => {
  const level = (price: string, others: string, ours = '0.00') =>
    [price, others, ours] as [string, string, string]
  const from = (view: {
    bids: [string, string, string][]
    asks: [string, string, string][]
    bid?: [string, string]
    fair?: number
    reservation?: number
    mid?: string | null
  }): LiveView => {
    const base = viewOf(quotingEngine(), T0)
    const [price, quantity] = view.bid ?? []
    const bid =
      price && quantity ? { price, quantity, order_id: 'o1', queue_ahead: null, why: null } : null
    const model = base.status.model
    if (model === null) throw new Error('Building a view failed: the engine has no model')
    return {
      ...base,
      ladder: { bids: view.bids, asks: view.asks },
      status: {
        ...base.status,
        quotes: { bid, ask: null },
        levels: { bid: bid === null ? [] : [bid], ask: [] },
        book: { ...base.status.book, mid: view.mid ?? null },
        model: {
          ...model,
          fair_cents: view.fair ?? 48.5,
          reservation_cents: view.reservation ?? 48.5,
        },
      },
    }
  }

  it('puts a quote that is deeper than the levels shown in its place all the same', () => {
    const { bids } = ladderRows(
      from({
        bids: [level('0.4800', '5.00'), level('0.4700', '9.00')],
        asks: [],
        bid: ['0.4450', '10.00'],
      }),
    )
    expect(bids.map(({ price }) => price)).toEqual(['48.0', '47.0', '44.5'])
    expect(bids[2]).toMatchObject({ ours: '10', others: '–', oursShare: 1 })
  })
  it('sets markers inside the spread apart and pins the others to the nearest level', () => {
    const levels = {
      bids: [level('0.4800', '5.00'), level('0.4700', '9.00')],
      asks: [level('0.5000', '7.00'), level('0.5100', '7.00')],
      mid: '0.4900',
    }
    const { bids, marks, spread } = ladderRows(from({ ...levels, fair: 49.25, reservation: 47.2 }))
    expect(marks).toEqual([
      { name: 'fair', text: '49.25' },
      { name: 'mid', text: '49.00' },
    ])
    expect(bids[1]?.marks).toEqual([{ name: 'reservation', text: '47.20' }])
    const above = ladderRows(from({ ...levels, fair: 51.2, reservation: 48.5 }))
    expect(above.asks[0]).toMatchObject({ price: '51', marks: [{ name: 'fair', text: '51.20' }] })
    expect(spread).toBe('spread 2 ¢')
  })
  it('scales its bars to the deepest level of both sides, ours stacked on that of others', () => {
    const { asks, bids } = ladderRows(
      from({
        bids: [level('0.4800', '30.00', '10.00')],
        asks: [level('0.4900', '80.00')],
        bid: ['0.4800', '10.00'],
      }),
    )
    expect(bids[0]).toMatchObject({ othersShare: 0.375, oursShare: 0.125 })
    expect(asks[0]).toMatchObject({ othersShare: 1, oursShare: 0 })
  })
  it.each([
    ['no book now', [], []],
    ['no bids', [], [level('0.5000', '7.00')]],
    ['no asks', [level('0.4800', '7.00')], []],
    ['spread 0.1 ¢', [level('0.0660', '7.00')], [level('0.0670', '7.00')]],
  ] as const)('says "%s"', (word, bids, asks) => {
    expect(ladderRows(from({ bids: [...bids], asks: [...asks] })).spread).toBe(word)
  })
})

describe('live socket', () => {
  const view = JSON.stringify(viewOf(quotingEngine(), T0))

  /** A link whose sockets, clock and timer are in the test's hands. */
  const rig = () => {
    const sockets: { on: Record<string, (event: unknown) => void>; sent: string[] }[] = []
    const states: string[] = []
    const waits: number[] = []
    let due: (() => void) | null = null
    let heard = 0
    const link = connect({
      open: () => {
        const socket = { on: {} as Record<string, (event: unknown) => void>, sent: [] as string[] }
        sockets.push(socket)
        return {
          addEventListener: (type, listener) => {
            socket.on[type] = listener
          },
          send: (text) => socket.sent.push(text),
          close: () => socket.on.close?.({}),
        }
      },
      onView: () => heard++,
      onState: (state) => {
        if (states.at(-1) !== state.kind) states.push(state.kind)
      },
      now: () => T0,
      setTimer: (run, ms) => {
        waits.push(ms)
        due = run
        return run
      },
      clearTimer: () => {
        due = null
      },
      random: () => 1,
    })
    const elapse = () => {
      const run = due
      due = null
      run?.()
    }
    const say = (data: unknown) => sockets.at(-1)?.on.message?.({ data })
    return { link, sockets, states, waits, elapse, say, heard: () => heard }
  }
  let { sockets, waits, elapse, say, states, heard, link } = rig()
  beforeEach(() => {
    ;({ sockets, waits, elapse, say, states, heard, link } = rig())
  })

  it('waits twice as long after each failure, never above 15 s, and starts over once heard', () => {
    const lost: number[] = []
    for (let i = 0; i < 7; i++) {
      sockets.at(-1)?.on.close?.({})
      lost.push(waits.at(-1) ?? 0)
      elapse()
    }
    expect(lost).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000])
    say(view)
    sockets.at(-1)?.on.close?.({})
    expect(waits.at(-1)).toBe(500)
  })
  it('counts an error followed by a close as one loss', () => {
    const [first] = sockets
    const before = waits.length
    first?.on.error?.({})
    first?.on.close?.({})
    expect(waits.length).toBe(before + 1)
  })
  it('asks when it is quiet, lives on when answered, and dials again when not', () => {
    say(view)
    elapse()
    expect(sockets[0]?.sent).toEqual(['ping'])
    say('pong')
    expect(sockets.length).toBe(1)
    elapse()
    elapse()
    expect(states).toEqual(['connecting', 'live', 'lost'])
    elapse()
    expect(sockets.length).toBe(2)
    expect(heard()).toBe(1)
  })
  it('ignores what a replaced socket still says', () => {
    const [old] = sockets
    old?.on.close?.({})
    elapse()
    old?.on.message?.({ data: view })
    expect(heard()).toBe(0)
  })
  it('dials nothing more once stopped', () => {
    link.stop()
    elapse()
    link.retryNow()
    expect(sockets.length).toBe(1)
  })
  it('takes only views for views', () => {
    expect(readView(view)?.type).toBe('view')
    for (const other of ['pong', '{}', '{"type":"later"}', 'null', 7, null]) {
      expect(readView(other)).toBeNull()
    }
  })
  it('has an address without the token in it', () => {
    expect(liveUrl('https://kmm.example', 'KX-B52.5')).toBe(
      'wss://kmm.example/tickers/KX-B52.5/live',
    )
  })
})

describe('token and charts', () => {
  it('read the token and ticker from the fragment', () => {
    expect(readFragment('#token=abc&ticker=KX-1')).toMatchObject({ token: 'abc', ticker: 'KX-1' })
    expect(fitsSubprotocol('abc_-1')).toBe(true)
    expect(fitsSubprotocol('a b,c')).toBe(false)
  })
  it('draw a line from corner to corner of its box', () => {
    const series = new Series(4, 10)
    series.push(0, 0)
    series.push(100, 1)
    const box = { width: 100, height: 50, bottom: 0, top: 1 }
    expect(linePath(series.points, box)).toBe('M0 50L100 0')
    expect(bounds({ low: 0, high: 0 }, 1)).toEqual({ bottom: -0.5, top: 0.5 })
  })
  it('stay small however long they grow, and keep the last value', () => {
    const series = new Series(8, 1)
    for (let at = 0; at < 1000; at++) series.push(at, at)
    expect(series.points.length).toBeLessThanOrEqual(8)
    expect(series.range).toMatchObject({ low: 0, last: 999 })
  })
})
