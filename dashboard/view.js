// Turns the maker's status into what the page shows. Pure: no document, no clock.
//
// Numbers arrive as decimal strings (dollars and contracts). Money is added as whole millionths of
// a dollar, so that the total agrees with its parts to the last digit.

/** @import { LiveView, MakerStatus, LadderLevel } from '../src/core/status/status.ts' */

const MINUS = '\u2212'
const ABSENT = '–'

/**
 * Whole millionths of a dollar. NaN when the text is not a number.
 * @param {string} text
 */
export const micros = (text) => (text.trim() === '' ? Number.NaN : Math.round(Number(text) * 1e6))

/**
 * @param {number} value
 * @param {number} places
 * @param {{ unit?: string, sign?: boolean }} [how] `sign` writes a plus before gains
 */
export const fixed = (value, places, { unit = '', sign = false } = {}) => {
  if (!Number.isFinite(value)) return ABSENT
  const digits = Math.abs(value).toFixed(places)
  // Decided after rounding, so that a loss too small to show is 0.00 and not -0.00.
  const zero = Number(digits) === 0
  const mark = zero ? '' : value < 0 ? MINUS : sign ? '+' : ''
  return `${mark}${unit}${digits}`
}

/**
 * 330000 -> "+$0.33". Two places, and a sign on both gains and losses.
 * @param {number} amount millionths of a dollar
 */
export const signedDollars = (amount) => fixed(amount / 1e6, 2, { unit: '$', sign: true })

/**
 * "0.003100" -> "$0.0031": fees need more places than profits.
 * @param {string} text dollars
 */
export const feeDollars = (text) => fixed(micros(text) / 1e6, 4, { unit: '$' })

/**
 * "-20.50" -> "−20.5"; trailing zeros are dropped.
 * @param {string | number | null | undefined} value contracts
 * @param {{ sign?: boolean }} [how]
 */
export const contracts = (value, how = {}) => {
  if (value === null || value === undefined || value === '') return ABSENT
  const number = Number(value)
  if (!Number.isFinite(number)) return ABSENT
  const text = fixed(number, 2, how)
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

/**
 * "0.4350" -> "43.5"; `places` fixes the decimals so that a column lines up.
 * @param {string | null | undefined} price dollars
 * @param {number} [places]
 */
export const cents = (price, places) => {
  if (price === null || price === undefined || price === '') return ABSENT
  const value = Math.round(Number(price) * 1e6) / 1e4
  if (!Number.isFinite(value)) return ABSENT
  return places === undefined ? String(value).replace('-', MINUS) : fixed(value, places)
}

/**
 * Decimals of a cent that these prices need: 0, 1 or 2.
 * @param {readonly string[]} prices dollars
 */
export const centPlaces = (prices) => {
  let places = 0
  for (const price of prices) {
    const units = Math.round(Number(price) * 1e4)
    if (units % 10 !== 0) return 2
    if (units % 100 !== 0) places = 1
  }
  return places
}

/**
 * Realized + unrealized - fees, in millionths of a dollar. Realized is before fees.
 * @param {Pick<MakerStatus['pnl'], 'realized' | 'unrealized' | 'fees'>} pnl
 */
export const netMicros = (pnl) => micros(pnl.realized) + micros(pnl.unrealized) - micros(pnl.fees)

/**
 * 'up', 'down' or 'flat' after rounding to the cents that are shown.
 * @param {number} amount millionths of a dollar
 * @returns {'up' | 'down' | 'flat'}
 */
export const direction = (amount) => {
  const shown = Math.round(amount / 1e4)
  return shown > 0 ? 'up' : shown < 0 ? 'down' : 'flat'
}

/**
 * @typedef {object} Mark a named price in the ladder
 * @property {'mid' | 'fair' | 'reservation'} name
 * @property {string} text cents, as shown
 */

/**
 * @typedef {object} LadderRow
 * @property {'ask' | 'bid'} side
 * @property {string} price cents, as shown
 * @property {string} others contracts of others, as shown; a dash where there are none
 * @property {string} ours our contracts, as shown; '' where there are none
 * @property {number} othersShare 0..1 of the deepest level shown, for the bar
 * @property {number} oursShare 0..1, stacked on it
 * @property {boolean} best the best level of its side
 * @property {Mark[]} marks markers that fall on or nearest to this level
 */

/**
 * @typedef {object} Ladder
 * @property {LadderRow[]} asks highest price first, so the best ask is last
 * @property {LadderRow[]} bids best bid first
 * @property {string} spread "spread 1 ¢", or which side is missing
 * @property {Mark[]} marks markers inside the spread, highest first
 */

/**
 * Quotes of ours that lie deeper than the levels shown still belong in the ladder.
 * @param {readonly LadderLevel[]} levels best first
 * @param {MakerStatus['levels']['bid']} quotes
 * @param {1 | -1} toward +1 where higher is better (bids)
 * @returns {LadderLevel[]}
 */
const withOwn = (levels, quotes, toward) => {
  const all = [...levels]
  for (const { price, quantity } of quotes) {
    if (!all.some(([shown]) => Number(shown) === Number(price))) all.push([price, '', quantity])
  }
  return all.sort(([a], [b]) => toward * (Number(b) - Number(a)))
}

/**
 * Rows of the ladder with our size beside that of others, and the mid, the fair value and the
 * reservation price where they fall.
 * @param {LiveView} view
 * @returns {Ladder}
 */
export const ladderRows = (view) => {
  const { status } = view
  const bids = withOwn(view.ladder.bids, status.levels.bid, 1)
  const asks = withOwn(view.ladder.asks, status.levels.ask, -1)
  const all = [...bids, ...asks]
  const places = centPlaces(all.map(([price]) => price))
  const deepest = Math.max(...all.map(([, others, ours]) => Number(others) + Number(ours)), 0)
  const share = (/** @type {string} */ size) => (deepest > 0 ? Number(size) / deepest : 0)

  /** @param {'ask' | 'bid'} side */
  const rowOf =
    (side) =>
    (/** @type {LadderLevel} */ [price, others, ours], /** @type {number} */ i) => ({
      side,
      price: cents(price, places),
      others: Number(others) > 0 ? contracts(others) : ABSENT,
      ours: Number(ours) > 0 ? contracts(ours) : '',
      othersShare: share(others),
      oursShare: share(ours),
      best: i === 0,
      marks: /** @type {Mark[]} */ ([]),
    })
  const bidRows = bids.map(rowOf('bid'))
  const askRows = asks.map(rowOf('ask'))

  /** @type {Mark[]} */
  const marks = []
  const bestBid = bids[0] ? Number(bids[0][0]) * 100 : Number.NEGATIVE_INFINITY
  const bestAsk = asks[0] ? Number(asks[0][0]) * 100 : Number.POSITIVE_INFINITY
  for (const { name, at } of markers(status)) {
    const mark = { name, text: cents(String(at / 100), 2) }
    if (at > bestBid && at < bestAsk) marks.push(mark)
    else {
      const [levels, rows] = at <= bestBid ? [bids, bidRows] : [asks, askRows]
      nearestRow(levels, rows, at)?.marks.push(mark)
    }
  }
  const twoSided = Number.isFinite(bestBid) && Number.isFinite(bestAsk)
  const spread = twoSided
    ? `spread ${cents(String((bestAsk - bestBid) / 100))} ¢`
    : bids.length + asks.length === 0
      ? 'no book now'
      : bids.length === 0
        ? 'no bids'
        : 'no asks'
  return { asks: askRows.reverse(), bids: bidRows, spread, marks }
}

/**
 * Named prices in cents, highest first.
 * @param {MakerStatus} status
 */
const markers = (status) => {
  /** @type {{ name: Mark['name'], at: number }[]} */
  const found = []
  if (status.book.mid !== null) found.push({ name: 'mid', at: Number(status.book.mid) * 100 })
  if (status.model !== null) {
    found.push({ name: 'fair', at: status.model.fair_cents })
    found.push({ name: 'reservation', at: status.model.reservation_cents })
  }
  return found.filter(({ at }) => Number.isFinite(at)).sort((a, b) => b.at - a.at)
}

/**
 * @param {readonly LadderLevel[]} levels
 * @param {readonly LadderRow[]} rows in the same order
 * @param {number} at cents
 */
const nearestRow = (levels, rows, at) => {
  let best = -1
  let distance = Number.POSITIVE_INFINITY
  levels.forEach(([price], index) => {
    const away = Math.abs(Number(price) * 100 - at)
    if (away < distance) {
      best = index
      distance = away
    }
  })
  return rows[best]
}

/**
 * The position against its limit: how far the bar reaches from the middle, and which way.
 * @param {string} position contracts, signed
 * @param {unknown} limit contracts, as number or decimal string
 * @returns {{ share: number, side: 'long' | 'short' | 'flat', limit: string, sentence: string }}
 */
export const inventory = (position, limit) => {
  const held = Number(position)
  const most = typeof limit === 'number' || typeof limit === 'string' ? Number(limit) : Number.NaN
  const side = held > 0 ? 'long' : held < 0 ? 'short' : 'flat'
  const share = most > 0 ? Math.min(Math.abs(held) / most, 1) : 0
  const word = { long: 'long YES', short: 'short YES', flat: 'flat' }[side]
  const of = most > 0 ? `, ${Math.round(share * 100)} % of limit ${contracts(most)}` : ''
  const sentence =
    side === 'flat' ? `flat${most > 0 ? `, limit ${contracts(most)}` : ''}` : `${word}${of}`
  return { share, side, limit: most > 0 ? contracts(most) : '', sentence }
}

/**
 * 400 -> "0.4 s"; 185000 -> "3 min 5 s"; 7440000 -> "2 h 4 min".
 * @param {number} ms
 */
export const duration = (ms) => {
  const seconds = Math.max(ms, 0) / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
  return `${Math.floor(minutes / 1440)} d ${Math.floor((minutes % 1440) / 60)} h`
}

/**
 * Time of day of an ISO time, in the reader's zone unless one is given.
 * @param {string} iso
 * @param {string} [timeZone]
 */
export const clockTime = (iso, timeZone) => {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return iso
  return at.toLocaleTimeString('en-GB', { hour12: false, ...(timeZone ? { timeZone } : {}) })
}

/**
 * @param {number | null} ms
 */
export const latency = (ms) =>
  ms === null ? ABSENT : `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`

/**
 * A counter or parameter as text: null is said, objects are written as JSON.
 * @param {unknown} value
 */
export const plain = (value) =>
  typeof value === 'string' ? value : value === null ? 'none' : (JSON.stringify(value) ?? ABSENT)

/**
 * "max_dollars_at_risk" -> "max dollars at risk".
 * @param {string} key
 */
export const words = (key) => key.replace(/[_-]+/g, ' ')

/**
 * Reads `#token=…&ticker=…`.
 * @param {string} hash
 * @returns {{ token: string | null, ticker: string | null }}
 */
export const readFragment = (hash) => {
  const found = new URLSearchParams(hash.replace(/^#/, ''))
  return { token: found.get('token') || null, ticker: found.get('ticker') || null }
}

/**
 * Whether a browser may send this token as a WebSocket subprotocol (an HTTP token, RFC 9110 5.6.2);
 * base64 with '/' or '=' may not.
 * @param {string} token
 */
export const fitsSubprotocol = (token) => /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(token)
