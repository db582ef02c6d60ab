// One subscription's sequence: the server's `sid` and the `seq` that must come next.
//
// The counter belongs to the sid, not to a market: every frame that carries it counts, control
// frames (ok, unsubscribed, scoped errors) included. A detector that counts only book frames sees
// phantom gaps; one that counts per market sees them on every multi-market subscription.

/** 'ok': the next one. 'repeat': already seen, ignore it. 'gap': at least one was lost. */
export type SequenceVerdict = 'ok' | 'repeat' | 'gap'

export class Sequence {
  /** 0 while not subscribed. */
  sid = 0
  #next = 1

  /** A `subscribed` reply: the sequence starts at 1 again. */
  open(sid: number): void {
    this.sid = sid
    this.#next = 1
  }

  close(): void {
    this.sid = 0
    this.#next = 1
  }

  /**
   * Counts one frame. After a gap the expectation is re-based behind the frame that revealed it, so
   * that one loss is reported once.
   * @param seq the frame's seq; 0 (none) is always 'ok'
   */
  accept(seq: number): SequenceVerdict {
    if (seq === 0) return 'ok'
    const expected = this.#next
    if (seq === expected) {
      this.#next = expected + 1
      return 'ok'
    }
    if (seq < expected) return 'repeat'
    this.#next = seq + 1
    return 'gap'
  }
}
