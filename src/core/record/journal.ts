// Encodes every event of an engine, and a fingerprint of everything it decides, as lines of text.
//
// The engine depends on nothing else, so a journal can be replayed exactly: a new engine with the
// parameters and memory of the first line gets the same events and must give the same fingerprints.
// One line an event. Encoding runs after the effects have gone (src/tape/step-recorder.ts).

import type { Effect, Event } from '../vocabulary/events.ts'
import type { Parameters } from '../vocabulary/parameters.ts'
import type { Millis } from '../vocabulary/units.ts'

export const JOURNAL_VERSION = 1

/** The first line of a journal: everything an engine is made of. */
export interface JournalHead {
  readonly journal: number
  readonly ticker: string
  readonly at: Millis
  readonly parameters: Parameters
  readonly memory: unknown
}

/**
 * One event as a line without its newline. Deltas, which are nearly all of them, are written as a
 * bare array; all other events as JSON. Numbers keep every digit; the three that JSON lacks are
 * named.
 */
export const encodeEvent = (event: Event): string => {
  if (event.type === 'delta') {
    const { at, sid, seq, ticker, side, price, delta, clientOrderId, venueAt } = event
    return JSON.stringify([at, sid, seq, ticker, side, price, delta, clientOrderId, venueAt])
  }
  return JSON.stringify(event, spell)
}

const SPELLED: Readonly<Record<string, number>> = {
  '#inf': Number.POSITIVE_INFINITY,
  '#-inf': Number.NEGATIVE_INFINITY,
  '#nan': Number.NaN,
}

// A text that begins like one of these names gets a second mark, so that it stays a text.
const spell = (_key: string, value: unknown): unknown => {
  if (typeof value === 'string') return value.startsWith('#') ? `#${value}` : value
  if (typeof value !== 'number' || Number.isFinite(value)) return value
  if (Number.isNaN(value)) return '#nan'
  return value > 0 ? '#inf' : '#-inf'
}

const unspell = (_key: string, value: unknown): unknown => {
  if (typeof value !== 'string' || !value.startsWith('#')) return value
  return Object.hasOwn(SPELLED, value) ? SPELLED[value] : value.slice(1)
}

export const encodeHead = (head: JournalHead): string => JSON.stringify(head, spell)

/** One line of a journal, read back. */
export type JournalLine =
  | { readonly kind: 'head'; readonly head: JournalHead }
  | { readonly kind: 'event'; readonly event: Event }
  /** What the event before has led to: the fingerprint of all decisions so far. */
  | { readonly kind: 'decided'; readonly print: string }
  /** The life before ends here, though not by itself: a part of it is missing. */
  | { readonly kind: 'broken'; readonly detail: string }
  | { readonly kind: 'unreadable'; readonly detail: string }

const PRINT = /^=[0-9a-f]{16}$/

/** Never throws: a line that is cut off or of another version says so. */
export const decodeLine = (line: string): JournalLine => {
  if (line.startsWith('#')) return { kind: 'broken', detail: line.slice(1).trim() }
  if (line.startsWith('=')) {
    if (PRINT.test(line)) return { kind: 'decided', print: line.slice(1) }
    return { kind: 'unreadable', detail: `a fingerprint that was cut off: ${line.slice(0, 60)}` }
  }
  let value: unknown
  try {
    // Deltas are written without names for numbers.
    value = line.startsWith('[') ? JSON.parse(line) : JSON.parse(line, unspell)
  } catch {
    return { kind: 'unreadable', detail: `not JSON: ${line.slice(0, 60)}` }
  }
  if (Array.isArray(value)) {
    if (value.length !== 9) return { kind: 'unreadable', detail: 'a delta has nine parts' }
    const [at, sid, seq, ticker, side, price, delta, clientOrderId, venueAt] = value
    const event = {
      type: 'delta',
      at,
      sid,
      seq,
      ticker,
      side,
      price,
      delta,
      clientOrderId,
      venueAt,
    } as Event
    return { kind: 'event', event }
  }
  if (typeof value !== 'object' || value === null) {
    return { kind: 'unreadable', detail: 'neither an event nor a head' }
  }
  if ('journal' in value) {
    const head = value as JournalHead
    if (head.journal === JOURNAL_VERSION) return { kind: 'head', head }
    return { kind: 'unreadable', detail: `version ${head.journal}, wanted ${JOURNAL_VERSION}` }
  }
  return 'type' in value
    ? { kind: 'event', event: value as Event }
    : { kind: 'unreadable', detail: 'an object without a type' }
}

/** FNV-1a, two lanes of 32 bits: no secret, only a difference that cannot be missed by chance. */
const PRIME = 0x01000193

/**
 * The fingerprint of everything decided so far, in order: orders, questions, resubscriptions and
 * tape rows. Log lines are words about decisions and do not count.
 */
export class Fingerprint {
  #low = 0x811c9dc5
  #high = 0x9747b28c
  /** Decisions added. */
  count = 0

  /** Adds the effects of one step; true when any of them was a decision. */
  add(effects: readonly Effect[]): boolean {
    let some = false
    for (let index = 0; index < effects.length; index++) {
      const effect = effects[index]!
      if (effect.type === 'log') continue
      some = true
      this.count++
      this.#mix(JSON.stringify(effect, spell))
    }
    return some
  }

  /** 16 hexadecimal digits. */
  toString(): string {
    return hex(this.#high) + hex(this.#low)
  }

  #mix(text: string): void {
    let low = this.#low
    let high = this.#high
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index)
      low = Math.imul(low ^ code, PRIME)
      high = Math.imul(high ^ (code + index), PRIME)
    }
    this.#low = low
    this.#high = high
  }
}

const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0')
