// Requests that the exchange answers wrongly or not at all, and carries out in its own time: a
// create that a gateway holds for up to a minute, whose sender hears nothing or a refusal, and a
// 404 on an order that rests.
//
// Its dice are its own, so that storms from before it stay as they were.

import type { Answer } from '../../mocks/kalshi/exchange/refusal.ts'
import type { Millis } from '../../src/core/vocabulary/units.ts'
import type { Dice } from '../../src/statistics/random.ts'
import type { Weather } from './weather.ts'

const EARLIEST_MS = 5_000
const LATEST_MS = 58_000

/** The part of a parcel that is looked at, and marked as late. */
interface Letter {
  readonly method: string
  readonly path: string
  readonly body: Record<string, unknown> | null
  readonly write: boolean
  late: '' | 'lost' | 'refused'
}

interface Ways {
  /** Carries the request out after so many ms; nobody hears of it. */
  deliver(ms: Millis): void
  answer(answer: Answer, ms: Millis): void
}

export class LatePost {
  readonly #dice: Dice
  readonly #count: (what: string) => void

  constructor(dice: Dice, count: (what: string) => void) {
    this.#dice = dice
    this.#count = count
  }

  /** True when the request has met such a fate; it is then taken care of. */
  meets(parcel: Letter, { lateCreate, falseGone }: Weather, ways: Ways): boolean {
    const dice = this.#dice
    if (!parcel.write || Array.isArray(parcel.body?.orders)) return false
    const isCreate = parcel.method === 'POST' && /events\/orders$/.test(parcel.path)
    const reply = dice.whole(10, 300)
    if (!isCreate) {
      if (falseGone === 0 || !dice.chance(falseGone)) return false
      this.#count('404 on what rests')
      ways.answer({ status: 404, body: { error: { code: 'not_found' } } }, reply)
      return true
    }
    if (lateCreate === 0 || !dice.chance(lateCreate)) return false
    parcel.late = dice.chance(0.5) ? 'lost' : 'refused'
    this.#count(`late creates, ${parcel.late}`)
    if (parcel.late === 'refused') {
      const code = ['invalid_order', 'forbidden', 'insufficient_balance'][dice.whole(0, 2)]!
      ways.answer({ status: code === 'forbidden' ? 403 : 400, body: { error: { code } } }, reply)
    }
    ways.deliver(dice.whole(EARLIEST_MS, LATEST_MS))
    return true
  }
}
