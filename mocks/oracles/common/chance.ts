// Chance in the mock oracles: each event and each source draws from a stream of its own, so that looking
// at one does not disturb another and a demo can be replayed exactly.

import { createHash } from 'node:crypto'
import { Dice } from '../../../src/statistics/random.ts'

/** The generator of a seed, any integer, and a stream by name. */
export const streamOf = (seed: number, stream: string): Dice =>
  new Dice(createHash('sha256').update(`${seed}/${stream}`).digest().readInt32BE(0))
