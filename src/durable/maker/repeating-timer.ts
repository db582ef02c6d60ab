// The beat of a maker's object: something done again and again, with a pause that may change each time.
//
// One timer at most. An object that sleeps has no beat, and one that wakes begins a new one.

export class Rhythm {
  readonly #beat: () => boolean
  readonly #everyMs: () => number
  #timer: ReturnType<typeof setTimeout> | null = null

  /**
   * @param everyMs the pause before the next beat
   * @param beat what is done; false ends the rhythm until it is started again
   */
  constructor(everyMs: () => number, beat: () => boolean) {
    this.#everyMs = everyMs
    this.#beat = beat
  }

  get isRunning(): boolean {
    return this.#timer !== null
  }

  /** Begins, or begins the pause anew. */
  start(): void {
    this.stop()
    this.#timer = setTimeout(() => {
      this.#timer = null
      if (this.#beat()) this.start()
    }, this.#everyMs())
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}
