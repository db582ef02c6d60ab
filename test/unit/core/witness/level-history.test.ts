// What the history of the levels can and cannot tell of a moment ago.

import { expect, it } from 'vitest'
import { LevelHistory } from '../../../../src/core/witness/level-history.ts'

const begun = (at = 1000): LevelHistory => {
  const history = new LevelHistory()
  history.restart(at)
  return history
}

it('knows every size that a level has shown since a time, and none from before', () => {
  const history = begun()
  history.record('bid', 4400, 500, 1100)
  history.record('ask', 4400, 700, 1150)
  history.record('bid', 4400, -200, 1200)
  // 1000 before, 1500, now 1300.
  const shown = (size: number, from: number) => history.hasShown('bid', 4400, size, 1300, from)
  expect([shown(1300, 1500), shown(1500, 1150), shown(1000, 1050)]).toEqual([true, true, true])
  expect([shown(1000, 1150), shown(1500, 1250), shown(1200, 1000)]).toEqual([false, false, false])
  expect(history.hasShown('bid', 4500, 0, 10, 1000)).toBe(false)
})

it('tells growth from shrinking, by side and price', () => {
  const history = begun()
  history.record('bid', 4400, -200, 1200)
  expect(history.hasMoved('bid', 4400, 'down', 1100)).toBe(true)
  expect(history.hasMoved('bid', 4400, 'up', 1100)).toBe(false)
  expect(history.hasMoved('ask', 4400, 'down', 1100)).toBe(false)
  expect(history.hasMoved('bid', 4400, 'down', 1201)).toBe(false)
})

it('reaches back to its snapshot, and no further than its ring', () => {
  const history = begun(1000)
  expect([history.reaches(999), history.reaches(1000)]).toEqual([false, true])
  for (let index = 0; index < 8192; index++) history.record('bid', 4400, 100, 2000 + index)
  expect(history.reaches(1500)).toBe(true)
  history.record('bid', 4400, 100, 12_000)
  const reached = [1500, 2000, 2001, 2002].map((from) => history.reaches(from))
  expect(reached).toEqual([false, false, false, true])
  expect(history.hasShown('bid', 4400, 0, 8193 * 100, 0)).toBe(false)
  history.restart(20_000)
  expect(history.hasMoved('bid', 4400, 'up', 0)).toBe(false)
})
