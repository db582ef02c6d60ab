// The page's own arithmetic and words: what it makes of a live view, without a browser.

import { describe, expect, it } from 'vitest'
import { phaseWord, reasonSentence } from '../../dashboard/reasons.js'
import { bounds, linePath, Series } from '../../dashboard/series.js'
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
} from '../../dashboard/view.js'
import type { LiveView } from '../../src/core/status.ts'
import { viewOf } from '../../src/core/view.ts'
import { quotingEngine, T0 } from '../helpers/core.ts'

const codes = [
  ...['stopped', 'not-started', 'market-not-binary', 'market-inactive', 'market-closed'],
  ...['market-determined', 'market-finalized', 'market-past-close', 'connecting', 'reading-market'],
  ...['clearing-orders', 'reading-fills', 'checking-position', 'operator', 'gap', 'no-snapshot'],
  ...[
    'negative-level',
    'malformed-frame',
    'bad-snapshot',
    'bad-price',
    'crossed',
    'link-down',
    'subscription-ended',
  ],
  ...['stale', 'near-close', 'quoting', 'position-limit', 'risk-limit', 'price-band', 'off-grid'],
  ...['would-cross', 'own-cross', 'two-orders', 'fat-finger', 'outside-grid', 'one-sided-book'],
  ...['budget', 'rate-limited', 'replacing', 'unknown-order', 'waiting', 'account-halted'],
  ...['desk-unreachable', 'invariant', 'crash', 'killed-on-arrival'],
]

describe('reasons', () => {
  it.each(codes)('%s is a sentence for people', (code) => {
    const sentence = reasonSentence(code)
    expect(sentence).not.toBe(code)
    expect(sentence).toMatch(/^[A-Z].*\.$/)
  })
  it('that are not known are shown as they are, never hidden', () => {
    expect(reasonSentence('brand-new-code')).toContain('brand-new-code')
  })
  it('of a refused order name the exchange’s own code', () => {
    expect(reasonSentence('rejected:insufficient_balance')).toContain('insufficient_balance')
  })
  it('have a word for every phase', () => {
    for (const phase of ['idle', 'recovering', 'quoting', 'paused', 'dark', 'halted']) {
      expect(phaseWord(phase)).not.toBe('')
    }
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
