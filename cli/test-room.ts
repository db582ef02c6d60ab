// Tests one room in seconds: `npm run test:room -- core/orders` runs the tests that mirror that
// folder and the import law. Without a room it lists them. Further words go to Vitest.

import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = new URL('../', import.meta.url).pathname

/** Every folder below `folder` that holds tests, as the rooms they mirror. */
const roomsIn = (folder: string, room = ''): string[] =>
  readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = room === '' ? entry.name : `${room}/${entry.name}`
    if (entry.isDirectory()) return roomsIn(`${folder}/${entry.name}`, name)
    return entry.name.endsWith('.test.ts') && room !== '' ? [room] : []
  })

const rooms = [...new Set(roomsIn('test/unit'))].sort()
const [given = '', ...rest] = process.argv.slice(2)
const room = given.replace(/^(src|test\/unit)\//, '').replace(/\/$/, '')
if (room === '' || !existsSync(join(ROOT, 'test/unit', room))) {
  if (room !== '') console.error(`Room "${room}" not found. The rooms that have tests:`)
  console.log(rooms.join('\n'))
  process.exit(room === '' ? 0 : 2)
}
const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
const args = [
  'run',
  '--project',
  'unit',
  `test/unit/${room}/`,
  'test/architecture.test.ts',
  ...rest,
]
const { status } = spawnSync(process.execPath, [vitest, ...args], { cwd: ROOT, stdio: 'inherit' })
process.exit(status ?? 1)
