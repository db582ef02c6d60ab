// Lets a test wait for a condition without polling: each condition is checked again after something
// has happened, once all of it has happened.

interface Waiter {
  readonly holds: () => boolean
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

export class Waiters {
  readonly #waiting = new Set<Waiter>()
  #scheduled = false

  /** Resolves when `holds` is true; rejects after `timeoutMs`, or with what `holds` throws. */
  until(holds: () => boolean, timeoutMs: number, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      if (holds()) {
        resolve()
        return
      }
      const timer = setTimeout(() => {
        this.#waiting.delete(waiter)
        reject(new Error(`Waiting failed: ${what} did not come true within ${timeoutMs} ms`))
      }, timeoutMs)
      const waiter: Waiter = {
        holds,
        resolve: () => {
          clearTimeout(timer)
          resolve()
        },
        reject: (error) => {
          clearTimeout(timer)
          reject(error)
        },
      }
      this.#waiting.add(waiter)
    })
  }

  /** Something has happened: checks every condition again. */
  notify(): void {
    if (this.#scheduled || this.#waiting.size === 0) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      for (const waiter of [...this.#waiting]) this.#check(waiter)
    })
  }

  /** Rejects everything that still waits. */
  close(): void {
    for (const waiter of this.#waiting)
      waiter.reject(new Error('Waiting failed: the exchange closed'))
    this.#waiting.clear()
  }

  #check(waiter: Waiter): void {
    try {
      if (!waiter.holds()) return
      this.#waiting.delete(waiter)
      waiter.resolve()
    } catch (error) {
      this.#waiting.delete(waiter)
      waiter.reject(error instanceof Error ? error : new Error(String(error)))
    }
  }
}
