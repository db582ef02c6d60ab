// The book of one market: the size at each price, and the order of its changes. Prices are whole
// 1/10000 of a dollar, sizes whole 1/100 of a share, both for the first outcome; the second
// outcome's book is its mirror image. When the book moves, the retreating side goes first and sets
// new levels before it deletes old ones, so no change leaves the book crossed or a side empty.

export type BookSide = 'BUY' | 'SELL'

export interface Change {
  readonly side: BookSide
  readonly price: number
  /** The size at this price now; 0 = none. */
  readonly size: number
  /** Best prices after it; 0 and 10000 = that side is empty. */
  readonly bestBid: number
  readonly bestAsk: number
}

export interface Fill {
  readonly price: number
  readonly size: number
}

export const ONE = 10_000
const LEVELS = 12

export class Ladder {
  readonly bids = new Map<number, number>()
  readonly asks = new Map<number, number>()
  readonly #salt: number

  /** `salt` decides the sizes that rest at each price. */
  constructor(salt: number) {
    this.#salt = salt
  }

  get bestBid(): number {
    return this.bids.size === 0 ? 0 : Math.max(...this.bids.keys())
  }

  get bestAsk(): number {
    return this.asks.size === 0 ? ONE : Math.min(...this.asks.keys())
  }

  /** Rearranges the book around a fair value in (0, 1), on a grid of `tick`, `spread` wide. */
  moveTo(fair: number, tick: number, spread: number): Change[] {
    const wide = Math.max(1, Math.round(spread / tick)) * tick
    const lowest = Math.round((fair * ONE - wide / 2) / tick) * tick
    const bid = Math.min(ONE - tick - wide, Math.max(tick, lowest))
    const bids = this.#wanted(bid, -tick)
    const asks = this.#wanted(bid + wide, tick)
    const up = 2 * bid + wide >= this.bestBid + this.bestAsk
    const order: readonly BookSide[] = up ? ['SELL', 'BUY'] : ['BUY', 'SELL']
    return order.flatMap((side) => this.#become(side, side === 'BUY' ? bids : asks))
  }

  /** Sets another size at the best price of a side; no change when the side is empty. */
  resize(side: BookSide, size: number): Change[] {
    const price = side === 'BUY' ? this.bestBid : this.bestAsk
    return price === 0 || price === ONE ? [] : [this.#set(side, price, size)]
  }

  /**
   * Takes `size` from the best levels of the other side. The changes are in the order that the
   * venue sent them on 29 September 2026: first the taker's own order appears, then what it matched
   * disappears, and every change already shows the best prices after the whole trade.
   */
  take(side: BookSide, size: number): { changes: Change[]; fills: Fill[] } {
    const other: BookSide = side === 'BUY' ? 'SELL' : 'BUY'
    const book = other === 'BUY' ? this.bids : this.asks
    const prices = [...book.keys()].sort((a, b) => (other === 'BUY' ? b - a : a - b))
    const fills: Fill[] = []
    const after: [number, number][] = []
    let left = size
    for (const price of prices) {
      if (left === 0) break
      const there = book.get(price)!
      const taken = Math.min(there, left)
      left -= taken
      fills.push({ price, size: taken })
      after.push([price, there - taken])
    }
    const limit = fills.at(-1)
    if (limit === undefined) return { changes: [], fills }
    for (const [price, rest] of after) this.#set(other, price, rest)
    const top = { bestBid: this.bestBid, bestAsk: this.bestAsk }
    return {
      fills,
      changes: [
        { side, price: limit.price, size: size - left, ...top },
        ...after.map(([price, rest]) => ({ side: other, price, size: rest, ...top })),
        { side, price: limit.price, size: 0, ...top },
      ],
    }
  }

  /** Empties the book. */
  clear(): void {
    this.bids.clear()
    this.asks.clear()
  }

  #wanted(best: number, step: number): Map<number, number> {
    const levels = new Map<number, number>()
    for (let index = 0; index < LEVELS; index++) {
      const price = best + index * step
      if (price <= 0 || price >= ONE) break
      levels.set(price, this.#sizeAt(price))
    }
    return levels
  }

  /** 100 to 5,000 shares, always the same at the same price. */
  #sizeAt(price: number): number {
    const mixed = Math.imul(price ^ this.#salt, 0x9e3779b1) >>> 8
    return 10_000 + (mixed % 490_001)
  }

  #become(side: BookSide, wanted: ReadonlyMap<number, number>): Change[] {
    const book = side === 'BUY' ? this.bids : this.asks
    const changes: Change[] = []
    for (const [price, size] of wanted) {
      if (book.get(price) !== size) changes.push(this.#set(side, price, size))
    }
    for (const price of [...book.keys()]) {
      if (!wanted.has(price)) changes.push(this.#set(side, price, 0))
    }
    return changes
  }

  #set(side: BookSide, price: number, size: number): Change {
    const book = side === 'BUY' ? this.bids : this.asks
    if (size === 0) book.delete(price)
    else book.set(price, size)
    return { side, price, size, bestBid: this.bestBid, bestAsk: this.bestAsk }
  }
}
