// A maker whose storage refuses writes: it cancels, ends its object, and comes back only when a
// write is confirmed, later each time.

import { beforeEach, describe, expect, it } from 'vitest'
import { ObjectStore } from '../../../../src/durable/common/object-store.ts'
import { Tally } from '../../../../src/durable/common/tally.ts'
import { StorageWatch } from '../../../../src/durable/maker/storage-watch.ts'
import { FakePlatform } from '../../../helpers/platform-storage.ts'

let number = 0
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

/** One ticker whose object is made again after each end. */
const setup = () => {
  const name = `KX${++number}`
  const platform = new FakePlatform()
  const clock = { now: 1_000_000 }
  const done: string[] = []
  const create = (): StorageWatch => {
    const watch: StorageWatch = new StorageWatch(name, {
      store: new ObjectStore(platform, new Tally(0), (reason) => watch.failed(reason)),
      now: () => clock.now,
      log: (_level, event) => done.push(event),
      changed: (reason) => done.push(`changed ${reason}`),
      clean: async () => {
        done.push('clean')
        return true
      },
      abort: () => done.push('abort'),
    })
    return watch
  }
  return { platform, clock, done, create }
}
let { platform, clock, done, create } = setup()
beforeEach(() => {
  ;({ platform, clock, done, create } = setup())
})

describe('a maker whose storage', () => {
  it('is well is never paused', async () => {
    const watch = create()
    watch.begin()
    await settle()
    expect(watch.isFailing).toBe(false)
    expect(done).toEqual([])
    // It has proven that it can store.
    expect([...platform.values.keys()]).toEqual(['storage-proof'])
  })

  it('refuses a write cancels first, and then ends its object once', async () => {
    const watch = create()
    watch.begin()
    await settle()
    watch.failed('disk is full')
    watch.failed('disk is full')
    expect(watch.isFailing).toBe(true)
    expect(done.slice(0, 2)).toEqual(['storage-failing', 'changed storage-failing'])
    await settle()
    expect(done).toEqual(['storage-failing', 'changed storage-failing', 'clean', 'abort'])
  })

  it('refuses its first write does not quote', async () => {
    platform.refuses = true
    const watch = create()
    watch.begin()
    await settle()
    expect(watch.isFailing).toBe(true)
    expect(done.at(-1)).toBe('abort')
  })

  it('answers again is trusted only after a quiet time, which doubles', async () => {
    for (const quiet of [15_000, 30_000, 60_000]) {
      create().failed('disk is full')
      await settle()
      done.length = 0
      const next = create()
      next.begin()
      expect(next.isFailing).toBe(true)
      clock.now += quiet - 1
      await next.recheck()
      expect([next.isFailing, done]).toEqual([true, []])
      clock.now += 1
      await next.recheck()
      expect([next.isFailing, done]).toEqual([
        false,
        ['storage-answered', 'changed storage-answered'],
      ])
    }
  })

  it('goes on refusing ends the next object too', async () => {
    create().failed('disk is full')
    await settle()
    platform.refuses = true
    const next = create()
    next.begin()
    clock.now += 15_000
    done.length = 0
    await next.recheck()
    await settle()
    expect(next.isFailing).toBe(true)
    expect(done.at(-1)).toBe('abort')
  })
})
