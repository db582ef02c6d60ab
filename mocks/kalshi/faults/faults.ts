// Faults that can be switched on while the exchange runs: refusals, failures before and after a
// request took effect, lost answers, delays, dead or silent sockets, frames lost, doubled, late or
// out of order, a wrong clock. Everything is off at the start, and `clear` turns it all off.

import type { Millis } from '../../../src/core/vocabulary/units.ts'
import { Dice } from '../../../src/statistics/random.ts'
import type { Answer } from '../exchange/refusal.ts'
import type { Kind } from '../protocol/call.ts'
import { FeedFaults } from './feed-faults.ts'
import { FrameFaults } from './frame-faults.ts'

/** Which requests a fault concerns: some kinds, or every one. */
export type Kinds = readonly Kind[] | 'any'

/** Writes that add exposure: a rate limit stops them first, while cancels still pass. */
export const ORDER_WRITES: readonly Kind[] = ['create', 'batch-create', 'amend', 'decrease']

/** What happens to a request. 'after': it took effect, and the answer says otherwise. */
export type Trouble =
  | { readonly what: 'answer'; readonly when: 'before' | 'after'; readonly answer: Answer }
  | { readonly what: 'lose'; readonly how: 'hang' | 'destroy' }
  | { readonly what: 'delay'; readonly when: 'before' | 'after'; readonly ms: number }

export type DialStatus = 401 | 429 | 502 | 503

/** How often a fault happens. */
export interface Often {
  /** Number of requests that it affects. Default: until it is ended. */
  readonly times?: number
  /** Probability that it affects a matching request. Default 1. */
  readonly share?: number
}

interface Rule {
  readonly kinds: Kinds
  readonly trouble: Trouble
  readonly share: number
  times: number
}

/** What the feed can do on demand. Set by the feed. */
export interface FeedHooks {
  closeSockets(): void
  sendRaw(text: string): void
  /** Code 0: without a word. */
  endSubscription(channel: string, code: number): void
  otherMarkets(times: number): void
}

const forever = Number.POSITIVE_INFINITY

export class Faults {
  readonly frames = new FrameFaults()
  readonly feed = new FeedFaults()
  readonly #dice: Dice
  #rules: Rule[] = []
  #dials: { readonly status: DialStatus; times: number } | null = null
  #commands: { readonly code: number; times: number } | null = null
  #hooks: FeedHooks | null = null
  /** The body of a 429 is documented as a string and was recorded as an object. */
  rateLimitBody: 'string' | 'object' = 'string'
  /** Sockets stay open and send nothing: no frames, no replies, no pings, no pongs. */
  silent = false
  /** Book and trade frames are dropped while replies to commands still come. */
  muteBook = false
  /**
   * Book deltas alone are withheld; trades, private channels, snapshots and replies still come.
   * 'lost': their seq is used up, so the first one afterwards shows a gap. 'stuck': it is not, and
   * no frame ever tells that any is missing.
   */
  muteDeltas: 'off' | 'lost' | 'stuck' = 'off'
  /** Number of next book deltas to lose: their seq is used up, so clients see a gap. */
  skipFrames = 0
  /** Number of next book deltas to send twice. */
  duplicateFrames = 0
  /** Delay of fill frames, in ms. */
  delayFillsMs = 0
  /** Frames end with a newline, as seen on one of Kalshi's sockets. */
  trailingNewline = false
  /** Frames come without ts_ms, as seen now and then on the ticker channel. */
  omitTsMs = false
  /** How far the exchange's clock is ahead of this machine's. */
  clockSkewMs: Millis = 0

  constructor(seed = 1) {
    this.#dice = new Dice(seed, 4)
  }

  /** Answers order writes (not cancels) with 429. The result ends it. */
  refuseWrites(times = forever): () => void {
    return this.tooManyFor(ORDER_WRITES, { times })
  }

  /** Answers some kinds of requests with 429: a storm when it has a share. */
  tooManyFor(kinds: Kinds, often: Often = {}): () => void {
    return this.answer(kinds, this.tooMany(), often)
  }

  /** Gives this answer to the next `times` requests, before or after they took effect. */
  answer(
    kinds: Kinds,
    answer: Answer,
    options: Often & { readonly when?: 'before' | 'after' } = {},
  ): () => void {
    return this.#add(kinds, { what: 'answer', when: options.when ?? 'before', answer }, options)
  }

  /** Answers with a server error; see `answer`. */
  fail(
    kinds: Kinds,
    status: 500 | 502 | 503 | 504,
    options: Often & { readonly when?: 'before' | 'after' } = {},
  ): () => void {
    const code = status === 503 ? 'service_unavailable' : 'internal_server_error'
    const body = { error: { code, message: code.replaceAll('_', ' ') } }
    return this.answer(kinds, { status, body }, options)
  }

  /** Lets requests take effect and never answers: the connection hangs or is cut. */
  loseAnswers(kinds: Kinds, how: 'hang' | 'destroy' = 'hang', times = 1, share = 1): () => void {
    return this.#add(kinds, { what: 'lose', how }, { times, share })
  }

  /** Delays requests on their way in, or only their answers ('after'). */
  delay(
    kinds: Kinds,
    ms: number,
    options: Often & { readonly when?: 'before' | 'after' } = {},
  ): () => void {
    return this.#add(kinds, { what: 'delay', when: options.when ?? 'before', ms }, options)
  }

  /** Refuses to open sockets. The result ends it. */
  refuseDials(status: DialStatus, times = forever): () => void {
    const dials = { status, times }
    this.#dials = dials
    return () => {
      if (this.#dials === dials) this.#dials = null
    }
  }

  /** Answers the next commands of sockets with an error code. The result ends it. */
  refuseCommands(code: number, times = 1): () => void {
    const commands = { code, times }
    this.#commands = commands
    return () => {
      if (this.#commands === commands) this.#commands = null
    }
  }

  /** Cuts every socket without a close frame. */
  closeSockets(): void {
    this.#hooked().closeSockets()
  }

  /** Sends a text to every socket as if it were a frame. */
  sendRaw(text: string): void {
    this.#hooked().sendRaw(text)
  }

  /**
   * Ends every subscription to a channel with an error: 25 (buffer overflow) or 10 (channel error);
   * or without a word (0).
   */
  endSubscription(channel: string, code: 0 | 10 | 25): void {
    this.#hooked().endSubscription(channel, code)
  }

  /** Tells the lifecycle channel so many things about markets that are not listed here. */
  otherMarkets(times = 1): void {
    this.#hooked().otherMarkets(times)
  }

  /** Everything off. */
  clear(): void {
    this.#rules = []
    this.#dials = null
    this.#commands = null
    this.frames.clear()
    this.feed.clear()
    this.silent = false
    this.muteBook = false
    this.muteDeltas = 'off'
    this.skipFrames = 0
    this.duplicateFrames = 0
    this.delayFillsMs = 0
    this.trailingNewline = false
    this.omitTsMs = false
    this.clockSkewMs = 0
  }

  /** The fault of a request of this kind, if any; counts it. */
  meet(kind: Kind): Trouble | null {
    if (this.#rules.length === 0) return null
    const rule = this.#rules.find(
      ({ kinds, share }) =>
        (kinds === 'any' || kinds.includes(kind)) && (share >= 1 || this.#dice.chance(share)),
    )
    if (rule === undefined) return null
    if (--rule.times <= 0) this.#rules.splice(this.#rules.indexOf(rule), 1)
    return rule.trouble
  }

  /** The status with which a socket is refused, if any; counts it. */
  meetDial(): DialStatus | null {
    const dials = this.#dials
    if (dials === null) return null
    if (--dials.times <= 0) this.#dials = null
    return dials.status
  }

  /** The code with which a command fails, if any; counts it. */
  meetCommand(): number | null {
    const commands = this.#commands
    if (commands === null) return null
    if (--commands.times <= 0) this.#commands = null
    return commands.code
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

  #hooked(): FeedHooks {
    if (this.#hooks === null) throw new Error('Fault failed: no feed is attached to this exchange')
    return this.#hooks
  }

  #add(kinds: Kinds, trouble: Trouble, { times = forever, share = 1 }: Often): () => void {
    const rule: Rule = { kinds, trouble, times, share }
    this.#rules.push(rule)
    return () => {
      const index = this.#rules.indexOf(rule)
      if (index >= 0) this.#rules.splice(index, 1)
    }
  }
}
