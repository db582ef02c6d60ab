// Laws that hold whatever people do: money is neither made nor lost, positions cancel out, the book
// never stands crossed, every level is the sum of its orders, and those who watch see the same
// book.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Exchange } from '../../../../mocks/kalshi/exchange/exchange.ts'
import type { OrderGroup } from '../../../../mocks/kalshi/exchange/facts.ts'
import { isRefusal } from '../../../../mocks/kalshi/exchange/refusal.ts'
import type { Order } from '../../../../mocks/kalshi/matching/order.ts'

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
  subaccount: fc.constantFrom(0, 0, 1),
  group: fc.constantFrom('', '', '', 'fuse'),
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
const wait = fc.record({ does: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 400 }) })
const transfer = fc.record({
  does: fc.constant('transfer' as const),
  who,
  from: fc.constantFrom(0, 1),
  shards: fc.constantFrom([0, 0] as const, [0, 2] as const, [2, 0] as const),
  cents: fc.integer({ min: 1, max: 20_000 }),
})
const reset = fc.record({ does: fc.constant('reset' as const), who })
const pause = fc.record({ does: fc.constant('pause' as const) })

const action = fc.oneof(
  { weight: 12, arbitrary: place },
  { weight: 4, arbitrary: amend },
  { weight: 2, arbitrary: decrease },
  { weight: 2, arbitrary: cancel },
  { weight: 2, arbitrary: wait },
  { weight: 1, arbitrary: pause },
  { weight: 1, arbitrary: transfer },
  { weight: 1, arbitrary: reset },
)

describe('laws of the exchange', () => {
  it('hold for any sequence of requests', () => {
    let trades = 0
    let tripped = 0
    fc.assert(
      fc.property(
        fc.array(action, { maxLength: 120, size: 'max' }),
        fc.constantFrom('quadratic', 'quadratic_with_maker_fees'),
        (actions, feeType) => {
          let at = 1_795_000_000_000
          const exchange = new Exchange({ now: () => at, seed: 3, knobs: { transferMs: 300 } })
          const listing = exchange.addMarket({ ticker: 'KXLAW-1-A', feeType })
          const accounts = [0, 1, 2, 3].map((index) => {
            const account = exchange.addAccount(`a${index}`, 250)
            account.addSubaccount()
            account.deposit(100_000_000, 0, 1)
            return account
          })
          const groups = accounts.map((account, index) => {
            const terms = { subaccount: 0, shard: 0, limit: 3_000 }
            return exchange.groups.create(account, `fuse-${index}`, terms) as OrderGroup
          })
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
              const { does: _, who, life, ...request } = step
              exchange.place(accounts[who]!, {
                ...request,
                ticker: listing.ticker,
                group: step.group === '' ? '' : `${step.group}-${step.who}`,
                postOnly: gtc && step.postOnly,
                reduceOnly: step.timeInForce === 'immediate_or_cancel' && step.reduceOnly,
                expiresAt: gtc && life > 0 ? at + life : 0,
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
            } else if (step.does === 'transfer') {
              const [source, destination] = step.shards
              const from = { subaccount: step.from, shard: source }
              const to = {
                subaccount: source === destination ? 1 - step.from : step.from,
                shard: destination,
              }
              exchange.treasury.transfer(accounts[step.who]!, from, to, step.cents * 10_000)
            } else if (step.does === 'reset') {
              exchange.groups.reset(groups[step.who]!)
            } else if (step.does === 'pause') {
              exchange.lifecycle.deactivate(listing.ticker)
              exchange.lifecycle.activate(listing.ticker)
            }

            expect(exchange.totalMoney()).toBe(money)
            const positions = accounts.flatMap((account) => [
              account.position(listing.ticker, 0),
              account.position(listing.ticker, 1),
            ])
            expect(positions.reduce((sum, position) => sum + position, 0)).toBe(0)
            const longs = positions.filter((position) => position > 0)
            expect(longs.reduce((sum, position) => sum + position, 0)).toBe(listing.openInterest)
            const bid = listing.book.best('bid')
            const ask = listing.book.best('ask')
            if (bid >= 0 && ask >= 0) expect(bid).toBeLessThan(ask)
            const sums = { bid: new Map<number, number>(), ask: new Map<number, number>() }
            for (const [index, group] of groups.entries()) {
              const own = resting().filter((order) => order.group === `fuse-${index}`)
              expect(new Set(own)).toEqual(group.orders)
              if (group.triggered) expect(own).toEqual([])
              if (group.triggered) tripped++
            }
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
              for (const purse of account.purses) {
                expect(purse.freeAt(0)).toBeGreaterThan(-1_000_000)
                expect(purse.at(2)).toBeGreaterThanOrEqual(0)
              }
              const open = [...account.orders.values()].filter((order) => order.level !== null)
              expect(account.open).toBe(open.length)
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
      { seed: SEED, numRuns: 300 },
    )
    // The laws mean little where nobody trades.
    expect(trades).toBeGreaterThan(1_000)
    expect(tripped).toBeGreaterThan(100)
  })
})
