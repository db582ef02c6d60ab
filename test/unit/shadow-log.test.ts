// The shadow log as text, and the case that is made of it: what is written is what is judged.

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { Adviser } from '../../src/alpha/adviser.ts'
import { afterCase, newRecord, verdictOf } from '../../src/alpha/licence-case.ts'
import {
  formatShadow,
  parseShadow,
  readShadow,
  SHADOW_HEADER,
  type ShadowLine,
  seriesOf,
} from '../../src/alpha/shadow-log.ts'
import { shadowGames } from '../helpers/shadow-games.ts'
import { START, VirtualElsewhere } from '../helpers/virtual-elsewhere.ts'

describe('a line', () => {
  const world = new VirtualElsewhere()
  const mapping = world.question()
  const head = { ticker: mapping.ticker, feed: 'polymarket', cluster: 'A, B' } as const

  it('has a cell for each column, whatever is missing', () => {
    const advice = new Adviser(mapping).advise(
      { ...world.view, bid: null, fair: Number.NaN },
      START,
    )
    const line = formatShadow(head, { ...world.view, bid: null, fair: Number.NaN }, advice)
    expect(line.split(',')).toHaveLength(SHADOW_HEADER.split(',').length)
    expect(parseShadow(line)).toMatchObject({ at: START, cluster: 'A  B', feed: 'polymarket' })
  })

  it.each([
    ['a,b', /found 2 cells, wanted 16/],
    [`x${',1'.repeat(15)}`, /found time "x"/],
    [`2026-11-24T12:00:00.000Z,T,nowhere,c${',1'.repeat(12)}`, /found feed "nowhere"/],
    [`2026-11-24T12:00:00.000Z,,polymarket,c${',1'.repeat(12)}`, /ticker or cluster is missing/],
  ])('that cannot be read says why: %s', (line, sentence) => {
    expect(parseShadow(line)).toMatch(sentence)
    expect(readShadow(`${SHADOW_HEADER}\n${line}\n`).faults).toHaveLength(1)
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
    const granted = afterCase(record, verdict, START + 1e12)
    expect(granted.state).toMatchObject({ level: 1, looksUsed: 0 })
    // The rows that it was founded on are used up.
    expect(verdictOf(granted, rows).reasons).toContain('no-observations')
  })

  it('of noise is refused, and its look is gone', () => {
    const rows = rowsOf(60, 0)
    const record = newRecord('polymarket', 'KXGAME')
    const verdict = verdictOf(record, rows)
    expect(verdict.licensed).toBe(false)
    const after = afterCase(record, verdict, START + 1e12)
    expect(after.state).toMatchObject({ level: 0, looksUsed: 1 })
    expect(verdictOf(after, rows).reasons).toContain('look-already-used')
  })

  it('of too few games takes no look, however good they are', () => {
    const record = newRecord('polymarket', 'KXGAME')
    const verdict = verdictOf(record, rowsOf(59, 1))
    expect(verdict.reasons).toEqual(['too-few-clusters'])
    expect(afterCase(record, verdict, START).state.looksUsed).toBe(0)
  })

  it('ends a licence when the sign has turned, and what follows needs new rows', () => {
    const record = newRecord('polymarket', 'KXGAME')
    const granted = afterCase(record, verdictOf(record, rowsOf(60, 1)), 1)
    const harmful = verdictOf({ ...granted, from: 0 }, rowsOf(60, -1))
    expect(harmful.revoke).toBe(true)
    const ended = afterCase(granted, harmful, START + 1e12)
    expect(ended.state).toMatchObject({ level: 0, looksUsed: 0 })
    expect(ended.from).toBe(START + 1e12)
  })

  it('looks at its own feed and series only', () => {
    const rows = rowsOf(60, 1)
    expect(verdictOf(newRecord('odds-api', 'KXGAME'), rows).reasons).toContain('no-observations')
    expect(verdictOf(newRecord('polymarket', 'KXGAM'), rows).reasons).toContain('no-observations')
  })
})

describe('npm run licence', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kmm-licence-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const run = (path: string): { code: number; text: string } => {
    const script = new URL('../../scripts/licence.ts', import.meta.url).pathname
    try {
      const text = execFileSync(process.execPath, [script, path], {
        encoding: 'utf8',
        stdio: 'pipe',
      })
      return { code: 0, text }
    } catch (error) {
      const { status, stdout, stderr } = error as {
        status: number
        stdout: string
        stderr: string
      }
      return { code: status, text: stdout + stderr }
    }
  }

  it('says yes with exit code 0, reading a folder of gzip', () => {
    mkdirSync(join(folder, 'yes'))
    writeFileSync(join(folder, 'yes/a.csv.gz'), gzipSync(shadowGames(60, 1).join('\n')))
    const { code, text } = run(join(folder, 'yes'))
    expect(text).toContain('polymarket KXGAME: LICENSED')
    expect(code).toBe(0)
  })

  it('says no with exit code 1 and every reason', () => {
    writeFileSync(join(folder, 'no.csv'), shadowGames(20, 0).join('\n'))
    const { code, text } = run(join(folder, 'no.csv'))
    expect(text).toMatch(/not licensed\n {2}because too-few-clusters, /)
    expect(code).toBe(1)
  })

  it('says with exit code 2 what it could not read', () => {
    writeFileSync(join(folder, 'bad.csv'), 'one,two\n')
    expect(run(join(folder, 'bad.csv'))).toMatchObject({ code: 2 })
    expect(run(join(folder, 'absent'))).toMatchObject({ code: 2 })
  })
})
