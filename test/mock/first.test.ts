import { afterAll, expect, it } from 'vitest'
import { World } from '../helpers/world.ts'
const world = await World.open()
afterAll(() => world.close())
it('quotes', async () => {
  const t0 = Date.now()
  const s = await world.add()
  console.log(JSON.stringify(s))
  const q = await world.quoting()
  console.log(Date.now() - t0, JSON.stringify(q))
  expect(q.phase).toBe('quoting')
})
