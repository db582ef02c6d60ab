// A journal played again: the same events into a new engine, and every fingerprint compared.
//
// One file may hold several lives of a maker (each eviction begins another). The answer says how many
// decisions were the same, and where the first one differed.

import { Engine, type EngineMemory } from './engine.ts'
import type { Effect, Event } from './events.ts'
import { decodeLine, Fingerprint } from './journal.ts'
import type { Parameters } from './parameters.ts'
import type { Millis } from './units.ts'

export interface Rerun {
  /** Lives found, events fed, decisions made again. */
  lives: number
  events: number
  decisions: number
  /** Decisions up to and including the last fingerprint that agreed. */
  equal: number
  /** The first fingerprint that did not, or null. */
  difference: { readonly line: number; readonly at: Millis; readonly life: number } | null
  /** Lines that could not be read; a journal that was cut off ends with one. */
  unreadable: number
}

export interface RerunOptions {
  /** Instead of the parameters of the journal: to see what another setting changes. */
  readonly change?: (parameters: Parameters) => Parameters
  /** Sees every event after it was fed, with what came of it. */
  readonly onStep?: (event: Event, effects: readonly Effect[], engine: Engine) => void
}

/** Feeds the lines of one or more journals, in order. Stops comparing a life at its first difference. */
export const rerun = (lines: Iterable<string>, options: RerunOptions = {}): Rerun => {
  const out: Rerun = {
    lives: 0,
    events: 0,
    decisions: 0,
    equal: 0,
    difference: null,
    unreadable: 0,
  }
  let engine: Engine | null = null
  let print = new Fingerprint()
  let differs = false
  let number = 0
  let at = 0
  let base = 0
  for (const text of lines) {
    number++
    if (text === '') continue
    const line = decodeLine(text)
    switch (line.kind) {
      case 'head': {
        const { ticker, parameters, memory } = line.head
        const used = options.change?.(parameters) ?? parameters
        engine = new Engine(ticker, used, memory as EngineMemory | null)
        print = new Fingerprint()
        base = out.equal
        differs = false
        out.lives++
        break
      }
      case 'event': {
        if (engine === null) {
          out.unreadable++
          break
        }
        out.events++
        at = line.event.at
        const event = changed(line.event, options)
        const effects = engine.step(event)
        const before = print.count
        print.take(effects)
        out.decisions += print.count - before
        options.onStep?.(event, effects, engine)
        break
      }
      case 'decided':
        if (differs) break
        if (print.toString() === line.print) out.equal = base + print.count
        else {
          differs = true
          out.difference ??= { line: number, at, life: out.lives }
        }
        break
      case 'unreadable':
        out.unreadable++
    }
  }
  return out
}

// A change of parameters on the way is part of the run, and is changed like the first ones.
const changed = (event: Event, { change }: RerunOptions): Event =>
  change !== undefined && event.type === 'configure'
    ? { ...event, parameters: change(event.parameters) }
    : event
