// Journals from files and folders, played again and told in words.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isJournal, journalLines } from '../../../../research/recordings/journal-source.ts'
import { replayChanged, replayJournal } from '../../../../research/replay/journal-replay.ts'
import { Engine } from '../../../../src/core/maker/engine.ts'
import {
  encodeEvent,
  encodeHead,
  Fingerprint,
  JOURNAL_VERSION,
} from '../../../../src/core/record/journal.ts'
import type { Event } from '../../../../src/core/vocabulary/events.ts'
import { defaultParameters } from '../../../../src/core/vocabulary/parameters.ts'
import { T0, TICKER } from '../../../helpers/core.ts'

/**
 * A life that asks its four questions, hears odd words (with line ends of other worlds) and gives
 * up.
 */
const lifeOf = (at: number): string[] => {
  const parameters = defaultParameters()
  const engine = new Engine(TICKER, parameters)
  const print = new Fingerprint()
  const lines = [
    encodeHead({ journal: JOURNAL_VERSION, ticker: TICKER, at, parameters, memory: null }),
  ]
  const hear = (event: Event): void => {
    lines.push(encodeEvent(event))
    if (print.add(engine.step(event))) lines.push(`=${print}`)
  }
  hear({ type: 'start', at, nonce: 'n' })
  hear({ type: 'other', at, sid: 0, seq: 0, what: 'a\u2028b\r\n#c' })
  hear({ type: 'link-up', at: at + 10 })
  for (let second = 1; second < 200; second++) hear({ type: 'clock', at: at + second * 1000 })
  return lines
}

describe('a journal on disk', () => {
  let folder: string
  const lives = [lifeOf(T0), lifeOf(T0 + 1_000_000)]
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kmm-journal-'))
    const day = join(folder, 'parts', TICKER, '2026/09/21')
    mkdirSync(day, { recursive: true })
    for (const [index, lines] of lives.entries()) {
      const life = T0 + index * 1_000_000
      for (let part = 0; part < 3; part++) {
        const text = lines.slice(part * 20, part === 2 ? undefined : part * 20 + 20).join('\n')
        writeFileSync(join(day, `${life}-00000${part}.jsonl.gz`), gzipSync(`${text}\n`))
      }
    }
    const whole = `${lives.flat().join('\n')}\n`
    writeFileSync(join(folder, 'whole.jsonl'), whole)
    writeFileSync(join(folder, 'whole.jsonl.gz'), gzipSync(whole))
    writeFileSync(
      join(folder, 'a.frames.jsonl'),
      '{"recv_ns":1790000000000000000,"conn":1,"event":"ws_connected"}\n',
    )
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const play = (...names: string[]) =>
    replayJournal(journalLines(names.map((name) => join(folder, name))))

  it('is told from a recording by its first line', async () => {
    expect(await isJournal(join(folder, 'a.frames.jsonl'))).toBe(false)
    for (const name of ['whole.jsonl', 'whole.jsonl.gz', 'parts']) {
      expect(await isJournal(join(folder, name))).toBe(true)
    }
  })

  it.each(['whole.jsonl', 'whole.jsonl.gz', 'parts'])('is the same run from %s', async (name) => {
    const told = await play(name)
    expect(told.code).toBe(0)
    expect(told.text).toMatch(/(\d+) of \1 decisions the same in 2 lives, 404 events/)
    expect(told.text.match(/decisions the same \(202 events\)/g)).toHaveLength(2)
  })

  it('ends with 1 at a difference, and says where and what', async () => {
    const lines = [...lives[0]!]
    const index = lines.findIndex((line, at) => at > 60 && line.startsWith('='))
    lines[index] = '=0123456789abcdef'
    writeFileSync(join(folder, 'wrong.jsonl'), lines.join('\n'))
    const told = await play('wrong.jsonl')
    expect(told.code).toBe(1)
    expect(told.text).toContain(`differs at line ${index}, `)
    expect(told.text).toContain(lines[index - 1])
    expect(told.text).toContain('journal: decisions with fingerprint 0123456789abcdef')
    expect(told.text).toContain('"type":"resubscribe"')
  })

  it('notices a decision that the journal does not have, and one that is not made any more', async () => {
    const lines = [...lives[0]!]
    const index = lines.findIndex((line, at) => at > 60 && line.startsWith('='))
    writeFileSync(join(folder, 'less.jsonl'), lines.toSpliced(index, 1).join('\n'))
    const less = await play('less.jsonl')
    expect([less.code, less.text]).toEqual([1, expect.stringContaining('journal: no decision')])
    const quiet = lines.findIndex(
      (line, at) => at > 60 && line.startsWith('{') && lines[at + 1]?.startsWith('{'),
    )
    const more = lines.toSpliced(quiet + 1, 0, '=0123456789abcdef')
    writeFileSync(join(folder, 'more.jsonl'), more.join('\n'))
    const told = await play('more.jsonl')
    expect([told.code, told.text]).toEqual([1, expect.stringContaining('now:     no decision')])
  })

  it('ends a life before a part that is missing, and goes on with the next', async () => {
    const name = join(folder, 'parts', TICKER, '2026/09/21', `${T0}-000001.jsonl.gz`)
    const bytes = gzipSync(`${lives[0]!.slice(20, 40).join('\n')}\n`)
    rmSync(name)
    const told = await play('parts')
    writeFileSync(name, bytes)
    expect(told.code).toBe(0)
    expect(told.text).toMatch(/cut off: .*part 1 is missing/)
    expect(told.text).toMatch(/decisions the same in 2 lives/)
  })

  it('has nothing to play without a beginning, and says so', async () => {
    writeFileSync(join(folder, 'middle.jsonl'), lives[0]!.slice(5).join('\n'))
    expect((await play('middle.jsonl')).code).toBe(2)
    mkdirSync(join(folder, 'nothing'))
    await expect(play('nothing')).rejects.toThrow(/found no .jsonl/)
    await expect(replayJournal(journalLines(['http://127.0.0.1:1'], {}))).rejects.toThrow(
      /--ticker/,
    )
  })

  it('says that a changed parameter made no difference, and refuses one that cannot be', async () => {
    const lines = () => journalLines([join(folder, 'whole.jsonl')])
    const told = await replayChanged(lines(), ['size=7'])
    expect([told.code, told.text]).toEqual([0, expect.stringMatching(/all \d+ decisions the same/)])
    await expect(replayChanged(lines(), ['siz=7'])).rejects.toThrow(/found "siz=7"/)
    await expect(replayChanged(lines(), ['size=-7'])).rejects.toThrow(/size/)
  })
})
