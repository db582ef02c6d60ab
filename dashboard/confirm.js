// Asks a person before something is done, in one dialog for the whole page.

import { byId, say } from './dom.js'

/**
 * @param {{
 *   title: string, text: string, yes: string, mayWriteOff?: boolean,
 *   act: (writeOff: boolean) => void,
 * }} what
 *   `mayWriteOff` offers to write off the loss of the day as well; `act` hears whether to
 */
export const confirmThen = ({ title, text, yes, mayWriteOff = false, act }) => {
  const dialog = /** @type {HTMLDialogElement} */ (byId('confirm'))
  const tick = /** @type {HTMLInputElement} */ (byId('confirm-tick'))
  say('confirm-title', title)
  say('confirm-text', text)
  say('confirm-yes', yes)
  byId('confirm-write-off').hidden = !mayWriteOff
  tick.checked = false
  dialog.returnValue = 'no'
  dialog.onclose = () => {
    if (dialog.returnValue === 'yes') act(tick.checked)
  }
  dialog.showModal()
}
