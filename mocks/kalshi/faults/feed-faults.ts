// Faults of the feed that are not faults of single messages: channels that are never granted, lists
// and snapshots that do not come, numbers that make no sense, a feed that falls behind.

import type { Millis } from '../../../src/core/vocabulary/units.ts'
import type { Channel } from '../protocol/channels.ts'

/** How the number of a message goes wrong. 'stray': it comes under a sid that nobody was given. */
export const DISORDERS = [
  'back',
  'restart',
  'repeat',
  'jump',
  'absent',
  'negative',
  'fraction',
  'stray',
] as const
export type Disorder = (typeof DISORDERS)[number]

/** A feed that falls behind: by so many ms more with each second, up to a most. */
export interface Lag {
  readonly msPerSecond: number
  readonly mostMs: Millis
  readonly since: Millis
}

/** Reached as `faults.feed`. */
export class FeedFaults {
  /** Channels whose subscribe is answered with this error code, or with nothing at all (0). */
  readonly refused = new Map<Channel, number>()
  /** Subscribing to a book brings no snapshot. */
  withoutSnapshot = false
  /** list_subscriptions is answered without a list. */
  plainLists = false
  /** Messages do not say when they were sent. */
  omitSendingTs = false
  lag: Lag | null = null
  /** Called for each message that goes out under a wrong number. */
  onDisorder: ((channel: Channel) => void) | null = null
  #disorder: { readonly channel: Channel; readonly what: Disorder; times: number } | null = null

  /** The numbers of the next `times` messages of a channel go wrong. The result ends it. */
  confuse(channel: Channel, what: Disorder, times = 1): () => void {
    const disorder = { channel, what, times }
    this.#disorder = disorder
    return () => {
      if (this.#disorder === disorder) this.#disorder = null
    }
  }

  /** The sid and the number, as JSON, under which a message goes out; counts it. */
  numbered(channel: Channel, sid: number, seq: number): { sid: number; seq: string } {
    const disorder = this.#disorder
    if (disorder === null || disorder.channel !== channel) return { sid, seq: `"seq":${seq},` }
    if (--disorder.times <= 0) this.#disorder = null
    this.onDisorder?.(channel)
    switch (disorder.what) {
      case 'back':
        return { sid, seq: `"seq":${Math.max(1, seq - 5)},` }
      case 'restart':
        return { sid, seq: '"seq":1,' }
      case 'repeat':
        return { sid, seq: `"seq":${seq - 1},` }
      case 'jump':
        return { sid, seq: `"seq":${seq + 1_000},` }
      case 'absent':
        return { sid, seq: '' }
      case 'negative':
        return { sid, seq: '"seq":-1,' }
      case 'fraction':
        return { sid, seq: `"seq":${seq}.5,` }
      case 'stray':
        return { sid: sid + 1_000, seq: `"seq":${seq},` }
    }
  }

  /** How late a message leaves now, ms. */
  lateness(at: Millis): Millis {
    if (this.lag === null) return 0
    const { msPerSecond, mostMs, since } = this.lag
    return Math.min(mostMs, Math.round(((at - since) / 1000) * msPerSecond))
  }

  clear(): void {
    this.refused.clear()
    this.withoutSnapshot = false
    this.plainLists = false
    this.omitSendingTs = false
    this.lag = null
    this.#disorder = null
  }
}
