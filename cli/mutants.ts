// Breaks the maker on purpose, one defect at a time, and sees who notices: a storm of the simulator, a
// unit test, or nobody. Prints a markdown table; ends with 1 when some defect went unnoticed.
//
// Works on a copy of the project in the system's temporary folder; the copy is thrown away.
//   npm run mutants -- --seeds 200 --only budget     --only: defects with this word in name or file
//   npm run mutants -- --from 17                     begins with the 17th

import { spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { MUTANTS, type Mutant } from '../sim/mutants.ts'

const ROOT = new URL('../', import.meta.url).pathname
const COPIED = ['src', 'mocks', 'sim', 'research', 'cli', 'test', 'dashboard']
const FILES = ['package.json', 'vitest.config.ts', 'tsconfig.base.json', 'tsconfig.node.json']

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '150' },
    for: { type: 'string', default: '40' },
    only: { type: 'string', default: '' },
    from: { type: 'string', default: '1' },
  },
})

const copy = mkdtempSync(join(tmpdir(), 'kmm-mutants-'))
process.once('exit', () => rmSync(copy, { recursive: true, force: true }))
for (const folder of COPIED) cpSync(join(ROOT, folder), join(copy, folder), { recursive: true })
for (const file of FILES) cpSync(join(ROOT, file), join(copy, file))
symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))

/** Longest that a storm or the unit tests of one defect may take. */
const LONGEST_MS = 90_000

const run = (args: readonly string[]): Promise<{ code: number; text: string }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: copy, stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    // Some defects make a loop endless.
    const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS)
    child.stdout.on('data', (data: Buffer) => (text += data.toString()))
    child.stderr.on('data', (data: Buffer) => (text += data.toString()))
    child.once('exit', (code) => {
      clearTimeout(timer)
      resolve({ code: code ?? 1, text })
    })
  })

/** The first seed that breaks, or null. */
const inStorm = async (): Promise<string | null> => {
  const storm = ['--seeds', values.seeds, '--failures', '1', '--for', values.for]
  const { code, text } = await run(['cli/simulate.ts', ...storm])
  if (code === 0) return null
  const found = /^Seed (\d+) broke a law after (\d+) events, at \d+ ms: (.*)$/m.exec(text)
  if (found === null) return `the simulator ended with ${text.trim().split('\n').at(-1) ?? ''}`
  const [, seed, events, law] = found
  return `seed ${seed} after ${events} events: ${law!.split(':')[0]}`
}

/** The first unit test that fails, or null. */
const inUnit = async (mutant: Mutant): Promise<string | null> => {
  const report = join(copy, 'report.json')
  rmSync(report, { force: true })
  await run([
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    'unit',
    '--reporter=json',
    `--outputFile=${report}`,
    ...mutant.unit.map((name) => `test/unit/${name}.test.ts`),
  ])
  if (!existsSync(report)) return `${mutant.unit.join(', ')}: the tests do not end`
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
    testResults: {
      name: string
      assertionResults: { status: string; fullName: string }[]
    }[]
  }
  for (const { name, assertionResults } of testResults) {
    const failed = assertionResults.find(({ status }) => status === 'failed')
    if (failed !== undefined) return `${name.slice(name.indexOf('unit/') + 5)}: ${failed.fullName}`
  }
  return null
}

const clean = (text: string | null): string => (text ?? '–').replaceAll('|', '/')

let missed = 0
console.log('| defect | storm | unit test |')
console.log('|---|---|---|')
for (const mutant of MUTANTS.slice(Number(values.from) - 1)) {
  if (!`${mutant.defect} ${mutant.file}`.includes(values.only)) continue
  const path = join(copy, mutant.file)
  const before = readFileSync(path, 'utf8')
  if (before.split(mutant.find).length !== 2) {
    console.log(`| ${mutant.defect} | its place in ${mutant.file} is not there, or not once | |`)
    missed++
    continue
  }
  writeFileSync(
    path,
    before.replace(mutant.find, () => mutant.replace),
  )
  const storm = await inStorm()
  const unit = await inUnit(mutant)
  writeFileSync(path, before)
  if (storm === null && unit === null) missed++
  console.log(`| ${mutant.defect} | ${clean(storm)} | ${clean(unit)} |`)
}
console.log(
  missed === 0 ? '\nevery defect was noticed' : `\n${missed} defects were not noticed by anything`,
)
process.exit(missed === 0 ? 0 : 1)
