// The engine's steps on their way to the journal: copied when they happen, encoded afterwards.
//
// In: each event before its step, and the effects after it. Out: the journal's lines, in that
// order. Encoding runs a moment after the effects were handed over, so that none of it stands
// between a frame and an order. Frames are copied, because the decoder fills the same objects
// again; deltas go into records that are reused. Effects are fresh objects that nobody changes:
// kept by reference.

import { encodeEvent, Fingerprint } from '../core/record/journal.ts'
import type { DeltaFrame, Effect, Event } from '../core/vocabulary/events.ts'

/** The pause before steps are encoded: a burst of frames shares one timer. */
const ENCODE_AFTER_MS = 10
/** Steps that wait at most; more within one pause are encoded at once. */
const MOST_WAITING = 4096

const NO_EFFECTS: readonly Effect[] = []

interface Step {
  /** Reused for every delta that comes to lie here. */
  readonly delta: DeltaFrame
  event: Event
  effects: readonly Effect[]
}

export class StepRecorder {
  readonly #write: (line: string) => void
  readonly #end: () => void
  readonly #fingerprint = new Fingerprint()
  /** The first `#count` wait to be encoded; the others are ready to be used again. */
  readonly #steps: Step[] = []
  #count = 0
  #ended = false
  #timer: ReturnType<typeof setTimeout> | null = null

  /** @param end called after the line of the event that switches the journal off */
  constructor(write: (line: string) => void, end: () => void) {
    this.#write = write
    this.#end = end
  }

  /** Copies an event. To be called before the engine's step. */
  event(event: Event): void {
    if (this.#ended) return
    let step = this.#steps[this.#count]
    if (step === undefined) {
      step = newStep()
      this.#steps.push(step)
    }
    this.#count++
    step.event = event.type === 'delta' ? copyDelta(event, step.delta) : copyOf(event)
  }

  /** The effects of the event before; the array must not change any more. */
  effects(effects: readonly Effect[]): void {
    const step = this.#steps[this.#count - 1]
    if (step !== undefined) step.effects = effects
  }

  /** Encodes a moment later. To be called when the effects have been handed over. */
  encodeSoon(): void {
    if (this.#count >= MOST_WAITING) this.encode()
    else if (this.#count > 0) this.#timer ??= setTimeout(() => this.encode(), ENCODE_AFTER_MS)
  }

  encode(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    for (let index = 0; index < this.#count; index++) {
      const step = this.#steps[index]!
      const { event, effects } = step
      step.event = step.delta
      step.effects = NO_EFFECTS
      if (this.#ended) continue
      this.#write(encodeEvent(event))
      if (this.#fingerprint.add(effects)) this.#write(`=${this.#fingerprint}`)
      if (event.type === 'configure' && event.parameters.strategy.journal === 'off') {
        this.#ended = true
        this.#end()
      }
    }
    this.#count = 0
  }
}

const newStep = (): Step => {
  const delta: DeltaFrame = {
    type: 'delta',
    at: 0,
    sid: 0,
    seq: 0,
    ticker: '',
    side: 'bid',
    price: 0,
    delta: 0,
    clientOrderId: '',
    venueAt: 0,
  }
  return { delta, event: delta, effects: NO_EFFECTS }
}

const copyDelta = (from: DeltaFrame, to: DeltaFrame): DeltaFrame => {
  to.at = from.at
  to.sid = from.sid
  to.seq = from.seq
  to.ticker = from.ticker
  to.side = from.side
  to.price = from.price
  to.delta = from.delta
  to.clientOrderId = from.clientOrderId
  to.venueAt = from.venueAt
  return to
}

/** As deep as the decoder reuses objects. What other events hold belongs to nobody else. */
const copyOf = (event: Exclude<Event, DeltaFrame>): Event => {
  switch (event.type) {
    case 'snapshot':
      return { ...event, bids: event.bids.slice(), asks: event.asks.slice() }
    case 'fill':
      return { ...event, fill: { ...event.fill } }
    case 'order':
      return { ...event, order: { ...event.order } }
    default:
      return { ...event }
  }
}
