// Draws the panel of brakes: for each what is used, what is allowed and a bar.

/** @import { MakerStatus } from '../src/core/status/status.ts' */

import { brakeBar, brakesSentence } from './brakes.js'
import { byId, make, refill, say } from './dom.js'

/** @param {Pick<MakerStatus, 'brakes'>} status */
export const renderBrakes = ({ brakes }) => {
  say('brakes-state', brakes.state)
  byId('brakes-state').dataset.state = brakes.state
  say('brakes-sentence', brakesSentence(brakes))
  const bars = brakes.uses.map(brakeBar)
  refill('brakes-list', bars, () =>
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
}
