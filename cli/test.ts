// Runs every test, reports how many branches of the core the unit tests take, and closes with one
// line that counts the tests: `N passed, N failed`. Words given to it go to Vitest, in one run.

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = new URL('../', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'kmm-test-'))
const given = process.argv.slice(2)
const runs =
  given.length > 0
    ? [given]
    : [
        ['--project', 'unit', '--coverage', '--coverage.reporter=text-summary'],
        ...['exchange', 'sim', 'mock'].map((project) => ['--project', project]),
      ]

const total = { passed: 0, failed: 0, skipped: 0 }

/** Runs Vitest once and adds its own counts to the total. */
const run = async (args: readonly string[], index: number): Promise<void> => {
  const report = join(folder, `${index}.json`)
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...args], {
    cwd: ROOT,
    stdio: 'inherit',
  })
  const code = await new Promise<number>((resolve) =>
    child.once('exit', (exit) => resolve(exit ?? 1)),
  )
  try {
    const counts = JSON.parse(readFileSync(report, 'utf8')) as {
      numPassedTests: number
      numFailedTests: number
      numPendingTests: number
    }
    total.passed += counts.numPassedTests
    total.skipped += counts.numPendingTests
    // A file that could not even be loaded has failed without a failed test in it.
    total.failed += counts.numFailedTests + (counts.numFailedTests === 0 && code !== 0 ? 1 : 0)
  } catch (error) {
    console.error(`Test report could not be read: ${String(error)}`)
    total.failed++
  }
}

for (const [index, args] of runs.entries()) await run(args, index)
rmSync(folder, { recursive: true, force: true })
const { passed, failed, skipped } = total
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exit(failed > 0 || passed === 0 ? 1 : 0)
