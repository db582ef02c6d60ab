// Turns bookmakers' odds, into probabilities, and probabilities into log-odds.
//
// Decimal odds are the common form here: the whole payout for one unit staked. Their inverse is the
// implied probability, which still contains the house's margin; `devig.ts` takes it out.

// U+2212 is what one large book really sends; the rest are what people paste.
const MINUS = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g
const EVEN = new Set(['EVEN', 'EV', 'EVS', 'PK'])
const WHOLE = /^-?\d+(\.\d+)?$/

/** The text with every kind of minus as '-', without blanks and without a leading '+'. */
const plainSign = (text: string): string =>
  text.replace(MINUS, '-').replace(/\s/g, '').replace(/^\+/, '')

/**
 * American odds as decimal odds: +245 -> 3.45, -305 -> 1.3278..., 'EVEN' -> 2.
 * NaN for a number inside (-100, 100) or a text that is none.
 */
export const fromAmerican = (odds: string | number): number => {
  const text = typeof odds === 'number' ? String(odds) : plainSign(odds)
  if (EVEN.has(text.toUpperCase())) return 2
  if (!WHOLE.test(text)) return Number.NaN
  const american = Number(text)
  if (american >= 100) return 1 + american / 100
  if (american <= -100) return 1 + 100 / -american
  return Number.NaN
}

/** The implied probability of decimal odds, margin included. NaN at 1 or below. */
export const impliedOf = (decimal: number): number =>
  decimal > 1 && Number.isFinite(decimal) ? 1 / decimal : Number.NaN

/** Log-odds of a probability. */
export const logit = (p: number): number => Math.log(p / (1 - p))

/** The probability of log-odds. */
export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
