// Trades of a recording that has no trade channel, read out of its ticker messages.
//
// A ticker says about once a second how much has traded so far, and the price and size of the last
// trade. The trade itself has already been seen: as the decrease of a book level by exactly that
// size at exactly that price. So the last trade gets its true time and its true side. The rest of
// the volume is spread over the other decreases that hit a best price meanwhile, in proportion to
// their sizes: some were trades and some were cancels, and the volume says how much was which.

import type { Top } from '../../../src/core/book/book.ts'
import {
  type Millis,
  PRICE_ONE,
  type Price,
  type Quantity,
  type Side,
} from '../../../src/core/vocabulary/units.ts'
import type { DeltaItem, PrintItem } from './items.ts'

/** What one ticker message says about trading. */
export interface TickerNews {
  readonly at: Millis
  /** Contracts traded in this market so far. */
  readonly volume: Quantity
  /** Price and size of the last trade. */
  readonly price: Price
  readonly size: Quantity
}

/**
 * Who came for a trade at `price`, judged by the book just before: at or beyond the ask, a buyer.
 */
const takerOf = (price: Price, top: Top): Side => {
  if (top.ask < PRICE_ONE && price >= top.ask) return 'bid'
  if (top.bid > 0 && price <= top.bid) return 'ask'
  return top.ask - price <= price - top.bid ? 'bid' : 'ask'
}

export class TickerPrints {
  /** Contracts that the tickers say were traded, and those for which a place was found. */
  seen: Quantity = 0
  placed: Quantity = 0
  #volume: Quantity | null = null
  #window: { readonly item: DeltaItem; readonly atBest: boolean }[] = []

  /** A new connection: what was traded before it is nobody's to know. */
  reset(): void {
    this.#volume = null
    this.#window = []
  }

  /** @param atBest whether the level was the best of its side before it changed */
  decrease(item: DeltaItem, atBest: boolean): void {
    this.#window.push({ item, atBest })
  }

  /**
   * Notes in the decreases since the last ticker how much of each was traded.
   * @returns a trade of its own where no decrease fits the last one, else null
   */
  ticker(news: TickerNews, top: Top): PrintItem | null {
    const before = this.#volume
    const window = this.#window
    this.#volume = news.volume
    this.#window = []
    if (before === null || news.volume <= before) return null
    const rise = news.volume - before
    this.seen += rise
    const last = window.findLast(
      ({ item }) => item.price === news.price && -item.change === news.size,
    )
    if (last === undefined) {
      this.placed += rise
      const { at, price } = news
      return { kind: 'print', at, price, quantity: rise, taker: takerOf(price, top) }
    }
    last.item.traded = Math.min(news.size, rise)
    this.placed += last.item.traded
    const others = window.filter((entry) => entry.atBest && entry !== last)
    const rest = rise - last.item.traded
    const total = others.reduce((sum, { item }) => sum - item.change, 0)
    for (const { item } of others) {
      item.traded = rest >= total ? -item.change : Math.floor((-item.change * rest) / total)
      this.placed += item.traded
    }
    return null
  }
}
