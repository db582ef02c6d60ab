// One timer for the engine's own appointments: it asks to be called at some time, later asks for an
// earlier one, and after each call says when the next is due.

/** The shortest wait: clock events must not become a busy loop. */
const SHORTEST_MS = 2
/** The longest: a timer of an object that slept may be late, so look again before. */
const LONGEST_MS = 20_000

export class WakeUp {
  readonly #run: () => number
  #timer: ReturnType<typeof setTimeout> | null = null
  #at = Number.POSITIVE_INFINITY

  /** @param run what to do when the time has come; returns the next time, epoch ms, or Infinity */
  constructor(run: () => number) {
    this.#run = run
  }

  /** Runs at `at` (epoch ms) at the latest; Infinity asks for nothing. */
  by(at: number): void {
    if (at >= this.#at) return
    this.#set(at)
  }

  cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#at = Number.POSITIVE_INFINITY
  }

  #set(at: number): void {
    this.cancel()
    this.#at = at
    const wait = Math.max(SHORTEST_MS, Math.min(at - Date.now(), LONGEST_MS))
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#at = Number.POSITIVE_INFINITY
      this.by(this.#run())
    }, wait)
  }
}
