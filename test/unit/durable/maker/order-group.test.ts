// The order group's keeper against an exchange that answers as each test says.

import { beforeEach, describe, expect, it } from 'vitest'
import type { GroupTerms } from '../../../../src/core/maker/limits/group-terms.ts'
import {
  accepted,
  type Outcome,
  rejected,
  unknown,
} from '../../../../src/core/vocabulary/outcome.ts'
import { OrderGroup, type StoredGroup } from '../../../../src/durable/maker/exchange/order-group.ts'
import type { GroupReport } from '../../../../src/kalshi/rest/order-groups.ts'

const GONE = rejected(404, 'not_found')
const STORED: StoredGroup = { id: 'og-1', exchangeIndex: 0, limit: 400, armedFlag: true }

class Desk {
  at = 1_000
  terms: GroupTerms | null = { isOn: true, limit: 400, exchangeIndex: 0, isHalted: false }
  stored: StoredGroup | null = null
  used: string[] = []
  tripped: string[] = []
  calls: string[] = []
  logs: string[] = []
  created: Outcome<string> = accepted('og-1')
  reset: Outcome<unknown> = accepted({})
  /** What each read is answered; the last stays. */
  reads: Outcome<GroupReport>[] = [accepted({ limit: 400, flag: true })]
  group = this.open()

  open(): OrderGroup {
    const said = <T>(call: string, answer: T): Promise<T> => {
      this.calls.push(call)
      return Promise.resolve(answer)
    }
    this.group = new OrderGroup({
      calls: {
        create: (limit, shard) => said(`create ${limit} on ${shard}`, this.created),
        get: ({ id }) => {
          const answer = this.reads.length > 1 ? this.reads.shift()! : this.reads[0]!
          return said(`get ${id}`, answer)
        },
        reset: ({ id }) => said(`reset ${id}`, this.reset),
        setLimit: ({ id }, limit) => said(`limit ${id} ${limit}`, accepted({})),
        remove: ({ id }) => said(`remove ${id}`, accepted({})),
      },
      stored: this.stored,
      now: () => this.at,
      read: (ask) => ask(),
      write: (ask) => ask(),
      terms: () => this.terms,
      keep: (group) => {
        this.stored = group
      },
      use: (id) => this.used.push(id),
      triggered: (how) => this.tripped.push(how),
      log: (_, event) => this.logs.push(event),
    })
    return this.group
  }

  /** Heartbeats for `ms`. */
  async pass(ms: number): Promise<void> {
    for (const end = this.at + ms; this.at < end; this.at += 1_000) {
      this.group.tend(this.at)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  frame(change: string, seq = 1, groupId = 'og-1'): void {
    this.group.heard({ type: 'group', at: this.at, sid: 9, seq, groupId, change })
  }
}

describe('an order group', () => {
  let desk: Desk
  beforeEach(() => {
    desk = new Desk()
  })

  it('is made, read once, stored and then used', async () => {
    await desk.pass(3_000)
    expect(desk.calls).toEqual(['create 400 on 0', 'get og-1'])
    expect(desk.used).toEqual(['og-1'])
    expect(desk.stored).toEqual(STORED)
    expect(desk.group.status).toEqual({ id: 'og-1', limit: 400, state: 'armed', detail: '' })
  })

  it('waits for the market, and is not made where it is off', async () => {
    desk.terms = null
    await desk.pass(2_000)
    desk.terms = { isOn: false, limit: 400, exchangeIndex: 0, isHalted: false }
    await desk.pass(2_000)
    expect(desk.calls).toEqual([])
    expect(desk.group.status.state).toBe('none')
  })

  it('that cannot be made is tried again, each time later, and said', async () => {
    desk.created = rejected(403, 'forbidden', 'key')
    await desk.pass(30_000)
    // After 1, 2, 4, 8 seconds and so on.
    expect(desk.calls).toHaveLength(5)
    expect(desk.used).toEqual([])
    expect(desk.group.status).toMatchObject({ state: 'none', detail: 'create: 403 forbidden key' })
  })

  it('that was stored is used at once and read soon', async () => {
    desk.stored = STORED
    desk.open()
    desk.group.tend(desk.at)
    expect(desk.used).toEqual(['og-1'])
    await desk.pass(1_000)
    expect(desk.calls).toEqual(['get og-1'])
  })

  it('that the exchange does not know any more is replaced', async () => {
    desk.stored = STORED
    desk.open()
    desk.reads = [GONE, accepted({ limit: 400, flag: true })]
    desk.created = accepted('og-2')
    await desk.pass(3_000)
    expect(desk.used).toEqual(['og-1', '', 'og-2'])
  })

  it('follows the limits, and mends a limit that others have set', async () => {
    await desk.pass(2_000)
    desk.terms = { ...desk.terms!, limit: 600 }
    await desk.pass(2_000)
    desk.reads = [accepted({ limit: 5, flag: true })]
    await desk.pass(62_000)
    expect(desk.calls.slice(2)).toEqual(['limit og-1 600', 'get og-1', 'limit og-1 600'])
  })

  it('is read every minute, and a flag that has turned says tripped', async () => {
    await desk.pass(2_000)
    desk.reads = [accepted({ limit: 400, flag: false })]
    await desk.pass(57_000)
    expect(desk.tripped).toEqual([])
    await desk.pass(4_000)
    expect(desk.tripped[0]).toBe('read')
    expect(desk.group.status.state).toBe('triggered')
  })

  it('that is in use is read again within seconds, however often a read fails', async () => {
    await desk.pass(2_000)
    desk.reads = [unknown('HTTP 503')]
    await desk.pass(160_000)
    desk.reads = [accepted({ limit: 400, flag: false })]
    await desk.pass(6_000)
    expect(desk.tripped[0]).toBe('read')
  })

  it('whose flag is false from the start is reset before use, and true then says tripped', async () => {
    desk.reads = [accepted({ limit: 400, flag: false })]
    await desk.pass(3_000)
    expect(desk.calls).toEqual(['create 400 on 0', 'get og-1', 'reset og-1', 'get og-1'])
    expect(desk.stored?.armedFlag).toBe(false)
    expect(desk.tripped).toEqual([])
    desk.reads = [accepted({ limit: 400, flag: true })]
    await desk.pass(62_000)
    expect(desk.group.isTripped).toBe(true)
  })

  it('trips by its own frame, not by that of another group', async () => {
    await desk.pass(2_000)
    desk.frame('triggered', 1, 'og-7')
    expect(desk.tripped).toEqual([])
    desk.frame('triggered', 2)
    expect(desk.tripped).toEqual(['heard'])
  })

  it('is read when a frame of the channel was missed, or after a new connection', async () => {
    await desk.pass(10_000)
    desk.frame('created', 3, 'og-7')
    await desk.pass(2_000)
    expect(desk.calls.slice(2)).toEqual(['get og-1'])
    await desk.pass(10_000)
    desk.group.doubt(desk.at)
    await desk.pass(2_000)
    expect(desk.calls.slice(2)).toEqual(['get og-1', 'get og-1'])
  })

  it('is asked about when an order is refused for no plain reason', async () => {
    await desk.pass(10_000)
    desk.group.refused(rejected(400, 'invalid_order', ''), desk.at)
    await desk.pass(2_000)
    expect(desk.calls.slice(2)).toEqual(['get og-1'])
    desk.group.refused(rejected(400, 'order_group_triggered', ''), desk.at)
    expect(desk.tripped).toEqual(['refused'])
  })

  it('is not asked about when a quote would have crossed', async () => {
    await desk.pass(10_000)
    desk.group.refused(rejected(400, 'post_only_cross', ''), desk.at)
    desk.group.refused(rejected(429, 'too_many_requests', ''), desk.at)
    await desk.pass(2_000)
    expect(desk.calls).toHaveLength(2)
  })

  it('that has tripped says so again when the halt was lifted by others', async () => {
    await desk.pass(2_000)
    desk.frame('triggered')
    desk.terms = { ...desk.terms!, isHalted: true }
    await desk.pass(3_000)
    expect(desk.tripped).toHaveLength(1)
    desk.terms = { ...desk.terms, isHalted: false }
    await desk.pass(1_000)
    expect(desk.tripped).toHaveLength(2)
  })

  it('is reset for a person, and believes no late frame after it', async () => {
    await desk.pass(10_000)
    desk.frame('triggered')
    expect(await desk.group.rearm()).toBeNull()
    expect(desk.group.status.state).toBe('armed')
    desk.frame('triggered', 2)
    await desk.pass(2_000)
    expect(desk.tripped).toHaveLength(1)
    expect(desk.calls.slice(2)).toEqual(['reset og-1', 'get og-1'])
  })

  it('stays tripped where the exchange does not reset it', async () => {
    await desk.pass(2_000)
    desk.frame('triggered')
    desk.reset = unknown('timeout')
    expect(await desk.group.rearm()).toBe('timeout')
    expect(desk.group.isTripped).toBe(true)
    desk.terms = { ...desk.terms!, isOn: false }
    await desk.pass(1_000)
    expect(await desk.group.rearm()).toBeNull()
    expect(desk.used.at(-1)).toBe('')
  })

  it('is deleted with its ticker', async () => {
    await desk.pass(2_000)
    await desk.group.remove()
    expect(desk.calls.at(-1)).toBe('remove og-1')
    expect(desk.stored).toBeNull()
  })
})
