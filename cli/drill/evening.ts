// What an evening of the drill is, and how it is told.

import type { Stage } from './stage.ts'

interface Outcome {
  /** When and how the trouble was noticed. */
  readonly noticed: string
  /** What was at the exchange meanwhile, and until when. */
  readonly rested: string
  /** How it went back to normal, or why it does not. */
  readonly after: string
  /** True when everything went as the runbook promises. */
  readonly ok: boolean
}

export interface Evening {
  readonly title: string
  /** What happens, in one sentence. */
  readonly story: string
  /** The heading of docs/runbook.md that says what to do. */
  readonly runbook: string
  run(stage: Stage): Promise<Outcome>
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

/** "2 at most, none from 0.4 s on" */
export const restedText = (most: number, noneAfterMs: number): string =>
  `${most} order${most === 1 ? '' : 's'} at most, none from ${seconds(noneAfterMs)} on`
