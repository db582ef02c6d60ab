// What the desk repeats costs no step, and what keeps a view alive is told again in time.

import { describe, expect, it } from 'vitest'
import { FRESH_MS } from '../../../../src/core/siblings/event-fair.ts'
import { isNews, RETOLD_MS } from '../../../../src/core/siblings/news.ts'
import type { SiblingsView } from '../../../../src/core/vocabulary/siblings.ts'

const AT = 1_000_000
const view = (changes: Partial<SiblingsView['others'][number]> = {}): SiblingsView => ({
  others: [{ ticker: 'B', at: AT, bid: 40, ask: 42, position: 0, ...changes }],
  low: null,
  high: null,
})
const bound = (price: number, at = AT): SiblingsView => ({
  ...{ others: [], low: { at, price }, high: null },
})
const NOTHING: SiblingsView = { others: [], low: null, high: null }

describe('a view of the siblings', () => {
  it('is no news where only the time has passed, until it has passed for long', () => {
    expect(isNews(view(), view())).toBe(false)
    expect(isNews(view(), view({ at: AT + RETOLD_MS - 1 }))).toBe(false)
    expect(isNews(view(), view({ at: AT + RETOLD_MS }))).toBe(true)
    expect(isNews(bound(40), bound(40, AT + RETOLD_MS))).toBe(true)
    // Twice in vain, and it still counts.
    expect(2 * RETOLD_MS).toBeLessThan(FRESH_MS)
  })

  it('is news where a price, a position or a name has changed', () => {
    for (const change of [{ bid: 41 }, { ask: 43 }, { position: 1 }, { ticker: 'C' }]) {
      expect(isNews(view(), view(change))).toBe(true)
    }
    expect(isNews(bound(40), bound(41))).toBe(true)
    expect(isNews(bound(40), bound(40))).toBe(false)
  })

  it('is news where a sibling has come or gone', () => {
    expect(isNews(view(), NOTHING)).toBe(true)
    expect(isNews(bound(40), NOTHING)).toBe(true)
    expect(isNews(NOTHING, bound(40))).toBe(true)
    expect(isNews(null, view())).toBe(true)
  })

  it('is no news where nothing was known and nothing is', () => {
    expect(isNews(null, NOTHING)).toBe(false)
    expect(isNews(NOTHING, NOTHING)).toBe(false)
  })
})
