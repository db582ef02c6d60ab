// Each evening of the drill has a section of the runbook, under the name that it prints.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { EVENINGS } from '../../../cli/drill/evenings.ts'

const RUNBOOK = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8')

describe('the runbook', () => {
  it.each(EVENINGS.map(({ title, runbook }) => [title, runbook]))('%s: %s', (_title, heading) => {
    expect(RUNBOOK).toContain(`\n## ${heading}\n`)
    expect(RUNBOOK).toContain(`](#${heading.toLowerCase().replaceAll(' ', '-')})`)
  })
})
