// The lab on several threads: the same numbers as on one, whatever the pieces, and what it says of
// the time left.

import { afterAll, describe, expect, it } from 'vitest'
import { costOf, type Job, piecesOf } from '../../../../research/lab/pool/jobs.ts'
import { Pool } from '../../../../research/lab/pool/pool.ts'
import { Progress, progressText } from '../../../../research/lab/pool/progress.ts'

const SEED = 6

describe('the pool', () => {
  const pools = [new Pool(1), new Pool(2)] as const
  afterAll(() => Promise.all(pools.map((pool) => pool.close())))

  it(`finds the same on two threads, in pieces, as on one in a single piece (seed ${SEED})`, async () => {
    for (const subject of [
      { of: 'experiment', world: 'W3', index: 0 },
      { of: 'queue', index: 3, renewal: 'back' },
    ] as const) {
      const range = { from: 0, to: 5, seed: SEED }
      const [whole] = await pools[0].perform([{ kind: 'sessions', subject, range }])
      const cut = (from: number, to: number): Job => ({
        kind: 'sessions',
        subject,
        range: { from, to, seed: SEED },
      })
      const joined = await pools[1].sessions([cut(0, 1), cut(1, 4), cut(4, 5)])
      const alone = await pools[0].sessions([cut(0, 3), cut(3, 5)])
      expect(joined.map(({ columns }) => columns)).toEqual(
        (whole as typeof joined).map(({ columns }) => columns),
      )
      expect(alone).toEqual(joined)
      expect(joined[0]!.count).toBe(5)
      expect(joined[0]!.mean('pnl')).toEqual(alone[0]!.mean('pnl'))
    }
  })

  it('fails with the error of a piece', async () => {
    const wrong: Job = {
      kind: 'sessions',
      subject: { of: 'experiment', world: 'W9', index: 0 },
      range: { from: 0, to: 1, seed: SEED },
    }
    for (const threads of [1, 2]) {
      const pool = new Pool(threads)
      await expect(pool.perform([wrong])).rejects.toThrow('found "W9"')
      await pool.close()
    }
  })

  it('tells how much of the work is done', async () => {
    const seen: number[] = []
    const pool = new Pool(1, (done, all) => seen.push(done / all))
    await pool.perform(piecesOf({ of: 'paper', poisson: false }, 30, SEED))
    expect(seen.at(-1)).toBe(1)
  })
})

describe('pieces', () => {
  it('cover every session once, each about as long as the others', () => {
    for (const paths of [2, 40, 2000]) {
      const jobs = piecesOf({ of: 'experiment', world: 'W1', index: 0 }, paths, SEED)
      let next = 0
      for (const job of jobs) {
        if (job.kind !== 'sessions') expect.fail('pieces are sessions')
        expect(job.range.from).toBe(next)
        expect(job.range.to).toBeGreaterThan(next)
        expect(costOf(job)).toBeLessThan(5)
        next = job.range.to
      }
      expect(next).toBe(paths)
    }
  })
})

describe('the line of progress', () => {
  it('scales the time so far to what is left', () => {
    expect(progressText(1, 4, 75)).toBe('25 % done, 1:15 so far, about 3:45 left')
    expect(progressText(0, 4, 3)).toBe('0 % done, 0:03 so far, about ? left')
  })

  it('overwrites itself on a terminal and is rare in a file', () => {
    const written: string[] = []
    let at = 0
    const write = (text: string): number => written.push(text)
    const screen = new Progress({ isTTY: true, write }, () => at)
    at = 600
    screen.update(1, 2)
    screen.update(1, 2)
    screen.clear()
    expect(written).toEqual(['\r\x1b[K50 % done, 0:01 so far, about 0:01 left', '\r\x1b[K'])
    written.length = 0
    const file = new Progress({ write }, () => at)
    at += 29_000
    file.update(1, 2)
    expect(written).toEqual([])
    at += 1000
    file.update(1, 2)
    file.clear()
    expect(written).toEqual(['50 % done, 0:30 so far, about 0:30 left\n'])
  })
})
