// An experiment: one world, several makers, the same sessions for all of them.

import { Maker, type MakerSpec } from '../makers/makers.ts'
import { SessionDice } from '../worlds/dice.ts'
import { emptySession, type World } from '../worlds/worlds.ts'
import { emptyAccount, play } from './play.ts'
import { Samples } from './samples.ts'

/** Sessions `from` to `to` (excluded) of a seed. */
export interface Range {
  readonly from: number
  readonly to: number
  readonly seed: number
}

/** Plays a range of sessions with every maker. */
export const runSessions = (
  world: World,
  specs: readonly MakerSpec[],
  { from, to, seed }: Range,
): Samples[] => {
  const makers = specs.map((spec) => new Maker(spec, world))
  const samples = specs.map((spec) => new Samples(spec.name, to - from))
  const session = emptySession(world.steps)
  const account = emptyAccount()
  const path = new SessionDice()
  const takers = new SessionDice()
  for (let i = from; i < to; i++) {
    world.draw(session, path.start(seed, i, 1), takers.start(seed, i, 2))
    for (let m = 0; m < makers.length; m++) {
      play(world, session, makers[m]!, account)
      samples[m]!.add(account)
    }
  }
  return samples
}

/**
 * Plays `paths` sessions of the world with every maker. The same seed gives the same numbers, and
 * session i is the same for any number of paths and any set of makers.
 */
export const run = (
  world: World,
  specs: readonly MakerSpec[],
  paths: number,
  seed: number,
): Samples[] => runSessions(world, specs, { from: 0, to: paths, seed })
