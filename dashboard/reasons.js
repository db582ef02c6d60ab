// Reason codes in plain words.
//
// The maker explains every phase and every missing quote with one kebab-case code. People should
// not have to learn the codes, so each has a sentence here. A code that is not listed is shown as it
// is: a new reason must never be hidden by an old page.

/** @type {Readonly<Record<string, string>>} */
const SENTENCES = {
  // Running and starting.
  quoting: 'Quotes follow the model.',
  'not-started': 'The maker has not been started.',
  stopped: 'The maker is being removed.',
  connecting: 'Connecting to the exchange.',
  'reading-market': 'Reading the terms of the market.',
  'clearing-orders': 'Cancelling what rests and checking that it is gone.',
  'reading-fills': 'Reading fills that may have been missed.',
  'checking-position': 'Comparing the position with the exchange.',

  // People, and the account.
  operator: 'A person asked for this.',
  'account-halted': 'The whole account is halted until a person releases it.',
  'desk-unreachable': 'Whether the account is halted could not be asked; waiting for the answer.',
  invariant: 'The maker found a mistake of its own and stopped. Read the log before releasing it.',
  crash: 'The maker failed and stopped. Read the log before releasing it.',

  // The connection and the book.
  'link-down': 'The connection to the exchange is down.',
  stale: 'Nothing has been heard from the exchange for too long.',
  gap: 'A message of the feed was lost; a fresh book has been asked for.',
  'no-snapshot': 'The book has not arrived yet.',
  'bad-snapshot': 'The book that arrived was not readable; a fresh one has been asked for.',
  'bad-price': 'The feed named an impossible price; a fresh book has been asked for.',
  'malformed-frame': 'The feed sent something unreadable; a fresh book has been asked for.',
  'negative-level': 'The feed and our book disagree; a fresh book has been asked for.',
  crossed: 'The book is crossed: its best bid is not below its best ask.',
  'subscription-ended': 'The exchange ended the subscription; a new one has been asked for.',
  'one-sided-book': 'Only one side of the book is quoted by others, so there is no mid price.',

  // The market.
  'market-initialized': 'The market has not opened yet.',
  'market-inactive': 'The exchange has paused this market.',
  'market-closed': 'The market is closed.',
  'market-past-close': 'The closing time of the market has passed.',
  'market-determined': 'The outcome of the market is known.',
  'market-disputed': 'The outcome of the market is in dispute.',
  'market-amended': 'The outcome of the market has been amended.',
  'market-finalized': 'The market has been settled.',
  'market-other': 'The market is in a state that is not understood, so it is not quoted.',
  'market-not-binary': 'This is not a plain yes-or-no market, so it is not quoted.',
  'near-close': 'The market closes in a moment, so nothing is quoted any more.',

  // Price and limits.
  'outside-grid': 'The wanted price is not a legal price of this market.',
  'off-grid': 'The wanted price is not a legal price of this market.',
  'price-band': 'The wanted price lies outside the price limits.',
  'would-cross': 'The wanted price would trade at once; waiting for the book to move.',
  'own-cross': 'Our own order on the other side is in the way and must move first.',
  'two-orders': 'The old order on this side is not provably gone yet.',
  'position-limit': 'The position limit does not allow an order on this side.',
  'risk-limit': 'The dollars-at-risk limit does not allow an order on this side.',
  'fat-finger': 'The order would be larger than allowed.',

  // Orders and budget.
  budget: 'The rate budget is used up; waiting for it to refill.',
  'rate-limited': 'The exchange asked us to slow down; no new orders for two seconds.',
  replacing: 'The old order on this side must be gone before a new one is placed.',
  'unknown-order': 'An order has an unknown outcome; the exchange is being asked.',
  waiting: 'An order is about to be placed.',
  rejected: 'The exchange refused the order; trying again later.',
  'killed-on-arrival': 'The exchange took the order and cancelled it at once; trying again later.',
}

/**
 * A sentence for a reason code, or the code itself where there is no sentence for it.
 * `detail` after a colon ("rejected: post_only") is kept.
 * @param {string | null | undefined} code
 * @returns {string}
 */
export const reasonSentence = (code) => {
  if (!code) return ''
  if (Object.hasOwn(SENTENCES, code)) return SENTENCES[code] ?? code
  const colon = code.indexOf(':')
  const head = colon > 0 ? code.slice(0, colon).trim() : ''
  const sentence = Object.hasOwn(SENTENCES, head) ? SENTENCES[head] : undefined
  return sentence === undefined ? code : `${sentence} (${code.slice(colon + 1).trim()})`
}

/**
 * Mark, word and meaning of each phase. The mark differs in shape, so that color is never the only
 * signal.
 * @type {Readonly<Record<string, { mark: string, word: string }>>}
 */
const PHASES = {
  idle: { mark: '○', word: 'Idle' },
  recovering: { mark: '◔', word: 'Recovering' },
  quoting: { mark: '●', word: 'Quoting' },
  paused: { mark: '‖', word: 'Paused' },
  dark: { mark: '◌', word: 'Dark' },
  halted: { mark: '■', word: 'Halted' },
}

/**
 * @param {string} phase
 * @returns {{ mark: string, word: string, known: boolean }}
 */
export const phaseWord = (phase) => {
  const known = Object.hasOwn(PHASES, phase) ? PHASES[phase] : undefined
  return known ? { ...known, known: true } : { mark: '?', word: phase, known: false }
}
