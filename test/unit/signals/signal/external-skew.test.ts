// The one interface for external skew, and the relay that turns its answers into events.

import { describe, expect, it } from 'vitest'
import type { Event } from '../../../../src/core/vocabulary/events.ts'
import {
  NO_SKEW,
  none,
  type SkewAnswer,
  SkewRelay,
} from '../../../../src/signals/signal/external-skew.ts'

const NOW = 1_790_000_000_000

const relayed = (): { relay: SkewRelay; events: Event[]; say: (answer: SkewAnswer) => void } => {
  const events: Event[] = []
  const relay = new SkewRelay((event) => events.push(event))
  let answer = NO_SKEW
  relay.use({ skew: () => answer })
  return { relay, events, say: (next) => (answer = next) }
}

describe('a relay of external skew', () => {
  it('says nothing of the source that knows nothing', () => {
    const events: Event[] = []
    const relay = new SkewRelay((event) => events.push(event))
    relay.relay(NOW)
    relay.use(none)
    relay.relay(NOW + 60_000)
    expect(events).toEqual([])
    expect(relay.cents).toBe(0)
  })

  it('tells the engine of a step, of a zero and of a pull, and of nothing between', () => {
    const { relay, events, say } = relayed()
    say({ cents: 0.2, pull: null, until: 0 })
    relay.relay(NOW)
    say({ cents: 0.204, pull: null, until: 0 })
    relay.relay(NOW + 1)
    say({ cents: 0.2, pull: 'bid', until: NOW + 60_000 })
    relay.relay(NOW + 2)
    say({ cents: 0.2, pull: 'bid', until: NOW + 60_900 })
    relay.relay(NOW + 3)
    say({ cents: 0, pull: null, until: 0 })
    relay.relay(NOW + 4)
    expect(events).toEqual([
      { type: 'alpha', at: NOW, cents: 0.2, pull: 'none', until: 0 },
      { type: 'alpha', at: NOW + 2, cents: 0.2, pull: 'bid', until: NOW + 60_000 },
      { type: 'alpha', at: NOW + 4, cents: 0, pull: 'none', until: 0 },
    ])
  })

  it('repeats what stands every 30 seconds, and at once to an engine that may be new', () => {
    const { relay, events, say } = relayed()
    const answer = { cents: 0.2, pull: null, until: 0 }
    say(answer)
    relay.relay(NOW)
    relay.relay(NOW + 29_999)
    expect(events).toHaveLength(1)
    relay.relay(NOW + 30_000)
    expect(events).toHaveLength(2)
    relay.use({ skew: () => answer })
    relay.relay(NOW + 30_001)
    expect(events).toHaveLength(3)
  })

  it('takes the skew back when the source is taken away', () => {
    const { relay, events, say } = relayed()
    say({ cents: 0.2, pull: null, until: 0 })
    relay.relay(NOW)
    relay.use(none)
    relay.relay(NOW + 1)
    expect(events.at(-1)).toMatchObject({ cents: 0, pull: 'none' })
    expect(relay.cents).toBe(0)
  })
})
