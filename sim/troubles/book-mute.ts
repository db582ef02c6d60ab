// The book channel goes mute while everything else lives, and the market moves away.
//
// A fifth of the seeds know this trouble. The deltas are withheld at the exchange, with or without
// their sequence numbers; trades, private channels, snapshots and replies go on. Its dice are its
// own, so that the storms of other seeds stay what they were.

import type { Crowd } from '../../mocks/kalshi/crowd/crowd.ts'
import type { Faults } from '../../mocks/kalshi/faults/faults.ts'
import type { Millis } from '../../src/core/vocabulary/units.ts'
import { Dice } from '../../src/statistics/random.ts'
import type { Mailbox } from '../world/mailbox.ts'
import { Recurring } from './recurring.ts'

export interface MuteStage {
  readonly mailbox: Mailbox
  readonly faults: Faults
  readonly crowd: Crowd
  readonly say: (line: () => string) => void
  readonly count: (what: string) => void
}

/** A frame that was on its way when it ended has arrived after this: feeds lag by half a minute. */
const ON_THE_WAY_MS = 33_000

export class BookMute {
  readonly #stage: MuteStage
  readonly #dice: Dice
  #endedAt: Millis = Number.NEGATIVE_INFINITY
  readonly #course: Recurring

  constructor(seed: number, stage: MuteStage) {
    this.#stage = stage
    this.#dice = new Dice(seed, 32)
    this.#course = new Recurring(stage, this.#dice)
    const every = this.#dice.chance(0.2) ? this.#dice.whole(90_000, 400_000) : 0
    const end = () => this.#stop()
    this.#course.spells(every, null, () => this.#begin(), end)
  }

  /** Whether deltas may be missing from a book whose snapshot was heard at `snapshotAt`. */
  concerns(snapshotAt: Millis): boolean {
    const { faults } = this.#stage
    return faults.muteDeltas !== 'off' || snapshotAt < this.#endedAt + ON_THE_WAY_MS
  }

  end(): void {
    this.#course.end()
    this.#stop()
  }

  /** @returns for how long, ms */
  #begin(): Millis {
    const dice = this.#dice
    const { mailbox, faults, crowd, say, count } = this.#stage
    const how = dice.chance(0.5) ? 'lost' : 'stuck'
    const ms = dice.whole(20_000, 180_000)
    say(() => `      ~ the book goes mute for ${ms} ms, deltas ${how}`)
    count('mute books')
    faults.muteDeltas = how
    const move = (dice.chance(0.5) ? 1 : -1) * dice.whole(500, 5_000)
    mailbox.post(dice.whole(0, 15_000), () => crowd.jump(move))
    return ms
  }

  #stop(): void {
    const { faults, mailbox } = this.#stage
    if (faults.muteDeltas === 'off') return
    faults.muteDeltas = 'off'
    this.#endedAt = mailbox.now
  }
}
