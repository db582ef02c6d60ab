// Which alerts are open, and which messages that makes: each alert once, and again when it is over.
//
// In: what each source (a maker, the watchdog) finds open now, in full and as often as it likes.
// Out: messages to send. Plain JSON, so that it outlives a restart, and pure: no clock, no network.

import { type AlertCode, kindOf } from './alert-codes.ts'

/** What a source finds wrong. */
export interface Alert {
  readonly code: AlertCode
  /** A reason code or a few words; '' where the code says all. */
  readonly reason: string
  /** Epoch ms, of what has happened once; a source that repeats it gives the same time. */
  readonly at?: number
}

interface OpenAlert {
  readonly code: AlertCode
  readonly reason: string
  readonly since: number
}

export interface Message {
  readonly at: number
  readonly source: string
  readonly code: AlertCode
  readonly reason: string
  readonly over: boolean
  /** How long it was open, ms; 0 where it has only begun. */
  readonly lasted: number
  /** Channels that have not taken it yet. */
  readonly waiting: readonly string[]
}

/** Plain JSON, as stored. */
export interface AlertState {
  readonly open: Readonly<Record<string, readonly OpenAlert[]>>
  /** The newest time of each source's alerts of the kind that happens once. */
  readonly happened: Readonly<Record<string, number>>
  /** Newest last. */
  readonly messages: readonly Message[]
  /** Messages that no channel took and that gave way to newer ones. */
  readonly dropped: number
}

const MESSAGES_KEPT = 100
const HAPPENED_KEPT = 500

export const noAlerts = (): AlertState => ({ open: {}, happened: {}, messages: [], dropped: 0 })

/** Applies all that a source finds wrong now; the same state when nothing is new. */
export const report = (
  state: AlertState,
  source: string,
  alerts: readonly Alert[],
  at: number,
  channels: readonly string[],
): AlertState => {
  const before = state.open[source] ?? []
  const messages: Message[] = []
  const happened = { ...state.happened }
  const say = (code: AlertCode, reason: string, over: boolean, lasted = 0): void => {
    messages.push({ at, source, code, reason, over, lasted, waiting: channels })
  }
  const lasting: OpenAlert[] = []
  for (const { code, reason, at: since = at } of alerts) {
    if (kindOf(code).once === true) {
      const key = `${source} ${code}`
      if ((happened[key] ?? Number.NEGATIVE_INFINITY) >= since) continue
      happened[key] = since
      say(code, reason, false)
      continue
    }
    const known = before.find((open) => open.code === code)
    if (known === undefined) say(code, reason, false)
    lasting.push({ code, reason, since: known?.since ?? at })
  }
  for (const { code, reason, since } of before) {
    if (!lasting.some((open) => open.code === code)) say(code, reason, true, at - since)
  }
  if (messages.length === 0 && sameReasons(before, lasting)) return state
  const { [source]: _before, ...others } = state.open
  const open = lasting.length === 0 ? others : { ...others, [source]: lasting }
  return keep({ ...state, open, happened: newest(happened) }, messages)
}

const sameReasons = (a: readonly OpenAlert[], b: readonly OpenAlert[]): boolean =>
  a.length === b.length && a.every(({ reason }, index) => reason === b[index]?.reason)

const newest = (happened: Record<string, number>): Record<string, number> => {
  const entries = Object.entries(happened)
  if (entries.length <= HAPPENED_KEPT) return happened
  return Object.fromEntries(entries.sort(([, a], [, b]) => b - a).slice(0, HAPPENED_KEPT))
}

const keep = (state: AlertState, messages: readonly Message[]): AlertState => {
  const all = [...state.messages, ...messages]
  const over = all.slice(0, Math.max(0, all.length - MESSAGES_KEPT))
  const lost = over.filter(({ waiting }) => waiting.length > 0).length
  return { ...state, messages: all.slice(over.length), dropped: state.dropped + lost }
}

/** What a channel has not taken yet, oldest first. */
export const waitingFor = (state: AlertState, channel: string): readonly Message[] =>
  state.messages.filter(({ waiting }) => waiting.includes(channel))

/** The channel has taken these. */
export const taken = (
  state: AlertState,
  channel: string,
  messages: readonly Message[],
): AlertState => ({
  ...state,
  messages: state.messages.map((message) =>
    messages.includes(message)
      ? { ...message, waiting: message.waiting.filter((name) => name !== channel) }
      : message,
  ),
})
