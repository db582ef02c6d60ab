// Explains reason codes in plain words.
//
// The maker gives every phase and every missing quote one kebab-case code. Each has a sentence
// here. A code that is not listed is shown as it is: an old page must never hide a new reason.

/** @type {Readonly<Record<string, string>>} */
const SENTENCES = {
  // Running and starting.
  quoting: 'Quotes follow the model.',
  'not-started': 'The maker has not been started.',
  stopped: 'The maker is being removed.',
  connecting: 'Connecting to the exchange.',
  'reading-market': 'Reading the terms of the market.',
  'clearing-orders': 'Cancelling resting orders and checking that they are gone.',
  'reading-fills': 'Reading fills that may have been missed.',
  'checking-position': 'Comparing the position with the exchange.',

  // Operators, and the account.
  operator: 'A person asked for this.',
  'account-halted': 'The whole account is halted until a person releases it.',
  'storage-failing':
    'The object cannot store anything, so it quotes nothing and starts anew. It returns by itself once a write is confirmed.',
  flattening: 'The position is being taken off, as somebody asked.',
  flattened: 'The position was taken off; the maker stays paused until somebody resumes it.',
  'desk-unreachable':
    'The desk does not answer whether the account is halted, so nothing is quoted; it asks again.',
  'position-beyond-limit':
    'The position has grown beyond max_position: somebody else trades this market, or a fill is wrong. Compare with the exchange before releasing it.',
  'key-refused':
    'The exchange refuses our key: it has lapsed, was revoked, or may not do this. Orders expire by themselves. A person must look.',
  'session-loss':
    'More than max_session_loss was lost since a person started it. Only a person releases it.',
  drawdown: 'Equity fell below its peak by more than max_drawdown. Only a person releases it.',
  'daily-loss':
    'All tickers together have lost more than max_daily_loss today (UTC). A person must raise it, write the loss off or wait for tomorrow.',
  'order-rate': 'It sent more orders in a minute than max_orders_per_minute allows.',
  'reject-share': 'The exchange refused more of its orders than max_reject_share allows.',
  'order-group-triggered':
    'The exchange has tripped the order group of this ticker: far more was traded in 15 seconds than its limits allow, or somebody triggered it. A release resets the group.',
  'ticker-halted': 'A person has set this ticker to halted.',
  'desk-halted': 'A person has set the desk to halted: no ticker is quoted.',
  'ticker-reducing': 'A person lets this ticker only reduce its position.',
  'desk-reducing': 'A person lets the desk only reduce its positions.',
  invariant: 'The maker found a mistake of its own and stopped. Read the log before releasing it.',
  crash: 'The maker failed and stopped. Read the log before releasing it.',

  // What is not known of our own account.
  'private-channels':
    'The exchange does not send us our fills and orders; the subscription is tried again.',
  'no-reconcile':
    'Orders, fills and position have not been compared with the exchange for three periods.',
  'requests-failing': 'No request gets an answer: nothing that we send is known to arrive.',

  // The connection and the book.
  'link-down': 'The connection to the exchange is down.',
  stale: 'Nothing about this market, and no proof that it is subscribed, has come for too long.',
  lagging: 'The feed lies too far behind what happens; a new connection is tried.',
  gap: 'A message of the feed was lost; a fresh book is requested.',
  'bad-sequence': 'The numbers of the feed make no sense; a fresh book is requested.',
  'no-snapshot': 'The book has not arrived yet.',
  'bad-snapshot': 'The book that arrived was not readable; a fresh one has been asked for.',
  'bad-price': 'The feed named an impossible price; a fresh book is requested.',
  'malformed-frame': 'The feed sent something unreadable; a fresh book is requested.',
  'negative-level': 'The feed and our book disagree; a fresh book is requested.',
  crossed: 'The book is crossed: its best bid is not below its best ask.',
  'subscription-ended': 'The exchange ended the subscription; a new one is requested.',
  contradicted: 'The exchange shows another book than ours; a fresh one must agree with it first.',
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
  'market-settled-scalar':
    'The market paid a value between 0 and 1, which the maker does not book: a person must look.',
  'exchange-paused': 'The exchange has paused trading; its status is asked until it goes on.',
  'market-other': 'The market is in a state that the maker does not know, so it is not quoted.',
  'market-not-binary': 'This is not a plain yes-or-no market, so it is not quoted.',

  // The calendar, and whether the market is worth quoting.
  'near-close':
    'The close or the outcome is near: only what reduces the position is quoted, ' +
    'and nothing in the last seconds.',
  'near-certain':
    'The outcome is near and all but certain: only what reduces the position is quoted.',
  news: 'A scheduled release is near: nothing is quoted around it.',
  jump: 'The price has just jumped: nothing is quoted until the book has settled.',
  'adverse-fills': 'Our fills have lost money by more than chance. A person must decide.',
  'market-not-credible':
    'The book is too wide or too thin to say what a contract is worth: only reducing is quoted.',
  'not-worth-it': 'By arithmetic, quoting this market does not pay; it is checked again later.',

  // Price and limits.
  'not-ready': 'The model has no price yet: its numbers are not finite.',
  longshot: 'Buying a long shot loses on average, so this side is left out at such a price.',
  'size-skew': 'So much is held already that this side has shrunk to less than a contract.',
  'settlement-risk':
    'Holding more would make the outcome too uncertain in dollars, or lose too much at worst.',
  'taker-exit': 'Our quote makes room for an order that takes a lot before the close.',
  burst: 'This side was filled in a burst; it pauses for a few seconds.',
  shock: 'An external price has just jumped: this side is pulled for a minute.',
  'outside-grid': 'The wanted price is not a legal price of this market.',
  'off-grid': 'The wanted price is not a legal price of this market.',
  'price-band': 'The wanted price lies outside the price limits.',
  'would-cross': 'The wanted price would trade at once; waiting for the book to move.',
  'foreign-order': 'An order of this account that is left alone stands at the only price left.',
  'own-cross': 'Our own order on the other side is in the way and must move first.',
  'beyond-limit': 'The order that takes would pay more than the limit of whoever asked for it.',
  'not-reducing': 'The order that takes would do more than close what is held.',
  'two-orders': 'The old order on this side is not provably gone yet.',
  'position-limit': 'The position limit does not allow an order on this side.',
  'risk-limit': 'The dollars-at-risk limit does not allow an order on this side.',
  'event-risk':
    'The event could lose no more than max_event_dollars_at_risk: only reducing is left.',
  'desk-risk': 'The desk could lose no more than max_desk_dollars_at_risk: only reducing is left.',
  cash: 'The cash on this shard would fall below min_cash, or has not been read.',
  'fat-finger': 'The order would be larger than allowed.',

  // Orders and budget.
  budget: 'The rate budget is used up; waiting for it to refill.',
  'rate-limited': 'The exchange asked us to slow down; no new orders for two seconds.',
  replacing: 'The old order on this side must be gone before a new one is placed.',
  'unknown-order': 'An order has an unknown outcome; the exchange is being asked.',
  waiting: 'An order is about to be placed.',
  rejected: 'The exchange refused the order; trying again later.',
  'killed-on-arrival':
    'The exchange accepted the order and cancelled it at once; trying again later.',
  'expiry-not-kept':
    'The exchange did not keep the expiry of our order, so it was cancelled; trying again later.',
  'canceled-by-exchange': 'The exchange cancelled our order by itself; trying again later.',
}

/**
 * Limits that bound a price: a few words for the chip, and what each means.
 * @type {Readonly<Record<string, readonly [word: string, meaning: string]>>}
 */
const CLAMPS = {
  alpha: ['signals capped', 'Order flow and external signals add up to more than max_alpha.'],
  skew: ['skew capped', 'Inventory would move the price by more than max_skew.'],
  'inventory-width': [
    'width capped',
    'Inventory risk would widen by more than max_inventory_width.',
  ],
  floor: ['at the floor', 'The half-spread is the least allowed: break-even or min_half_spread.'],
  'max-through': [
    'fair value',
    'The price would lie beyond the fair value by more than max_through.',
  ],
  'post-only': ['post-only', 'The price would have traded at once; it stops one tick short of it.'],
  'own-quotes': ['own quotes', 'The price would have met our own quote on the other side.'],
  'foreign-order': [
    'kept apart',
    'An order of this account that is left alone has that price, or would be met.',
  ],
  band: ['price band', 'The price lies at the limits min_price and max_price, or beyond.'],
}

/**
 * How a price was chosen among its neighbours.
 * @type {Readonly<Record<string, string>>}
 */
const PLACES = {
  model: 'the model’s own price',
  join: 'joins the best of others',
  improve: 'betters the best of others',
  'step-back': 'steps behind the best of others',
  stay: 'stays for its place in the queue',
  none: 'no price nearby passes',
}

/**
 * @param {string} code
 * @returns {readonly [word: string, meaning: string]}
 */
export const clampWords = (code) =>
  (Object.hasOwn(CLAMPS, code) ? CLAMPS[code] : undefined) ?? [code, code]

/** @param {string} code */
export const placeWords = (code) => (Object.hasOwn(PLACES, code) ? PLACES[code] : undefined) ?? code

/**
 * A sentence for a reason code, or the code itself where there is no sentence for it.
 * `detail` after a colon ("rejected: post_only") is kept, or has a sentence of its own.
 * @param {string | null | undefined} code
 * @returns {string}
 */
export const reasonSentence = (code) => {
  if (!code) return ''
  if (Object.hasOwn(SENTENCES, code)) return SENTENCES[code] ?? code
  const colon = code.indexOf(':')
  const head = colon > 0 ? code.slice(0, colon).trim() : ''
  const detail = code.slice(colon + 1).trim()
  if (head === 'rejected' && Object.hasOwn(SENTENCES, detail)) return SENTENCES[detail] ?? code
  const sentence = Object.hasOwn(SENTENCES, head) ? SENTENCES[head] : undefined
  return sentence === undefined ? code : `${sentence} (${detail})`
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
  blind: { mark: '⊘', word: 'Blind' },
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
