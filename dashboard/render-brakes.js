// Draws the panel of brakes: for each what is used, what is allowed and a bar.

/** @import { MakerStatus } from '../src/core/status/status.ts' */
/** @import { Bar } from './desk.js' */

import { brakeBar, brakesSentence } from './brakes.js'
import { byId, make, refill, say } from './dom.js'
import { renderChoice } from './trading-state.js'

/**
 * @param {string} id
 * @param {readonly Bar[]} bars
 */
export const renderBars = (id, bars) =>
  refill(id, bars, () =>
    bars.map(({ name, text, note, full, tone }) => {
      const bar = make('i')
      bar.style.setProperty('--full', `${(full * 100).toFixed(1)}%`)
      return make(
        'li',
        [make('span.name', [name]), make('span.value', [text]), make('span.used', [bar])],
        { title: note, 'data-tone': tone },
      )
    }),
  )

/** @param {Pick<MakerStatus, 'brakes' | 'phase' | 'reason'>} status */
export const renderBrakes = ({ brakes, phase, reason }) => {
  say('brakes-state', brakes.state)
  byId('brakes-state').dataset.state = brakes.state
  say('brakes-sentence', brakesSentence(brakes))
  renderChoice('ticker-choice', brakes.ticker_state)
  const tripped = phase === 'halted' ? reason : ''
  renderBars(
    'brakes-list',
    brakes.uses.map((use) => brakeBar(use, tripped)),
  )
}
