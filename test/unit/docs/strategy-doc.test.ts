// docs/strategy.md says what the code does: every key with its default and range, the presets, the
// worked example, and every figure to the byte.

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FOLDER, figureNames, figureOf } from '../../../cli/strategy-plots.ts'
import { exampleRows, exampleWhy } from '../../../research/strategy-plots/example.ts'
import { PRESETS, type Spec } from '../../../src/core/vocabulary/parameter-table.ts'
import { LIMITS_TABLE, STRATEGY_TABLE } from '../../../src/core/vocabulary/parameters.ts'

const TEXT = readFileSync(new URL('../strategy.md', FOLDER), 'utf8')
const TABLE: Readonly<Record<string, Spec>> = { ...STRATEGY_TABLE, ...LIMITS_TABLE }

/**
 * Keys that change no price, size or time of a quote by themselves, and so have nothing to be
 * drawn.
 */
const UNDRAWN = [
  ...['alpha_source', 'alpha_mode', 'order_ttl_seconds', 'reconcile_seconds', 'journal'],
  ...['max_session_loss', 'max_drawdown', 'max_orders_per_minute', 'max_reject_share'],
  ...['verify_after_seconds', 'audit_seconds', 'max_credible_spread', 'min_credible_depth'],
  ...['flatten_on_brake', 'flatten_slippage', 'order_group', 'exchange_status', 'foreign_orders'],
]
/** Keys that share a figure, by the name under which it is drawn. */
const SHARED: Readonly<Record<string, string>> = {
  min_price: 'price_band',
  max_price: 'price_band',
  reduce_only_seconds: 'close',
  stop_before_close_seconds: 'close',
  news_times: 'news',
  news_before_seconds: 'news',
  news_after_seconds: 'news',
  stale_after_seconds: 'stale',
  stale_rule: 'stale',
}

const rangeOf = (spec: Spec): string => {
  if (spec.kind === 'choice') return spec.of.join(', ')
  if (spec.kind === 'time') return 'a time or null'
  if (spec.kind === 'times') return `up to ${spec.most} times`
  return `${spec.min} to ${spec.max}${spec.unit === '' ? '' : ` ${spec.unit}`}`
}

/** What stands under the heading of a key, up to the next heading; '' where there is no heading. */
const sectionOf = (key: string): string => {
  const from = TEXT.indexOf(`\n### \`${key}\`\n`)
  if (from < 0) return ''
  const to = TEXT.slice(from + 4).search(/\n#{2,3} /)
  return to < 0 ? TEXT.slice(from) : TEXT.slice(from, from + 4 + to)
}

const shownFigures = [...TEXT.matchAll(/src="strategy\/([^"]+)"/g)].map(([, file]) => file!)

describe('docs/strategy.md', () => {
  it.each(Object.entries(TABLE))(
    'has a paragraph on %s, with its default and range',
    (key, spec) => {
      const initial = spec.kind === 'times' ? '[]' : spec.default
      const section = sectionOf(key)
      expect(section).toContain(`\n\nDefault \`${initial}\`; ${rangeOf(spec)}.\n\n`)
      const prose = section
        .split('\n\n')
        .slice(2)
        .join(' ')
        .replace(/<img[^>]*>/g, '')
      expect(prose.length).toBeGreaterThan(80)
    },
  )

  it('has no paragraph on a key that does not exist', () => {
    const keys = [...TEXT.matchAll(/^### `(\w+)`$/gm)].map(([, key]) => key!)
    expect(keys.filter((key) => !Object.hasOwn(TABLE, key))).toEqual([])
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('shows a figure for every key that changes what is quoted', () => {
    const drawn = Object.keys(TABLE).filter((key) => !UNDRAWN.includes(key))
    const without = drawn.filter((key) => !shownFigures.includes(`${SHARED[key] ?? key}.svg`))
    expect(without).toEqual([])
  })

  it('shows each figure once, and every one that there is', () => {
    expect([...shownFigures].sort()).toEqual(figureNames().sort())
    expect(readdirSync(FOLDER).sort()).toEqual(figureNames().sort())
  })

  it.each(figureNames())('shows %s as the code draws it now (npm run strategy-plots)', (file) => {
    const stored = readFileSync(new URL(file, FOLDER), 'utf8')
    expect(stored).toBe(figureOf(file))
    expect(stored.length).toBeLessThan(20_000)
    expect(stored).not.toMatch(/NaN|Infinity|undefined/)
  })

  it('lists what each preset sets', () => {
    for (const key of Object.keys(PRESETS.slow) as (keyof typeof PRESETS.slow)[]) {
      const values = [PRESETS['event-day'][key], PRESETS.slow[key], PRESETS.live[key]]
      expect(TEXT).toContain(`| \`${key}\` | ${values.join(' | ')} |`)
    }
  })

  it('works its example with the numbers that the code gives', () => {
    for (const row of exampleRows()) expect(TEXT).toContain(row)
    const shown = /```\n(\{"fair"[\s\S]*?\})\n```/.exec(TEXT)?.[1] ?? '{}'
    expect(JSON.parse(shown)).toEqual(exampleWhy())
  })

  it('says truly how the parts of an explanation add up', () => {
    const why = exampleWhy()
    const { fair, flow, event, external, skew, half_spread: half, raw, price, rounding } = why
    expect(fair + flow + event + external + skew + half.total).toBeCloseTo(raw, 3)
    expect(raw + (rounding ?? 0)).toBeCloseTo(price ?? 0, 3)
    const costs = half.fee + half.markout + half.staleness
    const parts = half.volatility + half.intensity + costs
    expect(half.widened_by * parts).toBeCloseTo(half.total, 3)
  })
})
