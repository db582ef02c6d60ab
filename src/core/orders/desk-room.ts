// The room that the desk leaves one maker: its share of what events and the whole desk may lose,
// and of the cash. What reduces the position always has room.
//
// In: the desk's terms, as events bring them. Out: an upper bound for each order. Before any terms
// nothing is limited here: a journal of an earlier version has none.

import type { Ledger } from '../ledger/ledger.ts'
import type { DeskTerms } from '../vocabulary/desk.ts'
import type { RefusalCode } from '../vocabulary/reason-codes.ts'
import type { Money, Quantity, Side } from '../vocabulary/units.ts'
import { opposite } from '../vocabulary/units.ts'
import { collateralOf, paidFor } from './exposure.ts'
import type { Orders } from './orders.ts'

/** Before the desk has spoken: only what reduces the position. Day 0 marks it. */
export const FIRST_TERMS: DeskTerms = {
  until: Number.POSITIVE_INFINITY,
  state: 'active',
  day: 0,
  othersGain: 0,
  maxDailyLoss: Number.MAX_SAFE_INTEGER,
  dayRoom: 0,
  most: { yes: Number.MIN_SAFE_INTEGER, no: Number.MIN_SAFE_INTEGER },
  by: 'desk-risk',
  event: { limit: 0, used: 0 },
  desk: { limit: 0, used: 0 },
  cash: null,
  minCash: 0,
}

/** A bound on an order, and which rule it comes from. */
export interface Room {
  quantity: Quantity
  by: RefusalCode
}

/** The order that asks for room, with everything else of its side as if it had filled. */
export interface Need {
  readonly side: Side
  /** What one contract costs, in Price units: the price of a bid, a dollar less that of an ask. */
  readonly each: number
  /** Contracts held in the direction of the side; negative where it reduces. */
  readonly held: Quantity
  /** Other orders of the side, and what the side would lose with them. */
  readonly others: Quantity
  readonly outlay: Money
  readonly loss: Money
}

export class DeskRoom {
  /** null before the desk has spoken. */
  terms: DeskTerms | null = null
  /** What was paid for the position when the terms came. */
  #paid: Money = 0

  grant(terms: DeskTerms, ledger: Ledger): void {
    this.terms = terms
    this.#paid = paidFor(ledger)
  }

  /** Tightens the room that the ticker's own limits leave. */
  tighten(room: Room, need: Need, ledger: Ledger, orders: Orders): Room {
    const { terms } = this
    if (terms === null) return room
    const { side, each, held, others, outlay, loss } = need
    const reduces = Math.max(0, -held - others)
    const risk = side === 'bid' ? terms.most.no : terms.most.yes
    const byRisk = Math.max(reduces, Math.floor((risk - loss - outlay) / each))
    let tightest = room
    if (byRisk < tightest.quantity) tightest = { quantity: byRisk, by: terms.by }
    if (terms.cash === null) return tightest
    const has = terms.cash - Math.max(0, paidFor(ledger) - this.#paid)
    // Flat, both sides open positions: neither may take what the other needs.
    const most = has - collateralOf(opposite(side), ledger, orders)
    const cash = held === 0 ? Math.min(most, has / 2) : most
    // Of this side, what closes the position needs no cash.
    const closes = Math.max(0, -held)
    const free = Math.max(0, closes - others)
    const bound = others === 0 ? 0 : (outlay * Math.max(0, others - closes)) / others
    const byCash = Math.max(reduces, free + Math.floor((cash - bound) / each))
    return byCash < tightest.quantity ? { quantity: byCash, by: 'cash' } : tightest
  }
}
