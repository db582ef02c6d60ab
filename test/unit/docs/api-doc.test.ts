// The API reference says what the code does: the same calls, parameters and error codes.

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { DESK_LIMITS } from '../../../src/core/vocabulary/desk-limits.ts'
import { LIMITS_TABLE, STRATEGY_TABLE } from '../../../src/core/vocabulary/parameters.ts'
import { routeTable } from '../../../src/routes/app.ts'

describe('docs/api.md', () => {
  const text = readFileSync(new URL('../../../docs/api.md', import.meta.url), 'utf8')

  it('describes exactly the calls that there are', () => {
    const described = [...text.matchAll(/^### `([A-Z]+) (\S+)`$/gm)].map(
      ([, method, path]) => `${method} ${path}`,
    )
    const served = routeTable().map(
      ([method, path]) => `${method} ${path.replace(':ticker', '{ticker}')}`,
    )
    expect(described.sort()).toEqual(served.sort())
  })

  it.each([
    ['strategy', STRATEGY_TABLE],
    ['limits', LIMITS_TABLE],
  ])('lists every key of %s with its default, range and unit', (_block, table) => {
    for (const [key, spec] of Object.entries(table)) {
      const range =
        spec.kind === 'choice'
          ? spec.of.join(', ')
          : spec.kind === 'time'
            ? 'a time or null'
            : spec.kind === 'times'
              ? `up to ${spec.most} times`
              : `${spec.min} to ${spec.max}`
      const unit = spec.unit === '' ? '' : spec.unit
      expect(text).toContain(
        `| \`${key}\` | ${spec.kind === 'times' ? '[]' : spec.default} | ${range} | ${unit} | ${spec.about} |`,
      )
    }
  })

  it('lists every limit of the desk with its default, range and meaning', () => {
    for (const [key, { default: initial, min, max, about }] of Object.entries(DESK_LIMITS)) {
      expect(text).toContain(`| \`${key}\` | ${initial} | ${min} to ${max} | ${about} |`)
    }
  })

  it('names every code that the routes answer with', () => {
    const codes = new Set<string>()
    const routes = new URL('../../../src/routes/', import.meta.url)
    for (const file of readdirSync(routes, { recursive: true }).map(String)) {
      if (!file.endsWith('.ts')) continue
      const source = readFileSync(new URL(file, routes), 'utf8')
      for (const [, code] of source.matchAll(/[( ]\d{3},\s+'([a-z-]+)'|code: '([a-z-]+)'/g)) {
        if (code !== undefined) codes.add(code)
      }
    }
    expect(codes.size).toBeGreaterThan(10)
    for (const code of codes) expect(text).toContain(`\`${code}\``)
  })
})
