// Holds the last update of one feed, by the maker's own clock.
//
// A feed that stays silent for longer than it ever should counts as gone: its values count for
// nothing, whatever their own ages say.

import type { Millis } from '../../core/vocabulary/units.ts'
import type { ExternalValue, PullSide } from '../common/types.ts'
import { dated, type FeedName, type SignalUpdate } from './signal-update.ts'

/** Silence of the feed itself after which nothing that it said counts any more. */
const FEED_SILENT: Millis = 45_000

export class LatestUpdate {
  readonly feed: FeedName
  update: SignalUpdate | null = null
  at: Millis = Number.NEGATIVE_INFINITY
  #values: readonly ExternalValue[] = []
  #pullUntil: Millis = 0

  constructor(feed: FeedName) {
    this.feed = feed
  }

  /** Stores an update that was received at `at`. */
  receive(update: SignalUpdate, at: Millis): void {
    this.update = update
    this.at = at
    this.#values = update.values.map((value) => dated(value, at))
    this.#pullUntil = update.shock.pull === null ? 0 : at + update.shock.forMs
  }

  /** How long it has been silent when that is too long; 0 when it is not. Milliseconds. */
  silentFor(at: Millis): Millis {
    return at - this.at > FEED_SILENT ? at - this.at : 0
  }

  /** Its values in our clock; none once it is silent. */
  valuesAt(at: Millis): readonly ExternalValue[] {
    return this.silentFor(at) > 0 ? [] : this.#values
  }

  /**
   * Whether it says that no external value is to be trusted; a feed that has fallen silent says
   * nothing.
   */
  isShockedAt(at: Millis): boolean {
    return this.update?.shock.holding === true && this.silentFor(at) === 0
  }

  /** The quotes that it asks to pull, and until when. */
  pullAt(at: Millis): { readonly side: PullSide; readonly until: Millis } | null {
    const side = this.update?.shock.pull ?? null
    return side !== null && at < this.#pullUntil ? { side, until: this.#pullUntil } : null
  }
}

/** What several feeds ask to pull together; null when none does. */
export const pullOf = (
  feeds: readonly LatestUpdate[],
  at: Millis,
): { readonly side: PullSide; readonly until: Millis } | null => {
  let pull: { side: PullSide; until: Millis } | null = null
  for (const each of feeds) {
    const its = each.pullAt(at)
    if (its === null) continue
    if (pull === null) pull = { ...its }
    else {
      if (its.side !== pull.side) pull.side = 'both'
      pull.until = Math.max(pull.until, its.until)
    }
  }
  return pull
}
