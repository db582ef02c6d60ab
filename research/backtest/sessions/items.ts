// What a session is made of: the moments of one market's recording, in the order of time.

import type { Millis, Price, Quantity, Side } from '../../../src/core/vocabulary/units.ts'

interface MomentItem {
  /** 'beat': a frame that says nothing about this book; 'gap': one that was lost. */
  readonly kind: 'up' | 'down' | 'beat' | 'gap'
  readonly at: Millis
}
export interface SnapshotItem {
  readonly kind: 'snapshot'
  readonly at: Millis
  /** Flat pairs price, quantity. */
  readonly bids: readonly number[]
  readonly asks: readonly number[]
}
export interface DeltaItem {
  readonly kind: 'delta'
  readonly at: Millis
  readonly side: Side
  readonly price: Price
  readonly change: Quantity
  /** How much of a decrease was traded, where that was read out of ticker messages. */
  traded: Quantity
}
export interface PrintItem {
  readonly kind: 'print'
  readonly at: Millis
  readonly price: Price
  readonly quantity: Quantity
  readonly taker: Side
}
export type SessionItem = MomentItem | SnapshotItem | DeltaItem | PrintItem
