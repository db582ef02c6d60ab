// Breaks the maker on purpose, one defect at a time, and sees who notices: a storm of the
// simulator, a unit test, or nobody. Prints a markdown table; ends with 1 when some defect went
// unnoticed.
//
// Works on a copy of the project in the system's temporary folder; the copy is thrown away.
//   npm run mutants -- --seeds 200 --only budget     --only: defects with this word in name or file
//   npm run mutants -- --from 17                     begins with the 17th
//   npm run mutants -- --write                       also writes the table to docs/mutants.md

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
    write: { type: 'boolean', default: false },
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

const rows: string[] = []
const row = (...cells: readonly string[]): void => {
  const line = `| ${cells.join(' | ')} |`
  rows.push(line)
  console.log(line)
}

/** Breaks the copy by one defect, sees who notices and mends it; true when somebody did. */
const tryDefect = async (mutant: Mutant): Promise<boolean> => {
  const path = join(copy, mutant.file)
  const before = readFileSync(path, 'utf8')
  if (before.split(mutant.find).length !== 2) {
    row(mutant.defect, `its place in ${mutant.file} is not there, or not once`, '')
    return false
  }
  const broken = before.replace(mutant.find, () => mutant.replace)
  writeFileSync(path, broken)
  const storm = await inStorm()
  const unit = await inUnit(mutant)
  writeFileSync(path, before)
  row(mutant.defect, clean(storm), clean(unit))
  return storm !== null || unit !== null
}

row('defect', 'storm: seed, events, law', 'unit test')
row('---', '---', '---')
let tried = 0
let missed = 0
for (const mutant of MUTANTS.slice(Number(values.from) - 1)) {
  if (!`${mutant.defect} ${mutant.file}`.includes(values.only)) continue
  tried++
  if (!(await tryDefect(mutant))) missed++
}
console.log(`\n${tried - missed} of ${tried} defects noticed`)
if (values.write) {
  const head = [
    '# Deliberate defects',
    '',
    `Each is applied alone to a copy of the project; a storm (at most ${values.seeds} seeds or`,
    `${values.for} s) or a unit test must notice it. "–": not noticed there.`,
    'Written by `npm run mutants -- --write`.',
    '',
  ]
  const tail = ['', `${tried - missed} of ${tried} noticed.`, '']
  writeFileSync(join(ROOT, 'docs/mutants.md'), [...head, ...rows, ...tail].join('\n'))
}
process.exit(missed === 0 ? 0 : 1)
