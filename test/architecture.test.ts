// Who may import whom, what the core may never mention, and how long a file may be.
//
// The table below is the architecture: one line for each room, naming the doors it may use. A rule
// is met by a path's beginning; an import that is only of types may use the doors in `types` too.

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = new URL('..', import.meta.url).pathname

/** Every file of src/core, each importing only files before it. */
const CORE_ORDER = [
  'units',
  'outcome',
  'stream',
  'market',
  'parameter-table',
  'parameters',
  'events',
  'link',
  'book',
  'fair-value',
  'normal',
  'fees',
  'toxicity',
  'markout',
  'burst',
  'queue',
  'incentive',
  'flow',
  'volatility',
  'intensity',
  'micro-price',
  'journal',
  'budget',
  'status',
  'tape',
  'shown-parameters',
  'position',
  'account',
  'quoting',
  'full-model',
  'risk-aversion',
  'self-check',
  'sizing',
  'timing',
  'hold',
  'viability',
  'reasons',
  'estimators',
  'lifecycle',
  'orders',
  'planning',
  'ladder',
  'queue-watch',
  'queue-value',
  'risk',
  'counters',
  'refusals',
  'execution',
  'quoter',
  'targets',
  'placement',
  'reconcile',
  'recovery',
  'state',
  'external',
  'position-read',
  'worth',
  'uptime',
  'conduct',
  'engine',
  'rerun',
  'insight',
  'view',
]

interface Room {
  readonly at: string
  /** Beginnings of paths it may import; a package is named as it is imported. */
  readonly may: readonly string[]
  /** And these for types alone, which leave nothing behind at run time. */
  readonly types?: readonly string[]
}

/** The first room that a file lies in is its own. */
const ROOMS: readonly Room[] = [
  { at: 'src/core/', may: ['src/core/'] },
  // The official client lends the shapes of request bodies, and nothing at run time.
  { at: 'src/kalshi/', may: ['src/core/', 'src/kalshi/'], types: ['kalshi-typescript'] },
  { at: 'src/alpha/', may: ['src/core/', 'src/alpha/'] },
  { at: 'src/tape/', may: ['src/core/tape.ts', 'src/tape/'], types: ['src/core/'] },
  {
    at: 'src/durable/',
    may: [
      'src/core/',
      'src/kalshi/',
      'src/alpha/',
      'src/tape/',
      'src/durable/',
      'src/env.ts',
      'src/env-oracles.ts',
      'src/log.ts',
      'cloudflare:workers',
      'itty-durable',
    ],
    types: ['@cloudflare/workers-types'],
  },
  {
    at: 'src/routes/bind.ts',
    may: [
      'src/cron/bind.ts',
      'src/kalshi/',
      'src/durable/desk-stub.ts',
      'src/durable/oracle-rpc.ts',
      'src/env.ts',
      'src/log.ts',
    ],
    types: ['src/routes/'],
  },
  {
    at: 'src/routes/',
    may: [
      'src/routes/',
      'src/core/parameters.ts',
      'src/core/units.ts',
      'src/core/market.ts',
      'src/tape/reader.ts',
      'src/tape/journal-reader.ts',
      'src/tape/store.ts',
      'src/alpha/news.ts',
      'src/env.ts',
      'src/log.ts',
      'report/',
      'hono',
    ],
    types: ['src/core/', 'src/alpha/', 'src/durable/rpc.ts', 'src/durable/oracle-rpc.ts'],
  },
  {
    at: 'src/cron/',
    may: [
      'src/cron/',
      'src/kalshi/',
      'src/core/outcome.ts',
      'src/core/units.ts',
      'src/core/market.ts',
      'src/durable/desk-stub.ts',
      'src/env.ts',
      'src/log.ts',
    ],
    types: ['src/core/', 'src/durable/rpc.ts', 'src/routes/deps.ts'],
  },
  {
    at: 'src/env-oracles.ts',
    may: [],
    types: ['src/env.ts'],
  },
  {
    at: 'src/env.ts',
    may: ['src/kalshi/sign.ts', 'src/env-oracles.ts'],
    types: ['src/core/', '@cloudflare/workers-types'],
  },
  { at: 'src/log.ts', may: [], types: ['src/core/'] },
  { at: 'src/index.ts', may: ['src/'] },
  {
    // Shares arithmetic with the product and none of its book or order logic: it must be able to
    // prove the product wrong.
    at: 'mock-kalshi/',
    may: [
      'mock-kalshi/',
      'src/core/units.ts',
      'src/core/fees.ts',
      'src/core/market.ts',
      'node:',
      'ws',
    ],
  },
  // Shares nothing with the readers of external prices: it must be able to prove them wrong.
  { at: 'mock-oracles/', may: ['mock-oracles/', 'src/core/units.ts', 'node:', 'ws'] },
  { at: 'dashboard/', may: ['dashboard/'], types: ['src/core/status.ts'] },
  // Pure, so that it runs in the worker as well as in Node.
  { at: 'report/', may: ['report/', 'src/core/', 'echarts'] },
  {
    at: 'backtest/',
    may: ['backtest/', 'src/core/', 'src/kalshi/wire.ts', 'lab/svg.ts', 'scripts/lib/', 'node:'],
  },
  {
    at: 'calibrate/',
    may: ['calibrate/', 'src/core/', 'src/kalshi/wire.ts', 'scripts/lib/', 'backtest/', 'node:'],
  },
  {
    at: 'scripts/',
    may: [
      'scripts/',
      'mock-kalshi/',
      'mock-oracles/',
      'src/',
      'test/sim/',
      'lab/',
      'backtest/',
      'calibrate/',
      'report/',
      'node:',
      'ws',
      'miniflare',
      'wrangler',
    ],
  },
]

const filesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((name) => /\.(ts|js)$/.test(name) && !name.endsWith('.d.ts'))
    .sort()

const FILES = [
  'src',
  'mock-kalshi',
  'mock-oracles',
  'scripts',
  'dashboard',
  'backtest',
  'calibrate',
  'report',
].flatMap(filesIn)
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
      const doors = typesOnly ? [...room.may, ...(room.types ?? [])] : room.may
      return !doors.some((rule) => matches(target, rule))
    })
    .map(({ from, typesOnly }) => `${file} imports ${from}${typesOnly ? ' (types)' : ''}`)
}

describe('the rooms', () => {
  it('import only what the table allows', () => {
    expect(FILES.flatMap((file) => trespasses(file, textOf(file)))).toEqual([])
  })

  it('are all read: no room of the table is empty', () => {
    const empty = ROOMS.filter(({ at }) => !FILES.some((file) => file.startsWith(at)))
    expect(empty).toEqual([])
    expect(FILES.length).toBeGreaterThan(80)
  })

  it('would be reported if they trespassed', () => {
    const report = (file: string, text: string): number => trespasses(file, text).length
    expect(report('src/core/book.ts', "import { readFileSync } from 'node:fs'\n")).toBe(1)
    expect(report('src/core/book.ts', "import {\n  a,\n  b,\n} from '../kalshi/wire.ts'\n")).toBe(1)
    expect(report('src/routes/a.ts', "import { good } from '../durable/rpc.ts'\n")).toBe(1)
    expect(report('src/routes/a.ts', "import type { Answer } from '../durable/rpc.ts'\n")).toBe(0)
    expect(report('src/routes/a.ts', "import { type A, type B } from '../durable/rpc.ts'\n")).toBe(
      0,
    )
    expect(report('src/routes/a.ts', "import { type A, b } from '../durable/rpc.ts'\n")).toBe(1)
    expect(report('src/routes/a.ts', "export * from '../kalshi/rest.ts'\n")).toBe(1)
    expect(report('mock-kalshi/a.ts', "const a = await import('../src/core/book.ts')\n")).toBe(1)
    expect(report('mock-kalshi/a.ts', "import '../src/core/orders.ts'\n")).toBe(1)
    expect(report('dashboard/a.js', "import { a } from '../src/core/units.ts'\n")).toBe(1)
    expect(report('dashboard/a.js', '// import of a thing\nconst a = 1\n')).toBe(0)
    expect(report('elsewhere/a.ts', '')).toBe(1)
  })
})

const coreFiles = FILES.filter((file) => file.startsWith('src/core/'))
const nameOf = (file: string): string => file.slice('src/core/'.length, -'.ts'.length)

describe('the core', () => {
  it('is listed in full, in the order of its imports', () => {
    expect(coreFiles.map(nameOf).sort()).toEqual([...CORE_ORDER].sort())
  })

  it('imports only files above, so that it can be read from top to bottom', () => {
    const upward = coreFiles.flatMap((file) =>
      importsOf(textOf(file))
        .map(({ from }) => nameOf(resolved(file, from)))
        .filter((name) => CORE_ORDER.indexOf(name) >= CORE_ORDER.indexOf(nameOf(file)))
        .map((name) => `${nameOf(file)} imports ${name}`),
    )
    expect(upward).toEqual([])
  })

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
  it('of the worker and the mock exchange are at most 450 lines long', () => {
    const long = FILES.filter((file) => file.startsWith('src/') || file.startsWith('mock-kalshi/'))
      .map((file) => [file, textOf(file).split('\n').length - 1] as const)
      .filter(([, lines]) => lines > 450)
    expect(long).toEqual([])
  })

  it('begin with a comment that says what they are', () => {
    const bare = FILES.filter((file) => !/^(#!.*\n)?(\/\/|\/\*)/.test(textOf(file)))
    expect(bare).toEqual([])
  })
})
