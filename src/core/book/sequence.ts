// The sequence of one subscription: the server's `sid` and the `seq` that must come next.
//
// The counter belongs to the sid, not to a market: every frame that carries it counts, control
// frames (ok, unsubscribed, scoped errors) included. A detector that counts only book frames sees
// phantom gaps; one that counts per market sees them on every multi-market subscription.

/**
 * 'repeat': the newest frame once more, as a network may deliver it; ignore it. 'gap': at least one
 * was lost. 'senseless': nothing that a network does explains it.
 */
export type Verdict = 'ok' | 'repeat' | 'gap' | 'senseless'

export class Sequence {
  /** 0 while not subscribed. */
  sid = 0
  #next = 1
  /** The content of the newest frame, as one number, and the seq that has come twice. */
  #print = 0
  #repeated = 0

  /** A `subscribed` reply: the sequence starts at 1 again. 0 closes it. */
  open(sid: number): void {
    this.sid = sid
    this.#next = 1
    this.#repeated = 0
  }

  /**
   * Counts one frame. After a gap the next one expected is the one after this, so that one loss is
   * reported once. A frame may come twice, but not with another content, and not a third time.
   * @param print the frame's content as one number; equal numbers mean an equal frame
   */
  accept(seq: number, print = 0): Verdict {
    const expected = this.#next
    if (seq === expected) {
      this.#next = expected + 1
      this.#print = print
      return 'ok'
    }
    if (seq > expected && Number.isSafeInteger(seq)) {
      this.#next = seq + 1
      this.#print = print
      return 'gap'
    }
    const isNewest = seq === expected - 1 && seq > 0 && print === this.#print
    if (!isNewest || this.#repeated === seq) return 'senseless'
    this.#repeated = seq
    return 'repeat'
  }

  /** Counts an unbroken run of frames, from `first` to `last`. */
  acceptRun(first: number, last: number): Verdict {
    const verdict = this.accept(first)
    if ((verdict === 'ok' || verdict === 'gap') && last >= first) this.#next = last + 1
    return verdict
  }
}
