// npm run drill [-- --only N]: the worst evenings, played against the mock exchange, and what
// became of each: what happened, when it was noticed, what rested at the exchange, what it cost.
//
// No account and no network needed. Takes about ten minutes; --only plays one of them by number,
// --list names them. The cost is what the account lost at the true price, trading included. Ends
// with 1 when an evening did not go as docs/runbook.md promises.

import type { Evening } from './drill/evening.ts'
import { EVENINGS } from './drill/evenings.ts'
import { Stage } from './drill/stage.ts'
import { optionsOf, showUsage, wholeOf } from './lib/options.ts'

const { values } = optionsOf({
  options: {
    only: { type: 'string' },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) showUsage(import.meta.url, 0)

const titled = EVENINGS.map((evening, index) => ({ evening, number: index + 1 }))
if (values.list) {
  for (const { evening, number } of titled) console.log(`${number}. ${evening.title}`)
  process.exit(0)
}
const only = values.only === undefined ? null : wholeOf('only', values.only, 1)
const chosen = titled.filter(({ number }) => only === null || number === only)
if (chosen.length === 0) {
  console.error(`There is no evening ${only}: there are ${EVENINGS.length}`)
  process.exit(2)
}

/** Plays one evening; true when it went as promised. */
const play = async ({ title, story, runbook, run }: Evening, number: number): Promise<boolean> => {
  console.log(`\n${number}. ${title}\n   ${story}`)
  const stage = new Stage()
  try {
    await stage.open()
    const before = stage.worth
    const { noticed, rested, after, ok } = await run(stage)
    const cost = before - stage.worth
    const money = cost >= 0 ? `$${cost.toFixed(2)}` : `nothing: it made $${(-cost).toFixed(2)}`
    console.log(`   noticed  ${noticed}`)
    console.log(`   rested   ${rested}`)
    console.log(`   cost     ${money}`)
    console.log(`   after    ${after}`)
    console.log(`   runbook  "${runbook}"${ok ? '' : '   NOT AS PROMISED'}`)
    return ok
  } catch (error) {
    console.log(`   FAILED   ${error instanceof Error ? error.message : String(error)}`)
    return false
  } finally {
    await stage.close()
  }
}

let bad = 0
for (const { evening, number } of chosen) if (!(await play(evening, number))) bad++
console.log(bad === 0 ? '\nEvery evening went as promised' : `\n${bad} did not go as promised`)
process.exit(bad === 0 ? 0 : 1)
