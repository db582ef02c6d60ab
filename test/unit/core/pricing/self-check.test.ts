// Parameters that cannot have been meant are refused before a quote is made of them, and the
// message names the one to blame.

import { describe, expect, it } from 'vitest'
import { readParameters, selfCheck } from '../../../../src/core/pricing/self-check.ts'
import { PRESETS } from '../../../../src/core/vocabulary/parameter-table.ts'
import { defaultParameters } from '../../../../src/core/vocabulary/parameters.ts'

const refusal = (strategy: object, limits: object = {}): { key: string; message: string } => {
  const result = readParameters({ strategy, limits })
  if (result.ok) throw new Error('The parameters were accepted')
  return result.error
}

describe('what passes', () => {
  it('are the defaults, every preset, and both models', () => {
    expect(selfCheck(defaultParameters())).toBeNull()
    for (const preset of Object.keys(PRESETS)) {
      expect(readParameters({ strategy: { preset } }).ok).toBe(true)
      expect(readParameters({ strategy: { preset, model: 'linear' } }).ok).toBe(true)
    }
  })

  it('is a newcomer who sets size, position limit and dollars at risk alone', () => {
    for (const size of [1, 10, 100, 1000]) {
      for (const lots of [1, 3, 20]) {
        const body = {
          strategy: { size },
          limits: {
            max_order_size: size,
            max_position: size * lots,
            max_dollars_at_risk: size * lots,
          },
        }
        const read = readParameters(body)
        expect(read.ok ? '' : read.error.message).toBe('')
      }
    }
  })

  it('is a band away from 50 c, where the usual market says nothing', () => {
    const limits = { min_price: '0.0100', max_price: '0.2000' }
    expect(readParameters({ strategy: { min_half_spread: 12 }, limits }).ok).toBe(true)
  })

  it('is what parseParameters refuses: its message comes first', () => {
    expect(refusal({ gamma: -1 }).message).toContain('wanted a number from 0 to 10')
  })
})

describe('what is refused', () => {
  it('is a gamma that skews to the clamp with the first fill', () => {
    const { key, message } = refusal({ gamma: 8, max_skew: 2, max_inventory_width: 0 })
    expect(key).toBe('strategy.gamma')
    expect(message).toMatch(
      /^Refused strategy\.gamma 8: one fill of 10 would skew the quotes to max_skew/,
    )
  })

  it('is a k so small that the quotes lie outside the band', () => {
    const { key, message } = refusal({ k: 0.01, gamma: 0.00001 })
    expect(key).toBe('strategy.k')
    expect(message).toContain('c either way, outside the band of 1 to 99 c')
  })

  it('is a half-spread wider than the band', () => {
    expect(refusal({ min_half_spread: 20 }, { min_price: 0.4, max_price: 0.6 }).key).toBe(
      'strategy.min_half_spread',
    )
  })

  it('is an inventory width that is spent from the start', () => {
    const { key, message } = refusal({ gamma: 0.5, sigma: 3 })
    expect(message).toContain('max_inventory_width 5 from the start')
    expect(['strategy.gamma', 'strategy.sigma']).toContain(key)
  })

  it('is a linear gamma that throws the quotes out of the band with one fill', () => {
    const { key, message } = refusal({
      model: 'linear',
      gamma: 5,
      sigma: 0.2,
      min_half_spread: 0.5,
    })
    expect(key).toBe('strategy.gamma')
    expect(message).toContain('Refused strategy.gamma 5')
  })

  it('are several together where no single one is to blame', () => {
    const { key, message } = refusal(
      { k: 0.01, min_half_spread: 20 },
      { min_price: 0.4, max_price: 0.6 },
    )
    expect(key).toBe('strategy')
    expect(message).toContain('strategy.k and strategy.min_half_spread together')
  })
})
