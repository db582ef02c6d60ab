// The shadow log as text, and the case that is made of it: what is written is what is judged.

import { execFile, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { afterReview, newRecord, verdictOf } from '../../../../src/signals/licence/review.ts'
import {
  formatFill,
  formatResult,
  formatShadow,
  parseShadow,
  readShadow,
  SHADOW_HEADER,
  type ShadowLine,
  seriesOf,
} from '../../../../src/signals/licence/shadow-log.ts'
import { type Evaluation, SignalEvaluator } from '../../../../src/signals/signal/evaluator.ts'
import { shadowGames } from '../../../helpers/shadow-games.ts'
import { START, VirtualSignals } from '../../../helpers/virtual-signals.ts'

describe('a line', () => {
  const world = new VirtualSignals()
  const mapping = world.question()
  const set = 'polymarket+odds-api'
  const head = { ticker: mapping.ticker, set, cluster: 'A, B', regime: 'play' } as const
  /** What every line of it is read back as. */
  const common = { ...head, cluster: 'A  B' }
  const view = { ...world.view, fair: 50.25, horizonSeconds: 90 }
  const evaluation = new SignalEvaluator(mapping, 'polymarket+odds-api').evaluate(view, START)
  const decision = { ...evaluation.decision, pExt: 0.53, shadowReason: '' as const, shadow: 0.2 }
  const weighed = { ...decision, gain: 0.3, formula: 0.1 }
  const evaluated: Evaluation = { ...evaluation, basis: 0.5, decision: weighed }

  it('of a look has a cell for each column, whatever is missing', () => {
    const blind = { ...world.view, bid: null, fair: Number.NaN }
    const seen = new SignalEvaluator(mapping, 'polymarket').evaluate(blind, START)
    const line = formatShadow(head, blind, seen)
    expect(line.split(',')).toHaveLength(SHADOW_HEADER.split(',').length)
    const unknown = { alpha: Number.NaN, fair: Number.NaN }
    const { cluster } = common
    expect(parseShadow(line)).toMatchObject({ event: 'look', at: START, cluster, set, ...unknown })
    // Without a price of our venue it says nothing, and is no fault either.
    expect(readShadow(line)).toEqual({ rows: [], faults: [] })
  })

  it('of a look keeps all that a judge needs', () => {
    expect(parseShadow(formatShadow(head, view, evaluated))).toEqual({
      ...{ event: 'look', at: START, ...common, kalshiMid: 50, pExt: 0.53, alpha: 0.2 },
      ...{ fair: 50.25, basis: 0.5, formula: 0.1, horizonSeconds: 90 },
    })
  })

  it('of a look that a hard zero forbade is a price only', () => {
    const zero = {
      ...evaluated,
      decision: { ...evaluated.decision, shadowReason: 'shock' as const },
    }
    const price = { kalshiMid: 50, alpha: Number.NaN }
    expect(parseShadow(formatShadow(head, view, zero))).toMatchObject(price)
  })

  it('of a look from before fills were written down names the formula’s gain', () => {
    const cells = formatShadow(head, view, evaluated).split(',').slice(0, 16)
    const read = { event: 'look', formula: 0.3, alpha: 0.2, regime: 'before' }
    expect(parseShadow(cells.join(','))).toMatchObject(read)
    expect(readShadow('ts,ticker,feed,cluster\n').faults).toEqual([])
  })

  it('of a fill and of a result are read back whole', () => {
    const fill = { at: START + 7, side: 'ask', priceCents: 51.25, contracts: 12.5 } as const
    const lines = [
      formatFill(head, fill, -0.1234),
      formatFill(head, { ...fill, side: 'bid' }, 0),
      formatResult(head, START + 9, true),
      formatResult(head, START + 9, false),
    ]
    const filled = { event: 'fill', at: START + 7, ...common, price: 51.25, contracts: 12.5 }
    const result = { event: 'result', at: START + 9, ...common }
    expect(readShadow(lines.join('\n'))).toEqual({
      rows: [
        { ...filled, side: 'ask', alpha: -0.1234 },
        { ...filled, side: 'bid', alpha: 0 },
        { ...result, yes: true },
        { ...result, yes: false },
      ],
      faults: [],
    })
  })

  const altered = (line: string, column: string, text: string): string => {
    const cells = line.split(',')
    cells[SHADOW_HEADER.split(',').indexOf(column)] = text
    return cells.join(',')
  }
  const look = formatShadow(head, view, evaluated)
  const fill = formatFill(head, { at: START, side: 'bid', priceCents: 50, contracts: 1 }, 0.1)
  const result = formatResult(head, START, true)

  it.each([
    ['a,b', /found 2 cells, wanted 22/],
    [look.slice(0, look.lastIndexOf(',')), /found 21 cells, wanted 22/],
    [altered(look, 'ts', 'x'), /found time "x"/],
    [altered(look, 'source_set', 'nowhere'), /found source set "nowhere"/],
    [altered(look, 'regime', 'after'), /found regime "after", wanted before or play/],
    [altered(look, 'ticker', ''), /ticker or cluster is missing/],
    [altered(look, 'k_mid', '5O'), /found k_mid "5O", wanted a number/],
    [altered(look, 'w_formula', ' '), /found w_formula " ", wanted a number/],
    [altered(look, 'event', 'glance'), /found event "glance", wanted look, fill or result/],
    [altered(fill, 'event', ''), /found event "", wanted look/],
    [altered(fill, 'side', 'both'), /found side "both"/],
    [altered(fill, 'price', '100'), /found price 100 of a fill/],
    [altered(fill, 'price', ''), /found price NaN of a fill/],
    [altered(fill, 'contracts', '0'), /found 0 contracts/],
    [altered(fill, 'alpha', ''), /alpha of a fill is missing/],
    [altered(result, 'price', '50'), /found price 50 of a result/],
    [altered(result, 'price', ''), /found price NaN of a result/],
  ])('that cannot be read says why: %s', (line, sentence) => {
    expect(parseShadow(line)).toMatch(sentence)
    const { rows, faults } = readShadow(`${SHADOW_HEADER}\n${line}\n`)
    expect([rows.length, faults.length]).toEqual([0, 1])
  })

  it('belongs to the series of its ticker', () => {
    expect(seriesOf('KXNFLGAME-26DEC13DALNYG-DAL')).toBe('KXNFLGAME')
  })
})

const rowsOf = (games: number, foresight: number): ShadowLine[] =>
  readShadow(shadowGames(games, foresight).join('\n')).rows as ShadowLine[]

describe('a case', () => {
  it('of 60 games with foresight is granted, once, and opens a window of its own', () => {
    const rows = rowsOf(60, 1)
    const record = newRecord('polymarket', 'KXGAME')
    const verdict = verdictOf(record, rows)
    expect(verdict).toMatchObject({ licensed: true, look: 0, reasons: [] })
    const granted = afterReview(record, verdict, START + 1e12)
    expect(granted.state).toMatchObject({ level: 1, looksUsed: 0 })
    // The rows that it was founded on are used up.
    expect(verdictOf(granted, rows).reasons).toContain('no-observations')
  })

  it('of noise is refused, and its look is gone', () => {
    const rows = rowsOf(60, 0)
    const record = newRecord('polymarket', 'KXGAME')
    const verdict = verdictOf(record, rows)
    expect(verdict.licensed).toBe(false)
    const after = afterReview(record, verdict, START + 1e12)
    expect(after.state).toMatchObject({ level: 0, looksUsed: 1 })
    expect(verdictOf(after, rows).reasons).toContain('look-already-used')
  })

  it('of too few games takes no look, however good they are', () => {
    const record = newRecord('polymarket', 'KXGAME')
    const verdict = verdictOf(record, rowsOf(59, 1))
    expect(verdict.reasons).toEqual(['too-few-clusters'])
    expect(afterReview(record, verdict, START).state.looksUsed).toBe(0)
  })

  it('ends a licence when the sign has turned, and what follows needs new rows', () => {
    const record = newRecord('polymarket', 'KXGAME')
    const granted = afterReview(record, verdictOf(record, rowsOf(60, 1)), 1)
    const harmful = verdictOf({ ...granted, from: 0 }, rowsOf(60, -1))
    expect(harmful.revoke).toBe(true)
    const ended = afterReview(granted, harmful, START + 1e12)
    expect(ended.state).toMatchObject({ level: 0, looksUsed: 0 })
    expect(ended.from).toBe(START + 1e12)
  })

  it('looks at its own set and series only', () => {
    const rows = rowsOf(60, 1)
    const both = newRecord('polymarket+odds-api', 'KXGAME')
    expect(verdictOf(both, rows).reasons).toContain('no-observations')
    expect(verdictOf(newRecord('odds-api', 'KXGAME'), rows).reasons).toContain('no-observations')
    expect(verdictOf(newRecord('polymarket', 'KXGAM'), rows).reasons).toContain('no-observations')
  })
})

describe('npm run licence', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kmm-licence-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const run = (path: string): { code: number; text: string } => {
    const script = new URL('../../../../cli/licence.ts', import.meta.url).pathname
    try {
      const options = { encoding: 'utf8', stdio: 'pipe' } as const
      return { code: 0, text: execFileSync(process.execPath, [script, path], options) }
    } catch (error) {
      const failed = error as { status: number; stdout: string; stderr: string }
      return { code: failed.status, text: failed.stdout + failed.stderr }
    }
  }

  it('says yes with exit code 0, reading a folder of gzip', () => {
    mkdirSync(join(folder, 'yes'))
    writeFileSync(join(folder, 'yes/a.csv.gz'), gzipSync(shadowGames(60, 1).join('\n')))
    const { code, text } = run(join(folder, 'yes'))
    expect(text).toContain('polymarket KXGAME before the start: LICENSED')
    expect(text).toContain('fills: not enough fills yet (0 of 30)')
    expect(text).toContain('results: not enough results yet (0 of 20)')
    expect(text).toMatch(/gain: 0\.\d{4} learned from \d+ pairs/)
    expect(code).toBe(0)
  })

  it('says no with exit code 1 and every reason', () => {
    writeFileSync(join(folder, 'no.csv'), shadowGames(20, 0).join('\n'))
    const { code, text } = run(join(folder, 'no.csv'))
    expect(text).toMatch(/not licensed\n {2}because too-few-clusters, /)
    expect(code).toBe(1)
  })

  it('prints what a worker has stored', async () => {
    const bound = { mean_d: 0.02, lower_bound: 0.003, beta: 1 }
    const statistics = { observations: 9000, clusters: 61, ...bound }
    const evidence = {
      ...{ fills_pushed: 45, fills_other: 40, markout_difference: -0.123, markout_t: -0.87 },
      ...{ games: 60, score_gain: 0.00046, score_upper_95: 0.0016, gain: null, gain_pairs: 2310 },
    }
    const source = 'polymarket+odds-api'
    const common = { source, level: 1, looks_used: 1, judged_at: null, regime: 'play' }
    const licences = [
      { ...common, series: 'KXA', verdict: { licensed: true, reasons: [], statistics }, evidence },
      { ...common, series: 'KXB', verdict: null, evidence: null },
    ]
    const server = createServer((_, response) => response.end(JSON.stringify({ licences })))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const script = new URL('../../../../cli/licence.ts', import.meta.url).pathname
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { stdout } = await promisify(execFile)(process.execPath, [script, url])
    server.close()
    expect(stdout.trim().split('\n')).toEqual([
      'polymarket+odds-api KXA in play: level 1, looks used 1, judged never',
      '  9000 decisions in 61 games; mean D 0.0200 c2, lower bound 0.0030, beta 1.00',
      '  fills: 45 pushed and 40 others; pushed minus others -0.12 c (t -0.87)',
      '  results: 60 games; Brier gain 0.000460, upper bound 0.001600',
      '  gain: from too few games yet',
      'polymarket+odds-api KXB in play: level 1, looks used 1, judged never',
    ])
  })

  it('says with exit code 2 what it could not read', () => {
    writeFileSync(join(folder, 'bad.csv'), 'one,two\n')
    expect(run(join(folder, 'bad.csv'))).toMatchObject({ code: 2 })
    expect(run(join(folder, 'absent'))).toMatchObject({ code: 2 })
  })
})
