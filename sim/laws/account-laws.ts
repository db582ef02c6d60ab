// The laws about everybody else who uses our account: what is not ours is let alone, and counts for
// nothing.

import type { Parcel } from '../world/post.ts'
import type { Scene } from './scene.ts'
import { type Law, orderIdIn } from './venue-laws.ts'

/** Fills of the ledger that are looked at each time: more than come between two looks. */
const FILLS_LOOKED_AT = 20

export class AccountLaws {
  readonly #scene: Scene
  readonly #law: Law

  constructor(scene: Scene, law: Law) {
    this.#scene = scene
    this.#law = law
  }

  /** Just before a request is carried out. */
  arriving(parcel: Parcel): void {
    if (!parcel.write) return
    const { orders } = this.#scene.account
    for (const id of orderIdsOf(parcel)) {
      const order = orders.get(id)
      if (order === undefined) continue
      this.#law(
        "the neighbour's orders are let alone",
        order.subaccount === 0,
        () => `${parcel.method} of ${order.clientOrderId}`,
      )
    }
  }

  check(): void {
    const { account, life } = this.#scene
    for (const fill of life?.engine.state.ledger.recent(FILLS_LOOKED_AT) ?? []) {
      const order = account.orders.get(fill.orderId)
      this.#law(
        'no fill of a neighbour is counted',
        order === undefined || order.subaccount === 0,
        () => `${fill.tradeId} of ${order?.clientOrderId}`,
      )
    }
  }
}

/** The orders that a write names. */
const orderIdsOf = ({ path, body }: Parcel): string[] => {
  const listed = body?.orders
  if (!Array.isArray(listed)) return [orderIdIn(path)]
  return listed.map((row) => String((row as Record<string, unknown>).order_id))
}
