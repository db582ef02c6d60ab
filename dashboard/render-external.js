// Draws the panel of external prices; hidden where the maker uses none.

/** @import { MakerStatus } from '../src/core/status/status.ts' */

import { byId, make, refill, say } from './dom.js'
import { externalWords } from './external.js'

/** @param {Pick<MakerStatus, 'external'>} status */
export const renderExternal = ({ external }) => {
  byId('external').hidden = !external
  if (!external) return
  const { source, standing, word, tone, sentence, facts, rows } = externalWords(external)
  say('external-source', `${source}, ${standing}`)
  say('external-state', word)
  byId('external-state').dataset.tone = tone
  say('external-sentence', sentence)
  refill('external-facts', facts, () =>
    facts.map(({ name, value, under, note, tone: toned }) =>
      make(
        'div',
        [
          make('dt', [name]),
          make('dd', [value], { 'data-tone': toned }),
          make('dd.under', [under], under === '' ? { 'aria-hidden': 'true' } : {}),
        ],
        { title: note },
      ),
    ),
  )
  byId('external-sources').hidden = rows.length === 0
  refill('external-sources', rows, () =>
    rows.map(({ id, name, value, age, word: state, tone: toned, why }) =>
      make('li', [
        make('span.name', [name], { title: id }),
        make('span.value', [value]),
        make('span.age', [age]),
        make(
          'span.how',
          [make('b', [state], { 'data-tone': toned }), why === '' ? '' : `: ${why}`],
          { title: why },
        ),
      ]),
    ),
  )
  const { failures } = external
  byId('external-failures').hidden = failures.length === 0
  say('external-failures', failures.join('; '))
}
