// An object's storage: no write holds back a request, rows are counted as they are billed, and a
// refusal is told and never thrown.

import { beforeEach, describe, expect, it } from 'vitest'
import { ObjectStore } from '../../../../src/durable/common/object-store.ts'
import { countedBucket, Tally } from '../../../../src/durable/common/tally.ts'
import { putOnce } from '../../../../src/tape/store.ts'
import { FakePlatform } from '../../../helpers/platform-storage.ts'
import { FakeBucket } from '../../../helpers/tape-fakes.ts'

const setup = () => {
  const platform = new FakePlatform()
  const tally = new Tally(1_000)
  const failures: string[] = []
  const store = new ObjectStore(platform, tally, (reason) => failures.push(reason))
  return { platform, tally, failures, store }
}
let { platform, tally, failures, store } = setup()
beforeEach(() => {
  ;({ platform, tally, failures, store } = setup())
})

describe('the store of an object', () => {
  it('writes nothing that holds back a request', async () => {
    await store.put('a', 1)
    await store.delete(['a', 'b'])
    await store.setAlarm(5)
    await store.deleteAlarm()
    expect(await store.confirmed()).toBe(true)
    expect(platform.gated).toEqual([])
    expect(platform.syncs).toBe(1)
  })

  it('counts rows: one for a value, for each key that goes, and for an alarm', async () => {
    await store.put('b1', 1)
    await store.put('b2', 2)
    await store.setAlarm(5)
    expect(tally.rowsWritten).toBe(3)
    expect(store.get('b1')).toBe(1)
    expect(store.list('b')).toEqual([
      ['b1', 1],
      ['b2', 2],
    ])
    expect(tally.rowsRead).toBe(3)
    await store.delete(['b1', 'b2'])
    expect(tally.rowsWritten).toBe(5)
    expect(tally.with({ frames: 7, storedBytes: 8 })).toMatchObject({
      ...{ since: 1_000, rowsWritten: 5, frames: 7, storedBytes: 8 },
    })
  })

  it('tells each refusal, and throws none', async () => {
    platform.refuses = true
    expect(await store.put('a', 1)).toBe(false)
    expect(await store.delete(['a'])).toBe(false)
    expect(await store.setAlarm(1)).toBe(false)
    expect(await store.confirmed()).toBe(false)
    expect(failures).toEqual(Array(4).fill('disk is full'))
  })
})

it('a counted bucket counts what R2 bills', async () => {
  const bucket = countedBucket(new FakeBucket(), tally)
  await putOnce(bucket, 'k', 'text')
  await bucket.get('k')
  await bucket.list({ prefix: '', limit: 1, include: ['customMetadata'] })
  expect(tally).toMatchObject({ objectsWritten: 2, objectsRead: 1 })
  expect(tally.objectBytes).toBeGreaterThan(4)
})
