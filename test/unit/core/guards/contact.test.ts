// Whether the exchange still answers us, and whether it still takes our key.

import { describe, expect, it } from 'vitest'
import { Contact } from '../../../../src/core/guards/contact.ts'
import {
  accepted,
  type Outcome,
  rejected,
  unknown,
} from '../../../../src/core/vocabulary/outcome.ts'

const LOST = unknown('Too many subrequests')
const REFUSED = rejected(401, 'authentication_error')

/** Notes outcomes as [call, outcome, seconds]; the last answer of `note`, and what is lost then. */
const verdict = (...notes: [call: string, outcome: Outcome<unknown>, at: number][]) => {
  const contact = new Contact()
  let refused = false
  let now = 0
  for (const [call, outcome, at] of notes) {
    now = at * 1000
    refused = contact.note(call, outcome, now)
  }
  return { refused, lost: contact.lost(now) }
}

describe('requests without an answer', () => {
  const five = (last: number) =>
    [0, 1, 2, 3, last].map((at): [string, Outcome<unknown>, number] => ['orders', LOST, at])

  it('are a failure when five in a row have had none for ten seconds', () => {
    expect(verdict(...five(9.9)).lost).toBe(null)
    expect(verdict(...five(10)).lost).toBe('requests-failing')
  })

  it.each([
    ['a good answer', accepted(null), null],
    ['a refusal of another kind', rejected(400, 'invalid_order'), null],
    ['one that was never sent', rejected(0, 'waited-too-long'), 'requests-failing'],
  ] as const)('start to count anew after %s', (_, outcome, lost) => {
    const contact = new Contact()
    for (const at of [0, 1, 2, 3]) contact.note('orders', LOST, at * 1000)
    contact.note('place', outcome, 9_000)
    contact.note('fills', LOST, 10_000)
    expect(contact.lost(10_000)).toBe(lost)
  })
})

describe('a key', () => {
  it('is refused for good by three calls in a row over ten seconds, of more than one kind', () => {
    expect(verdict(['orders', REFUSED, 0], ['fills', REFUSED, 1], ['orders', REFUSED, 10])).toEqual(
      {
        refused: true,
        lost: 'key-refused',
      },
    )
    expect(verdict(['orders', REFUSED, 0], ['fills', REFUSED, 1], ['orders', REFUSED, 9])).toEqual({
      refused: false,
      lost: 'key-refused',
    })
    expect(
      verdict(['orders', REFUSED, 0], ['orders', REFUSED, 5], ['orders', REFUSED, 20]),
    ).toEqual({
      refused: false,
      lost: null,
    })
  })

  it.each([
    ['orders', accepted([]), false],
    ['cancel', rejected(404, 'not_found'), false],
    ['market', accepted(null), true],
    ['orders', LOST, true],
    ['orders', rejected(401, 'header_timestamp_expired'), false],
  ] as const)('of which %s is answered in between', (call, outcome, refused) => {
    const contact = new Contact()
    contact.note('orders', REFUSED, 0)
    contact.note('fills', REFUSED, 1_000)
    contact.note(call, outcome, 2_000)
    expect(contact.note('position', REFUSED, 12_000)).toBe(refused)
  })

  it('that may read but not trade is refused after five orders over thirty seconds', () => {
    const contact = new Contact()
    const forbidden = rejected(403, 'insufficient_scope')
    const notes = [0, 8, 16, 24, 30].map((at) => {
      contact.note('orders', accepted([]), at * 1000)
      return contact.note('place', forbidden, at * 1000)
    })
    expect(notes).toEqual([false, false, false, false, true])
    contact.forgive()
    expect(contact.note('place', forbidden, 31_000)).toBe(false)
  })
})
