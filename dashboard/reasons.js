// Reason codes in plain words.
//
// The maker explains every phase and every missing quote with one kebab-case code. People should
// not have to learn the codes, so each has a sentence here. A code that is not listed is shown as it
// is: a new reason must never be hidden by an old page.

/** @type {Readonly<Record<string, string>>} */
const SENTENCES = {
  // Running and starting.
  ok: 'Everything is in order.',
  quoting: 'Quotes follow the model.',
  starting: 'Starting: reading the market from the exchange.',
  start: 'Starting: reading the market from the exchange.',
  recovering: 'Comparing orders, fills and position with the exchange before quoting.',
  reconciling: 'Comparing orders, fills and position with the exchange before quoting.',
  'not-reconciled': 'Orders, fills and position have not been compared with the exchange yet.',
  'not-started': 'The maker has not been started.',
  stopped: 'The maker has been stopped.',
  'warming-up': 'Collecting enough of the market to estimate a fair value.',
  pending: 'An order is on its way to the exchange.',

  // People.
  operator: 'A person asked for this.',
  paused: 'A person paused this ticker; its quotes are pulled.',
  pause: 'A person paused this ticker; its quotes are pulled.',
  halt: 'Everything is cancelled until a person releases the halt.',
  halted: 'Everything is cancelled until a person releases the halt.',
  'account-halt': 'The whole account is halted until a person releases it.',
  'desk-halt': 'The whole account is halted until a person releases it.',

  // The connection and the book.
  'link-down': 'The connection to the exchange is down.',
  disconnected: 'The connection to the exchange is down.',
  'no-link': 'The connection to the exchange is down.',
  stale: 'Nothing has been heard from the exchange for too long.',
  silence: 'Nothing has been heard from the exchange for too long.',
  gap: 'A message of the feed was lost; a fresh book has been asked for.',
  dark: 'The book cannot be trusted now, so nothing is quoted.',
  'no-book': 'The book has not arrived yet.',
  'no-snapshot': 'The book has not arrived yet.',
  'bad-snapshot': 'The book that arrived was not readable; a fresh one has been asked for.',
  'bad-price': 'The feed named an impossible price; a fresh book has been asked for.',
  'negative-level': 'The feed and our book disagree; a fresh book has been asked for.',
  crossed: 'The book is crossed: its best bid is not below its best ask.',
  'crossed-book': 'The book is crossed: its best bid is not below its best ask.',
  'empty-book': 'Nobody else is quoting, so there is no price to go by.',
  'one-sided': 'Only one side of the book is quoted, so there is no mid price.',
  'no-mid': 'The book has no mid price now.',
  'no-fair-value': 'There is no fair value to quote around now.',

  // The market.
  'no-market': 'The terms of the market have not been read yet.',
  'market-unknown': 'The terms of the market have not been read yet.',
  'market-closed': 'The market is closed.',
  'market-inactive': 'The exchange has paused this market.',
  'not-active': 'The market is not open for trading.',
  'not-tradable': 'The market is not open for trading.',
  'not-binary': 'This is not a yes-or-no market, so it is not quoted.',
  'near-close': 'The market closes in a moment, so nothing is quoted any more.',
  settled: 'The market has been settled.',
  'exchange-paused': 'The exchange has paused trading.',

  // Price, fee and limits.
  'spread-below-fee': 'The spread does not pay for the fee.',
  fee: 'The spread does not pay for the fee.',
  'outside-price-limits': 'The wanted price lies outside the price limits.',
  'price-limit': 'The wanted price lies outside the price limits.',
  'price-limits': 'The wanted price lies outside the price limits.',
  'off-grid': 'There is no legal price on this side.',
  'no-legal-price': 'There is no legal price on this side.',
  'would-cross': 'The wanted price would trade at once; waiting for the book to move.',
  limit: 'A limit does not allow an order on this side.',
  limits: 'A limit does not allow an order on this side.',
  'position-limit': 'The position limit does not allow an order on this side.',
  'max-position': 'The position limit does not allow an order on this side.',
  'order-size-limit': 'The order would be larger than allowed.',
  'max-order-size': 'The order would be larger than allowed.',
  'dollars-at-risk': 'The dollars-at-risk limit does not allow an order on this side.',
  'max-dollars-at-risk': 'The dollars-at-risk limit does not allow an order on this side.',
  budget: 'The rate budget is used up; waiting for it to refill.',
  'rate-limit': 'The exchange asked us to slow down.',

  // Orders and ourselves.
  'unknown-order': 'An order has an unknown outcome; the exchange is being asked.',
  'unknown-outcome': 'An order has an unknown outcome; the exchange is being asked.',
  exposed: 'The old order on this side is not provably gone yet.',
  rejected: 'The exchange refused the order; trying again later.',
  'insufficient-balance': 'The account does not hold enough money for this order.',
  'order-group': 'The order group has reached its limit of contracts, so nothing is placed.',
  unauthorized: 'The exchange refused our key.',
  invariant: 'The maker found a mistake of its own and stopped. Read the log before releasing it.',
  error: 'The maker failed. Read the log before releasing it.',
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
