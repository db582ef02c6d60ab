// Things that go wrong, switched on while the exchange runs: refusals, failures before and after the
// request took effect, lost answers, delays, dead or silent sockets, frames skipped, doubled or
// spoiled. Everything here is off until asked for, and `clear` turns all of it off again.

import type { Kind } from './call.ts'
import type { Answer } from './refusal.ts'

/** Which requests a fault concerns: some kinds, or every one. */
export type Kinds = readonly Kind[] | 'any'

/** New exposure: what a rate limit must stop first while cancels still pass. */
export const ORDER_WRITES: readonly Kind[] = ['create', 'batch-create', 'amend', 'decrease']

/** What to do with a request. 'after' means that it took effect and the caller is told otherwise. */
export type Trouble =
  | { readonly what: 'answer'; readonly when: 'before' | 'after'; readonly answer: Answer }
  | { readonly what: 'lose'; readonly how: 'hang' | 'destroy' }
  | { readonly what: 'delay'; readonly when: 'before' | 'after'; readonly ms: number }

interface Rule {
  readonly kinds: Kinds
  readonly trouble: Trouble
  times: number
}

/** What the feed does on request. Set by the feed. */
export interface FeedHooks {
  closeSockets(): void
  sendRaw(text: string): void
  endSubscription(channel: string, code: number): void
}

const forever = Number.POSITIVE_INFINITY

export class Faults {
  #rules: Rule[] = []
  #dials: { readonly status: 401 | 502; times: number } | null = null
  #hooks: FeedHooks | null = null
  /** The body of a 429 is documented as a string and was recorded as an object. */
  rateLimitBody: 'string' | 'object' = 'string'
  /** Sockets stay open and say nothing at all: no frames, no replies, no pings, no pongs. */
  silent = false
  /** Book and trade frames are dropped while replies to commands still come. */
  muteBook = false
  /** So many next book deltas are lost: their seq is used up, so clients see a gap. */
  skipFrames = 0
  /** So many next book deltas are sent twice. */
  duplicateFrames = 0
  /** Fill frames come this much late. */
  delayFillsMs = 0

  /** Answers order writes (not cancels) with 429. The result ends it. */
  refuseWrites(times = forever): () => void {
    return this.answer(ORDER_WRITES, this.tooMany(), { times })
  }

  /** Answers the next `times` requests of some kinds so, before or after they took effect. */
  answer(
    kinds: Kinds,
    answer: Answer,
    options: { readonly when?: 'before' | 'after'; readonly times?: number } = {},
  ): () => void {
    const { when = 'before', times = forever } = options
    return this.#add({ kinds, times, trouble: { what: 'answer', when, answer } })
  }

  /** Answers with a server error; see `answer`. */
  fail(
    kinds: Kinds,
    status: 500 | 502 | 503 | 504,
    options: { readonly when?: 'before' | 'after'; readonly times?: number } = {},
  ): () => void {
    const code = status === 503 ? 'service_unavailable' : 'internal_server_error'
    const body = { error: { code, message: code.replaceAll('_', ' ') } }
    return this.answer(kinds, { status, body }, options)
  }

  /** Lets requests take effect and never answers: the connection hangs or is cut. */
  loseAnswers(kinds: Kinds, how: 'hang' | 'destroy' = 'hang', times = 1): () => void {
    return this.#add({ kinds, times, trouble: { what: 'lose', how } })
  }

  /** Delays requests on their way in, or only their answers ('after'). */
  delay(
    kinds: Kinds,
    ms: number,
    options: { readonly when?: 'before' | 'after'; readonly times?: number } = {},
  ): () => void {
    const { when = 'before', times = forever } = options
    return this.#add({ kinds, times, trouble: { what: 'delay', when, ms } })
  }

  /** Refuses to open sockets. The result ends it. */
  refuseDials(status: 401 | 502, times = forever): () => void {
    const dials = { status, times }
    this.#dials = dials
    return () => {
      if (this.#dials === dials) this.#dials = null
    }
  }

  /** Cuts every socket without a close frame. */
  closeSockets(): void {
    this.#feed().closeSockets()
  }

  /** Sends a text to every socket as if it were a frame. */
  sendRaw(text: string): void {
    this.#feed().sendRaw(text)
  }

  /** Ends every subscription to a channel with an error: 25 (buffer overflow) or 10 (channel error). */
  endSubscription(channel: string, code: 10 | 25): void {
    this.#feed().endSubscription(channel, code)
  }

  /** Everything off. */
  clear(): void {
    this.#rules = []
    this.#dials = null
    this.silent = false
    this.muteBook = false
    this.skipFrames = 0
    this.duplicateFrames = 0
    this.delayFillsMs = 0
  }

  /** The trouble that a request of this kind is in, if any; counts it. */
  meet(kind: Kind): Trouble | null {
    if (this.#rules.length === 0) return null
    const rule = this.#rules.find(({ kinds }) => kinds === 'any' || kinds.includes(kind))
    if (rule === undefined) return null
    if (--rule.times <= 0) this.#rules.splice(this.#rules.indexOf(rule), 1)
    return rule.trouble
  }

  /** The status with which a socket is refused, if any; counts it. */
  meetDial(): 401 | 502 | null {
    const dials = this.#dials
    if (dials === null) return null
    if (--dials.times <= 0) this.#dials = null
    return dials.status
  }

  /** The 429 answer in the form that is set. */
  tooMany(): Answer {
    const body =
      this.rateLimitBody === 'string'
        ? { error: 'too many requests' }
        : { error: { code: 'too_many_requests', message: 'too many requests' } }
    return { status: 429, body }
  }

  /** Called by the feed once. */
  attach(hooks: FeedHooks): void {
    this.#hooks = hooks
  }

  #feed(): FeedHooks {
    if (this.#hooks === null) throw new Error('Fault failed: no feed is attached to this exchange')
    return this.#hooks
  }

  #add(rule: Rule): () => void {
    this.#rules.push(rule)
    return () => {
      const index = this.#rules.indexOf(rule)
      if (index >= 0) this.#rules.splice(index, 1)
    }
  }
}
