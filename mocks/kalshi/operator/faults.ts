// Faults by name, for the operator API and scenario files: each entry reads its own parameters and
// switches something on. A lasting fault is kept under its name, or under another given by `as`.
// Given again, it is replaced; `"off": true` ends it.

import { type Body, countIn, numberIn, OperatorError, textIn } from '../../common/operator-input.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Faults, Often } from '../faults/faults.ts'
import { DISORDERS } from '../faults/feed-faults.ts'
import { ERRORS } from '../feed/command.ts'
import { CHANNELS, type Channel } from '../protocol/channels.ts'
import type { ReadModel } from '../rest/read-model.ts'
import { choiceIn, kindsIn } from './input.ts'

export interface FaultParts {
  readonly faults: Faults
  readonly reads: ReadModel
  readonly exchange: Pick<Exchange, 'now'>
}

/** Ends a fault that lasts. */
type End = () => void

type Start = (parts: FaultParts, body: Body) => End | undefined

const forever = Number.POSITIVE_INFINITY
const CODES = Object.keys(ERRORS).map(Number)
const CHANNEL_NAMES = ['any', ...(Object.keys(CHANNELS) as Channel[])] as const

const oftenIn = (body: Body, times = forever): Often => ({
  times: numberIn(body, 'times', times),
  share: numberIn(body, 'share', 1),
})

const when = (body: Body): 'before' | 'after' => choiceIn(body, 'when', ['before', 'after'])

const TABLE = {
  'refuse-writes': ({ faults }, body) => faults.refuseWrites(numberIn(body, 'times', forever)),
  'too-many': ({ faults }, body) => faults.tooManyFor(kindsIn(body), oftenIn(body)),
  fail: ({ faults }, body) => {
    const status = choiceIn(body, 'status', [500, 502, 503, 504] as const)
    return faults.fail(kindsIn(body), status, { ...oftenIn(body), when: when(body) })
  },
  answer: ({ faults }, body) => {
    const answer = { status: countIn(body, 'status'), body: body.body ?? null }
    return faults.answer(kindsIn(body), answer, { ...oftenIn(body), when: when(body) })
  },
  lose: ({ faults }, body) => {
    const { times, share } = oftenIn(body, 1)
    const how = choiceIn(body, 'how', ['hang', 'destroy'] as const)
    return faults.loseAnswers(kindsIn(body), how, times, share)
  },
  delay: ({ faults }, body) =>
    faults.delay(kindsIn(body), numberIn(body, 'ms'), { ...oftenIn(body), when: when(body) }),
  'refuse-dials': ({ faults }, body) => {
    const status = choiceIn(body, 'status', [502, 401, 429, 503] as const)
    return faults.refuseDials(status, numberIn(body, 'times', forever))
  },
  'refuse-commands': ({ faults }, body) =>
    faults.refuseCommands(choiceIn(body, 'code', CODES, 18), numberIn(body, 'times', 1)),
  frames: ({ faults }, body) =>
    faults.frames.add(
      choiceIn(body, 'channel', CHANNEL_NAMES),
      choiceIn(body, 'what', ['drop', 'duplicate', 'echo', 'delay', 'swap'] as const),
      { times: numberIn(body, 'times', 1), ms: numberIn(body, 'ms', 0) },
    ),
  silent: ({ faults }) => {
    faults.silent = true
    return () => (faults.silent = false)
  },
  'mute-book': ({ faults }) => {
    faults.muteBook = true
    return () => (faults.muteBook = false)
  },
  'mute-deltas': ({ faults }, body) => {
    faults.muteDeltas = choiceIn(body, 'how', ['lost', 'stuck'])
    return () => (faults.muteDeltas = 'off')
  },
  'skip-frames': ({ faults }, body) => {
    faults.skipFrames = numberIn(body, 'times', 1)
    return () => (faults.skipFrames = 0)
  },
  'duplicate-frames': ({ faults }, body) => {
    faults.duplicateFrames = numberIn(body, 'times', 1)
    return () => (faults.duplicateFrames = 0)
  },
  'delay-fills': ({ faults }, body) => {
    faults.delayFillsMs = numberIn(body, 'ms')
    return () => (faults.delayFillsMs = 0)
  },
  'read-lag': ({ reads }, body) => {
    reads.lagMs = numberIn(body, 'ms')
    return () => (reads.lagMs = 0)
  },
  'clock-skew': ({ faults }, body) => {
    faults.clockSkewMs = numberIn(body, 'ms')
    return () => (faults.clockSkewMs = 0)
  },
  'trailing-newline': ({ faults }) => {
    faults.trailingNewline = true
    return () => (faults.trailingNewline = false)
  },
  'omit-ts-ms': ({ faults }) => {
    faults.omitTsMs = true
    return () => (faults.omitTsMs = false)
  },
  'rate-limit-body': ({ faults }, body) => {
    faults.rateLimitBody = choiceIn(body, 'form', ['string', 'object'])
    return undefined
  },
  raw: ({ faults }, body) => {
    faults.sendRaw(textIn(body, 'text'))
    return undefined
  },
  'malformed-frame': ({ faults }) => {
    faults.sendRaw('{"type":"orderbook_delta","sid":1,"seq":')
    return undefined
  },
  'unknown-frame': ({ faults }) => {
    faults.sendRaw('{"type":"a_type_of_tomorrow","sid":1,"msg":{"new":true}}')
    return undefined
  },
  'close-sockets': ({ faults }) => {
    faults.closeSockets()
    return undefined
  },
  'end-subscription': ({ faults }, body) => {
    faults.endSubscription(textIn(body, 'channel'), choiceIn(body, 'code', [25, 10, 0]))
    return undefined
  },
  'other-markets': ({ faults }, body) => {
    faults.otherMarkets(numberIn(body, 'times', 1))
    return undefined
  },
  'refuse-channel': ({ faults }, body) => {
    const channel = choiceIn(body, 'channel', Object.keys(CHANNELS) as Channel[])
    faults.feed.refused.set(channel, choiceIn(body, 'code', [0, ...CODES], 10))
    return () => faults.feed.refused.delete(channel)
  },
  'no-snapshot': ({ faults }) => {
    faults.feed.withoutSnapshot = true
    return () => (faults.feed.withoutSnapshot = false)
  },
  sequence: ({ faults }, body) =>
    faults.feed.confuse(
      choiceIn(body, 'channel', Object.keys(CHANNELS) as Channel[]),
      choiceIn(body, 'what', DISORDERS),
      numberIn(body, 'times', 1),
    ),
  lag: ({ faults, exchange }, body) => {
    faults.feed.lag = {
      msPerSecond: numberIn(body, 'ms_per_second', 500),
      mostMs: numberIn(body, 'most_ms', 60_000),
      since: exchange.now(),
    }
    return () => (faults.feed.lag = null)
  },
  'omit-sending-ts': ({ faults }) => {
    faults.feed.omitSendingTs = true
    return () => (faults.feed.omitSendingTs = false)
  },
  'plain-lists': ({ faults }) => {
    faults.feed.plainLists = true
    return () => (faults.feed.plainLists = false)
  },
} as const satisfies Record<string, Start>

/** Names of faults; `clear` ends all of them. */
export const FAULTS = [...Object.keys(TABLE), 'clear'] as const

/** Switches faults by name. */
export class FaultSwitch {
  readonly #parts: FaultParts
  readonly #ends = new Map<string, End>()

  constructor(parts: FaultParts) {
    this.#parts = parts
  }

  /** Starts, replaces or (`off: true`) ends a fault. @throws OperatorError for an unknown one. */
  turn(name: string, body: Body): void {
    const { faults, reads } = this.#parts
    if (name === 'clear') {
      faults.clear()
      reads.lagMs = 0
      this.#ends.clear()
      return
    }
    if (!Object.hasOwn(TABLE, name)) {
      throw new OperatorError(
        `Fault failed: found "${name}", which is not one of ${FAULTS.join(', ')}`,
      )
    }
    const label = textIn(body, 'as', name)
    this.#ends.get(label)?.()
    this.#ends.delete(label)
    if (body.off === true) return
    const start: Start = TABLE[name as keyof typeof TABLE]
    const end = start(this.#parts, body)
    if (end !== undefined) this.#ends.set(label, end)
  }
}
