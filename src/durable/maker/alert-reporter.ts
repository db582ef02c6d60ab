// Reports what is wrong with one maker to the object that calls a person.
//
// In: the maker's view of itself, once a second. Out: a report whenever what is wrong has changed,
// repeated until it is taken. Nothing waits for it.

import type { Alert } from '../../alerts/alert-book.ts'
import type { AlertCode } from '../../alerts/alert-codes.ts'
import { MakerConditions, type MakerView } from '../../alerts/conditions.ts'
import type { Log } from '../../config/log.ts'
import type { Engine } from '../../core/maker/engine.ts'
import type { AlertsRpc } from '../../rpc/contracts.ts'

const RETRY_MS = 10_000

/** Log events of the engine that are alerts. */
const EVENTS: Readonly<Record<string, AlertCode>> = {
  'position-adopted': 'position-mismatch',
  'settlement-differs': 'settlement-differs',
  'settlement-unclear': 'settlement-unclear',
  'settlement-refused': 'settlement-unclear',
  'expiry-not-kept': 'expiry',
  'expiry-not-reported': 'expiry',
}

/** Where several events share a code, the event is the reason. */
const SHARED: ReadonlySet<AlertCode> = new Set(['settlement-unclear', 'expiry'])

interface ReporterDeps {
  readonly alerts: () => Pick<AlertsRpc, 'report'>
  readonly log: Log
}

export class AlertReporter {
  readonly #deps: ReporterDeps
  readonly #conditions = new MakerConditions()
  /** What was reported last, as text; a run before this one may have reported anything. */
  #reported = ''
  #busy = false
  #retryAt = 0
  /** False from a report that failed until one is taken. */
  reachable = true

  constructor(deps: ReporterDeps) {
    this.#deps = deps
  }

  happened(code: AlertCode, reason: string, at: number): void {
    this.#conditions.happened(code, reason, at)
  }

  /** A log event of the engine. */
  logged(event: string, at: number): void {
    const code = EVENTS[event]
    if (code !== undefined) this.happened(code, SHARED.has(code) ? event : '', at)
  }

  /** Compares with what was reported, and reports what is new. */
  check(ticker: string, view: MakerView, at: number): void {
    this.#send(ticker, this.#conditions.open(view, at), at)
  }

  /** The maker is gone: nothing of it is open any more. */
  close(ticker: string, at: number): void {
    this.#retryAt = 0
    this.#send(ticker, [], at)
  }

  #send(ticker: string, alerts: Alert[], at: number): void {
    const text = JSON.stringify(alerts)
    if (text === this.#reported || this.#busy || at < this.#retryAt) return
    this.#busy = true
    void this.#deps
      .alerts()
      .report(ticker, alerts)
      .then(
        () => {
          this.#reported = text
          this.reachable = true
        },
        (error: unknown) => {
          this.#retryAt = at + RETRY_MS
          this.reachable = false
          this.#deps.log('error', 'alerts-unreachable', { detail: String(error) })
        },
      )
      .finally(() => {
        this.#busy = false
      })
  }
}

/** @param dropped lines of tape and journal lost since the start */
export const viewOf = ({ decider, state }: Engine, dropped: number): MakerView => {
  const { bid, ask } = state.quoter.silence
  const { phase, reason } = decider
  const isStarved = phase === 'quoting' && (bid === 'budget' || ask === 'budget')
  return { phase, reason, isStarved, dropped }
}
