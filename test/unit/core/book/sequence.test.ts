// The sequence of one subscription: what counts, what is a gap, and what one loss costs.

import { describe, expect, it } from 'vitest'
import { Sequence } from '../../../../src/core/book/sequence.ts'

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

  it('explains one repeat of the newest frame, and no second one', () => {
    expect(feed(new Sequence(), 1, 2, 2, 3)).toEqual(['ok', 'ok', 'repeat', 'ok'])
    const verdicts = feed(new Sequence(), 1, 2, 2, 2, 2, 3, 3)
    expect(verdicts).toEqual(['ok', 'ok', 'repeat', 'senseless', 'senseless', 'ok', 'repeat'])
  })

  it('does not explain a repeat with another content', () => {
    const sequence = new Sequence()
    expect([sequence.accept(1, 7), sequence.accept(1, 8)]).toEqual(['ok', 'senseless'])
    expect([sequence.accept(2, 9), sequence.accept(2, 9)]).toEqual(['ok', 'repeat'])
  })

  it('makes no sense when it goes back or starts again at 1, and does not follow', () => {
    expect(feed(new Sequence(), 1, 2, 3, 2, 1, 4)).toEqual([
      ...['ok', 'ok', 'ok', 'senseless', 'senseless', 'ok'],
    ])
  })

  it('calls a frame that comes after the gap it caused senseless, not a second gap', () => {
    expect(feed(new Sequence(), 1, 3, 2, 4)).toEqual(['ok', 'gap', 'senseless', 'ok'])
  })

  it('makes no sense of a number that is none', () => {
    const sequence = new Sequence()
    for (const seq of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(sequence.accept(seq), String(seq)).toBe('senseless')
    }
    expect(sequence.accept(1)).toBe('ok')
  })

  it('counts an unbroken run as the frames that it stands for', () => {
    const sequence = new Sequence()
    expect([sequence.accept(1), sequence.acceptRun(2, 40), sequence.accept(41)]).toEqual([
      ...['ok', 'ok', 'ok'],
    ])
    expect([sequence.acceptRun(43, 50), sequence.accept(51)]).toEqual(['gap', 'ok'])
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
