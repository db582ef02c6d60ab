// Reads what is the same for all makers through the desk: whoever comes first reads it from the
// exchange, the others are told.
//
// In: a key, how old the value may be, and how to read it. Out: the value. A desk that is dead,
// slow, or waits too long for another maker costs a second at most; then this maker reads for
// itself. Only values that are small plain JSON may be shared, because they travel in a header.

import { accepted, type Outcome } from '../../../core/vocabulary/outcome.ts'
import type { Millis } from '../../../core/vocabulary/units.ts'
import type { Shared, Sharing } from '../../../kalshi/rest/sharing.ts'
import type { CommonAnswer, DeskRpc } from '../../../rpc/contracts.ts'
import { within } from '../../common/timers.ts'

/** The desk has so long in all, and while another maker reads it is asked again after a pause. */
export const PATIENCE_MS = 1_000
export const ASK_AGAIN_MS = 50
/** A desk that failed is left alone for so long. */
export const AWAY_MS = 30_000

interface SharedReadsWorld {
  now(): Millis
  sleep(ms: number): Promise<void>
  readonly desk: Pick<DeskRpc, 'common' | 'offer' | 'forget'>
  /** The exchange and the account: nothing is shared with makers of another one. */
  readonly scope: string
}

/** What the desk has said, and when it was asked. */
type Said = CommonAnswer & { readonly askedAt: Millis }

export class SharedReads implements Sharing {
  readonly #world: SharedReadsWorld
  readonly #forgottenAt = new Map<string, Millis>()
  #awayUntil = Number.NEGATIVE_INFINITY

  constructor(world: SharedReadsWorld) {
    this.#world = world
  }

  async get<T>(key: string, maxAge: Millis, read: () => Promise<Outcome<T>>): Promise<Shared<T>> {
    const { desk, now } = this.#world
    const name = this.#nameOf(key)
    const answer = await this.#ask(name, maxAge)
    if (answer?.state === 'known') {
      return { outcome: accepted(answer.value as T), at: answer.askedAt - answer.age }
    }
    const at = now()
    const outcome = await read()
    if (answer?.state === 'yours') {
      const value = outcome.kind === 'accepted' ? outcome.value : null
      desk.offer(name, answer.reading, value).catch(() => undefined)
    }
    return { outcome, at }
  }

  // The news may reach the desk late or never, so what began before is refused here as well.
  forget(key: string): void {
    const { desk, now } = this.#world
    const name = this.#nameOf(key)
    this.#forgottenAt.set(name, now())
    desk.forget(name).catch(() => undefined)
  }

  #nameOf(key: string): string {
    return `${this.#world.scope} ${key}`
  }

  /** What the desk says; null where this maker has to read without it. */
  async #ask(name: string, maxAge: Millis): Promise<Said | null> {
    const { desk, now, sleep } = this.#world
    const from = now()
    if (from < this.#awayUntil) return null
    for (;;) {
      const askedAt = now()
      const left = from + PATIENCE_MS - askedAt
      if (left <= 0) return null
      const forgottenAt = this.#forgottenAt.get(name) ?? 0
      const oldest = Math.max(from - maxAge, forgottenAt + 1)
      try {
        const answer = await within(left, desk.common(name, askedAt - oldest))
        // A change of which we heard while the answer was on its way: it may be from before.
        const isLate = forgottenAt !== (this.#forgottenAt.get(name) ?? 0)
        if (answer.state === 'yours' || (answer.state === 'known' && !isLate)) {
          return { ...answer, askedAt }
        }
      } catch {
        this.#awayUntil = now() + AWAY_MS
        return null
      }
      await sleep(ASK_AGAIN_MS)
    }
  }
}
