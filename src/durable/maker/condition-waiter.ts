// Waiting for something to become true of the engine: each condition is looked at again after every
// step, and nothing is polled.

export class Waiting {
  readonly #looks = new Set<() => void>()

  /** Resolves true once `condition` holds after some step, false when `ms` have passed. */
  until(condition: () => boolean, ms: number): Promise<boolean> {
    if (condition()) return Promise.resolve(true)
    return new Promise((resolve) => {
      const done = (value: boolean): void => {
        clearTimeout(timer)
        this.#looks.delete(look)
        resolve(value)
      }
      const look = (): void => {
        if (condition()) done(true)
      }
      const timer = setTimeout(() => done(false), ms)
      this.#looks.add(look)
    })
  }

  /** To be called after each step. */
  look(): void {
    if (this.#looks.size > 0) for (const look of [...this.#looks]) look()
  }
}
