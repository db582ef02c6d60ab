// Runs every test and closes with one line that counts them: `N passed, N failed`.

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = new URL('../', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'kmm-test-'))
const report = join(folder, 'report.json')
const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
const child = spawn(
  process.execPath,
  [
    vitest,
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  { cwd: ROOT, stdio: 'inherit' },
)
const code = await new Promise<number>((resolve) =>
  child.once('exit', (exit) => resolve(exit ?? 1)),
)
let failed = 1
let passed = 0
let skipped = 0
try {
  const counts = JSON.parse(readFileSync(report, 'utf8')) as {
    numPassedTests: number
    numFailedTests: number
    numPendingTests: number
    numFailedTestSuites: number
  }
  passed = counts.numPassedTests
  // A file that could not even be loaded has failed without a failed test in it.
  failed = counts.numFailedTests + (counts.numFailedTests === 0 && code !== 0 ? 1 : 0)
  skipped = counts.numPendingTests
} catch (error) {
  console.error(`Test report could not be read: ${String(error)}`)
}
rmSync(folder, { recursive: true, force: true })
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exit(failed > 0 || passed === 0 ? 1 : code)
