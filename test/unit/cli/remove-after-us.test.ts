// The file with the private key does not outlive a program that was killed.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'

const MODULE = new URL('../../../cli/lib/remove-after-us.ts', import.meta.url).href

it.skipIf(process.platform === 'win32')('a folder goes when its program is killed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kmm-test-'))
  writeFileSync(join(folder, 'variables.env'), 'KALSHI_PRIVATE_KEY="secret"\n')
  const script = `const { removeAfterUs } = await import(${JSON.stringify(MODULE)})
    removeAfterUs(${JSON.stringify(folder)})
    process.kill(process.pid, 'SIGKILL')`
  const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script])
  expect(signal).toBe('SIGKILL')
  await vi.waitUntil(() => !existsSync(folder), { timeout: 10_000, interval: 100 })
})
