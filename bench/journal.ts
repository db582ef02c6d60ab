// From a frame to the effects handed over, with the journal and without it.
//
// The same market for three engines in turn: without a journal, with one as it is kept (steps are
// copied, and encoded when the effects are gone), and with one that encodes before it hands over.
// The ratio to the first is taken round by round; what is encoded afterwards is not part of it.

import { median } from 'simple-statistics'
import { encodeEvent, Fingerprint } from '../src/core/record/journal.ts'
import { StepRecorder } from '../src/tape/step-recorder.ts'
import { at, PLAIN, type Run, run, type Turn } from './decision.ts'

const STEPS = 50_000
const ROUNDS = 7
const WARM = 20_000

let written = 0
const write = (line: string): void => {
  written += line.length
}

const copied = (): Turn => {
  const recorder = new StepRecorder(write, () => undefined)
  return {
    step(engine, event) {
      recorder.event(event)
      const effects = engine.step(event)
      if (effects.length > 0) recorder.effects(effects.slice())
      return effects
    },
    after: () => recorder.encode(),
  }
}

const encodedFirst = (): Turn => {
  const fingerprint = new Fingerprint()
  return {
    step(engine, event) {
      write(encodeEvent(event))
      const effects = engine.step(event)
      if (fingerprint.add(effects)) write(`=${fingerprint}`)
      return effects
    },
    after: () => undefined,
  }
}

export const benchJournal = (): void => {
  const sides = { off: () => PLAIN, on: copied, 'encoded first': encodedFirst }
  const names = Object.keys(sides) as (keyof typeof sides)[]
  for (const name of names) run({}, WARM, sides[name]())
  const found = new Map(names.map((name) => [name, [] as Run[]]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) found.get(name)!.push(run({}, STEPS, sides[name]()))
  }
  const of = (name: keyof typeof sides, share: number): number[] =>
    found.get(name)!.map(({ all }) => at(all, share))
  const against = (name: keyof typeof sides): number[] => {
    const off = of('off', 0.5)
    return of(name, 0.5).map((value, round) => value / off[round]!)
  }
  const list = (ratios: readonly number[]): string => ratios.map((r) => r.toFixed(2)).join(' ')
  const on = against('on')
  const first = against('encoded first')
  console.log(
    `journal: a frame to its effects takes ${median(on).toFixed(2)} x as long as without (${list(on)});` +
      ` encoded first ${median(first).toFixed(2)} x (${list(first)})`,
  )
  for (const name of names) {
    const [p50, p99] = [of(name, 0.5), of(name, 0.99)].map((all) => median(all).toFixed(0))
    console.log(`  ${name}: p50 ${p50} ns, p99 ${p99} ns (${ROUNDS} x ${STEPS} decisions)`)
  }
  if (written < 0) console.log(written)
}
