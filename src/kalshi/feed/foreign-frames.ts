// Holds back frames about other markets, so that they cost the maker nothing.
//
// They use up numbers of the sequence that they share with ours, so the numbers are counted here,
// and an unbroken run of them is handed on as one frame, just before the next frame of its
// subscription that is about us.

import type { Frame, OtherFrame } from '../../core/vocabulary/events.ts'
import { OTHER_MARKET } from './decoder.ts'

interface Run {
  first: number
  next: number
}

export class ForeignFrames {
  /** By subscription; `first` equals `next` while no frame is held back. */
  readonly #runs = new Map<number, Run>()

  /**
   * Takes note of a frame.
   * @returns what is to be handed on before it: a frame for the run that it ends, or null; and
   * whether it is held back itself
   */
  meet(frame: Frame): { readonly before: OtherFrame | null; readonly held: boolean } {
    const { sid, seq } = frame
    if (frame.type === 'subscribed') {
      if (frame.channel === 'market_lifecycle_v2') this.#runs.set(sid, { first: 1, next: 1 })
      return PASS
    }
    const run = this.#runs.get(sid)
    if (run === undefined || seq === 0) {
      return frame.type === 'other' && frame.what === OTHER_MARKET && sid === 0 ? HOLD : PASS
    }
    const foreign = frame.type === 'other' && frame.what === OTHER_MARKET
    if (foreign && seq === run.next) {
      run.next++
      return HOLD
    }
    const before = this.#end(run, frame)
    // Whoever counts our frames will find the gap, or the disorder, by this one.
    run.first = run.next = Math.max(run.next, seq + 1)
    return before === null ? PASS : { before, held: false }
  }

  #end({ first, next }: Run, { at, sid }: Frame): OtherFrame | null {
    if (first === next) return null
    return { type: 'other', what: OTHER_MARKET, at, sid, seq: next - 1, first }
  }
}

const PASS = { before: null, held: false } as const
const HOLD = { before: null, held: true } as const
