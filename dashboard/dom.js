// Changes the document. Data goes in as text only, never as markup.

/**
 * The element with this id, which the skeleton promises.
 * @param {string} id
 * @returns {HTMLElement}
 */
export const byId = (id) => {
  const found = document.getElementById(id)
  if (!found) throw new Error(`Finding #${id} failed: the page has no such element`)
  return found
}

/**
 * The button with this id.
 * @param {string} id
 */
export const buttonById = (id) => /** @type {HTMLButtonElement} */ (byId(id))

/**
 * A new element. `name` may carry classes: "td.bid.best".
 * @param {string} name
 * @param {readonly (Node | string)[]} [children] strings become text
 * @param {Readonly<Record<string, string>>} [attributes]
 * @returns {HTMLElement}
 */
export const make = (name, children = [], attributes = {}) => {
  const [tag = 'span', ...classes] = name.split('.')
  const element = document.createElement(tag)
  if (classes.length > 0) element.className = classes.join(' ')
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...children)
  return element
}

/**
 * Sets text only when it changed, so that selections survive and screen readers stay quiet.
 * @param {string} id
 * @param {string} text
 */
export const say = (id, text) => {
  const element = byId(id)
  if (element.textContent !== text) element.textContent = text
}

/** @type {WeakMap<Element, string>} */
const shown = new WeakMap()

/**
 * Rebuilds an element's children only when the data they show has changed.
 * @param {string} id
 * @param {unknown} data compared as JSON
 * @param {() => readonly Node[]} build
 */
export const refill = (id, data, build) => {
  const element = byId(id)
  const key = JSON.stringify(data)
  if (shown.get(element) === key) return
  shown.set(element, key)
  element.replaceChildren(...build())
}

/**
 * Name and value pairs of a definition list.
 * @param {string} id
 * @param {readonly (readonly [string, string, string?])[]} pairs name, value, class of the value
 */
export const facts = (id, pairs) =>
  refill(id, pairs, () =>
    pairs.map(([name, value, kind]) =>
      make('div', [make('dt', [name]), make(kind ? `dd.${kind}` : 'dd', [value])]),
    ),
  )

const SVG = 'http://www.w3.org/2000/svg'

/**
 * @param {string} name
 * @param {Readonly<Record<string, string | number>>} attributes
 */
export const makeSvg = (name, attributes) => {
  const element = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value))
  return element
}
