// Decodes the text of a socket frame into a Frame of the core. Never throws: a frame that breaks
// the protocol becomes a 'malformed' frame that says why.
//
// Kalshi quotes a binary market as YES bids and NO bids; from here on there is one YES book with
// bids and asks. By hand and not by a schema, because this is the hot path: the next call fills the
// same frame objects again, so that a delta costs little more than its JSON.parse.

import {
  type DeltaFrame,
  type FeedErrorFrame,
  type FillFrame,
  type Frame,
  type GroupFrame,
  type LifecycleFrame,
  type Listed,
  type MalformedFrame,
  type OkFrame,
  type OrderFrame,
  OTHER_SUBACCOUNT,
  type OtherFrame,
  type SnapshotFrame,
  type SubscribedFrame,
  type TradeFrame,
  type UnsubscribedFrame,
} from '../../core/vocabulary/events.ts'
import { type Millis, PRICE_ONE, parsePrice, parseQuantity } from '../../core/vocabulary/units.ts'
import {
  asCount,
  asMillis,
  asObject,
  asText,
  type Json,
  readPriceRanges,
  show,
  sideOfLeg,
} from '../common/fields.ts'
import { isLevel, readLevels } from '../common/levels.ts'
import { emptyFill, emptyOrder, ownerOf, readFill, readOrder } from '../common/records.ts'
import { DeltaScanner } from './delta-scanner.ts'

interface DecoderOptions {
  /**
   * How NO levels are priced on this socket: 'yes-price' where the subscription asked for
   * use_yes_price (they are YES asks already), 'no-price' where the ask is $1 minus the level.
   */
  readonly noSide: 'yes-price' | 'no-price'
  /** Orders, fills and marks of any other subaccount are not ours; the primary one if left out. */
  readonly subaccount?: number
  /**
   * Our market. The lifecycle channel carries every market of the exchange; what is about another
   * becomes a frame 'other' with the words OTHER_MARKET. Left out, nothing is foreign.
   */
  readonly ticker?: string
}

/** What a frame 'other' says of one that is about another market or another event. */
export const OTHER_MARKET = 'other-market'

/** Decodes the frames of one socket. It reuses its frames, so each socket needs its own. */
export class FrameDecoder {
  /** The event of our market; '' while unknown: then every event whose name ours begins with. */
  eventTicker = ''
  readonly #mirrored: boolean
  readonly #subaccount: number
  readonly #ticker: string
  readonly #snapshot: SnapshotFrame = blank({
    type: 'snapshot',
    ticker: '',
    bids: [],
    asks: [],
    sentAt: 0,
  })
  readonly #delta: DeltaFrame = blank({
    type: 'delta',
    ticker: '',
    side: 'bid',
    price: 0,
    delta: 0,
    clientOrderId: '',
    venueAt: 0,
  })
  readonly #trade: TradeFrame = blank({
    type: 'trade',
    ticker: '',
    tradeId: '',
    price: 0,
    quantity: 0,
    taker: 'bid',
    venueAt: 0,
    sentAt: 0,
  })
  readonly #fill: FillFrame = blank({ type: 'fill', fill: emptyFill() })
  readonly #order: OrderFrame = blank({ type: 'order', order: emptyOrder() })
  readonly #lifecycle: LifecycleFrame = blank({
    type: 'lifecycle',
    ticker: '',
    change: '',
    deactivated: null,
    closeAt: null,
    priceRanges: null,
    result: '',
  })
  readonly #group: GroupFrame = blank({ type: 'group', groupId: '', change: '' })
  readonly #subscribed: SubscribedFrame = blank({ type: 'subscribed', id: 0, channel: '' })
  readonly #ok: OkFrame = blank({
    type: 'ok',
    id: 0,
    listed: null,
    askedAt: 0,
    sentAt: 0,
  })
  readonly #unsubscribed: UnsubscribedFrame = blank({ type: 'unsubscribed', id: 0 })
  readonly #error: FeedErrorFrame = blank({ type: 'error', id: 0, code: 0, message: '' })
  readonly #other: OtherFrame = blank({ type: 'other', what: '' })
  readonly #malformed: MalformedFrame = blank({ type: 'malformed', detail: '' })
  readonly #scanner = new DeltaScanner()

  constructor(options: DecoderOptions) {
    this.#mirrored = options.noSide === 'no-price'
    this.#subaccount = options.subaccount ?? 0
    this.#ticker = options.ticker ?? ''
  }

  /** Decodes one frame received at `at` (our clock, ms). Never throws. Copy what must be kept. */
  decode(text: string, at: Millis): Frame {
    return this.#scanner.scan(text) ? this.#scanned(at) : this.#parse(text, at)
  }

  #scanned(at: Millis): DeltaFrame {
    const { sid, seq, ticker, isYes, price, delta, venueAt, sentAt } = this.#scanner
    const frame = this.#delta
    frame.side = isYes ? 'bid' : 'ask'
    frame.price = isYes || !this.#mirrored ? price : PRICE_ONE - price
    frame.ticker = ticker
    frame.delta = delta
    frame.clientOrderId = ''
    frame.venueAt = older(venueAt, sentAt)
    return stamp(frame, at, sid, seq)
  }

  /** The definition of every frame; `scan` only repeats it for the commonest. */
  #parse(text: string, at: Millis): Frame {
    let raw: unknown
    try {
      raw = JSON.parse(text)
    } catch {
      return this.#refuse(at, 0, 0, `frame: found ${show(text)}, wanted JSON`)
    }
    if (typeof raw !== 'object' || raw === null) {
      return this.#refuse(at, 0, 0, `frame: found ${show(raw)}, wanted an object`)
    }
    const frame = raw as Json
    let sid = asCount(frame.sid)
    const seq = asCount(frame.seq)
    if (sid < 0 || seq < 0) {
      const isBook = frame.type === 'orderbook_delta' || frame.type === 'orderbook_snapshot'
      // A change of the book under no subscription at all is not to be overlooked.
      if (seq < 0 || !isBook) {
        const found = `${show(frame.sid)}, ${show(frame.seq)}`
        return this.#refuse(at, Math.max(sid, 0), 0, `frame sid, seq: found ${found}`)
      }
      sid = 0
    }
    const body = frame.msg
    const msg = (typeof body === 'object' && body !== null ? body : NOTHING) as Json
    switch (frame.type) {
      case 'orderbook_delta': {
        const sentAt = asMillis(frame.sending_ts_ms, 1)
        const read = this.#readDelta(msg, sentAt, at, sid, seq)
        if (read.type === 'delta' && read.clientOrderId === '') {
          const { ticker } = read
          this.#scanner.missed(text, { sid, seq, ticker, venueAt: asMillis(msg.ts_ms, 1), sentAt })
        }
        return read
      }
      case 'orderbook_snapshot':
        this.#snapshot.sentAt = asMillis(frame.sending_ts_ms, 1)
        return this.#readSnapshot(msg, at, sid, seq)
      case 'trade':
        this.#trade.sentAt = asMillis(frame.sending_ts_ms, 1)
        return this.#readTrade(msg, at, sid, seq)
      case 'fill':
      case 'user_order':
        return this.#readOwn(frame.type, msg, at, sid, seq)
      case 'market_lifecycle_v2':
        return this.#readLifecycle(msg, at, sid, seq)
      case 'order_group_updates':
        return this.#readGroup(msg, at, sid, seq)
      case 'subscribed': {
        const own = asCount(msg.sid)
        if (own < 0) return this.#refuse(at, sid, seq, `subscribed sid: found ${show(msg.sid)}`)
        this.#subscribed.id = Math.max(asCount(frame.id), 0)
        this.#subscribed.channel = asText(msg.channel)
        return stamp(this.#subscribed, at, own || sid, seq)
      }
      case 'ok':
        this.#ok.id = Math.max(asCount(frame.id), 0)
        this.#ok.listed = readList(body)
        this.#ok.askedAt = 0
        this.#ok.sentAt = asMillis(frame.sending_ts_ms, 1)
        return stamp(this.#ok, at, sid, seq)
      case 'unsubscribed':
        this.#unsubscribed.id = Math.max(asCount(frame.id), 0)
        return stamp(this.#unsubscribed, at, sid || Math.max(asCount(msg.sid), 0), seq)
      case 'error':
        this.#error.id = Math.max(asCount(frame.id), 0)
        this.#error.code = Math.max(asCount(msg.code), 0)
        this.#error.message = asText(msg.msg)
        return stamp(this.#error, at, sid, seq)
      default:
        if (typeof frame.type !== 'string') {
          return this.#refuse(at, sid, seq, `frame type: found ${show(frame.type)}, wanted text`)
        }
        if (frame.type.startsWith('event_') && this.#isForeignEvent(asText(msg.event_ticker))) {
          return this.#readOther(OTHER_MARKET, at, sid, seq)
        }
        return this.#readOther(frame.type, at, sid, seq)
    }
  }

  /** A fill or an order: of another subaccount it is only counted, though it consumes its seq. */
  #readOwn(type: 'fill' | 'user_order', msg: Json, at: Millis, sid: number, seq: number): Frame {
    const owner = ownerOf(msg, this.#subaccount)
    if (owner === 'others') {
      return this.#readOther(OTHER_SUBACCOUNT, at, sid, seq)
    }
    if (owner === 'unreadable') {
      const found = show(msg.subaccount ?? msg.subaccount_number)
      return this.#refuse(at, sid, seq, `${type} subaccount: found ${found}`)
    }
    const isFill = type === 'fill'
    const wrong = isFill ? readFill(msg, this.#fill.fill) : readOrder(msg, this.#order.order)
    if (wrong !== '') return this.#refuse(at, sid, seq, wrong)
    return stamp(isFill ? this.#fill : this.#order, at, sid, seq)
  }

  #readOther(what: string, at: Millis, sid: number, seq: number): Frame {
    this.#other.what = what
    return stamp(this.#other, at, sid, seq)
  }

  #isForeignEvent(event: string): boolean {
    if (this.#ticker === '' || event === '') return false
    if (this.eventTicker !== '') return event !== this.eventTicker
    return !this.#ticker.startsWith(event)
  }

  #readDelta(
    msg: Json,
    sentAt: Millis,
    at: Millis,
    sid: number,
    seq: number,
  ): DeltaFrame | MalformedFrame {
    const { market_ticker: ticker, side } = msg
    const price = parsePrice(msg.price_dollars)
    const delta = parseQuantity(msg.delta_fp)
    if (typeof ticker !== 'string' || ticker === '') {
      return this.#refuse(at, sid, seq, `delta market_ticker: found ${show(ticker)}`)
    }
    if (!isLevel(price)) {
      return this.#refuse(at, sid, seq, `delta price_dollars: found ${show(msg.price_dollars)}`)
    }
    if (Number.isNaN(delta)) {
      return this.#refuse(at, sid, seq, `delta delta_fp: found ${show(msg.delta_fp)}`)
    }
    const frame = this.#delta
    if (side === 'yes') {
      frame.side = 'bid'
      frame.price = price
    } else if (side === 'no') {
      frame.side = 'ask'
      frame.price = this.#mirrored ? PRICE_ONE - price : price
    } else return this.#refuse(at, sid, seq, `delta side: found ${show(side)}, wanted yes or no`)
    frame.ticker = ticker
    frame.delta = delta
    frame.clientOrderId = asText(msg.client_order_id)
    // A mark of another subaccount says nothing about our orders: the change is one of others.
    if (frame.clientOrderId !== '' && ownerOf(msg, this.#subaccount) !== 'ours') {
      frame.clientOrderId = ''
    }
    frame.venueAt = older(asMillis(msg.ts_ms, 1), sentAt)
    return stamp(frame, at, sid, seq)
  }

  #readSnapshot(msg: Json, at: Millis, sid: number, seq: number): Frame {
    const frame = this.#snapshot
    frame.ticker = asText(msg.market_ticker)
    if (frame.ticker === '') {
      return this.#refuse(at, sid, seq, `snapshot market_ticker: found ${show(msg.market_ticker)}`)
    }
    // A side without levels is absent from the frame.
    const wrong =
      readLevels(msg.yes_dollars_fp, false, frame.bids) ||
      readLevels(msg.no_dollars_fp, this.#mirrored, frame.asks)
    if (wrong !== '') return this.#refuse(at, sid, seq, `snapshot ${wrong}`)
    return stamp(frame, at, sid, seq)
  }

  #readTrade(msg: Json, at: Millis, sid: number, seq: number): Frame {
    // A block trade is agreed off the book: it says nothing about who takes from the book.
    if (msg.is_block_trade === true) return this.#readOther('block_trade', at, sid, seq)
    const frame = this.#trade
    frame.ticker = asText(msg.market_ticker)
    if (frame.ticker === '') {
      return this.#refuse(at, sid, seq, `trade market_ticker: found ${show(msg.market_ticker)}`)
    }
    frame.tradeId = asText(msg.trade_id)
    frame.price = parsePrice(msg.yes_price_dollars)
    if (!(frame.price >= 0 && frame.price <= PRICE_ONE)) {
      const found = show(msg.yes_price_dollars)
      return this.#refuse(at, sid, seq, `trade yes_price_dollars: found ${found}`)
    }
    frame.quantity = parseQuantity(msg.count_fp)
    if (!(frame.quantity > 0)) {
      return this.#refuse(at, sid, seq, `trade count_fp: found ${show(msg.count_fp)}`)
    }
    const book = msg.taker_book_side
    const taker =
      book === 'bid' || book === 'ask' ? book : sideOfLeg(msg.taker_outcome_side ?? msg.taker_side)
    if (taker === null) {
      return this.#refuse(at, sid, seq, `trade taker_book_side: found ${show(book)}`)
    }
    frame.taker = taker
    frame.venueAt = asMillis(msg.ts_ms, 1) || asMillis(msg.ts, 1000)
    return stamp(frame, at, sid, seq)
  }

  #readLifecycle(msg: Json, at: Millis, sid: number, seq: number): Frame {
    const frame = this.#lifecycle
    frame.ticker = asText(msg.market_ticker)
    frame.change = asText(msg.event_type)
    if (frame.ticker === '' || frame.change === '') {
      const found = `${show(msg.market_ticker)}, ${show(msg.event_type)}`
      return this.#refuse(at, sid, seq, `lifecycle market_ticker, event_type: found ${found}`)
    }
    if (this.#ticker !== '' && frame.ticker !== this.#ticker) {
      return this.#readOther(OTHER_MARKET, at, sid, seq)
    }
    frame.deactivated =
      typeof msg.is_deactivated === 'boolean'
        ? msg.is_deactivated
        : frame.change === 'deactivated'
          ? true
          : null
    // Every *_ts field of this channel is in seconds.
    frame.closeAt = asMillis(msg.close_ts, 1000) || null
    frame.priceRanges = null
    if (msg.price_ranges !== undefined && msg.price_ranges !== null) {
      const ranges = readPriceRanges(msg.price_ranges)
      if (typeof ranges === 'string') return this.#refuse(at, sid, seq, `lifecycle ${ranges}`)
      frame.priceRanges = ranges
    }
    frame.result = asText(msg.result)
    return stamp(frame, at, sid, seq)
  }

  #readGroup(msg: Json, at: Millis, sid: number, seq: number): Frame {
    const frame = this.#group
    frame.groupId = asText(msg.order_group_id)
    frame.change = asText(msg.event_type)
    if (frame.groupId === '' || frame.change === '') {
      const found = `${show(msg.order_group_id)}, ${show(msg.event_type)}`
      return this.#refuse(at, sid, seq, `order group id, event_type: found ${found}`)
    }
    return stamp(frame, at, sid, seq)
  }

  #refuse(at: Millis, sid: number, seq: number, detail: string): MalformedFrame {
    this.#malformed.detail = detail
    return stamp(this.#malformed, at, sid, seq)
  }
}

const NOTHING: Json = Object.freeze({})

/** A frame before its first use. */
const blank = <T extends object>(frame: T): T & { at: Millis; sid: number; seq: number } => ({
  ...frame,
  at: 0,
  sid: 0,
  seq: 0,
})

const stamp = <T extends Frame>(frame: T, at: Millis, sid: number, seq: number): T => {
  frame.at = at
  frame.sid = sid
  frame.seq = seq
  return frame
}

/** The older of two times, of which either may be 0 for none. */
const older = (a: Millis, b: Millis): Millis => (a === 0 ? b : b === 0 ? a : a < b ? a : b)

/** The answer to list_subscriptions, less lines that name none; null where it is no list. */
const readList = (body: unknown): Listed[] | null => {
  if (!Array.isArray(body)) return null
  const list: Listed[] = []
  for (const line of body as unknown[]) {
    const raw = asObject(line)
    const sid = asCount(raw?.sid)
    if (sid > 0) list.push({ channel: asText(raw?.channel), sid })
  }
  return list
}
