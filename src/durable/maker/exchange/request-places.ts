// Gives each request a place among those in flight, so that a cancel never waits for anything else.
//
// The platform lets six requests of one object wait for headers and queues the rest out of our
// sight. So we keep to six ourselves, and keep places back: reads and orders that all hang leave
// two to cancels. Cancels go first, then orders, then reads.

export type RequestKind = 'cancel' | 'order' | 'read'

export const MOST_IN_FLIGHT = 6
/** Orders and reads together; the rest is for cancels, and for dialing while there are none. */
export const MOST_BUT_CANCELS = 4
/** A reconciliation asks four questions at once: two wait, and orders need not. */
export const MOST_READS = 2

const ORDER_OF_TURN: readonly RequestKind[] = ['cancel', 'order', 'read']

export class RequestPlaces {
  readonly #waiting: Record<RequestKind, (() => Promise<void>)[]> = {
    cancel: [],
    order: [],
    read: [],
  }
  readonly #inFlight: Record<RequestKind, number> = { cancel: 0, order: 0, read: 0 }

  /** Starts `task` in this turn where a place is free, else as soon as one is. */
  run(kind: RequestKind, task: () => Promise<void>): void {
    if (this.#hasRoom(kind)) this.#start(kind, task)
    else this.#waiting[kind].push(task)
  }

  /** Requests in flight: of one kind, or of all. */
  inFlight(kind?: RequestKind): number {
    const { cancel, order, read } = this.#inFlight
    return kind === undefined ? cancel + order + read : this.#inFlight[kind]
  }

  /** Requests of one kind that wait for a place. */
  waiting(kind: RequestKind): number {
    return this.#waiting[kind].length
  }

  #start(kind: RequestKind, task: () => Promise<void>): void {
    this.#inFlight[kind]++
    task().finally(() => {
      this.#inFlight[kind]--
      this.#next()
    })
  }

  #next(): void {
    for (const kind of ORDER_OF_TURN) {
      while (this.#waiting[kind].length > 0 && this.#hasRoom(kind)) {
        this.#start(kind, this.#waiting[kind].shift()!)
      }
    }
  }

  #hasRoom(kind: RequestKind): boolean {
    const { cancel, order, read } = this.#inFlight
    if (cancel + order + read >= MOST_IN_FLIGHT) return false
    if (kind === 'cancel') return true
    return order + read < MOST_BUT_CANCELS && (kind === 'order' || read < MOST_READS)
  }
}
