// Who may import whom, and what the core may never mention.
//
// The table below is the architecture: one line for each room, naming the rooms, files and packages
// that it may import. A room may only name rooms above its own line, so the table has no circle,
// and no file may import itself by way of others. Tests are free.

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = new URL('..', import.meta.url).pathname

interface Room {
  readonly at: string
  /** Folders (ending in a slash), files and packages, as their paths begin. */
  readonly may: readonly string[]
  /** And these for types alone, which leave nothing behind at run time. */
  readonly types?: readonly string[]
}

const NODE = 'node:'
const CORE = 'src/core/'
const STATISTICS = 'src/statistics/'
const SIMPLE_STATISTICS = 'simple-statistics'
const VOCABULARY = 'src/core/vocabulary/'

/** From the innermost room outward. A file belongs to the first room that it lies in. */
const ROOMS: readonly Room[] = [
  { at: VOCABULARY, may: ['valibot'] },
  { at: STATISTICS, may: [] },
  { at: 'src/core/book/', may: [VOCABULARY] },
  { at: 'src/core/ledger/', may: [VOCABULARY] },
  { at: 'src/core/record/', may: [VOCABULARY] },
  { at: 'src/core/guards/', may: [VOCABULARY] },
  { at: 'src/core/witness/', may: [VOCABULARY, 'src/core/book/'] },
  { at: 'src/core/orders/', may: [VOCABULARY, 'src/core/book/', 'src/core/ledger/'] },
  { at: 'src/core/hours/', may: [VOCABULARY] },
  {
    at: 'src/core/estimators/',
    may: [VOCABULARY, 'src/core/book/', 'src/core/orders/', 'src/core/hours/'],
  },
  { at: 'src/core/siblings/', may: [VOCABULARY] },
  { at: 'src/core/recovery/', may: [VOCABULARY, 'src/core/ledger/', 'src/core/orders/'] },
  {
    at: 'src/core/pricing/',
    may: [
      VOCABULARY,
      'src/core/book/',
      'src/core/guards/',
      'src/core/orders/',
      'src/core/estimators/',
      'src/core/siblings/',
    ],
  },
  {
    at: 'src/core/placement/',
    may: [VOCABULARY, 'src/core/book/', 'src/core/orders/', 'src/core/pricing/'],
  },
  {
    at: 'src/core/sizing/',
    may: [VOCABULARY, 'src/core/guards/', 'src/core/orders/', 'src/core/pricing/'],
  },
  {
    at: 'src/core/maker/',
    may: [
      VOCABULARY,
      'src/core/book/',
      'src/core/witness/',
      'src/core/ledger/',
      'src/core/record/',
      'src/core/guards/',
      'src/core/orders/',
      'src/core/hours/',
      'src/core/estimators/',
      'src/core/recovery/',
      'src/core/pricing/',
      'src/core/placement/',
      'src/core/sizing/',
    ],
  },
  {
    at: 'src/core/status/',
    may: [
      VOCABULARY,
      'src/core/ledger/',
      'src/core/record/',
      'src/core/guards/',
      'src/core/orders/',
      'src/core/maker/',
    ],
  },
  { at: 'src/kalshi/auth/', may: [VOCABULARY] },
  { at: 'src/kalshi/common/', may: [VOCABULARY], types: ['kalshi-typescript'] },
  { at: 'src/kalshi/feed/', may: [VOCABULARY, 'src/kalshi/auth/', 'src/kalshi/common/'] },
  {
    at: 'src/kalshi/rest/',
    may: [
      'valibot',
      VOCABULARY,
      'src/core/ledger/',
      'src/kalshi/auth/',
      'src/kalshi/common/',
      'src/kalshi/feed/',
    ],
  },
  { at: 'src/alerts/', may: [VOCABULARY] },
  {
    at: 'src/config/',
    may: ['src/alerts/', 'package.json', VOCABULARY, 'src/kalshi/auth/', 'valibot'],
    types: ['@cloudflare/workers-types'],
  },
  { at: 'src/signals/common/', may: [VOCABULARY, 'valibot'] },
  { at: 'src/signals/mapping/', may: [VOCABULARY, 'src/signals/common/', 'valibot'] },
  { at: 'src/signals/polymarket/', may: [VOCABULARY, 'src/signals/common/', 'valibot'] },
  {
    at: 'src/signals/sportsbooks/',
    may: [VOCABULARY, 'src/signals/common/', 'src/signals/mapping/', 'valibot'],
  },
  {
    at: 'src/signals/matching/',
    may: [
      VOCABULARY,
      'src/signals/mapping/',
      'src/signals/polymarket/',
      'src/signals/sportsbooks/',
    ],
  },
  {
    at: 'src/signals/signal/',
    may: [
      SIMPLE_STATISTICS,
      VOCABULARY,
      'src/signals/common/',
      'src/signals/mapping/',
      'src/signals/matching/',
    ],
  },
  {
    at: 'src/signals/licence/',
    may: [STATISTICS, SIMPLE_STATISTICS, VOCABULARY, 'src/signals/common/', 'src/signals/signal/'],
  },
  {
    at: 'src/signals/feeds/',
    may: [
      VOCABULARY,
      'src/signals/common/',
      'src/signals/mapping/',
      'src/signals/polymarket/',
      'src/signals/sportsbooks/',
      'src/signals/matching/',
      'src/signals/signal/',
    ],
  },
  {
    at: 'src/tape/',
    may: [VOCABULARY, 'src/core/record/', 'src/core/maker/', 'src/config/', 'src/signals/licence/'],
  },
  {
    at: 'src/rpc/',
    may: [
      VOCABULARY,
      'src/alerts/',
      'src/core/ledger/',
      'src/core/status/',
      'src/config/',
      'src/signals/mapping/',
      'src/signals/matching/',
      'src/signals/signal/',
      'src/signals/licence/',
      'src/tape/',
      'itty-durable',
    ],
  },
  { at: 'src/durable/common/', may: [VOCABULARY], types: ['src/tape/'] },
  {
    at: 'src/durable/desk/',
    may: [
      VOCABULARY,
      'src/core/hours/',
      'src/config/',
      'src/rpc/',
      'src/durable/common/',
      'itty-durable',
    ],
    types: ['@cloudflare/workers-types'],
  },
  {
    at: 'src/durable/maker/',
    may: [
      VOCABULARY,
      'src/alerts/',
      'src/core/record/',
      'src/core/hours/',
      'src/core/orders/',
      'src/core/pricing/',
      'src/core/siblings/',
      'src/core/maker/',
      'src/core/status/',
      'src/kalshi/auth/',
      'src/kalshi/common/',
      'src/kalshi/feed/',
      'src/kalshi/rest/',
      'src/config/',
      'src/signals/mapping/',
      'src/signals/signal/',
      'src/signals/licence/',
      'src/tape/',
      'src/rpc/',
      'src/durable/common/',
      'cloudflare:workers',
    ],
    types: ['@cloudflare/workers-types'],
  },
  {
    at: 'src/durable/alerts/',
    may: [
      VOCABULARY,
      'src/alerts/',
      'src/config/',
      'src/rpc/',
      'src/durable/common/',
      'cloudflare:workers',
      '@cloudflare/workers-types',
    ],
  },
  {
    at: 'src/durable/oracle/',
    may: [
      VOCABULARY,
      'src/config/',
      'src/signals/common/',
      'src/signals/mapping/',
      'src/signals/sportsbooks/',
      'src/signals/matching/',
      'src/signals/signal/',
      'src/signals/licence/',
      'src/signals/feeds/',
      'src/tape/',
      'src/rpc/',
      'src/durable/common/',
      'cloudflare:workers',
    ],
  },
  {
    at: 'src/cron/',
    may: [
      VOCABULARY,
      'src/alerts/',
      'src/kalshi/auth/',
      'src/kalshi/common/',
      'src/kalshi/feed/',
      'src/kalshi/rest/',
      'src/config/',
      'src/rpc/',
    ],
  },
  { at: 'src/plot/', may: [] },
  {
    at: 'src/report/',
    may: [
      STATISTICS,
      VOCABULARY,
      'src/plot/',
      'src/core/ledger/',
      'src/core/record/',
      'src/core/status/',
    ],
  },
  {
    at: 'src/routes/',
    may: [
      VOCABULARY,
      'src/alerts/',
      'src/core/status/',
      'src/config/',
      'src/signals/matching/',
      'src/signals/signal/',
      'src/signals/licence/',
      'src/tape/',
      'src/rpc/',
      'src/cron/',
      'src/report/',
      'hono',
      'valibot',
    ],
  },
  {
    at: 'src/index.ts',
    may: [
      'src/durable/alerts/',
      'src/durable/desk/',
      'src/durable/maker/',
      'src/durable/oracle/',
      'src/cron/',
      'src/routes/',
    ],
  },
  { at: 'dashboard/', may: [], types: ['src/core/status/status.ts'] },
  { at: 'research/recordings/', may: [VOCABULARY, 'src/tape/', NODE] },
  { at: 'mocks/common/', may: [NODE] },
  { at: 'mocks/kalshi/matching/', may: [VOCABULARY] },
  { at: 'mocks/kalshi/exchange/', may: [STATISTICS, VOCABULARY, 'mocks/kalshi/matching/'] },
  { at: 'mocks/kalshi/access/', may: [VOCABULARY, 'mocks/kalshi/exchange/', NODE] },
  {
    at: 'mocks/kalshi/protocol/',
    may: [VOCABULARY, 'mocks/kalshi/matching/', 'mocks/kalshi/exchange/', 'mocks/kalshi/access/'],
  },
  {
    at: 'mocks/kalshi/faults/',
    may: [STATISTICS, VOCABULARY, 'mocks/kalshi/exchange/', 'mocks/kalshi/protocol/'],
  },
  {
    at: 'mocks/kalshi/rest/',
    may: [
      VOCABULARY,
      'mocks/kalshi/matching/',
      'mocks/kalshi/exchange/',
      'mocks/kalshi/access/',
      'mocks/kalshi/protocol/',
      'mocks/kalshi/faults/',
    ],
  },
  {
    at: 'mocks/kalshi/feed/',
    may: [
      VOCABULARY,
      'mocks/kalshi/matching/',
      'mocks/kalshi/exchange/',
      'mocks/kalshi/protocol/',
      'mocks/kalshi/faults/',
      'ws',
    ],
  },
  {
    at: 'mocks/kalshi/crowd/',
    may: [STATISTICS, VOCABULARY, 'mocks/kalshi/matching/', 'mocks/kalshi/exchange/'],
  },
  {
    at: 'mocks/kalshi/recorded/',
    may: [VOCABULARY, 'mocks/kalshi/matching/', 'mocks/kalshi/exchange/', 'research/recordings/'],
  },
  {
    at: 'mocks/kalshi/operator/',
    may: [
      VOCABULARY,
      'mocks/common/',
      'mocks/kalshi/exchange/',
      'mocks/kalshi/access/',
      'mocks/kalshi/protocol/',
      'mocks/kalshi/faults/',
      'mocks/kalshi/rest/',
      'mocks/kalshi/feed/',
      'mocks/kalshi/crowd/',
      NODE,
    ],
  },
  {
    at: 'mocks/kalshi/',
    may: [VOCABULARY, 'mocks/common/', 'research/recordings/', NODE, 'ws'],
  },
  { at: 'mocks/oracles/common/', may: [STATISTICS, VOCABULARY, 'mocks/common/', NODE] },
  { at: 'mocks/oracles/polymarket/', may: [STATISTICS, VOCABULARY, 'mocks/oracles/common/', NODE] },
  { at: 'mocks/oracles/sportsbooks/', may: [VOCABULARY, 'mocks/oracles/common/'] },
  { at: 'mocks/oracles/', may: [VOCABULARY, 'mocks/common/', NODE, 'ws'] },
  {
    at: 'research/backtest/',
    may: [
      STATISTICS,
      'src/kalshi/feed/',
      'src/kalshi/rest/market-terms.ts',
      'src/durable/desk/',
      'src/plot/',
      'research/recordings/',
      CORE,
    ],
  },
  {
    at: 'research/replay/',
    may: ['src/kalshi/feed/', 'research/recordings/', 'research/backtest/', CORE],
  },
  {
    at: 'research/calibrate/',
    may: [
      STATISTICS,
      'src/kalshi/feed/',
      'src/plot/',
      'research/recordings/',
      'research/backtest/',
      CORE,
      NODE,
    ],
  },
  {
    at: 'research/lab/',
    may: [STATISTICS, 'src/plot/', 'research/calibrate/score/', CORE, NODE],
  },
  { at: 'research/strategy-plots/', may: ['src/plot/', CORE, NODE] },
  { at: 'research/report/', may: ['src/report/', 'research/recordings/', CORE, NODE] },
  {
    at: 'sim/',
    may: [
      STATISTICS,
      CORE,
      'src/kalshi/',
      'src/durable/maker/',
      'src/durable/desk/',
      'mocks/kalshi/',
      NODE,
      'ws',
    ],
  },
  { at: 'cli/', may: ['src/', 'mocks/', 'sim/', 'research/', NODE, 'ws', 'miniflare', 'wrangler'] },
  {
    // The outermost room: it may build on the engine and the world that the tests build on.
    at: 'bench/',
    may: [
      STATISTICS,
      SIMPLE_STATISTICS,
      CORE,
      'src/tape/',
      'src/report/',
      'mocks/kalshi/',
      'research/recordings/',
      'research/replay/',
      'test/helpers/',
      'test/mocks/kalshi/client.ts',
      NODE,
      'ws',
      'miniflare',
      'cloudflare:workers',
    ],
  },
]

const filesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((name) => /\.(ts|js)$/.test(name) && !name.endsWith('.d.ts'))
    .sort()

const FILES = ['src', 'mocks', 'sim', 'research', 'cli', 'bench', 'dashboard'].flatMap(filesIn)
const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

/** Code without comments. A `//` inside a string (an address) follows a colon, and stays. */
const codeOf = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1')

interface Import {
  readonly from: string
  readonly typesOnly: boolean
}

const importsOf = (text: string): Import[] => {
  const found: Import[] = []
  const code = codeOf(text)
  for (const [, keyword, what = '', from = ''] of code.matchAll(
    /^\s*(import|export)\b([^'"`;=]*?)\bfrom\s*['"]([^'"]+)['"]/gm,
  )) {
    const names = /\{([^}]*)\}/.exec(what)?.[1]?.split(',') ?? []
    const named = names.map((name) => name.trim()).filter((name) => name !== '')
    const beside = what.replace(/\{[^}]*\}/, '').trim()
    const typesOnly =
      beside.startsWith('type') ||
      (beside === '' && named.length > 0 && named.every((name) => name.startsWith('type ')))
    found.push({ from, typesOnly: typesOnly && keyword !== undefined })
  }
  for (const [, from = ''] of code.matchAll(/^\s*import\s*['"]([^'"]+)['"]/gm)) {
    found.push({ from, typesOnly: false })
  }
  for (const [, from = ''] of code.matchAll(/\bimport\(\s*['"`]([^'"`]+)['"`]\s*\)/g)) {
    found.push({ from, typesOnly: false })
  }
  // Types of plain JavaScript are named in comments.
  for (const [, from = ''] of text.matchAll(/@import\s[^*]*?from\s*['"]([^'"]+)['"]/g)) {
    found.push({ from, typesOnly: true })
  }
  return found
}

const resolved = (file: string, from: string): string =>
  from.startsWith('.') ? normalize(join(dirname(file), from)) : from

const matches = (target: string, rule: string): boolean =>
  rule.endsWith('/') || rule.endsWith(':')
    ? target.startsWith(rule)
    : target === rule || target.startsWith(`${rule}/`)

/** Every import that its room does not allow, as sentences. */
const trespasses = (file: string, text: string): string[] => {
  const room = ROOMS.find(({ at }) => file.startsWith(at))
  if (room === undefined) return [`${file} lies in no room of the table`]
  return importsOf(text)
    .filter(({ from, typesOnly }) => {
      const target = resolved(file, from)
      const doors = [room.at, ...room.may, ...(typesOnly ? (room.types ?? []) : [])]
      return !doors.some((rule) => matches(target, rule))
    })
    .map(({ from, typesOnly }) => `${file} imports ${from}${typesOnly ? ' (types)' : ''}`)
}

describe('the rooms', () => {
  it('import only what the table allows', () => {
    const found = FILES.flatMap((file) => trespasses(file, textOf(file)))
    expect(found).toEqual([])
  })

  it('name only rooms above their own line', () => {
    const later = ROOMS.flatMap(({ at, may }, index) =>
      ROOMS.slice(index + 1)
        .filter((room) => may.includes(room.at))
        .map((room) => `${at} may import ${room.at}`),
    )
    expect(later).toEqual([])
  })

  it('are all read: no room of the table is empty', () => {
    const empty = ROOMS.filter(({ at }) => !FILES.some((file) => file.startsWith(at)))
    expect(empty).toEqual([])
    expect(FILES.length).toBeGreaterThan(80)
  })

  it('would be reported if they trespassed', () => {
    const report = (file: string, text: string): number => trespasses(file, text).length
    const book = 'src/core/book/book.ts'
    expect(report(book, "import { readFileSync } from 'node:fs'\n")).toBe(1)
    expect(report(book, "import {\n  a,\n  b,\n} from '../../kalshi/feed/decoder.ts'\n")).toBe(1)
    expect(report(book, "import { a } from '../vocabulary/units.ts'\n")).toBe(0)
    const page = 'dashboard/a.js'
    expect(report(page, "import { good } from '../src/core/status/status.ts'\n")).toBe(1)
    expect(report(page, "import type { A } from '../src/core/status/status.ts'\n")).toBe(0)
    expect(report(page, "import { type A, type B } from '../src/core/status/status.ts'\n")).toBe(0)
    expect(report(page, "import { type A, b } from '../src/core/status/status.ts'\n")).toBe(1)
    expect(report('src/routes/a.ts', "export * from '../kalshi/rest/rest.ts'\n")).toBe(1)
    const mock = 'mocks/kalshi/a.ts'
    expect(report(mock, "const a = await import('../../src/core/book/book.ts')\n")).toBe(1)
    expect(report(mock, "import '../../src/core/orders/orders.ts'\n")).toBe(1)
    expect(report(page, '// import of a thing\nconst a = 1\n')).toBe(0)
    expect(report('elsewhere/a.ts', '')).toBe(1)
  })
})

const coreFiles = FILES.filter((file) => file.startsWith(CORE))

describe('the core', () => {
  const FORBIDDEN = [
    /\bDate\.now\b/,
    /\bnew Date\(\s*\)/,
    /\bMath\.random\b/,
    /\bset(Timeout|Interval|Immediate)\b/,
    /\bqueueMicrotask\b/,
    /\bperformance\b/,
    /\bfetch\s*\(/,
    /\bcrypto\b/,
    /\bPromise\b/,
    /\basync\b/,
    /\bawait\b/,
    /\bconsole\b/,
    /\bprocess\b/,
    /\bglobalThis\b/,
  ]
  const impurities = (text: string): string[] =>
    FORBIDDEN.filter((word) => word.test(codeOf(text))).map(String)

  it('has no clock, no dice, no network and no promise', () => {
    const found = coreFiles.flatMap((file) =>
      impurities(textOf(file)).map((word) => `${file} mentions ${word}`),
    )
    expect(found).toEqual([])
  })

  it('would be reported if it had', () => {
    expect(impurities('const at = Date.now()')).toHaveLength(1)
    expect(impurities('const at = new Date()')).toHaveLength(1)
    expect(impurities('const text = new Date(at).toISOString()')).toHaveLength(0)
    expect(impurities('const f = async () => { await fetch(url) }')).toHaveLength(3)
    expect(impurities('// no promise, no async, no crypto')).toHaveLength(0)
  })
})

describe('files', () => {
  const imports = new Map(
    FILES.map((file) => [
      file,
      importsOf(textOf(file))
        .filter(({ from }) => from.startsWith('.'))
        .map(({ from }) => resolved(file, from)),
    ]),
  )

  /** The files by which `file` imports itself, or null. */
  const circleOf = (file: string): string[] | null => {
    const seen = new Set<string>()
    const walk = (at: string, path: readonly string[]): string[] | null => {
      for (const next of imports.get(at) ?? []) {
        if (next === file) return [...path, next]
        if (seen.has(next)) continue
        seen.add(next)
        const found = walk(next, [...path, next])
        if (found !== null) return found
      }
      return null
    }
    return walk(file, [file])
  }

  it('import no circle', () => {
    const circles = FILES.flatMap((file) => circleOf(file)?.join(' > ') ?? [])
    expect(circles).toEqual([])
  })

  it('begin with a comment that says what they are', () => {
    const bare = FILES.filter((file) => !/^(#!.*\n)?(\/\/|\/\*)/.test(textOf(file)))
    expect(bare).toEqual([])
  })

  it("write to an object's storage in one place, where no write holds back a request", () => {
    const writes =
      /storage\.(kv\.)?(put|delete|deleteAll|setAlarm|deleteAlarm|transaction)\w*\(|sql\.exec\(/
    const places = filesIn('src/durable/').filter((file) => writes.test(textOf(file)))
    expect(places).toEqual(['src/durable/common/object-store.ts'])
  })

  it('have comments at most 100 wide', () => {
    const wide = FILES.flatMap((file) =>
      textOf(file)
        .split('\n')
        .filter((line) => line.length > 100 && /^\s*(\/\/|\/\*|\*)/.test(line))
        .map((line) => `${file}: ${line}`),
    )
    expect(wide).toEqual([])
  })
})
