// Draws the panel about prices elsewhere; hidden where the maker looks at none.

/** @import { MakerStatus } from '../src/core/status.ts' */

import { byId, make, refill, say } from './dom.js'
import { externalWords } from './external.js'

/** @param {MakerStatus} status */
export const renderExternal = ({ external, model }) => {
  byId('external').hidden = external === null
  if (external === null) return
  const { source, word, tone, sentence, facts } = externalWords(external, model?.fair_cents ?? null)
  say('external-source', `${source}, ${external.mode === 'shadow' ? 'in shadow' : 'licensed'}`)
  say('external-state', word)
  byId('external-state').dataset.tone = tone
  say('external-sentence', sentence)
  refill('external-facts', facts, () =>
    facts.map(([name, value, note]) =>
      make('div', [make('dt', [name]), make('dd', [value])], { title: note }),
    ),
  )
  const { failures } = external
  byId('external-failures').hidden = failures.length === 0
  say('external-failures', failures.join('; '))
}
