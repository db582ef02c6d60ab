// Reads and runs a scenario file: a JSON list of entries, each due a number of seconds after the
// start, in the words of the operator API: `{"at_s": 5, "fault": "refuse-writes", "times": 3}`.
// Every mistake is found when the file is read, not when an entry is due.

import { readFile } from 'node:fs/promises'
import type { Millis } from '../../../src/core/vocabulary/units.ts'
import type { Body } from '../../common/operator-input.ts'
import { SCENARIOS } from '../crowd/scenarios.ts'
import { FAULTS } from './faults.ts'
import { MARKET_ACTIONS } from './markets.ts'
import { ACTS, type ActName, type Operator } from './operator.ts'

export interface ScriptStep {
  /** After the start. */
  readonly afterMs: Millis
  readonly act: ActName
  readonly body: Body
}

/** The values that an entry allows, and the key under which the operator reads it. */
const WORDS: Readonly<Record<ActName, { key: string; of: readonly string[] | null }>> = {
  fault: { key: 'fault', of: FAULTS },
  scenario: { key: 'scenario', of: Object.keys(SCENARIOS) },
  market: { key: 'action', of: MARKET_ACTIONS },
  exchange: { key: 'action', of: ['pause', 'resume', 'stop', 'start'] },
  trade: { key: 'side', of: ['bid', 'ask'] },
  deposit: { key: 'dollars', of: null },
  knobs: { key: 'knobs', of: null },
  groups: { key: 'action', of: ['trigger', 'reset', 'delete'] },
}

const wrong = (index: number, what: string): Error =>
  new Error(`Reading scenario failed: entry ${index + 1} ${what}`)

const stepIn = (entry: unknown, index: number): ScriptStep => {
  if (typeof entry !== 'object' || entry === null) throw wrong(index, 'is not an object')
  const body = entry as Body
  const { at_s } = body
  if (typeof at_s !== 'number' || !(at_s >= 0)) {
    throw wrong(index, `has at_s ${JSON.stringify(at_s)}, wanted seconds, 0 or more`)
  }
  const acts = ACTS.filter((name) => body[name] !== undefined)
  const [act] = acts
  if (act === undefined || acts.length > 1) {
    throw wrong(index, `names ${acts.length} things to do, wanted one of ${ACTS.join(', ')}`)
  }
  const word = body[act]
  const { key, of } = WORDS[act]
  if (of !== null && !of.includes(word as string)) {
    throw wrong(index, `has ${act} ${JSON.stringify(word)}, wanted one of ${of.join(', ')}`)
  }
  const { at_s: _, [act]: __, ...rest } = body
  const own = act === 'knobs' ? (word as Body) : { ...rest, [key]: word }
  return { afterMs: at_s * 1000, act, body: own }
}

/** The steps of a scenario file, soonest first. @throws Error naming the wrong entry. */
export const parseScript = (text: string): readonly ScriptStep[] => {
  const entries: unknown = JSON.parse(text)
  if (!Array.isArray(entries)) throw new Error('Reading scenario failed: wanted a JSON list')
  return entries.map(stepIn).sort((a, b) => a.afterMs - b.afterMs)
}

export const readScript = async (file: string): Promise<readonly ScriptStep[]> =>
  parseScript(await readFile(file, 'utf8'))

/** Carries out a scenario over time. */
export class Script {
  readonly #steps: readonly ScriptStep[]
  readonly #operator: Operator
  readonly #startAt: Millis
  readonly #warn: (sentence: string) => void
  /** Steps that failed, as sentences. */
  readonly failures: string[] = []
  #next = 0

  /** `warn` receives each failure as a sentence. */
  constructor(
    steps: readonly ScriptStep[],
    operator: Operator,
    startAt: Millis,
    warn: (sentence: string) => void = () => {},
  ) {
    this.#warn = warn
    this.#steps = steps
    this.#operator = operator
    this.#startAt = startAt
  }

  get done(): boolean {
    return this.#next >= this.#steps.length
  }

  /** Carries out every step that is due. */
  step(now: Millis): void {
    for (;;) {
      const step = this.#steps[this.#next]
      if (step === undefined || this.#startAt + step.afterMs > now) return
      this.#next++
      try {
        this.#operator.act(step.act, step.body)
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        const sentence = `After ${step.afterMs / 1000} s: ${reason}`
        this.failures.push(sentence)
        this.#warn(sentence)
      }
    }
  }
}
