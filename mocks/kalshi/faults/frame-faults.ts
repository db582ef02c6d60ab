// Faults of messages between the exchange and a socket: lost, sent twice, sent again later, late,
// or overtaken by the next one. The sequence number of the message is used up in every case, so
// clients can notice. Each rule applies to one channel or all, and to a number of messages.

import type { Channel } from '../protocol/channels.ts'

export type FrameFate = 'drop' | 'duplicate' | 'echo' | 'delay' | 'swap'

export interface FrameRule {
  readonly channel: Channel | 'any'
  /** duplicate: twice at once; echo: again after `ms`; delay: after `ms`; swap: after the next. */
  readonly what: FrameFate
  readonly ms: number
  times: number
}

/** Reached as `faults.frames`. */
export class FrameFaults {
  #rules: FrameRule[] = []

  /** Applies `what` to the next `times` messages of a channel. The result ends it. */
  add(
    channel: Channel | 'any',
    what: FrameFate,
    options: { readonly times?: number; readonly ms?: number } = {},
  ): () => void {
    const rule: FrameRule = { channel, what, ms: options.ms ?? 0, times: options.times ?? 1 }
    this.#rules.push(rule)
    return () => {
      const index = this.#rules.indexOf(rule)
      if (index >= 0) this.#rules.splice(index, 1)
    }
  }

  /** The fault of a message of this channel, or null; counts it. */
  meet(channel: Channel): FrameRule | null {
    if (this.#rules.length === 0) return null
    const rule = this.#rules.find((one) => one.channel === 'any' || one.channel === channel)
    if (rule === undefined) return null
    if (--rule.times <= 0) this.#rules.splice(this.#rules.indexOf(rule), 1)
    return rule
  }

  clear(): void {
    this.#rules = []
  }
}
