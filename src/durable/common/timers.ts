// The timers of a Durable Object: one that repeats, one that wakes the engine, and one that waits
// for a condition.
//
// In: what to do and when. Out: calls, never two at once from one timer. They know nothing of
// makers or feeds. An object that sleeps loses its timers; whoever wakes it starts them again.

/** Does something again and again, with a pause that may differ each time. */
export class RepeatingTimer {
  readonly #run: () => boolean
  readonly #everyMs: () => number
  #timer: ReturnType<typeof setTimeout> | null = null

  /**
   * @param everyMs the pause before the next run
   * @param run what to do; false stops the timer until it is started again
   */
  constructor(everyMs: () => number, run: () => boolean) {
    this.#everyMs = everyMs
    this.#run = run
  }

  get isRunning(): boolean {
    return this.#timer !== null
  }

  /** Starts with a full pause, also where it is running already. */
  start(): void {
    this.stop()
    this.#timer = setTimeout(() => {
      this.#timer = null
      if (this.#run()) this.start()
    }, this.#everyMs())
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}

/** The shortest wait: clock events must not become a busy loop. */
const SHORTEST_MS = 2
/** The longest: the timer of an object that slept may be late, so it checks before that. */
const LONGEST_MS = 20_000

/** Runs at the earliest time asked for; each run says when the next one is due. */
export class WakeTimer {
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
    this.cancel()
    this.#at = at
    const wait = Math.max(SHORTEST_MS, Math.min(at - Date.now(), LONGEST_MS))
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#at = Number.POSITIVE_INFINITY
      this.by(this.#run())
    }, wait)
  }

  cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#at = Number.POSITIVE_INFINITY
  }
}

/** Waits until conditions hold. They are checked when `check` is called; nothing is polled. */
export class ConditionWaiter {
  readonly #checks = new Set<() => void>()

  /** Resolves true once `condition` holds at a check, false when `ms` have passed. */
  until(condition: () => boolean, ms: number): Promise<boolean> {
    if (condition()) return Promise.resolve(true)
    return new Promise((resolve) => {
      const done = (value: boolean): void => {
        clearTimeout(timer)
        this.#checks.delete(check)
        resolve(value)
      }
      const check = (): void => {
        if (condition()) done(true)
      }
      const timer = setTimeout(() => done(false), ms)
      this.#checks.add(check)
    })
  }

  /** Checks all conditions; called after each step of the engine. */
  check(): void {
    if (this.#checks.size > 0) for (const check of [...this.#checks]) check()
  }
}

/**
 * The result of `work`, or a rejection when `ms` have passed without one. The work goes on.
 */
export const within = <T>(ms: number, work: Promise<T>): Promise<T> => {
  let timer: ReturnType<typeof setTimeout>
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${ms} ms`)), ms)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
