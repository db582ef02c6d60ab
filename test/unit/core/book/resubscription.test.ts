// How often a fresh book is asked for: at once after a good one, and ever more rarely in vain.

import { describe, expect, it } from 'vitest'
import { Resubscription } from '../../../../src/core/book/resubscription.ts'
import { T0 } from '../../../helpers/core.ts'

/** What is done, and after how many seconds, until `end`; `then` answers each question. */
const play = (
  asked: Resubscription,
  seconds: number,
  then: (at: number) => void = () => undefined,
): string[] => {
  const said: string[] = []
  while (asked.dueAt <= T0 + seconds * 1000) {
    const at = asked.dueAt
    said.push(`${(at - T0) / 1000} ${asked.act(at)}`)
    then(at)
  }
  return said
}

describe('a book that does not come', () => {
  it('is asked for ever more rarely, every fourth time over a new link', () => {
    const asked = new Resubscription()
    asked.up(T0)
    expect(play(asked, 400)).toEqual([
      ...['3 resubscribe', '9 resubscribe', '21 reconnect', '45 resubscribe', '93 resubscribe'],
      ...['153 resubscribe', '213 reconnect', '273 resubscribe', '333 resubscribe'],
      '393 resubscribe',
    ])
  })

  it('has been waited for since the newest question, and an unasked one not at all', () => {
    const asked = new Resubscription()
    asked.up(T0)
    expect(asked.waited(T0 + 2_000)).toBe(2_000)
    asked.act(T0 + 3_000)
    expect(asked.waited(T0 + 8_000)).toBe(5_000)
    asked.snapshot(T0 + 8_000)
    expect(asked.waited(T0 + 60_000)).toBe(0)
  })

  it('does not make the next link ask faster', () => {
    const asked = new Resubscription()
    asked.up(T0)
    play(asked, 21)
    asked.up(T0 + 22_000)
    expect(asked.dueAt).toBe(T0 + 46_000)
    asked.snapshot(T0 + 23_000)
    expect(asked.dueAt).toBe(Number.POSITIVE_INFINITY)
    asked.down()
    asked.up(T0 + 30_000)
    expect(asked.dueAt).toBe(T0 + 33_000)
  })
})

describe('a book that is doubted', () => {
  const live = (): Resubscription => {
    const asked = new Resubscription()
    asked.up(T0 - 10_000)
    asked.snapshot(T0 - 9_000)
    return asked
  }

  it('after it has stood for a while is asked for at once', () => {
    const asked = live()
    asked.doubted(T0)
    expect([asked.act(T0), asked.isRepeated, asked.dueAt]).toEqual([
      ...['resubscribe', false, T0 + 3000],
    ])
  })

  it('is not asked for again while it is awaited', () => {
    const asked = live()
    asked.doubted(T0)
    asked.act(T0)
    asked.doubted(T0 + 100)
    expect(asked.act(T0 + 100)).toBeNull()
  })

  it('each time as soon as it has come is asked for more rarely, then over a new link', () => {
    const asked = live()
    asked.doubted(T0)
    const said = play(asked, 60, (at) => {
      asked.snapshot(at + 50)
      asked.doubted(at + 100)
    })
    expect(said).toEqual([
      ...['0 resubscribe', '3 resubscribe', '9 resubscribe', '21 reconnect', '33 resubscribe'],
      ...['45 resubscribe', '57 reconnect'],
    ])
  })
})
