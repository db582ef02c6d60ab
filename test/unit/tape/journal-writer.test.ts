// The journal on its way to R2: parts in order, none twice, none missing in the middle, and an R2
// that refuses or hangs costs the journal but never a decision.

import { beforeEach, describe, expect, it } from 'vitest'
import { Engine } from '../../../src/core/maker/engine.ts'
import { replayLines } from '../../../src/core/status/replay.ts'
import type { Effect, Event } from '../../../src/core/vocabulary/events.ts'
import { defaultParameters, type Parameters } from '../../../src/core/vocabulary/parameters.ts'
import { listLives, readJournal } from '../../../src/tape/journal-reader.ts'
import { MakerJournal } from '../../../src/tape/journal-writer.ts'
import { T0, TICKER } from '../../helpers/core.ts'
import { FakeBucket } from '../../helpers/tape-fakes.ts'

const EVER = { from: 0, to: Number.MAX_SAFE_INTEGER }
/** Characters of a part, and of all that wait, as the journal has them. */
const PART = 1_000_000
const MOST = 8_000_000

const setup = (ticker = TICKER) => {
  const bucket = new FakeBucket()
  const clock = { now: T0 }
  const logged: { event: string; detail: Readonly<Record<string, unknown>> }[] = []
  const journal = new MakerJournal(
    bucket,
    (_level, event, detail) => logged.push({ event, detail }),
    () => clock.now,
  )
  const begin = (at: number, parameters: Parameters = defaultParameters()) => {
    const engine = new Engine(TICKER, parameters)
    const recorder = journal.begin(ticker, parameters, null, at)
    return {
      /** One turn of the maker's loop. */
      step(event: Event): readonly Effect[] {
        recorder?.event(event)
        const effects = engine.step(event).slice()
        recorder?.effects(effects)
        recorder?.encodeSoon()
        return effects
      },
    }
  }
  const read = async (): Promise<string> => {
    let text = ''
    for await (const piece of readJournal(bucket, await listLives(bucket, ticker, EVER))) {
      text += piece
    }
    return text
  }
  return { bucket, clock, journal, begin, read, logged }
}
let { bucket, clock, journal, begin, read, logged } = setup()
beforeEach(() => {
  ;({ bucket, clock, journal, begin, read, logged } = setup())
})

/** An engine that hears `count` frames of about a hundred characters. */
const hear = (engine: ReturnType<ReturnType<typeof setup>['begin']>, count: number, at = T0) => {
  const what = 'x'.repeat(60)
  for (let index = 0; index < count; index++) {
    engine.step({ type: 'other', at: at + index, sid: 0, seq: 0, what })
  }
}

const off = (): Parameters => {
  const { strategy, limits } = defaultParameters()
  return { strategy: { ...strategy, journal: 'off' }, limits }
}

describe('the journal of a maker', () => {
  it('writes parts by number as they fill, and what is left when asked', async () => {
    const engine = begin(T0)
    engine.step({ type: 'start', at: T0, nonce: 'n' })
    hear(engine, 25_000)
    await journal.flush()
    const numbers = bucket.keys().map((key) => Number(/-(\d{6})\.jsonl\.gz$/.exec(key)?.[1]))
    expect(numbers).toEqual(numbers.map((_, index) => index))
    expect(numbers.length).toBeGreaterThanOrEqual(3)
    const result = replayLines((await read()).split('\n'))
    expect(result).toMatchObject({ lives: 1, events: 25_001, difference: null, unreadable: 0 })
    expect(result.equal).toBe(result.decisions)
  })

  it('writes nothing more when nothing was heard, and no part twice when flushes overlap', async () => {
    const engine = begin(T0)
    hear(engine, 10)
    await Promise.all([journal.flush(), journal.flush(), journal.flush()])
    await journal.flush()
    expect(bucket.puts).toBe(1)
    hear(engine, 1, T0 + 50)
    const first = journal.flush()
    hear(engine, 1, T0 + 60)
    await Promise.all([first, journal.flush()])
    await journal.flush()
    expect(replayLines((await read()).split('\n')).events).toBe(12)
    expect(new Set(bucket.keys()).size).toBe(bucket.puts)
  })

  it('keeps the order when R2 refuses for a while or loses an answer', async () => {
    const engine = begin(T0)
    let heard = 0
    for (const failure of ['before', null, 'after', 'before', null, 'after', null] as const) {
      bucket.failure = failure
      hear(engine, 3, T0 + heard)
      heard += 3
      await journal.flush()
    }
    bucket.failure = null
    await journal.flush()
    const result = replayLines((await read()).split('\n'))
    expect(result).toMatchObject({ lives: 1, events: heard, difference: null, unreadable: 0 })
    expect(logged.some(({ event }) => event === 'journal-not-written')).toBe(true)
    expect(logged.some(({ event }) => event === 'journal-dropped')).toBe(false)
  })

  it('keeps the oldest lines when too much waits, marks the hole, and goes on after it', async () => {
    const engine = begin(T0)
    bucket.failure = 'before'
    hear(engine, MOST / 100)
    clock.now = T0 + 60_000
    hear(engine, PART / 100, T0 + 60_000)
    await journal.flush()
    expect(logged.filter(({ event }) => event === 'journal-dropped')).toHaveLength(1)
    expect(journal.dropped).toBeGreaterThan(PART / 200)
    const { dropped } = journal
    bucket.failure = null
    await journal.flush()
    clock.now = T0 + 120_000
    hear(engine, 5, T0 + 120_000)
    await journal.flush()
    expect(journal.dropped).toBe(dropped)
    const lines = (await read()).trimEnd().split('\n')
    const hole = lines.findIndex((line) => line.startsWith('#'))
    const [from, to] = [T0, clock.now].map((at) => new Date(at).toISOString()) as [string, string]
    expect(lines[hole]).toMatch(
      new RegExp(`^# missing from ${from.slice(0, 15)}.* to ${to}: ${dropped} l`),
    )
    // What follows is there, and a replay does not cross the hole.
    expect(lines.length - hole).toBe(6)
    const { each, unreadable } = replayLines(lines)
    expect(each).toHaveLength(1)
    expect(each[0]).toMatchObject({ events: hole - 1, difference: null })
    expect([each[0]?.broken.slice(0, 12), unreadable]).toEqual(['missing from', 0])
    // The next life is whole again.
    hear(begin(T0 + 2_000_000), 4, T0 + 2_000_000)
    await journal.flush()
    expect(replayLines((await read()).split('\n')).each[1]).toMatchObject({ events: 4, broken: '' })
  })

  it('holds no more than its share where all makers of an isolate wait', async () => {
    const makers = [1, 2, 3, 4, 5, 6].map((number) => setup(`KXALL-${number}`))
    for (const { bucket } of makers) bucket.failure = 'before'
    const engines = makers.map(({ begin }) => begin(T0))
    for (let round = 0; round < 14; round++) {
      for (const engine of engines) hear(engine, 5_000, T0 + round * 5_000)
      for (const { journal } of makers) await journal.flush()
    }
    let kept = 0
    for (const { bucket, journal, read } of makers) {
      expect(journal.dropped).toBeGreaterThan(0)
      bucket.failure = null
      await journal.flush()
      kept += (await read()).length
    }
    expect(kept).toBeGreaterThan(20_000_000)
    expect(kept).toBeLessThan(24_500_000)
  })

  it('writes the head of a life that begins while memory is full', async () => {
    bucket.failure = 'before'
    hear(begin(T0), (MOST + PART) / 100)
    hear(begin(T0 + 1_000_000), 3, T0 + 1_000_000)
    bucket.failure = null
    await journal.flush()
    const { each } = replayLines((await read()).split('\n'))
    expect(each.map(({ at }) => at)).toEqual([T0, T0 + 1_000_000])
    expect(each[0]?.broken).toContain('missing from')
  })

  it('holds no more than the limit while an upload hangs', async () => {
    const engine = begin(T0)
    bucket.put = () => new Promise(() => {})
    hear(engine, (MOST + PART) / 100)
    expect(logged.map(({ event }) => event)).toContain('journal-dropped')
    expect(bucket.keys()).toEqual([])
    void journal
  })

  it('writes the next life where an upload of the one before ends late', async () => {
    const plain = bucket.put.bind(bucket)
    const late = Promise.withResolvers<void>()
    bucket.put = async (...args) => {
      await late.promise
      return plain(...args)
    }
    hear(begin(T0), (MOST + PART) / 100)
    hear(begin(T0 + 1_000_000), 3, T0 + 1_000_000)
    const flushed = journal.flush()
    late.resolve()
    await flushed
    await journal.flush()
    const { each } = replayLines((await read()).split('\n'))
    expect(each.map(({ at, events }) => [at, at === T0 ? 0 : events])).toEqual([
      [T0, 0],
      [T0 + 1_000_000, 3],
    ])
  })

  it('gives no two lives one number, whatever the clock says and whatever became of the first', async () => {
    const lives = async () => (await listLives(bucket, TICKER, EVER)).map(({ life }) => life)
    hear(begin(T0), 1)
    hear(begin(T0), 1)
    hear(begin(T0 - 5000), 1)
    await journal.flush()
    expect(await lives()).toEqual([T0, T0 + 1, T0 + 2])
    begin(T0, off())
    hear(begin(T0), 1)
    await journal.flush()
    // Full, and begun again in the same millisecond.
    bucket.failure = 'before'
    hear(begin(T0), (MOST + PART) / 100)
    await journal.flush()
    bucket.failure = null
    hear(begin(T0), 1)
    await journal.flush()
    expect(await lives()).toEqual([T0, T0 + 1, T0 + 2, T0 + 3, T0 + 4, T0 + 5])
  })

  it('writes what an engine heard before the next one began, and nothing of it after', async () => {
    const old = begin(T0)
    hear(old, 3)
    const next = begin(T0 + 10)
    hear(old, 7)
    hear(next, 2)
    await journal.flush()
    const { each } = replayLines((await read()).split('\n'))
    expect(each.map(({ events }) => events)).toEqual([3, 2])
  })

  it('is not kept where the strategy says off', async () => {
    const engine = begin(T0, off())
    engine.step({ type: 'start', at: T0, nonce: 'n' })
    hear(engine, 50)
    await journal.flush()
    expect(bucket.puts).toBe(0)
  })

  it('ends with the event that switches it off, while the engine goes on', async () => {
    const engine = begin(T0)
    hear(engine, 3)
    engine.step({ type: 'configure', at: T0 + 5, parameters: off() })
    hear(engine, 7, T0 + 6)
    engine.step({ type: 'configure', at: T0 + 50, parameters: defaultParameters() })
    hear(engine, 7, T0 + 51)
    await journal.flush()
    expect(replayLines((await read()).split('\n'))).toMatchObject({ lives: 1, events: 4 })
    hear(begin(T0 + 100), 2, T0 + 100)
    await journal.flush()
    expect(replayLines((await read()).split('\n'))).toMatchObject({ lives: 2, events: 6 })
  })
})
