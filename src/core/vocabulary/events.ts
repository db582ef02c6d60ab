// Everything that can happen to a maker (events) and everything that it can ask for (effects).
//
// Events carry their own time (`at`, our clock); the engine has none. The room knows no other room.
// The decoder reuses frame objects for the next frame, so that the hot path allocates nothing after
// JSON.parse: copy a frame that you keep.

import type { DeskTerms, TradingState } from './desk.ts'
import type { HourFactors } from './hours.ts'
import type { Market, MarketStatus, PriceRange } from './market.ts'
import type { Outcome } from './outcome.ts'
import type { Parameters } from './parameters.ts'
import type { LatchCode } from './reason-codes.ts'
import type { SiblingsView } from './siblings.ts'
import type { Millis, Money, Price, Quantity, Side } from './units.ts'

/** A trade of ours, from the fill channel or from GET /portfolio/fills. */
export interface Fill {
  /** Equal to the public trade's id; the key by which fills are counted once. */
  tradeId: string
  orderId: string
  /** '' where the source does not carry it (REST fills since 2026-03-30). */
  clientOrderId: string
  ticker: string
  side: Side
  price: Price
  quantity: Quantity
  fee: Money
  isTaker: boolean
  /** The exchange's time. */
  venueAt: Millis
  /** Signed position after this fill by the exchange's count, or null where not given. */
  positionAfter: Quantity | null
}

/** An order as the exchange describes it, from user_orders or from GET /portfolio/orders. */
export interface OrderReport {
  orderId: string
  clientOrderId: string
  ticker: string
  side: Side
  price: Price
  status: 'resting' | 'canceled' | 'executed' | 'unknown'
  filled: Quantity
  remaining: Quantity
  /** null when the order does not expire. */
  expiresAt: Millis | null
  /** The exchange's time of the last change; 0 where not given. */
  venueAt: Millis
  /** last_update_reason, or ''. */
  reason: string
}

/** What the exchange says we hold in one market. */
export interface PositionReport {
  position: Quantity
  realized: Money
  fees: Money
  /** Cost of what is held: YES cost when long, NO cost when short; both positive. */
  exposure: Money
}

/** How a market was paid out: one row of the exchange's settlements. */
export interface SettlementReport {
  readonly ticker: string
  /** 'yes', 'no' or 'scalar'; another word where the market was voided. */
  readonly result: string
  /** All that was ever bought of each outcome; what was held is their difference. */
  readonly yesCount: Quantity
  readonly noCount: Quantity
  /** What was paid for that, fees apart; null where not given. */
  readonly yesCost: Money | null
  readonly noCost: Money | null
  /** What was paid for the outcome. */
  readonly revenue: Money
  /** All fees of the market, those of its trades included. */
  readonly fee: Money
  readonly at: Millis
}

/** Whether the exchange takes orders: its first shard, and each by index where it says so. */
export interface ExchangeReport {
  readonly isTrading: boolean
  readonly shards: Readonly<Record<number, boolean>>
}

/** How many contracts must trade before one of our resting orders does, as the exchange counts. */
export interface QueueReport {
  readonly orderId: string
  readonly ahead: Quantity
}

/**
 * The whole book as GET /markets/{ticker}/orderbook gives it: flat pairs price, quantity, YES
 * prices on both sides, our own orders included. It carries no time.
 */
export interface BookReport {
  readonly bids: readonly number[]
  readonly asks: readonly number[]
}

/**
 * A running liquidity programme: what the exchange pays for orders that rest near the best price.
 */
export interface Programme {
  readonly startAt: Millis
  readonly endAt: Millis
  /** Shared out over the whole span, in dollars. */
  readonly rewardDollars: number
  /** The share of its weight that an order keeps for each tick away from the best; 0..1. */
  readonly discount: number
  /** Resting contracts beyond this many do not count, per side. */
  readonly targetQuantity: Quantity
}

/** What an order can use. Cash lies on shards, and each order uses that of its own. */
export interface CashReport {
  readonly total: Money
  readonly shards: readonly { readonly exchangeIndex: number; readonly cash: Money }[]
}

/** sid and seq are 0 where a frame carries none; both start at 1 on the wire. */
interface FrameBase {
  at: Millis
  sid: number
  seq: number
  /** When the exchange sent the frame, by its clock; 0 or absent where it does not say. */
  sentAt?: Millis
}

/** One subscription in the answer to list_subscriptions. */
export interface Listed {
  readonly channel: string
  readonly sid: number
}

export interface SnapshotFrame extends FrameBase {
  type: 'snapshot'
  ticker: string
  /** Flat pairs price, quantity, in no particular order. YES prices on both sides. */
  bids: number[]
  asks: number[]
}
export interface DeltaFrame extends FrameBase {
  type: 'delta'
  ticker: string
  side: Side
  price: Price
  /** Signed change of the level, not its new size. */
  delta: Quantity
  /** Ours when one of our own orders caused the change, else ''. */
  clientOrderId: string
  /** The older of the change's own time and of the frame's; 0 where the frame has neither. */
  venueAt: Millis
}
export interface TradeFrame extends FrameBase {
  type: 'trade'
  ticker: string
  tradeId: string
  price: Price
  quantity: Quantity
  /** The taker's side of the YES book. */
  taker: Side
  venueAt: Millis
}
export interface FillFrame extends FrameBase {
  type: 'fill'
  fill: Fill
}
export interface OrderFrame extends FrameBase {
  type: 'order'
  order: OrderReport
}
export interface LifecycleFrame extends FrameBase {
  type: 'lifecycle'
  ticker: string
  /**
   * The wire's event_type; unknown ones pass through and only cause the market to be read again.
   */
  change: string
  /** null unless the frame says so. */
  deactivated: boolean | null
  closeAt: Millis | null
  priceRanges: readonly PriceRange[] | null
  result: string
}
export interface SubscribedFrame extends FrameBase {
  type: 'subscribed'
  id: number
  channel: string
}
/** What has become of one of the account's order groups, ours or not. */
export interface GroupFrame extends FrameBase {
  type: 'group'
  groupId: string
  /** The wire's event_type: 'triggered', 'reset', 'deleted' and others. */
  change: string
}
/** Reply to a command. It consumes a seq of its sid like any other frame. */
export interface OkFrame extends FrameBase {
  type: 'ok'
  id: number
  /** What is subscribed; null in an answer without a list, absent in old journals. */
  listed?: readonly Listed[] | null
  /** When the command was sent, by our clock; 0 or absent where that is not known. */
  askedAt?: Millis
}
export interface UnsubscribedFrame extends FrameBase {
  type: 'unsubscribed'
  id: number
}
export interface FeedErrorFrame extends FrameBase {
  type: 'error'
  id: number
  code: number
  message: string
}
/** `what` of a fill or an order of another subaccount: counted, and otherwise left alone. */
export const OTHER_SUBACCOUNT = 'other-subaccount'
/** A frame type we do not know, or one about another market. It may consume a seq. */
export interface OtherFrame extends FrameBase {
  type: 'other'
  what: string
  /** It stands for an unbroken run of frames about other markets, from this seq to its own. */
  first?: number
}
/** A frame that breaks the protocol. Never thrown; counted and logged. */
export interface MalformedFrame extends FrameBase {
  type: 'malformed'
  detail: string
}

export type Frame =
  | SnapshotFrame
  | DeltaFrame
  | TradeFrame
  | FillFrame
  | OrderFrame
  | LifecycleFrame
  | GroupFrame
  | SubscribedFrame
  | OkFrame
  | UnsubscribedFrame
  | FeedErrorFrame
  | OtherFrame
  | MalformedFrame

/** The exchange's answer to an order request. Counts are null where the answer omits them. */
export interface Ack {
  readonly orderId: string
  readonly filled: Quantity | null
  readonly remaining: Quantity | null
  readonly venueAt: Millis
}

export type IntentKind = 'place' | 'amend' | 'decrease' | 'cancel'

interface IntentBase<Kind extends IntentKind> {
  readonly kind: Kind
  readonly clientOrderId: string
  readonly side: Side
}
/**
 * Place a new post-only, good-till-canceled order that expires at `expiresAt`; or with `take`, one
 * that is immediate or cancel and only reduces, within the limit of whoever asked for it.
 */
export interface PlaceIntent extends IntentBase<'place'> {
  readonly price: Price
  readonly quantity: Quantity
  readonly expiresAt: Millis
  readonly take?: { readonly limit: Price }
}
/** Change price, total count (already filled + wanted remainder) or expiry of a resting order. */
export interface AmendIntent extends IntentBase<'amend'> {
  readonly orderId: string
  readonly price: Price
  readonly total: Quantity
  readonly expiresAt: Millis
}
/** Shrink what remains; keeps the place in the queue. */
export interface DecreaseIntent extends IntentBase<'decrease'> {
  readonly orderId: string
  /** What is to remain by our count, and how much less that is: the request asks for the latter. */
  readonly remaining: Quantity
  readonly by: Quantity
}
export interface CancelIntent extends IntentBase<'cancel'> {
  readonly orderId: string
}
export type Intent = PlaceIntent | AmendIntent | DecreaseIntent | CancelIntent

declare const approval: unique symbol
/**
 * An intent that the risk review has approved: only `review` makes one, and only one can be sent.
 */
export type Approved<T extends Intent = Intent> = T & { readonly [approval]: true }

/** What has to be known before quotes may go out. */
export type Inquiry = 'market' | 'orders' | 'fills' | 'position'
/** What helps, and quoting does not wait for. */
type Extra = 'queue' | 'programmes' | 'settlement' | 'cash' | 'book' | 'exchange'
/** What the engine asks the exchange. */
export type Question = Inquiry | Extra

/** A share of the account's write budget, granted by the desk. Tokens, tokens per second. */
export interface Lease {
  readonly refill: number
  readonly capacity: number
  readonly cost: Readonly<Record<IntentKind, number>>
}

/** Which of our quotes an external shock takes away. */
export type Pull = 'none' | 'both' | Side

export type Command = 'pause' | 'resume' | 'halt' | 'release'

export type ControlEvent =
  /**
   * The maker begins. `nonce` makes client order ids unique for ever. `afterRestart`: an earlier
   * run may have acted a moment ago, and reads show that only once they have caught up.
   */
  | { type: 'start'; at: Millis; nonce: string; afterRestart?: boolean }
  /** The maker ends: cancel everything, ask for nothing more. */
  | { type: 'stop'; at: Millis }
  | { type: 'command'; at: Millis; command: Command; reason: string }
  | { type: 'configure'; at: Millis; parameters: Parameters }
  /** Take the position off with orders that take, at no worse than `limit`, and stay paused. */
  | { type: 'flatten'; at: Millis; limit: Price }
  /** `notHaltedAt`: the desk was asked then, and knew of no halt; absent where it did not say. */
  | { type: 'lease'; at: Millis; lease: Lease; notHaltedAt?: Millis }
  /** What the desk lets this maker do, until it is told otherwise. */
  | { type: 'desk'; at: Millis; terms: DeskTerms }
  /** What a person lets this ticker do; without one it is active. */
  | { type: 'state'; at: Millis; state: TradingState }
  /** The exchange has tripped our order group: it has canceled our orders and takes no new ones. */
  | { type: 'group-triggered'; at: Millis; how: 'heard' | 'read' | 'refused' }
  /** A person has looked: the brakes begin a new session. */
  | { type: 'rearm'; at: Millis }
  /**
   * The socket is open and subscriptions have been asked for. Streams start over. `clockOffset`:
   * what to add to our clock to get the exchange's, where that was measured.
   */
  | { type: 'link-up'; at: Millis; clockOffset?: Millis }
  | { type: 'link-down'; at: Millis; reason: string }
  /** Time passed; sent by the shell at or after `engine.wakeAt`. */
  | { type: 'clock'; at: Millis }
  /**
   * A new external skew, in cents of YES, and which of our quotes must show nothing before `until`,
   * because an outside price has jumped and informed takers follow. Each replaces the one before.
   */
  | { type: 'alpha'; at: Millis; cents: number; pull: Pull; until: Millis }
  /** What the desk knows of the other markets of the event; replaces what it said before. */
  | { type: 'siblings'; at: Millis; view: SiblingsView }
  /** What the desk has learnt of the hours of our series; replaces what it said before. */
  | { type: 'hours'; at: Millis; factors: HourFactors }
  /** The outcome of an intent. */
  | { type: 'reply'; at: Millis; kind: IntentKind; clientOrderId: string; outcome: Outcome<Ack> }
  | Answer<'market', Market>
  | Answer<'orders', OrderReport[]>
  | Answer<'fills', Fill[]>
  | Answer<'position', PositionReport>
  | Answer<'queue', QueueReport[]>
  | Answer<'programmes', Programme[]>
  | Answer<'exchange', ExchangeReport>
  | Answer<'settlement', SettlementReport[]>
  | Answer<'cash', CashReport>
  | Answer<'book', BookReport>

/** The outcome of a question that was asked at `askedAt`. */
interface Answer<What extends Question, Value> {
  type: 'answer'
  at: Millis
  askedAt: Millis
  what: What
  outcome: Outcome<Value>
}

export type Event = Frame | ControlEvent

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** The nine columns of the tape, in the tape's units (cents, contracts, milliseconds). */
export interface TapeRow {
  readonly at: Millis
  readonly ticker: string
  /** Cents; null when the book has no mid. */
  readonly mid: number | null
  readonly myBid: number | null
  readonly myAsk: number | null
  /** Contracts, signed. */
  readonly inventory: number
  /** Cents, at the mark: the mid, or where there is none what marks.ts says. */
  readonly unrealizedPnl: number
  /** Cents, net of fees. */
  readonly realizedPnl: number
  /** Message received -> order acknowledged; null where no order was sent. */
  readonly latencyMs: number | null
}

export type Effect =
  | { readonly type: 'send'; readonly intent: Approved }
  /** `since` is the fill cursor (0 = all fills); only for 'fills'. */
  | { readonly type: 'ask'; readonly what: Question; readonly since: Millis }
  /** Replace the book subscription `sid` by a new one: fresh snapshot, fresh sequence. */
  | { readonly type: 'resubscribe'; readonly sid: number }
  /** Drop the socket and dial anew. */
  | { readonly type: 'reconnect'; readonly reason: string }
  | { readonly type: 'row'; readonly row: TapeRow }
  /** The maker has halted itself: to be stored, so that only a person releases it. */
  | { readonly type: 'latch'; readonly code: LatchCode }
  | {
      readonly type: 'log'
      readonly level: LogLevel
      readonly event: string
      readonly detail: Readonly<Record<string, string | number | boolean | null>>
    }

/** Statuses in which a market takes orders. */
export const isTradable = (status: MarketStatus): status is 'active' => status === 'active'
