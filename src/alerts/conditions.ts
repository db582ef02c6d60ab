// Finds what is wrong with one maker, from its phase and its reason.
//
// In: phase, reason and a few counts, about once a second. Out: the alerts that are open. A trouble
// that mends itself within a minute is none.

import { isLatchCode, type Phase } from '../core/vocabulary/reason-codes.ts'
import type { Alert } from './alert-book.ts'
import type { AlertCode } from './alert-codes.ts'

/** How long a maker may be dark, blind or recovering before a person is called, ms. */
export const PATIENCE_MS = 60_000

/** The maker as its alerts see it. */
export interface MakerView {
  readonly phase: Phase
  readonly reason: string
  /** No order goes out because the rate budget does not carry one. */
  readonly isStarved: boolean
  /** Lines of tape and journal that were lost since the start. */
  readonly dropped: number
}

const TROUBLES: Partial<Record<Phase, AlertCode>> = {
  dark: 'dark',
  blind: 'blind',
  recovering: 'recovering',
}

export class MakerConditions {
  readonly #since = new Map<AlertCode, number>()
  readonly #happened = new Map<AlertCode, Alert>()
  #trouble: AlertCode | null = null
  #dropped = 0

  /** Something that has happened, e.g. a restart. */
  happened(code: AlertCode, reason: string, at: number): void {
    this.#happened.set(code, { code, reason, at })
  }

  /** All alerts of now, at `at` epoch ms. */
  open(view: MakerView, at: number): Alert[] {
    const { phase, reason, dropped } = view
    if (dropped > this.#dropped) {
      this.happened('records-dropped', `${dropped} lines`, at)
      this.#dropped = dropped
    }
    const alerts: Alert[] = []
    if (phase === 'halted') alerts.push({ code: haltCode(reason), reason })
    const trouble = TROUBLES[phase]
    // One trouble may turn into another: what counts is how long there has been any, and the alert
    // keeps the name that it was given first.
    if (!this.#lasts('dark', trouble !== undefined, at)) this.#trouble = null
    else alerts.push({ code: (this.#trouble ??= trouble!), reason })
    const unstored = phase === 'paused' && reason === 'storage-failing'
    if (this.#lasts('storage-failing', unstored, at)) {
      alerts.push({ code: 'storage-failing', reason: '' })
    }
    const alone = phase === 'paused' && reason === 'desk-unreachable'
    if (this.#lasts('desk-unreachable', alone, at))
      alerts.push({ code: 'desk-unreachable', reason })
    if (this.#lasts('budget-refused', view.isStarved, at)) {
      alerts.push({ code: 'budget-refused', reason: '' })
    }
    for (const alert of this.#happened.values()) {
      // A sleeping maker is dropped from memory now and then: only one that quotes has restarted.
      if (alert.code !== 'restarted' || phase === 'quoting') alerts.push(alert)
    }
    return alerts
  }

  #lasts(what: AlertCode, holds: boolean, at: number): boolean {
    if (!holds) {
      this.#since.delete(what)
      return false
    }
    const since = this.#since.get(what) ?? at
    this.#since.set(what, since)
    return at - since >= PATIENCE_MS
  }
}

const haltCode = (reason: string): AlertCode => {
  if (reason === 'key-refused') return 'key-refused'
  if (reason === 'desk-unreachable') return 'desk-unreachable'
  return isLatchCode(reason) || reason === 'invariant' || reason === 'crash' ? 'brake' : 'halted'
}
