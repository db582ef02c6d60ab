// The facts that the exchange announces, in the order in which they happen. Socket frames, the read
// model and waiting tests are all built from them. Facts refer to live objects: read them when they
// arrive.

import type { Millis, Price, Quantity, Side } from '../../../src/core/vocabulary/units.ts'
import type { Order, Reason } from '../matching/order.ts'
import type { Account, Fill } from './account.ts'
import type { Holding } from './holding.ts'
import type { EventEntry, Listing, Trade } from './listing.ts'

export interface LevelFact {
  readonly kind: 'level'
  readonly at: Millis
  readonly listing: Listing
  readonly side: Side
  readonly price: Price
  readonly delta: Quantity
  /** The order whose owner's request caused the change, or null. */
  readonly actor: Order | null
}

interface TradeFact {
  readonly kind: 'trade'
  readonly at: Millis
  readonly listing: Listing
  readonly trade: Trade
}
export interface FillFact {
  readonly kind: 'fill'
  readonly at: Millis
  readonly listing: Listing
  readonly account: Account
  readonly fill: Fill
}
export interface OrderFact {
  readonly kind: 'order'
  readonly at: Millis
  readonly listing: Listing
  readonly account: Account
  readonly order: Order
  readonly reason: Reason
}
export interface PositionFact {
  readonly kind: 'position'
  readonly at: Millis
  readonly listing: Listing
  readonly account: Account
  readonly holding: Holding
}
/** Best prices, last trade or volume changed; at most one a second per market. */
interface TickerFact {
  readonly kind: 'ticker'
  readonly at: Millis
  readonly listing: Listing
}
export interface LifecycleFact {
  readonly kind: 'lifecycle'
  readonly at: Millis
  readonly listing: Listing
  /** The wire's event_type. */
  readonly change: string
  /** The extra keys of that event_type, as sent. */
  readonly extra: Readonly<Record<string, unknown>>
}
export interface FeeFact {
  readonly kind: 'fee'
  readonly at: Millis
  readonly eventTicker: string
  readonly feeType: string | null
  readonly feeMultiplier: number | null
}

/** An event was listed. */
export interface EventFact {
  readonly kind: 'event'
  readonly at: Millis
  readonly event: EventEntry
}
export interface OrderGroup {
  readonly id: string
  readonly account: Account
  readonly subaccount: number
  readonly shard: number
  limit: Quantity
  triggered: boolean
  /** Those that rest. */
  readonly orders: Set<Order>
  /** Matched in the window, oldest first, and their sum. */
  readonly matched: { readonly at: Millis; readonly quantity: Quantity }[]
  total: Quantity
}

export type GroupEvent = 'created' | 'triggered' | 'reset' | 'deleted' | 'limit_updated'
export interface GroupFact {
  readonly kind: 'group'
  readonly at: Millis
  readonly account: Account
  readonly group: OrderGroup
  readonly event: GroupEvent
}
/** An account's cash changed without a trade: a transfer. */
interface MoneyFact {
  readonly kind: 'money'
  readonly at: Millis
  readonly account: Account
}

export type Fact =
  | LevelFact
  | TradeFact
  | FillFact
  | OrderFact
  | PositionFact
  | TickerFact
  | LifecycleFact
  | FeeFact
  | EventFact
  | GroupFact
  | MoneyFact
