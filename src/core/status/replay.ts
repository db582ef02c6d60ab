// Replays a journal: feeds its events to a new engine and compares every fingerprint.
//
// One journal may hold several lives of a maker, because each eviction begins another. Each life is
// compared by itself, up to the first event after which the new engine decides differently from the
// old one. A life whose end is missing is compared as far as it goes.

import { Engine, type EngineMemory } from '../maker/engine.ts'
import { decodeLine, Fingerprint, type JournalHead } from '../record/journal.ts'
import type { Effect, Event } from '../vocabulary/events.ts'
import type { Parameters } from '../vocabulary/parameters.ts'
import type { Millis } from '../vocabulary/units.ts'

/** The first event after which the two runs do not decide the same. */
export interface Difference {
  /** Line of the journal, from 1, on which the event stands. */
  readonly line: number
  readonly at: Millis
  /** Which life, from 1. */
  readonly life: number
  readonly event: Event
  /** The journal's fingerprint; null where it has no decision after this event. */
  readonly expected: string | null
  /** The fingerprint made now; null where nothing was decided now. */
  readonly made: string | null
  /** What came of the event now. */
  readonly effects: readonly Effect[]
  /** Why the engine stopped, where it did; ''. */
  readonly failure: string
}

/** One life of a maker, from the making of its engine to the end of what is known of it. */
export interface LifeReplay {
  readonly ticker: string
  readonly at: Millis
  events: number
  decisions: number
  /** Decisions up to and including the last fingerprint that agreed. */
  equal: number
  difference: Difference | null
  /** Why a part of the life is missing, in words; '' where none is. */
  broken: string
}

export interface ReplayResult {
  /** Lives found, events fed, decisions made again. */
  lives: number
  events: number
  decisions: number
  equal: number
  /** The first one of all lives, or null. */
  difference: Difference | null
  /** Lines that could not be read; a journal that was cut off ends with one. */
  unreadable: number
  readonly each: LifeReplay[]
}

export interface ReplayOptions {
  /** Instead of the parameters of the journal: to see what another setting changes. */
  readonly change?: (parameters: Parameters) => Parameters
  /** Sees every event after it was fed, with what came of it (the array is used again). */
  readonly onStep?: (event: Event, effects: readonly Effect[], engine: Engine) => void
}

interface Step {
  readonly line: number
  readonly event: Event
  readonly effects: readonly Effect[]
  /** The fingerprint where something was decided. */
  readonly print: string | null
  readonly failure: string
}

/** Reads the lines of a journal one by one, so that a long one need not fit in memory. */
export class JournalReplay {
  readonly result: ReplayResult = {
    lives: 0,
    events: 0,
    decisions: 0,
    equal: 0,
    difference: null,
    unreadable: 0,
    each: [],
  }
  /** What the newest event has led to; null before the first of a life. */
  last: Step | null = null
  readonly #options: ReplayOptions
  #engine: Engine | null = null
  #life: LifeReplay | null = null
  #print = new Fingerprint()
  #line = 0
  /** Whether the journal has said what it decided after `last`. */
  #told = true

  constructor(options: ReplayOptions = {}) {
    this.#options = options
  }

  /** One line, without its newline. */
  read(text: string): void {
    this.#line++
    if (text === '') return
    const line = decodeLine(text)
    switch (line.kind) {
      case 'head':
        this.#begin(line.head)
        return
      case 'event':
        this.#hear(line.event)
        return
      case 'decided':
        this.#compare(line.print)
        return
      case 'broken':
        this.#end(line.detail)
        return
      case 'unreadable':
        this.result.unreadable++
        this.#end(line.detail)
    }
  }

  end(): ReplayResult {
    this.#end('')
    return this.result
  }

  #begin({ ticker, at, parameters, memory }: JournalHead): void {
    this.#end('')
    const used = this.#options.change?.(parameters) ?? parameters
    this.#engine = new Engine(ticker, used, memory as EngineMemory | null)
    this.#print = new Fingerprint()
    this.#life = { ticker, at, events: 0, decisions: 0, equal: 0, difference: null, broken: '' }
    this.result.lives++
    this.result.each.push(this.#life)
  }

  // What was decided last may have been cut off before it was written: that is no difference.
  #end(broken: string): void {
    const life = this.#life
    if (life !== null) {
      life.broken = broken
      if (!this.#told && this.last?.print !== null && life.difference === null) {
        this.result.decisions -= life.decisions - life.equal
        life.decisions = life.equal
      }
    }
    this.#life = null
    this.#engine = null
    this.last = null
    this.#told = true
  }

  #hear(was: Event): void {
    const life = this.#life
    const engine = this.#engine
    if (life === null || engine === null) {
      // After a missing part nothing can be compared; without a head nothing can be replayed.
      if (this.result.lives === 0) this.result.unreadable++
      return
    }
    if (!this.#told && (this.last?.print !== null || this.last.failure !== '')) this.#differ(null)
    life.events++
    this.result.events++
    const event = changed(was, this.#options)
    let effects: readonly Effect[] = []
    let failure = ''
    if (this.last?.failure !== undefined && this.last.failure !== '') failure = this.last.failure
    else {
      try {
        effects = engine.step(event)
      } catch (error) {
        failure = String(error)
      }
    }
    const before = this.#print.count
    const decided = failure === '' && this.#print.add(effects)
    life.decisions += this.#print.count - before
    this.result.decisions += this.#print.count - before
    this.#told = false
    const print = decided ? this.#print.toString() : null
    this.last = { line: this.#line, event, effects: decided ? [...effects] : [], print, failure }
    if (failure === '') this.#options.onStep?.(event, effects, engine)
  }

  #compare(expected: string): void {
    const life = this.#life
    if (life === null || this.last === null || this.#told) return
    this.#told = true
    if (this.last.print !== expected) this.#differ(expected)
    else if (life.difference === null) {
      this.result.equal += this.#print.count - life.equal
      life.equal = this.#print.count
    }
  }

  #differ(expected: string | null): void {
    const { last } = this
    if (this.#life === null || last === null || this.#life.difference !== null) return
    const { line, event, effects, print, failure } = last
    const life = this.result.lives
    const made = print
    const difference = { line, at: event.at, life, event, expected, made, effects, failure }
    this.#life.difference = difference
    this.result.difference ??= difference
  }
}

/** Feeds the lines of one or more journals, in order. */
export const replayLines = (lines: Iterable<string>, options: ReplayOptions = {}): ReplayResult => {
  const run = new JournalReplay(options)
  for (const line of lines) run.read(line)
  return run.end()
}

// A change of parameters on the way is part of the run, and is changed like the first ones.
const changed = (event: Event, { change }: ReplayOptions): Event =>
  change !== undefined && event.type === 'configure'
    ? { ...event, parameters: change(event.parameters) }
    : event
