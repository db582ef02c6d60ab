// A position beyond its limit halts the maker, whichever way it became known: by a fill that is not
// ours, or by the exchange's own number.

import { describe, expect, it } from 'vitest'
import { sendsOf } from '../../../../sim/transcript.ts'
import { CONTRACT } from '../../../../src/core/vocabulary/units.ts'
import { fillOf } from '../../../helpers/core.ts'
import { CANCELED_BOTH, FLAT, quoting } from '../../../helpers/engine-transcript.ts'

const LIMITS = { max_position: 20 * CONTRACT, max_order_size: 10 * CONTRACT }

describe('a position beyond max_position', () => {
  it('by a fill of an order that we do not know halts the maker at once', () => {
    const t = quoting({ limits: LIMITS })
    const fill = fillOf({
      ...{ tradeId: 'spoofed', orderId: 'x-not-ours', clientOrderId: '' },
      ...{ quantity: 21 * CONTRACT, venueAt: t.at, positionAfter: null },
    })
    expect(sendsOf(t.hear({ type: 'fill', sid: 7, seq: 0, fill }))).toEqual(CANCELED_BOTH)
    expect(t.phase).toBe('halted: position-beyond-limit')
    expect(t.text).toContain('! halted-itself')
  })

  it('by a position that the exchange insists on halts the maker when it is adopted', () => {
    const t = quoting({ limits: LIMITS })
    const theirs = { ...FLAT, position: 21 * CONTRACT, exposure: 9 }
    for (let round = 0; round < 400 && !t.phase.startsWith('halted'); round++) {
      t.sleepAlive(1_000)
      for (const what of [...t.open]) {
        if (what === 'position') t.answer('position', theirs)
        else t.answer(what as 'market')
      }
    }
    expect(t.phase).toBe('halted: position-beyond-limit')
    expect(t.text).toContain('! position-adopted')
  })

  it('is not what a position at the limit is', () => {
    const t = quoting({ limits: LIMITS })
    const fill = fillOf({
      ...{ tradeId: 'small', orderId: 'x-not-ours', clientOrderId: '' },
      ...{ quantity: 20 * CONTRACT, venueAt: t.at, positionAfter: null },
    })
    t.hear({ type: 'fill', sid: 7, seq: 0, fill })
    expect(t.phase).toBe('quoting')
  })
})
