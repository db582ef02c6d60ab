// A timer that repeats an action, with a pause that may change each time.
//
// At most one timer is set. An object that sleeps has none, and one that wakes starts a new one.

export class RepeatingTimer {
  readonly #action: () => boolean
  readonly #pauseMs: () => number
  #timer: ReturnType<typeof setTimeout> | null = null

  /**
   * @param pauseMs the pause before the next run
   * @param action what to do; false ends the repetition until `start` is called again
   */
  constructor(pauseMs: () => number, action: () => boolean) {
    this.#pauseMs = pauseMs
    this.#action = action
  }

  get isRunning(): boolean {
    return this.#timer !== null
  }

  /** Starts, or starts the pause again. */
  start(): void {
    this.stop()
    this.#timer = setTimeout(() => {
      this.#timer = null
      if (this.#action()) this.start()
    }, this.#pauseMs())
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}
