// Places in the account's budget: kept while on the way, once each, and given up after a while.

import { describe, expect, it } from 'vitest'
import { ON_THE_WAY_MS, Places } from '../../../../src/durable/desk/places.ts'

const REGISTERED = [{ ticker: 'A' }, { ticker: 'B' }]

describe('places', () => {
  it('counts the registered and those on their way, but not the one that asks', () => {
    const places = new Places()
    expect(places.taken('C', REGISTERED, 0)).toBe(2)
    expect(places.taken('A', REGISTERED, 0)).toBe(1)
    places.keep('C', 0)
    expect(places.taken('C', REGISTERED, 0)).toBe(2)
    expect(places.taken('D', REGISTERED, 0)).toBe(3)
  })

  it('counts a ticker once that is registered while its place is still kept', () => {
    const places = new Places()
    places.keep('A', 0)
    expect(places.taken('C', REGISTERED, 0)).toBe(2)
  })

  it('gives a place up when it is freed, or too late', () => {
    const places = new Places()
    places.keep('C', 0)
    places.keep('D', 0)
    places.free('C')
    expect(places.taken('E', REGISTERED, ON_THE_WAY_MS - 1)).toBe(3)
    expect(places.taken('E', REGISTERED, ON_THE_WAY_MS)).toBe(2)
  })
})
