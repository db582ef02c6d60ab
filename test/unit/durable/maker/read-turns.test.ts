// Reads that wait for their turn: the lease first, then what the desk lends, and the account's
// budget is never exceeded however many makers begin at once.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ReadPool } from '../../../../src/durable/desk/read-pool.ts'
import { FIRST_READS, ReadTurns } from '../../../../src/durable/maker/exchange/read-turns.ts'

/** A clock that stands still until it is told to go on; sleepers wake in order. */
const clockwork = () => {
  const sleepers: { at: number; wake: () => void }[] = []
  const clock = {
    now: 0,
    sleep: (ms: number): Promise<void> =>
      new Promise((wake) => sleepers.push({ at: clock.now + ms, wake })),
    settle: async (): Promise<void> => {
      for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    },
    async until(at: number): Promise<void> {
      await clock.settle()
      for (;;) {
        sleepers.sort((a, b) => a.at - b.at)
        if (sleepers.length === 0 || sleepers[0]!.at > at) break
        const next = sleepers.shift()!
        clock.now = next.at
        next.wake()
        await clock.settle()
      }
      clock.now = at
    },
  }
  return clock
}

describe('ReadTurns', () => {
  it('serves what a recovery waits for before all else', async () => {
    const clock = clockwork()
    const borrow = async () => 100
    const turns = new ReadTurns({ now: () => clock.now, sleep: clock.sleep, borrow })
    const order: string[] = []
    void turns.turn(false).then(() => order.push('queue'))
    void turns.turn(true).then(() => order.push('orders'))
    void turns.turn(true).then(() => order.push('fills'))
    await clock.until(1_000)
    expect(order).toEqual(['orders', 'fills', 'queue'])
  })

  it('asks nobody while the lease suffices', async () => {
    const clock = clockwork()
    const borrow = () => Promise.reject(new Error('not asked for'))
    const turns = new ReadTurns({ now: () => clock.now, sleep: clock.sleep, borrow })
    turns.setLease({ refill: 10, capacity: 30 })
    clock.now = 3_000
    let given = 0
    for (let index = 0; index < 3; index++) void turns.turn(true).then(() => given++)
    await clock.settle()
    expect(given).toBe(3)
  })

  it('goes on by its lease alone where the desk does not answer', async () => {
    const clock = clockwork()
    const borrow = () => Promise.reject(new Error('desk is broken'))
    const turns = new ReadTurns({ now: () => clock.now, sleep: clock.sleep, borrow })
    let given = 0
    for (let index = 0; index < 10; index++) void turns.turn(true).then(() => given++)
    await clock.until(5_000)
    expect(given).toBe((5 * FIRST_READS.refill) / 10)
  })

  it('pays later for the further reads of a question', async () => {
    const clock = clockwork()
    const asked: number[] = []
    const borrow = async (tokens: number) => {
      asked.push(tokens)
      return 0
    }
    const turns = new ReadTurns({ now: () => clock.now, sleep: clock.sleep, borrow })
    await turns.turn(true)
    for (let read = 0; read < 3; read++) turns.sent()
    await turns.turn(true)
    expect(asked).toEqual([10, 30])
  })

  it('keeps all makers within the account, however many begin at once', async () => {
    const property = fc.asyncProperty(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 100, max: 1_000 }),
      async (makers, refill) => {
        const clock = clockwork()
        const account = { refill, capacity: 3 * refill }
        const half = (part: number) => ({ refill: part * 0.45, capacity: 3 * part * 0.45 })
        const pool = new ReadPool()
        // The exchange's own bucket.
        let tokens = account.capacity
        let at = 0
        let refused = 0
        let reads = 0
        const send = (): void => {
          tokens = Math.min(account.capacity, tokens + ((clock.now - at) / 1000) * refill)
          at = clock.now
          if (tokens < 10) refused++
          else tokens -= 10
          reads++
        }
        for (let maker = 0; maker < makers; maker++) {
          const turns = new ReadTurns({
            now: () => clock.now,
            sleep: clock.sleep,
            borrow: async (wanted) => pool.borrow(wanted, clock.now, half(refill)),
          })
          const { refill: leased, capacity } = half(refill / makers)
          turns.setLease({ refill: leased, capacity })
          for (let read = 0; read < 13; read++) {
            void turns.turn(read % 2 === 0).then(() => {
              turns.sent()
              send()
            })
          }
        }
        await clock.until(120_000)
        expect(refused).toBe(0)
        expect(reads).toBe(13 * makers)
      },
    )
    await fc.assert(property, { numRuns: 50 })
  })
})
