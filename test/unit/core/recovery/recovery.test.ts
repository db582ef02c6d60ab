// When memory may be trusted again: what is still missing, how a clean listing is obtained, and
// whose word on the position counts.

import { describe, expect, it } from 'vitest'
import { Ledger } from '../../../../src/core/ledger/ledger.ts'
import { Orders } from '../../../../src/core/orders/orders.ts'
import { ARRIVES_WITHIN_MS, READ_LAG_MS } from '../../../../src/core/recovery/reconciliation.ts'
import { Recovery } from '../../../../src/core/recovery/recovery.ts'
import { fillOf, reportOf, rest, T0 } from '../../../helpers/core.ts'

const MINUTE = 60_000
const flat = { position: 0, realized: 0, fees: 0, exposure: 0 }

const QUESTIONS = ['market', 'orders', 'fills', 'position'] as const

const begun = () => {
  const orders = new Orders()
  const ledger = new Ledger()
  const recovery = new Recovery()
  recovery.begin(T0)
  /** Takes and answers a question well. */
  const answer = (what: 'market' | 'fills', askedAt: number): void => {
    recovery.inquiries.answered(what, askedAt, true, askedAt)
  }
  const list = (askedAt: number, ids: string[] = []) => {
    recovery.inquiries.answered('orders', askedAt, true, askedAt)
    const listing = ids.map((orderId) => reportOf({ orderId, clientOrderId: '' }))
    return recovery.applyListing(orders, listing, askedAt, askedAt)
  }
  const position = (askedAt: number, held = 0, lastFillAt = 0) => {
    recovery.inquiries.answered('position', askedAt, true, askedAt)
    return recovery.checkPosition(ledger, { ...flat, position: held }, askedAt, lastFillAt, askedAt)
  }
  /** Asks each of these questions at one moment. */
  const askAll = (
    at: number,
    questions: readonly (typeof QUESTIONS)[number][] = QUESTIONS,
  ): void => {
    for (const what of questions) recovery.inquiries.askIfDue(what, at)
  }
  /** Answers all four questions well. */
  const answerAll = (at: number): void => {
    answer('market', at)
    list(at)
    answer('fills', at)
    position(at)
  }
  return { orders, ledger, recovery, answer, list, position, askAll, answerAll }
}

describe('a recovery', () => {
  it('names what is missing, one after the other, and is done when nothing is', () => {
    const { orders, recovery, answer, list, position } = begun()
    const steps = [() => answer('market', T0), () => list(T0), () => answer('fills', T0)]
    const missing = [...steps, () => position(T0), () => undefined].map((step) => {
      const now = recovery.missing(orders)
      step()
      return now
    })
    const inOrder = [
      'reading-market',
      'clearing-orders',
      'reading-fills',
      'checking-position',
      null,
    ]
    expect(missing).toEqual(inOrder)
    expect(recovery.advance(orders, T0, MINUTE)).toBe(true)
    expect(recovery.isDone).toBe(true)
    expect(recovery.advance(orders, T0, MINUTE)).toBe(false)
  })

  it.each(QUESTIONS)('does not take an older answer about %s for its own', (old) => {
    const { orders, recovery, answer, list, position } = begun()
    const at = (what: string): number => (what === old ? T0 - 1 : T0)
    answer('market', at('market'))
    list(at('orders'))
    answer('fills', at('fills'))
    position(at('position'))
    expect(recovery.missing(orders)).not.toBeNull()
  })

  it('lists again after its cancels, because only a later listing proves anything', () => {
    const { orders, recovery, answer, list, askAll } = begun()
    answer('market', T0)
    askAll(T0)
    const [orphan] = list(T0, ['left']).orphans
    recovery.advance(orders, T0 + 1, MINUTE)
    expect(recovery.inquiries.askIfDue('orders', T0 + 1)).toBe(false)
    orders.transition(orphan!, 'ended', T0 + 2)
    recovery.advance(orders, T0 + 2, MINUTE)
    expect(recovery.inquiries.askIfDue('orders', T0 + 2)).toBe(true)
    expect(recovery.cleanSince(T0, orders)).toBe(false)
    list(T0 + 3)
    expect(recovery.cleanSince(T0, orders)).toBe(true)
  })

  it('takes a second look after three seconds, and then one a minute', () => {
    const { orders, recovery, askAll, answerAll } = begun()
    askAll(T0)
    answerAll(T0)
    recovery.advance(orders, T0, MINUTE)
    expect(recovery.nextAt).toBe(T0 + 3000)
    recovery.advance(orders, T0 + 3000, MINUTE)
    expect(recovery.inquiries.askIfDue('position', T0 + 3000)).toBe(true)
    askAll(T0 + 3000, ['market', 'orders', 'fills'])
    expect(recovery.nextAt).toBe(T0 + 3000 + MINUTE)
  })

  it('is undone by the loss of the connection, which asks what rests at once', () => {
    const { orders, recovery, askAll, answerAll } = begun()
    answerAll(T0)
    recovery.advance(orders, T0, MINUTE)
    askAll(T0)
    recovery.inquiries.answered('orders', T0, true, T0)
    recovery.onDisconnect(T0 + 10)
    expect(recovery.isDone).toBe(false)
    expect(recovery.inquiries.askIfDue('orders', T0 + 10)).toBe(true)
    expect(recovery.missing(orders)).not.toBeNull()
  })

  it('asks for fills a minute before the newest one, as of the last read', () => {
    const { ledger, recovery } = begun()
    expect(recovery.fillsSince(ledger)).toBe(0)
    ledger.apply(fillOf({ venueAt: T0 }))
    expect(recovery.fillsSince(ledger)).toBe(0)
    ledger.readUntil = T0 + 30_000
    expect(recovery.fillsSince(ledger)).toBe(T0 - MINUTE)
    // From the feed, which may have missed some that were before it.
    ledger.apply(fillOf({ tradeId: 'later', venueAt: T0 + 5 * MINUTE }))
    expect(recovery.fillsSince(ledger)).toBe(T0 + 30_000)
    const after = new Ledger()
    after.restore(JSON.parse(JSON.stringify(ledger.snapshot())))
    expect(recovery.fillsSince(after)).toBe(T0 + 30_000)
    const { readUntil: _, ...older } = ledger.snapshot()
    after.restore(older)
    expect(recovery.fillsSince(after)).toBe(T0 + 4 * MINUTE)
  })
})

describe('a proof that nothing rests', () => {
  it('is asked for until a listing gives it, and not after that', () => {
    const { orders, recovery, list } = begun()
    const take = (at: number): boolean => recovery.inquiries.askIfDue('orders', at)
    take(T0)
    const [left] = list(T0, ['left']).orphans
    recovery.requireClean(T0 + 10)
    expect(take(T0 + 10)).toBe(true)
    list(T0 + 10, ['left'])
    recovery.advance(orders, T0 + 11, MINUTE)
    expect(take(T0 + 11)).toBe(false)
    orders.transition(left!, 'ended', T0 + 12)
    recovery.advance(orders, T0 + 12, MINUTE)
    expect(take(T0 + 12)).toBe(true)
    list(T0 + 12)
    recovery.advance(orders, T0 + 13, MINUTE)
    expect(recovery.cleanSince(T0 + 10, orders)).toBe(true)
  })

  it.each([
    ['while it is required', true],
    ['while the recovery lacks it', false],
  ])('is not asked for at once where nothing is left to cancel, %s', (_, required) => {
    const { orders, recovery, answer, list } = begun()
    const take = (at: number): boolean => recovery.inquiries.askIfDue('orders', at)
    answer('market', T0)
    if (required) recovery.requireClean(T0)
    take(T0)
    // Just gone, as it seems, and listed by a read that may be older than its end.
    orders.assumeFilled(rest(orders, 'bid', 4300, 500, 'left'), T0)
    list(T0 + 10, ['x-left'])
    expect(orders.exposedCount).toBe(0)
    recovery.advance(orders, T0 + 11, MINUTE)
    expect(take(T0 + 1009)).toBe(false)
    expect(take(T0 + 1010)).toBe(true)
    list(T0 + 1010)
    recovery.advance(orders, T0 + 1011, MINUTE)
    expect(recovery.cleanSince(T0, orders)).toBe(true)
  })
})

/** What the run before sent last has arrived by then, and reads show it. */
const CAUGHT_UP_MS = ARRIVES_WITHIN_MS + READ_LAG_MS

describe('after a restart', () => {
  it('what was asked before reads have caught up with the run before proves nothing', () => {
    const { orders, recovery, answer, list, position } = begun()
    recovery.distrust(T0)
    recovery.begin(T0)
    answer('market', T0)
    list(T0 + CAUGHT_UP_MS - 1)
    expect(recovery.missing(orders)).toBe('clearing-orders')
    list(T0 + CAUGHT_UP_MS)
    answer('fills', T0 + CAUGHT_UP_MS - 1)
    expect(recovery.missing(orders)).toBe('reading-fills')
    answer('fills', T0 + CAUGHT_UP_MS)
    position(T0 + CAUGHT_UP_MS - 1)
    expect(recovery.missing(orders)).toBe('checking-position')
    position(T0 + CAUGHT_UP_MS)
    expect(recovery.missing(orders)).toBeNull()
  })

  it('questions that were asked too soon are asked once more', () => {
    const { orders, recovery, answer, list, position, askAll, answerAll } = begun()
    recovery.distrust(T0)
    const later = T0 + CAUGHT_UP_MS
    askAll(T0)
    answerAll(T0)
    recovery.advance(orders, T0 + 50, MINUTE)
    expect(recovery.inquiries.askIfDue('orders', later - 1)).toBe(false)
    expect(recovery.inquiries.askIfDue('orders', later)).toBe(true)
    list(later)
    recovery.advance(orders, later, MINUTE)
    expect(recovery.inquiries.askIfDue('fills', later)).toBe(true)
    answer('fills', later)
    recovery.advance(orders, later, MINUTE)
    expect(recovery.inquiries.askIfDue('position', later)).toBe(true)
    position(later)
    expect(recovery.advance(orders, later, MINUTE)).toBe(true)
  })
})

describe('the position', () => {
  it.each([
    ['agrees', 0, 'equal'],
    ['differs', 500, 'asked-again'],
  ] as const)('that %s', (_, held, verdict) => {
    expect(begun().position(T0, held)).toBe(verdict)
  })

  it('that agrees while the sums do not is only reported', () => {
    const { ledger, recovery } = begun()
    const report = { ...flat, realized: 5 }
    expect(recovery.checkPosition(ledger, report, T0, 0, T0)).toBe('sums-differ')
    expect(ledger.realized).toBe(0)
  })

  it('that differs at four reads in a row is believed once later fills have not explained it', () => {
    const { ledger, answer, position } = begun()
    const verdicts = [0, 1, 2, 3, 4, 5].map((second) => {
      answer('fills', T0 + second * 1000)
      return position(T0 + second * 1000, 500)
    })
    const again = 'asked-again'
    expect(verdicts).toEqual([again, again, again, again, again, 'adopted'])
    expect(ledger.position).toBe(500)
  })

  it('that was ahead of the fills is not counted twice when they come', () => {
    const { ledger, answer, position } = begun()
    for (const second of [0, 1, 2, 3]) {
      answer('fills', T0 + second * 1000)
      position(T0 + second * 1000, 500)
    }
    // The trade that the position has shown all along is in the fills at last.
    ledger.apply(fillOf({ side: 'bid', quantity: 500, venueAt: T0 + 2500 }))
    answer('fills', T0 + 6000)
    expect(position(T0 + 6000, 500)).toBe('equal')
    expect(ledger.position).toBe(500)
  })

  it('that differs is not believed while nobody has looked for the fills that are missing', () => {
    const { ledger, position } = begun()
    for (let second = 0; second < 20; second++) {
      expect(position(T0 + second * 1000, 500)).toBe('asked-again')
    }
    expect(ledger.position).toBe(0)
  })

  it('that differs is not believed after one look for the fills, however often it is read', () => {
    const { ledger, answer, position } = begun()
    answer('fills', T0)
    for (let second = 0; second < 6; second++) position(T0 + second * 1000, 500)
    answer('fills', T0 + 6000)
    expect(position(T0 + 6000, 500)).toBe('asked-again')
    expect(ledger.position).toBe(0)
  })

  it('that agreed in between starts the count again', () => {
    const { position } = begun()
    for (const second of [0, 1, 2]) position(T0 + second * 1000, 500)
    expect(position(T0 + 3000, 0)).toBe('equal')
    expect(position(T0 + 4000, 500)).toBe('asked-again')
  })

  it('read shortly after a fill is never believed over ours', () => {
    const { ledger, position } = begun()
    for (let second = 0; second < 20; second++) {
      const askedAt = T0 + second * 1000
      expect(position(askedAt, 500, askedAt - READ_LAG_MS + 1)).toBe('asked-again')
    }
    expect(ledger.position).toBe(0)
  })

  it('that differs has the fills asked for before it is asked again', () => {
    const { recovery, position } = begun()
    for (const what of QUESTIONS) {
      recovery.inquiries.askIfDue(what, T0)
      recovery.inquiries.answered(what, T0, true, T0)
    }
    position(T0, 500)
    expect(recovery.inquiries.askIfDue('fills', T0 + 1000)).toBe(true)
    expect(recovery.inquiries.askIfDue('position', T0 + 1000)).toBe(false)
    expect(recovery.inquiries.askIfDue('position', T0 + 1001)).toBe(true)
  })
})
