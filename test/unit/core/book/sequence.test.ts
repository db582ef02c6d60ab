// The sequence of one subscription: what counts, what is a gap, and what one loss costs.

import { describe, expect, it } from 'vitest'
import { Sequence } from '../../../../src/core/book/feed-state.ts'

const feed = (sequence: Sequence, ...seqs: number[]): string[] =>
  seqs.map((seq) => sequence.accept(seq))

describe('the sequence of a subscription', () => {
  it('starts at 1 and accepts one after the other', () => {
    expect(feed(new Sequence(), 1, 2, 3)).toEqual(['ok', 'ok', 'ok'])
  })

  it('is a gap already when the first frame is not number 1', () => {
    expect(feed(new Sequence(), 2)).toEqual(['gap'])
  })

  it('counts control frames like any other, so a lost one is a gap and a counted one is not', () => {
    // 2 is the `ok` to an added market.
    expect(feed(new Sequence(), 1, 2, 3)).toEqual(['ok', 'ok', 'ok'])
    expect(feed(new Sequence(), 1, 3)).toEqual(['ok', 'gap'])
  })

  it('reports one loss once, then goes on behind the frame that revealed it', () => {
    expect(feed(new Sequence(), 1, 5, 6, 7)).toEqual(['ok', 'gap', 'ok', 'ok'])
  })

  it('calls an old frame a repeat and does not move back', () => {
    expect(feed(new Sequence(), 1, 2, 2, 1, 3)).toEqual(['ok', 'ok', 'repeat', 'repeat', 'ok'])
  })

  it('calls a frame that comes after the gap it caused a repeat, not a second gap', () => {
    expect(feed(new Sequence(), 1, 3, 2, 4)).toEqual(['ok', 'gap', 'repeat', 'ok'])
  })

  it('lets frames without a number pass and does not count them', () => {
    expect(feed(new Sequence(), 0, 1, 0, 0, 2)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok'])
  })

  it('begins at 1 again when it is opened or closed', () => {
    const sequence = new Sequence()
    sequence.open(7)
    feed(sequence, 1, 2, 3)
    sequence.open(9)
    expect(sequence.sid).toBe(9)
    expect(sequence.accept(1)).toBe('ok')
    sequence.open(0)
    expect(sequence.sid).toBe(0)
    expect(sequence.accept(1)).toBe('ok')
  })
})
