// The status in the API reference is the status that the code gives: the same keys, of the same
// kinds.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { waterfall } from '../../../dashboard/why.js'
import type { MakerStatus } from '../../../src/core/status/status.ts'
import { statusOf } from '../../../src/core/status/view.ts'
import { CLAMPS } from '../../../src/core/vocabulary/price-reasons.ts'
import { quotingEngine, T0 } from '../../helpers/core.ts'

const reference = readFileSync(new URL('../../../docs/api.md', import.meta.url), 'utf8')
const section = reference.slice(reference.indexOf('### `GET /tickers/{ticker}`'))
const block = /```json\n([\s\S]*?)\n```/.exec(section)?.[1] ?? ''
const example = JSON.parse(block) as MakerStatus

/**
 * Every path with the kind of its value. What may be null on one side is compared no deeper.
 * @param other what it is compared with
 */
const shapeOf = (value: unknown, other: unknown, path = ''): string[] => {
  if (value === null || other === null) return [path]
  if (Array.isArray(value)) {
    const pair = [value[0] ?? null, Array.isArray(other) ? (other[0] ?? null) : null]
    return [`${path}[]`, ...(pair.includes(null) ? [] : shapeOf(pair[0], pair[1], `${path}[]`))]
  }
  if (typeof value !== 'object') return [`${path}: ${typeof value}`]
  const beside = (typeof other === 'object' ? other : {}) as Record<string, unknown>
  return Object.entries(value as Record<string, unknown>).flatMap(([key, each]) =>
    shapeOf(each, key in beside ? beside[key] : undefined, `${path}.${key}`),
  )
}

describe('the example of a status in the API reference', () => {
  const engine = quotingEngine(undefined, { strategy: { model: 'full' } })
  const real = statusOf(engine, T0)
  // Which reasons there were is another matter in each.
  const bare = (status: MakerStatus) => ({
    ...status,
    parameters: null,
    counters: null,
    uptime: { ...status.uptime, silence: null },
  })

  it('has the keys of a real one, and values of the same kinds', () => {
    expect(shapeOf(bare(example), bare(real)).sort()).toEqual(
      shapeOf(bare(real), bare(example)).sort(),
    )
    expect(real.quotes.ask?.why).not.toBeNull()
    expect(real.estimates).not.toBeNull()
    expect(real.explain).not.toBeNull()
  })

  it('names parameters and counters that there are', () => {
    for (const block of ['strategy', 'limits'] as const) {
      expect(Object.keys(real.parameters[block])).toEqual(
        expect.arrayContaining(Object.keys(example.parameters[block])),
      )
    }
    // The maker itself counts four things more than its engine.
    const more = ['signed_on_hot_path', 'tape_pending', 'tape_dropped', 'journal_dropped']
    expect(Object.keys(example.counters).sort()).toEqual(
      [...Object.keys(real.counters), ...more].sort(),
    )
  })

  it('has prices that add up', () => {
    for (const side of ['bid', 'ask'] as const) {
      const why = example.explain![side]
      const half = why.half_spread.total * (side === 'bid' ? -1 : 1)
      expect(why.fair + why.flow + why.external + why.skew + half).toBeCloseTo(why.raw, 3)
      expect(waterfall(why, side).some(({ name }) => name === 'limits')).toBe(false)
    }
  })

  it('stands before a table that names every part, field and clamp', () => {
    const told = section.slice(0, section.indexOf('| phase | means |'))
    const keys = [
      ...Object.keys(real.explain!.bid),
      ...Object.keys(real.estimates!),
      ...Object.keys(CLAMPS),
      ...[
        'levels',
        'queue_ahead',
        'why',
        'explain',
        'worth',
        'estimates',
        'timing',
        'silence',
        'uptime',
        'ledger',
      ],
    ]
    for (const key of keys) expect(told).toMatch(new RegExp(`\`(?:half_spread\\.)?${key}[\`.]`))
  })
})
