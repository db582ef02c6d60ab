// Whatever is asked for and whatever hangs: a cancel leaves in its own turn unless all six places
// are taken, two of them at least by other cancels.

import { describe, expect, it } from 'vitest'
import {
  MOST_BUT_CANCELS,
  MOST_IN_FLIGHT,
  MOST_READS,
  type RequestKind,
  RequestPlaces,
} from '../../../../src/durable/maker/exchange/request-places.ts'
import { Dice } from '../../../../src/statistics/random.ts'

const KINDS: readonly RequestKind[] = ['cancel', 'order', 'read']
const RESERVED = MOST_IN_FLIGHT - MOST_BUT_CANCELS

describe('places', () => {
  it.each([...Array(50).keys()])('keep some back for cancels (seed %d)', async (seed) => {
    const dice = new Dice(seed, 37)
    const places = new RequestPlaces()
    const hanging: (() => void)[] = []
    let asked = 0
    let started = 0
    for (let turn = 0; turn < 300; turn++) {
      if (dice.chance(0.55)) {
        asked++
        places.run(KINDS[dice.whole(0, 2)]!, () => {
          started++
          return new Promise((done) => hanging.push(done))
        })
      } else if (hanging.length > 0) {
        hanging.splice(dice.whole(0, hanging.length - 1), 1)[0]!()
        for (let wait = 0; wait < 4; wait++) await Promise.resolve()
      }
      const cancels = places.inFlight('cancel')
      expect(places.inFlight()).toBeLessThanOrEqual(MOST_IN_FLIGHT)
      expect(places.inFlight() - cancels).toBeLessThanOrEqual(MOST_BUT_CANCELS)
      expect(places.inFlight('read')).toBeLessThanOrEqual(MOST_READS)
      if (places.waiting('cancel') > 0) {
        expect(places.inFlight()).toBe(MOST_IN_FLIGHT)
        expect(cancels).toBeGreaterThanOrEqual(RESERVED)
      }
    }
    while (hanging.length > 0) {
      hanging.shift()!()
      for (let wait = 0; wait < 4; wait++) await Promise.resolve()
    }
    expect(started).toBe(asked)
  })
})
