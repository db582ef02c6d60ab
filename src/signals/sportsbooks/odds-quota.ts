// Budgets the credits of The Odds API: what is left this month, and what may be spent today.
//
// Every answer carries the counts, errors included. A day may spend an equal part of what the plan
// has left until the month ends, so that a lively evening does not use up a quiet week. Survives a
// restart.

import type { Millis } from '../../core/vocabulary/units.ts'
import { asDecimal, asObject } from '../common/json.ts'
import type { Quota } from './odds-api-wire.ts'

const DAY: Millis = 86_400_000
/** A share of the plan that is never touched. */
const RESERVE = 0.05
/** A day may always look this often, however small the plan is. */
const LEAST_A_DAY = 8

/** Plain data. */
export interface QuotaMemory {
  readonly left: number | null
  readonly plan: number
  readonly day: number
  readonly spent: number
}

const dayOf = (at: Millis): number => Math.floor(at / DAY)

/** The first moment of the next month, UTC. */
export const nextMonth = (at: Millis): Millis => {
  const date = new Date(at)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)
}

export class OddsQuota {
  /** null before the first answer. */
  left: number | null = null
  /** Credits of the plan, as the counts add up; 0 before the first answer. */
  plan = 0
  #day = 0
  #spent = 0

  constructor(memory: unknown) {
    const raw = asObject(memory)
    if (raw === null) return
    const left = asDecimal(raw.left)
    this.left = Number.isNaN(left) ? null : left
    this.plan = asDecimal(raw.plan) || 0
    this.#day = asDecimal(raw.day) || 0
    this.#spent = asDecimal(raw.spent) || 0
  }

  get memory(): QuotaMemory {
    return { left: this.left, plan: this.plan, day: this.#day, spent: this.#spent }
  }

  /** The counts of an answer. */
  update({ remaining, used, last }: Quota, at: Millis): void {
    this.#turn(at)
    if (remaining !== null) this.left = remaining
    if (remaining !== null && used !== null) this.plan = remaining + used
    this.#spent += last ?? 0
  }

  /** Only the share that is never touched is left. */
  get atReserve(): boolean {
    return this.left !== null && this.left <= RESERVE * this.plan
  }

  /** What this day may still spend, credits; Infinity while nothing is known. */
  today(at: Millis): number {
    this.#turn(at)
    if (this.left === null) return Number.POSITIVE_INFINITY
    const days = Math.max(1, Math.ceil((nextMonth(at) - at) / DAY))
    const usable = this.left + this.#spent - RESERVE * this.plan
    return Math.max(LEAST_A_DAY, usable / days) - this.#spent
  }

  #turn(at: Millis): void {
    if (dayOf(at) === this.#day) return
    this.#day = dayOf(at)
    this.#spent = 0
  }
}
