// Thins a long series while it is made: of each stretch it keeps the first and the last item, and
// those at which a value is lowest or highest, so that no peak and no fall is lost.

/** A series of at most so many items is kept whole. */
const MOST_WHOLE = 20_000
/** Stretches of a longer one. */
const STRETCHES = 2_000

export class Thinner<T> {
  readonly kept: T[] = []
  readonly #values: readonly ((item: T) => number)[]
  readonly #size: number
  #stretch: T[] = []

  /**
   * @param expected how many items will come
   * @param values whose extremes must be kept
   */
  constructor(expected: number, values: readonly ((item: T) => number)[]) {
    this.#values = values
    this.#size = expected <= MOST_WHOLE ? 1 : Math.ceil(expected / STRETCHES)
  }

  add(item: T): void {
    if (this.#size === 1) {
      this.kept.push(item)
      return
    }
    this.#stretch.push(item)
    if (this.#stretch.length >= this.#size) this.end()
  }

  /** To be called after the last item. */
  end(): void {
    const stretch = this.#stretch
    if (stretch.length === 0) return
    const places = new Set([0, stretch.length - 1])
    for (const value of this.#values) {
      let [low, high] = [0, 0]
      for (let i = 1; i < stretch.length; i++) {
        const here = value(stretch[i]!)
        // Written so that a value that is not a number is replaced by the first one that is.
        if (Number.isNaN(here)) continue
        if (!(value(stretch[low]!) <= here)) low = i
        if (!(value(stretch[high]!) >= here)) high = i
      }
      places.add(low).add(high)
    }
    for (const place of [...places].sort((a, b) => a - b)) this.kept.push(stretch[place]!)
    this.#stretch = []
  }
}
