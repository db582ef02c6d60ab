// Randomness in the mock oracles: each event and each source draws from its own stream, so that
// reading one does not change another, and a session can be replayed exactly.

import { createHash } from 'node:crypto'
import { Dice } from '../../../src/statistics/random.ts'

/** The generator of a seed, any integer, and a stream by name. */
export const streamOf = (seed: number, stream: string): Dice =>
  new Dice(createHash('sha256').update(`${seed}/${stream}`).digest().readInt32BE(0))
