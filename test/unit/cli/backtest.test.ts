// The backtest's command line on a recording of a few frames: two settings compared, and what it
// refuses.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const T0 = 1_780_000_000_000
const TICKER = 'KXTEST-26-A'
const folder = mkdtempSync(join(tmpdir(), 'kmm-backtest-'))
afterAll(() => rmSync(folder, { recursive: true }))

const line = (after: number, rest: object): string =>
  JSON.stringify({ recv_ns: (T0 + after) * 1e6, conn: 1, ...rest })

/** A book of 45 to 49 c, in which 8 contracts are sold at 44 after five seconds. */
const recording = (): string => {
  const info = { market_ticker: TICKER, close_time: new Date(T0 + 900_000).toISOString() }
  const [yes_dollars_fp, no_dollars_fp] = [[['0.4500', '100.00']], [['0.5100', '100.00']]]
  const book = { market_ticker: TICKER, yes_dollars_fp, no_dollars_fp }
  const sale = { yes_price_dollars: '0.4400', count_fp: '8.00', taker_book_side: 'ask' }
  const trade = { market_ticker: TICKER, trade_id: 't', ...sale }
  const lines = [
    line(0, { event: 'watch_market', info }),
    line(1, { event: 'ws_connected' }),
    line(10, { frame: { type: 'subscribed', id: 1, msg: { channel: 'orderbook_delta', sid: 1 } } }),
    line(20, { frame: { type: 'orderbook_snapshot', sid: 1, seq: 1, msg: book } }),
  ]
  for (let at = 500; at < 8000; at += 500) lines.push(line(at, { frame: { type: 'pong' } }))
  lines.splice(13, 0, line(5000, { frame: { type: 'trade', sid: 2, seq: 1, msg: trade } }))
  const file = join(folder, 'made.frames.jsonl')
  writeFileSync(file, `${lines.join('\n')}\n`)
  return file
}

const script = new URL('../../../cli/backtest.ts', import.meta.url).pathname
const backtest = (...words: string[]) => {
  const base = ['--fills', 'strict', '--model', 'naive', '--result', 'yes']
  const sets = ['reduce_only_seconds=0', 'longshot_cents=0'].flatMap((text) => ['--set', text])
  return spawnSync(process.execPath, [script, recording(), ...base, ...sets, ...words], {
    encoding: 'utf8',
  })
}

describe('npm run backtest', () => {
  it('compares two settings session by session, and warns whoever has tried many', () => {
    const { stdout, status } = backtest('--against', 'size=2', '--tried', '3')
    // Eight contracts bought at 45 pay 55 c each, two of them 1.10 $.
    expect(stdout).toMatch(/^KXTEST-26-A +4\.4000 +1\.1000 +-3\.3000 +-0\.1200$/m)
    expect(stdout).toContain('net $ a session         -3.3000 (s.e. -, t -)')
    expect(stdout).toContain('4 settings tried on the same session: one session can tell none')
    expect(stdout).toContain('maker fee 0 (quadratic, supposed)')
    expect(status).toBe(0)
  })

  it('compares with what another version has saved', () => {
    const file = join(folder, 'saved.json')
    backtest('--json', file)
    const { stdout } = backtest('--before', file, '--set', 'size=2')
    expect(stdout).toContain('saved.json and now, strict fills')
    expect(stdout).toMatch(/^KXTEST-26-A +4\.4000 +1\.1000 +-3\.3000 +-0\.1200$/m)
    const { stderr } = backtest('--before', file, '--fills', 'queue')
    expect(stderr).toContain('found naive strict, wanted one run with queue fills')
  })

  it('takes the fee of the series, unless one is given for all', () => {
    const table = { KXTEST: { fee_type: 'quadratic_with_maker_fees', fee_multiplier: 1 } }
    writeFileSync(join(folder, 'series.json'), JSON.stringify(table))
    const [beside, given] = [backtest().stdout, backtest('--maker-fee', '0').stdout]
    rmSync(join(folder, 'series.json'))
    expect(beside).toContain('maker fee 0.0175 (quadratic_with_maker_fees)')
    // 0.0175 x 8 x 0.45 x 0.55 = 0.03465, to the next hundredth of a cent.
    expect(beside).toMatch(/^KXTEST-26-A +4\.3653 +4\.4000 +0\.0347 /m)
    expect(given).toMatch(/^KXTEST-26-A +4\.4000 +4\.4000 +0\.0000 /m)
  })

  it('refuses what it cannot do, by name', () => {
    const both = backtest('--against', 'size=2', '--compare')
    expect([both.status, both.stderr.trim()]).toEqual([
      2,
      'Wanted one of --compare, --sweep, --against and --before',
    ])
    expect(backtest('--series-fees', 'none.json').stderr).toContain('found no such file')
  })
})
