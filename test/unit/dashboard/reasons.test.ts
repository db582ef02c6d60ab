// Every code that the maker can give has words on the page and in the runbook. The codes are read out
// of the source itself: whoever adds one without a sentence, or a new way of making them, is told here.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { clampWords, placeWords, reasonSentence } from '../../../dashboard/reasons.js'
import { CLAMPS } from '../../../src/core/vocabulary/reasons.ts'

/** The text of a source file without its comments. */
const source = (path: string): string =>
  readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')

/** The codes among a line's literals: what a value is only compared with is none. */
const literals = (text: string): string[] =>
  [...text.replace(/[!=]== '[a-z-]*'/g, '').matchAll(/'([a-z][a-z-]*)'/g)].map(
    ([, code]) => code ?? '',
  )

/** What the first group of a pattern finds in a file; a pattern that finds nothing has gone blind. */
const found = (path: string, pattern: RegExp): string[] => {
  const all = [...source(path).matchAll(pattern)].map(([, group]) => group ?? '')
  if (all.length === 0) throw new Error(`Reading ${path} failed: ${pattern} finds nothing`)
  return all
}

/** The members of a union of string literals. */
const union = (path: string, name: string): string[] =>
  found(path, new RegExp(`type ${name} =([^\\n]*(?:\\n  \\|[^\\n]*)*)`, 'g')).flatMap(literals)

/** The literals returned between a method's head and its end. */
const returned = (path: string, method: string): string[] =>
  found(path, new RegExp(`\\n  (#?${method}\\([\\s\\S]*?\\n  \\})`, 'g')).flatMap((body) =>
    [...body.matchAll(/return [^\n]*/g)].flatMap(([line]) => literals(line)),
  )

const PHASE = 'src/core/maker/phase.ts'
const DECIDE = 'src/core/maker/decide.ts'
const QUOTE = 'src/core/maker/quote.ts'
const EXECUTION = 'src/core/orders/execution.ts'
const QUOTER = 'src/core/pricing/quoter.ts'
const TARGETS = 'src/core/sizing/targets.ts'

/** Second arguments of #because(phase, reason), and what is assigned to a side's silence. */
const given = found(PHASE, /#because\('[a-z]+', ([^\n]*)\)\n/g)
const silences = [QUOTER, TARGETS, DECIDE, QUOTE].flatMap((path) =>
  found(path, /silence(?:\[(?:order\.)?side\]|\.ask|\.bid) = ([^\n]*)/g),
)

const CODES: readonly string[] = [
  ...new Set([
    ...given.flatMap(literals),
    ...union('src/core/vocabulary/market.ts', 'MarketStatus')
      .filter((status) => status !== 'active')
      .map((status) => `market-${status}`),
    ...union('src/core/guards/calendar.ts', 'CalendarReason'),
    ...silences.flatMap(literals),
    ...returned(TARGETS, 'blockedBy'),
    ...found(TARGETS, /\bby(?:: \w+)? = ([^\n]*)/g).flatMap(literals),
    ...union('src/core/orders/risk.ts', 'RefusalCode'),
    ...['moveToward', 'blocked', 'permit'].flatMap((name) => returned(EXECUTION, name)),
    ...found(EXECUTION, /rejected\('([a-z-]+)'/g),
    ...returned('src/core/recovery/recovery.ts', 'missing'),
    ...found('src/core/book/book.ts', /darken\('([a-z-]+)'/g),
    ...found('src/core/maker/engine.ts', /(?:darken|doubt)\(\s*'([a-z-]+)'/g),
    ...found(DECIDE, /doubt\(([^\n]*)\)/g).flatMap(literals),
    ...found(PHASE, /reason = ('[a-z-]+')/g).flatMap(literals),
    ...found('src/core/maker/state.ts', /operatorReason = ('[a-z-]+')/g).flatMap(literals),
    ...found('src/core/status/view.ts', /silence\.bid \?\? '([a-z-]+)'/g),
    ...found('src/durable/maker/maker-life.ts', /reason = ([^\n]*)/g).flatMap(literals),
    ...found('src/durable/maker/maker-loop.ts', /kind = ([^\n]*)/g).flatMap(literals),
    ...found('src/durable/maker/market-maker.ts', /obey\('([a-z-]+)'/g),
  ]),
]

describe('every reason that the source can give', () => {
  it.each(CODES)('%s is a sentence for people', (code) => {
    const sentence = reasonSentence(code)
    expect(sentence).not.toBe(code)
    expect(sentence).toMatch(/^[A-Z].*\.$/)
  })

  it('is found: those known by heart are among them', () => {
    const known = [
      ...['longshot', 'not-ready', 'burst', 'size-skew', 'settlement-risk', 'near-close', 'news'],
      ...['near-certain', 'jump', 'adverse-fills', 'not-worth-it', 'one-sided-book', 'price-band'],
      ...['market-closed', 'clearing-orders', 'stale', 'gap', 'crossed', 'link-down', 'crash'],
      ...['position-limit', 'rate-limited', 'unknown-order', 'killed-on-arrival', 'waiting'],
      ...[
        'account-halted',
        'desk-unreachable',
        'invariant',
        'operator',
        'outside-grid',
        'replacing',
      ],
    ]
    expect(CODES).toEqual(expect.arrayContaining(known))
  })

  it('comes from a place this test reads: a literal, or one of the few names whose codes it has', () => {
    const names =
      /^(quoter\.silence\.ask = )?(this\.reason|(this\.)?calendar\.reason|operatorReason|reason|book\.reason|left\.by|null|why|by|this\.#(blockedBy\(side, at\)|limitedBy))$/
    const isRead = (text: string): boolean =>
      literals(text).length > 0 || names.test(text) || text.startsWith('`market-$')
    expect([...given, ...silences].filter((text) => !isRead(text))).toEqual([])
  })
})

describe('every clamp and place', () => {
  it.each(Object.keys(CLAMPS))('the clamp %s has a word and a meaning', (code) => {
    const [word, meaning] = clampWords(code)
    expect(word.length).toBeLessThanOrEqual(16)
    expect(meaning).toMatch(/^[A-Z].*\.$/)
  })
  it.each(union('src/core/placement/queue-value.ts', 'PriceChoiceReason'))(
    'the place %s has words',
    (code) => {
      expect(placeWords(code)).toMatch(/ /)
    },
  )
  it('that are not known are shown as they are', () => {
    expect(clampWords('constructor')[0]).toBe('constructor')
    expect(placeWords('brand-new')).toBe('brand-new')
  })
})

describe('the runbook', () => {
  const runbook = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8')
  /** Codes with nothing to be done about, which pass by themselves within moments. */
  const passing = ['quoting', 'waiting', 'connecting', 'not-started', 'stopped', 'operator']
  const own = [
    ...new Set([
      ...silences.flatMap(literals),
      ...returned(TARGETS, 'blockedBy'),
      ...found(TARGETS, /\bby(?:: \w+)? = ([^\n]*)/g).flatMap(literals),
      ...union('src/core/guards/calendar.ts', 'CalendarReason'),
      ...found(PHASE, /#because\('paused', ('[a-z-]+')\)/g).flatMap(literals),
      ...union('src/core/orders/risk.ts', 'RefusalCode'),
    ]),
  ].filter((code) => !passing.includes(code))
  it.each(own)('says what %s means and what to do', (code) => {
    expect(runbook).toContain(`\`${code}\``)
  })
})
