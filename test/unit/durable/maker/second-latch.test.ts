// The second place of a halt: what is set is read, what is cleared is gone, and nothing rejects.

import { describe, expect, it } from 'vitest'
import { SecondLatch } from '../../../../src/durable/maker/second-latch.ts'

const bucketOf = (broken = false) => {
  const objects = new Map<string, Record<string, string>>()
  const guard = () => {
    if (broken) throw new Error('10001: we encountered an internal error')
  }
  const TAPE = {
    async put(key: string, _: string, options: { customMetadata: Record<string, string> }) {
      guard()
      objects.set(key, options.customMetadata)
    },
    async head(key: string) {
      guard()
      const customMetadata = objects.get(key)
      return customMetadata === undefined ? null : { customMetadata }
    },
    async delete(key: string) {
      guard()
      objects.delete(key)
    },
  }
  const logged: string[] = []
  const latch = (ticker: string) =>
    new SecondLatch({ TAPE } as never, ticker, (_, event) => void logged.push(event))
  return { latch, logged }
}

describe('the second latch', () => {
  it('keeps the reason for the next object of the same ticker, until it is cleared', async () => {
    const { latch } = bucketOf()
    await latch('A').set('session-loss')
    expect(await latch('A').read()).toBe('session-loss')
    expect(await latch('B').read()).toBeNull()
    await latch('A').clear()
    expect(await latch('A').read()).toBeNull()
  })

  it('says in the log what the bucket refused, and rejects nothing', async () => {
    const { latch, logged } = bucketOf(true)
    await latch('A').set('session-loss')
    expect(await latch('A').read()).toBeNull()
    await latch('A').clear()
    expect(logged).toEqual(['halt-not-kept', 'second-latch-unread', 'second-latch-left'])
  })
})
