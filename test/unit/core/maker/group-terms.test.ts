// The limit of a ticker's order group, and what its trip does to the engine.

import { describe, expect, it } from 'vitest'
import { parametersOf } from '../../../../sim/market.ts'
import { sendsOf } from '../../../../sim/transcript.ts'
import { groupLimit, groupTerms } from '../../../../src/core/maker/limits/group-terms.ts'
import { CONTRACT } from '../../../../src/core/vocabulary/units.ts'
import { CANCELED_BOTH, quoting } from '../../../helpers/engine-transcript.ts'

const limitOf = (position: number, size: number): number =>
  groupLimit(
    parametersOf({
      strategy: { size: size * CONTRACT },
      limits: { max_position: position * CONTRACT },
    }),
  )

describe('the limit of the order group', () => {
  it('is four turns of the whole position', () => {
    expect(limitOf(50, 10)).toBe(400)
  })

  it('is twenty lots where the position is only a few', () => {
    expect(limitOf(10, 10)).toBe(200)
  })

  it('is a whole number that the exchange takes', () => {
    expect(limitOf(0.01, 0.01)).toBe(1)
    expect(limitOf(0.2, 0.01)).toBe(2)
    expect(limitOf(900_000, 10)).toBe(1_000_000)
  })
})

describe('a tripped order group', () => {
  it('halts the maker, which cancels what it knows of, and stays', () => {
    const t = quoting()
    expect(groupTerms(t.engine.state)).toMatchObject({ isOn: true, isHalted: false })
    expect(sendsOf(t.hear({ type: 'group-triggered', how: 'heard' }))).toEqual(CANCELED_BOTH)
    expect(t.phase).toBe('halted: order-group-triggered')
    expect(t.text).toContain('! halted-itself')
    expect(groupTerms(t.engine.state)).toMatchObject({ isHalted: true })
    t.sleepAlive(60_000)
    expect(t.phase).toBe('halted: order-group-triggered')
  })

  it('is for the shell to recognise: a frame of the channel alone halts nobody', () => {
    const t = quoting()
    t.hear({ type: 'group', sid: 12, seq: 1, groupId: 'any', change: 'triggered' })
    expect(t.phase).toBe('quoting')
  })
})
