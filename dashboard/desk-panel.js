// The panel of the desk: reads it every few seconds, draws it, and sends what a person changes.

/** @import { DeskView } from './desk.js' */

import { call } from './api.js'
import { confirmThen } from './confirm.js'
import {
  deskBars,
  deskSentence,
  limitChanges,
  limitMeaning,
  limitsQuestion,
  stateQuestion,
} from './desk.js'
import { buttonById, byId, make, refill, say } from './dom.js'
import { renderBars } from './render-brakes.js'
import { renderChoice, wireChoice } from './trading-state.js'
import { words } from './view.js'

const EVERY_MS = 5000

let watched = ''
/** @type {DeskView | null} */
let desk = null
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer

const inputs = () =>
  /** @type {HTMLInputElement[]} */ ([...byId('desk-limits').querySelectorAll('input')])

const typedChanges = () =>
  limitChanges(
    inputs().map((input) => ({
      key: input.name,
      shown: input.dataset.shown ?? '',
      typed: input.value,
    })),
  )

const markEdited = () => {
  const changes = typedChanges()
  for (const input of inputs()) {
    if (input.name in changes) input.dataset.edited = ''
    else delete input.dataset.edited
  }
  const none = Object.keys(changes).length === 0
  buttonById('desk-save').disabled = none
  buttonById('desk-undo').disabled = none
}

/**
 * Fills in the limits; what a person is typing stays.
 * @param {DeskView['limits']} limits
 */
const showLimits = (limits) => {
  refill('desk-limits', Object.keys(limits), () =>
    Object.keys(limits).map((key) =>
      make('label', [`${words(key)}, $`, make('input', [], { name: key, inputmode: 'decimal' })], {
        title: limitMeaning(key),
      }),
    ),
  )
  for (const input of inputs()) {
    const text = String(limits[input.name])
    if (input.dataset.edited === undefined) input.value = text
    input.dataset.shown = text
  }
  markEdited()
}

/** @param {DeskView} view */
const show = (view) => {
  desk = view
  say('desk-state', view.state)
  byId('desk-state').dataset.state = view.state
  say('desk-sentence', deskSentence(view))
  renderChoice('desk-choice', view.state)
  buttonById('desk-write-off').disabled = Number(view.day_gain) >= 0
  renderBars('desk-list', deskBars(view))
  showLimits(view.limits)
}

const read = async () => {
  clearTimeout(timer)
  const token = watched
  try {
    const view = /** @type {DeskView} */ (await call(token, 'GET', '/desk'))
    if (token !== watched) return
    show(view)
  } catch (error) {
    if (token !== watched) return
    desk = null
    say('desk-state', 'unknown')
    say('desk-sentence', error instanceof Error ? `${error.message}.` : String(error))
  }
  clearTimeout(timer)
  timer = setTimeout(read, EVERY_MS)
}

/**
 * Shows the desk, and goes on showing it; '' ends that.
 * @param {string} token
 */
export const watchDesk = (token) => {
  if (token === watched) return
  watched = token
  clearTimeout(timer)
  if (token !== '') read()
}

const undo = () => {
  for (const input of inputs()) input.value = input.dataset.shown ?? ''
  markEdited()
}

/**
 * @param {(method: 'PUT', path: string, body: object) => Promise<boolean>} send
 *   true when the API has carried it out
 */
export const wireDesk = (send) => {
  const change = async (/** @type {object} */ body) => {
    const done = await send('PUT', '/desk', body)
    await read()
    return done
  }
  wireChoice('desk-choice', (state) =>
    confirmThen({ ...stateQuestion(state), act: () => change({ state }) }),
  )
  byId('desk-limits').addEventListener('input', markEdited)
  byId('desk-undo').addEventListener('click', undo)
  byId('desk-form').addEventListener('submit', (event) => {
    event.preventDefault()
    const changes = typedChanges()
    if (Object.keys(changes).length === 0) return
    confirmThen({
      ...limitsQuestion(changes, desk?.limits ?? {}),
      act: async () => {
        // A refused change stays in the fields, to be corrected.
        if (await change(changes)) undo()
      },
    })
  })
  byId('desk-write-off').addEventListener('click', () =>
    confirmThen({
      title: 'Write off today’s loss?',
      text: 'What all tickers have lost in this UTC day counts from zero again. Halted tickers stay halted until they are released.',
      yes: 'Write off',
      act: () => change({ reset_day: true }),
    }),
  )
}
