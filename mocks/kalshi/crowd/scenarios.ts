// Scripted events in the market itself: a crash, a jump, a book that thins out. A scenario directs
// the crowd and gets the time from its caller, so the same script gives the same market.

import type { Millis } from '../../../src/core/vocabulary/units.ts'
import type { Crowd } from './crowd.ts'

export interface Scenario {
  readonly about: string
  readonly run: (crowd: Crowd, now: Millis) => void
}

export const SCENARIOS = {
  crash: {
    about: 'the fair value falls to 20 cents within 3 seconds, with sellers sweeping the bids',
    run: (crowd, now) => {
      crowd.glide(0.2, now, 3_000)
      crowd.rush('ask', 12, now + 4_000)
    },
  },
  rally: {
    about: 'the fair value rises to 80 cents within 3 seconds, with buyers sweeping the asks',
    run: (crowd, now) => {
      crowd.glide(0.8, now, 3_000)
      crowd.rush('bid', 12, now + 4_000)
    },
  },
  'jump-up': {
    about: 'the fair value rises by 10 cents in one step',
    run: (crowd) => crowd.jump(1_000),
  },
  'jump-down': {
    about: 'the fair value falls by 10 cents in one step',
    run: (crowd) => crowd.jump(-1_000),
  },
  'informed-up': {
    about: 'the fair value rises by 10 cents in 30 seconds, and some takers know it now',
    run: (crowd, now) => crowd.scheduleJump(1_000, now + 30_000),
  },
  'informed-down': {
    about: 'the fair value falls by 10 cents in 30 seconds, and some takers know it now',
    run: (crowd, now) => crowd.scheduleJump(-1_000, now + 30_000),
  },
  thin: {
    about: 'only one level of 2 contracts a side is left',
    run: (crowd) => crowd.thin({ levels: 1, contracts: 2 }),
  },
  empty: {
    about: 'the crowd withdraws all its quotes',
    run: (crowd) => crowd.thin({ levels: 0, contracts: 0 }),
  },
  calm: {
    about: 'ends thin and empty: the crowd quotes as usual',
    run: (crowd) => crowd.thin(null),
  },
} as const satisfies Record<string, Scenario>

export type ScenarioName = keyof typeof SCENARIOS

export const SCENARIO_NAMES = Object.keys(SCENARIOS) as ScenarioName[]

/** Starts a scenario. @throws Error naming the known ones when there is none of that name. */
export const runScenario = (name: string, crowd: Crowd, now: Millis): void => {
  const found = SCENARIO_NAMES.find((known) => known === name)
  if (found === undefined) {
    throw new Error(`Scenario failed: found "${name}", wanted one of ${SCENARIO_NAMES.join(', ')}`)
  }
  SCENARIOS[found].run(crowd, now)
}
