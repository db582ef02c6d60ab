// The body of PUT /tickers/{ticker}: defaults, ranges, and refusals that say which key, what was
// found and what was wanted.

import { describe, expect, it } from 'vitest'
import { showParameters } from '../../../../src/core/status/view.ts'
import {
  defaultParameters,
  LIMITS_TABLE,
  type Parameters,
  parseParameters,
  STRATEGY_TABLE,
  withDefaults,
} from '../../../../src/core/vocabulary/parameters.ts'

const read = (raw: unknown, base: Parameters | null = null): Parameters => {
  const result = parseParameters(raw, base)
  if (!result.ok) throw new Error(result.error.message)
  return result.parameters
}

const refusal = (raw: unknown, base: Parameters | null = null) => {
  const result = parseParameters(raw, base)
  if (result.ok) throw new Error('The body was accepted')
  return result.error
}

describe('defaults', () => {
  it('are these, in exact units', () => {
    expect(defaultParameters()).toEqual({
      strategy: {
        ...{ preset: 'event-day', model: 'full', fair_value: 'micro', size: 1000, levels: 1 },
        ...{ gamma: null, k: 0.7, arrival_rate: 0.02, intensity: 'estimated', sigma: null },
        ...{ horizon_seconds: 300, min_half_spread: null, settlement_share: 1 },
        ...{
          max_skew: 10,
          max_inventory_width: 5,
          rounding: 'value',
          max_through: 2,
          max_alpha: 3,
        },
        ...{ ofi_weight: 0.25, ofi_levels: 1, max_markout: 3, toxicity_weight: 0.5 },
        ...{ size_skew: 1.5, placement: 'model', incentives: 'off' },
        ...{ debounce: 'break-even', stay_toward_ticks: 0.5, dwell_seconds: 1 },
        ...{ min_move_ticks: 1, min_move_seconds: 2, refill_below: 0.5 },
        ...{ stale_after_seconds: 5, stale_rule: 'link', order_ttl_seconds: 120 },
        ...{ reduce_only_seconds: 300, stop_before_close_seconds: 30, event_time: null },
        ...{ exit: 'maker', event_fair: 'on' },
        ...{ news_times: [], news_before_seconds: 60, news_after_seconds: 30 },
        ...{ jump_pause_seconds: 10, burst_pause_seconds: 5, longshot_cents: 5 },
        ...{ admission: 'advise', reconcile_seconds: 60, journal: 'on', foreign_orders: 'cancel' },
        ...{ flatten_on_brake: 'off', flatten_slippage: 5 },
        ...{ alpha_source: 'none', alpha_mode: 'shadow' },
        ...{ verify_after_seconds: 6, audit_seconds: 60 },
        ...{ max_credible_spread: 20, min_credible_depth: 1000 },
        ...{ exchange_status: 'on', order_group: 'on' },
      },
      limits: {
        ...{ max_order_size: 1000, max_position: 5000, max_dollars_at_risk: 50 },
        ...{ max_settlement_sd: 40, min_price: 100, max_price: 9900 },
        ...{ max_session_loss: 25, max_drawdown: 25, max_orders_per_minute: 600 },
        max_reject_share: 0.5,
      },
    })
  })

  it('come with empty blocks as with none', () => {
    expect(read({ strategy: {}, limits: {} })).toEqual(defaultParameters())
    expect(read({ strategy: undefined })).toEqual(defaultParameters())
  })

  it('are made afresh each time', () => {
    const first = defaultParameters()
    first.strategy.size = 1
    expect(defaultParameters().strategy.size).toBe(1000)
  })
})

describe('values', () => {
  it('may be contracts as numbers or as decimal strings', () => {
    const sizes = [2.5, '2.50'].map((size) => read({ strategy: { size } }).strategy.size)
    expect(sizes).toEqual([250, 250])
    const { limits } = read({ limits: { min_price: '0.0005', max_price: 0.5 } })
    expect(limits).toMatchObject({ min_price: 5, max_price: 5000 })
  })

  it('may fix the volatility or leave it to be estimated', () => {
    const given = [0.05, 0, null]
    expect(given.map((sigma) => read({ strategy: { sigma } }).strategy.sigma)).toEqual(given)
  })

  const cases = [
    ...Object.entries(STRATEGY_TABLE).map(([key, spec]) => ['strategy', key, spec] as const),
    ...Object.entries(LIMITS_TABLE).map(([key, spec]) => ['limits', key, spec] as const),
  ]

  /** A body in which only the key under test can be at fault. */
  const bodyWith = (block: 'strategy' | 'limits', key: string, value: unknown): unknown => {
    const limits: Record<string, unknown> = { max_order_size: 100_000, max_position: 1_000_000 }
    const strategy: Record<string, unknown> = { size: 0.01 }
    if (key === 'max_order_size') limits.max_position = 1_000_000
    if (key === 'max_position') limits.max_order_size = 0.01
    if (key === 'min_price') limits.max_price = '0.9999'
    if (key === 'max_price') limits.min_price = '0.0001'
    const target = block === 'strategy' ? strategy : limits
    target[key] = value
    return { strategy, limits }
  }

  it.each(cases)('%s.%s takes both ends of its range and nothing beyond', (block, key, spec) => {
    if (spec.kind === 'choice') {
      for (const choice of spec.of) read(bodyWith(block, key, choice))
      for (const bad of ['', 'other', 1, null, ['none']]) {
        const { message } = refusal(bodyWith(block, key, bad))
        expect(message).toContain(`Refused ${block}.${key}: found`)
      }
      return
    }
    if (spec.kind === 'time' || spec.kind === 'times') return
    const min = Number(spec.min)
    const max = Number(spec.max)
    // The lowest max_price would leave no room above min_price, and the highest min_price none
    // below max_price; those two ends are refused for that reason.
    if (key !== 'max_price') read(bodyWith(block, key, spec.min))
    if (key !== 'min_price') read(bodyWith(block, key, spec.max))
    const beyond = [min - 0.01, max + 0.01, Number.NaN, Number.POSITIVE_INFINITY, 'ten', true, {}]
    for (const bad of beyond) {
      const error = refusal(bodyWith(block, key, bad))
      expect(error.key).toBe(`${block}.${key}`)
      expect(error.message).toContain(`Refused ${block}.${key}: found`)
      expect(error.message).toContain(`from ${spec.min} to ${spec.max}`)
    }
    if (spec.kind !== 'optional') {
      expect(refusal(bodyWith(block, key, null)).key).toBe(`${block}.${key}`)
    }
  })

  it('are not rounded: a thousandth of a contract is refused', () => {
    expect(refusal({ strategy: { size: '1.005' } }).message).toBe(
      'Refused strategy.size: found "1.005", wanted contracts from 0.01 to 100000 with at most 2 decimals',
    )
    expect(refusal({ strategy: { size: 1e-7 } }).key).toBe('strategy.size')
  })

  it('that are plain numbers may not be strings', () => {
    expect(refusal({ strategy: { gamma: '0.01' } }).message).toBe(
      'Refused strategy.gamma: found "0.01", wanted a number from 0 to 10 (1/(cent x contract)) or null',
    )
  })

  it('are shown cut short when they are long', () => {
    const { message } = refusal({ strategy: { gamma: 'x'.repeat(500) } })
    expect(message.length).toBeLessThan(160)
    expect(message).toContain('...')
  })
})

describe('times', () => {
  const FIRST = '2026-11-25T13:30:00Z'
  const SECOND = '2026-11-25T15:00:00.5+01:00'

  it('are ISO times with a zone, kept as milliseconds and sorted', () => {
    const { strategy } = read({ strategy: { event_time: FIRST, news_times: [SECOND, FIRST] } })
    expect(strategy.event_time).toBe(Date.UTC(2026, 10, 25, 13, 30))
    expect(strategy.news_times).toEqual([
      Date.UTC(2026, 10, 25, 13, 30),
      Date.UTC(2026, 10, 25, 14, 0, 0, 500),
    ])
  })

  it.each([['tomorrow'], ['2026-11-25'], ['2026-11-25T13:30:00'], [1_790_000_000_000], [['x']]])(
    'are refused as %j, because they would mean another moment elsewhere or none',
    (bad) => {
      expect(refusal({ strategy: { event_time: bad } }).message).toContain('wanted an ISO time')
      expect(refusal({ strategy: { news_times: [FIRST, bad] } }).key).toBe('strategy.news_times')
    },
  )

  it('are at most 32, in a list', () => {
    read({ strategy: { news_times: new Array(32).fill(FIRST) } })
    expect(refusal({ strategy: { news_times: new Array(33).fill(FIRST) } }).message).toContain(
      'wanted at most 32 ISO times',
    )
    expect(refusal({ strategy: { news_times: FIRST } }).key).toBe('strategy.news_times')
  })

  it('are shown as they were meant', () => {
    const { strategy } = showParameters(
      read({ strategy: { event_time: FIRST, news_times: [SECOND] }, limits: { max_price: 0.9 } }),
    )
    expect(strategy).toMatchObject({
      event_time: '2026-11-25T13:30:00.000Z',
      news_times: ['2026-11-25T14:00:00.500Z'],
      size: '10.00',
      gamma: null,
    })
  })
})

describe('presets', () => {
  it('set what the body leaves out, and nothing that it names', () => {
    const { strategy } = read({ strategy: { preset: 'live', k: 1.2 } })
    expect(strategy).toMatchObject({ preset: 'live', k: 1.2, arrival_rate: 0.1 })
    expect(strategy.reduce_only_seconds).toBe(120)
  })

  it('take the place of what was there before, when they are named anew', () => {
    const base = read({ strategy: { preset: 'live', gamma: 0.02 } })
    expect(read({ strategy: { gamma: 0.03 } }, base).strategy.arrival_rate).toBe(0.1)
    const slow = read({ strategy: { preset: 'slow' } }, base).strategy
    expect(slow).toMatchObject({ preset: 'slow', k: 0.5, arrival_rate: 0.005, gamma: 0.02 })
  })

  it('of the event day are the defaults', () => {
    expect(read({ strategy: { preset: 'event-day' } })).toEqual(defaultParameters())
  })

  it('that do not exist are refused', () => {
    expect(refusal({ strategy: { preset: 'toString' } }).message).toContain('wanted one of')
  })
})

describe('keys', () => {
  it('that are unknown are refused by name, with the known ones', () => {
    const error = refusal({ strategy: { gama: 0.01 } })
    expect(error.key).toBe('strategy.gama')
    expect(error.message).toContain('Refused unknown key strategy.gama: known are preset,')
    expect(error.message).toContain('gamma')
    expect(refusal({ limits: { size: 1 } }).message).toContain('limits.size')
    expect(refusal({ stratgy: {} })).toEqual({
      key: 'stratgy',
      message: 'Refused unknown key stratgy: known are strategy, limits',
    })
  })

  it('that every object inherits are unknown too', () => {
    expect(refusal({ strategy: { toString: 1 } }).key).toBe('strategy.toString')
    expect(refusal(JSON.parse('{"strategy":{"__proto__":1}}')).key).toBe('strategy.__proto__')
    expect(refusal(JSON.parse('{"constructor":{}}')).key).toBe('constructor')
  })
})

describe('bodies', () => {
  it.each([[null], [undefined], ['{}'], [1], [[]]])('that are %j are refused', (raw) => {
    expect(refusal(raw).message).toContain('wanted an object with "strategy" and "limits"')
  })

  it.each([[null], ['fast'], [1], [[1]]])('with %j for a block are refused', (raw) => {
    expect(refusal({ limits: raw }).message).toContain('Refused limits: found')
  })
})

describe('values that do not go together', () => {
  it('are a size above max_order_size, naming both', () => {
    const { key, message } = refusal({ strategy: { size: 11 } })
    expect(key).toBe('strategy.size')
    expect(message).toBe('Refused strategy.size 11.00: it is above limits.max_order_size 10.00')
    read({ strategy: { size: 11 }, limits: { max_order_size: 11 } })
  })

  it('are an order larger than the largest position', () => {
    expect(refusal({ limits: { max_order_size: 60 } }).message).toBe(
      'Refused limits.max_order_size 60.00: it is above limits.max_position 50.00',
    )
  })

  it('are a lowest price that is not below the highest', () => {
    expect(refusal({ limits: { min_price: 0.5, max_price: 0.5 } }).message).toBe(
      'Refused limits.min_price 0.5000: it is not below limits.max_price 0.5000',
    )
  })
})

describe('a change of what is there', () => {
  const base = read({
    strategy: { size: 20, gamma: 0.2, sigma: 0.1 },
    limits: { max_order_size: 25, max_position: 100 },
  })

  it('keeps every key left out', () => {
    expect(read({}, base)).toEqual(base)
    const changed = read({ strategy: { gamma: 0.3 } }, base)
    expect(changed).toEqual({ ...base, strategy: { ...base.strategy, gamma: 0.3 } })
  })

  it('can put an optional key back to null', () => {
    expect(read({ strategy: { sigma: null } }, base).strategy.sigma).toBeNull()
  })

  it('is checked together with what stays', () => {
    const { message } = refusal({ limits: { max_order_size: 10 } }, base)
    expect(message).toContain('Refused strategy.size 20.00')
  })

  it('leaves the base as it was, accepted or refused', () => {
    const before = structuredClone(base)
    read({ strategy: { gamma: 1 } }, base)
    refusal({ strategy: { gamma: 100 } }, base)
    expect(base).toEqual(before)
  })
})

describe('stored parameters', () => {
  it('of an earlier version get the defaults of keys that have come since', () => {
    const { strategy, limits } = defaultParameters()
    const { max_skew: _later, ...earlier } = { ...strategy, size: 300 }
    const read = withDefaults({ strategy: earlier, limits } as Parameters)
    expect(read.strategy).toMatchObject({ size: 300, max_skew: 10 })
  })

  it('are brought within the longest time that an order may rest', () => {
    const { strategy, limits } = defaultParameters()
    const ttl = (order_ttl_seconds: number) =>
      withDefaults({ strategy: { ...strategy, order_ttl_seconds }, limits }).strategy
        .order_ttl_seconds
    expect([86_400, 301, 300, 45].map(ttl)).toEqual([300, 300, 300, 45])
  })
})
