// The choice between active, reducing and halted, for a ticker and for the desk.

import { byId } from './dom.js'

const buttonsOf = (/** @type {string} */ id) => [...byId(id).querySelectorAll('button')]

/**
 * Shows which state is set; what is set already cannot be chosen.
 * @param {string} id
 * @param {string} state
 */
export const renderChoice = (id, state) => {
  for (const button of buttonsOf(id)) {
    button.setAttribute('aria-pressed', String(button.value === state))
    button.disabled = button.value === state
  }
}

/**
 * @param {string} id
 * @param {(state: string) => void} choose
 */
export const wireChoice = (id, choose) => {
  for (const button of buttonsOf(id)) {
    button.addEventListener('click', () => choose(button.value))
  }
}
