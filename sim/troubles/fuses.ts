// The troubles that brakes of last resort are for: a key that is revoked, reads that fail for long,
// long pauses, an exchange whose clock is minutes away from ours, and one that keeps no expiry.
//
// They draw from dice of their own, so that the other troubles of a seed are what they were.

import type { Exchange } from '../../mocks/kalshi/exchange/exchange.ts'
import type { Answer } from '../../mocks/kalshi/exchange/refusal.ts'
import type { Millis } from '../../src/core/vocabulary/units.ts'
import type { Dice } from '../../src/statistics/random.ts'
import type { Mailbox } from '../world/mailbox.ts'
import { Recurring } from './recurring.ts'

/** The exchange refuses a timestamp that is further off. */
const TIMESTAMP_WINDOW_MS = 10_000

/** What the fuses' troubles can do to a world. */
interface FuseStage {
  readonly exchange: Exchange
  readonly mailbox: Mailbox
  /** The exchange's clock. */
  readonly venueNow: Millis
  say(line: () => string): void
  count(what: string): void
}

type Body = Record<string, unknown> | null

/** How far the exchange's clock is ahead of the true one. */
export const venueOffsetOf = (dice: Dice): Millis =>
  dice.chance(0.15) ? (dice.chance(0.5) ? 1 : -1) * dice.whole(30_000, 900_000) : 0

const planOf = (dice: Dice) => ({
  revokeEvery: dice.chance(0.15) ? dice.whole(20_000, 90_000) : 0,
  failReadsEvery: dice.chance(0.2) ? dice.whole(15_000, 60_000) : 0,
  pauseEvery: dice.chance(0.15) ? dice.whole(60_000, 200_000) : 0,
  /** Chance per new order. */
  loseExpiry: dice.chance(0.15) ? 0.02 + 0.2 * dice.next() : 0,
})

export class Fuses {
  readonly #stage: FuseStage
  readonly #dice: Dice
  readonly #course: Recurring
  #loseExpiry: number
  /** Nobody may use our key. */
  isRevoked = false
  #readsFail = false

  constructor(dice: Dice, stage: FuseStage) {
    this.#stage = stage
    this.#dice = dice
    this.#course = new Recurring(stage, dice)
    const plan = planOf(dice)
    this.#loseExpiry = plan.loseExpiry
    this.#spells(plan.revokeEvery, 'keys revoked', [3_000, 40_000], (on) => {
      this.isRevoked = on
    })
    this.#spells(plan.failReadsEvery, 'reads failing', [2_000, 60_000], (on) => {
      this.#readsFail = on
    })
    this.#spells(plan.pauseEvery, 'long exchange pauses', [30_000, 240_000], (on) => {
      stage.exchange.pauseTrading(on)
    })
  }

  /** All troubles end; the clock stays as it is. */
  end(): void {
    this.#course.end()
    this.#loseExpiry = 0
    this.isRevoked = false
    this.#readsFail = false
  }

  /**
   * What stops a request at the exchange's door; null where it may enter.
   * @param signedAt what the signature says of the time
   */
  bar(method: string, signedAt: Millis): Answer | null {
    if (this.isRevoked) return refusal(401, 'authentication_error', 'NOT_FOUND')
    if (Math.abs(signedAt - this.#stage.venueNow) > TIMESTAMP_WINDOW_MS) {
      this.#stage.count('signatures out of time')
      return refusal(401, 'header_timestamp_expired')
    }
    if (this.#readsFail && method === 'GET') return refusal(503, 'service_unavailable')
    return null
  }

  /** What the exchange keeps of a new order's terms. */
  kept(path: string, body: Body): Body {
    if (!/events\/orders$/.test(path) || !this.#dice.chance(this.#loseExpiry)) return body
    this.#stage.count('expiries lost')
    return { ...body, expiration_time: undefined }
  }

  /** Turns a trouble on for a while, again and again. */
  #spells(
    mean: Millis,
    what: string,
    [least, most]: readonly [Millis, Millis],
    turn: (on: boolean) => void,
  ): void {
    const begin = (): Millis => {
      turn(true)
      return this.#dice.whole(least, most)
    }
    this.#course.spells(mean, what, begin, () => turn(false))
  }
}

const refusal = (status: number, code: string, details?: string): Answer => ({
  status,
  body: { error: { code, ...(details === undefined ? {} : { details }) } },
})
