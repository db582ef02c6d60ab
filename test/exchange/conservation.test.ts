// Laws that hold whatever people do: money is neither made nor lost, positions cancel out, the book
// never stands crossed, every level is the sum of its orders, and those who watch see the same book.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Exchange } from '../../mock-kalshi/exchange.ts'
import type { Order } from '../../mock-kalshi/order.ts'
import { isRefusal } from '../../mock-kalshi/refusal.ts'

const SEED = 20_261_124

// A narrow band, so that most orders meet somebody.
const price = fc.integer({ min: 44, max: 56 }).map((cents) => cents * 100)
const quantity = fc.integer({ min: 1, max: 5_000 })
const who = fc.integer({ min: 0, max: 3 })

const place = fc.record({
  does: fc.constant('place' as const),
  who,
  side: fc.constantFrom('bid' as const, 'ask' as const),
  price,
  quantity,
  timeInForce: fc.constantFrom(
    'good_till_canceled' as const,
    'good_till_canceled' as const,
    'good_till_canceled' as const,
    'good_till_canceled' as const,
    'immediate_or_cancel' as const,
    'fill_or_kill' as const,
  ),
  selfTrade: fc.constantFrom('taker_at_cross' as const, 'maker' as const),
  postOnly: fc.constantFrom(true, false, false),
  reduceOnly: fc.constantFrom(true, false, false),
  life: fc.constantFrom(0, 0, 500, 2_000),
})
const amend = fc.record({
  does: fc.constant('amend' as const),
  pick: fc.nat(),
  price,
  quantity,
  life: fc.constantFrom(0, 1_000),
})
const decrease = fc.record({
  does: fc.constant('decrease' as const),
  pick: fc.nat(),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
})
const cancel = fc.record({ does: fc.constant('cancel' as const), pick: fc.nat() })
const wait = fc.record({
  does: fc.constant('wait' as const),
  ms: fc.integer({ min: 1, max: 400 }),
})
const pause = fc.record({ does: fc.constant('pause' as const) })

const action = fc.oneof(
  { weight: 12, arbitrary: place },
  { weight: 4, arbitrary: amend },
  { weight: 2, arbitrary: decrease },
  { weight: 2, arbitrary: cancel },
  { weight: 2, arbitrary: wait },
  { weight: 1, arbitrary: pause },
)

describe('laws of the exchange', () => {
  it('hold for any sequence of requests', () => {
    let trades = 0
    fc.assert(
      fc.property(
        fc.array(action, { maxLength: 120, size: 'max' }),
        fc.constantFrom('quadratic', 'quadratic_with_maker_fees'),
        (actions, feeType) => {
          let at = 1_795_000_000_000
          const exchange = new Exchange({ now: () => at, seed: 3 })
          const listing = exchange.addMarket({ ticker: 'KXLAW-1-A', feeType })
          const accounts = [0, 1, 2, 3].map((index) => exchange.addAccount(`a${index}`, 200))
          const seen = { bid: new Map<number, number>(), ask: new Map<number, number>() }
          const fees: number[] = []
          exchange.on((fact) => {
            if (fact.kind === 'level') {
              const side = seen[fact.side]
              const size = (side.get(fact.price) ?? 0) + fact.delta
              expect(size).toBeGreaterThanOrEqual(0)
              if (size === 0) side.delete(fact.price)
              else side.set(fact.price, size)
            } else if (fact.kind === 'fill') fees.push(fact.fill.fee)
          })
          const money = exchange.totalMoney()
          const resting = (): Order[] => [...listing.book.resting()]
          const owner = (order: Order) => exchange.accounts.get(order.owner)!
          for (const step of actions) {
            const list = resting()
            const picked = 'pick' in step ? list[step.pick % Math.max(1, list.length)] : undefined
            if (step.does === 'place') {
              const gtc = step.timeInForce === 'good_till_canceled'
              exchange.place(accounts[step.who]!, {
                ticker: listing.ticker,
                side: step.side,
                price: step.price,
                quantity: step.quantity,
                timeInForce: step.timeInForce,
                selfTrade: step.selfTrade,
                postOnly: gtc && step.postOnly,
                reduceOnly: step.timeInForce === 'immediate_or_cancel' && step.reduceOnly,
                expiresAt: gtc && step.life > 0 ? at + step.life : 0,
              })
            } else if (step.does === 'amend' && picked !== undefined) {
              exchange.amend(owner(picked), picked.id, {
                price: step.price,
                total: picked.filled + step.quantity,
                expiresAt: step.life > 0 ? at + step.life : 0,
              })
            } else if (step.does === 'decrease' && picked !== undefined) {
              const reduceTo = Math.floor(picked.remaining * step.share)
              expect(isRefusal(exchange.decrease(owner(picked), picked.id, { reduceTo }))).toBe(
                false,
              )
            } else if (step.does === 'cancel' && picked !== undefined) {
              expect(isRefusal(exchange.cancel(owner(picked), picked.id))).toBe(false)
            } else if (step.does === 'wait') {
              at += step.ms
              exchange.tick()
            } else if (step.does === 'pause') {
              exchange.lifecycle.deactivate(listing.ticker)
              exchange.lifecycle.activate(listing.ticker)
            }

            expect(exchange.totalMoney()).toBe(money)
            const positions = accounts.map((account) => account.position(listing.ticker))
            expect(positions.reduce((sum, position) => sum + position, 0)).toBe(0)
            const longs = positions.filter((position) => position > 0)
            expect(longs.reduce((sum, position) => sum + position, 0)).toBe(listing.openInterest)
            const bid = listing.book.best('bid')
            const ask = listing.book.best('ask')
            if (bid >= 0 && ask >= 0) expect(bid).toBeLessThan(ask)
            const sums = { bid: new Map<number, number>(), ask: new Map<number, number>() }
            for (const order of resting()) {
              expect(order.remaining).toBeGreaterThan(0)
              const side = sums[order.side]
              side.set(order.price, (side.get(order.price) ?? 0) + order.remaining)
            }
            for (const side of ['bid', 'ask'] as const) {
              const flat = listing.book.levels(side)
              const levels = new Map<number, number>()
              for (let index = 0; index < flat.length; index += 2)
                levels.set(flat[index]!, flat[index + 1]!)
              expect(levels).toEqual(sums[side])
              expect(levels).toEqual(seen[side])
            }
            for (const account of accounts) {
              // Rounding of fees may overdraw an empty account by less than a cent.
              expect(account.cash - account.locked()).toBeGreaterThan(-1_000_000)
              for (const order of account.orders.values()) {
                expect(order.status === 'resting').toBe(order.level !== null)
              }
            }
            expect(fees.every((fee) => fee >= 0)).toBe(true)
          }
          trades += fees.length / 2
          exchange.lifecycle.determine(listing.ticker, 'yes')
          exchange.lifecycle.settle(listing.ticker)
          expect(exchange.totalMoney()).toBe(money)
        },
      ),
      { seed: SEED, numRuns: 250 },
    )
    // The laws mean little where nobody trades.
    expect(trades).toBeGreaterThan(1_000)
  }, 60_000)
})
