// Money, prices and sizes as exact integers.
//
// Kalshi writes numbers as decimal strings ("0.4300" dollars, "120.50" contracts). We keep them as
// integers so that nothing is ever rounded by accident, and write them back as strings at the edge.
// 1 Price x 1 Quantity = 1 Money exactly, which is why the three scales are what they are.

/** A plain number carrying its unit in the type only: mixing two units does not compile. */
type Unit<Name extends string> = number & { readonly __unit?: Name }

/** A YES price. Integer, 1 = $0.0001, so 56 cents = 5600. Legal prices lie in 1..9999. */
export type Price = Unit<'price'>
/** Contracts. Integer, 1 = 0.01 contract, so 10 contracts = 1000. Signed where it is a position. */
export type Quantity = Unit<'quantity'>
/** Dollars. Integer, 1 = $0.000001. Price x Quantity gives Money. */
export type Money = Unit<'money'>
/** Epoch milliseconds. */
export type Millis = Unit<'millis'>

export type Side = 'bid' | 'ask'

/** $1.00 as a Price: what a winning contract pays. */
export const PRICE_ONE = 10_000
/** Prices per cent. */
export const PRICE_CENT = 100
/** One contract as a Quantity. */
export const CONTRACT = 100
/** $1 as Money. */
export const DOLLAR = 1_000_000
/** One cent as Money. */
export const MONEY_CENT = 10_000

const PRICE_DECIMALS = 4
const QUANTITY_DECIMALS = 2
const MONEY_DECIMALS = 6

/** The other side of the book. */
export const opposite = (side: Side): Side => (side === 'bid' ? 'ask' : 'bid')

/** +1 for a bid (buys YES), -1 for an ask. */
export const signOf = (side: Side): 1 | -1 => (side === 'bid' ? 1 : -1)

const DOT = 46
const ZERO = 48
const MINUS = 45

/**
 * Reads a decimal string as an integer scaled by 10^decimals, exactly.
 * Extra decimals are accepted only when they are zeros. Returns NaN for anything else (not a
 * string, empty, exponent, two dots, inexact, beyond 2^53), so that the caller reports it in its
 * own words. Hand-written because it runs twice per book frame.
 */
export const parseScaled = (text: unknown, decimals: number): number => {
  if (typeof text !== 'string') return Number.NaN
  const length = text.length
  let index = 0
  let negative = false
  const first = text.charCodeAt(0)
  if (first === MINUS || first === 43) {
    negative = first === MINUS
    index = 1
  }
  if (index >= length) return Number.NaN
  let value = 0
  let seenDigit = false
  let places = -1
  for (; index < length; index++) {
    const code = text.charCodeAt(index)
    if (code === DOT) {
      if (places >= 0) return Number.NaN
      places = 0
      continue
    }
    const digit = code - ZERO
    if (digit < 0 || digit > 9) return Number.NaN
    seenDigit = true
    if (places < 0) value = value * 10 + digit
    else if (places < decimals) {
      value = value * 10 + digit
      places++
    } else if (digit !== 0) return Number.NaN
  }
  if (!seenDigit) return Number.NaN
  for (let place = Math.max(places, 0); place < decimals; place++) value *= 10
  if (value > Number.MAX_SAFE_INTEGER) return Number.NaN
  return negative && value !== 0 ? -value : value
}

const formatScaled = (value: number, decimals: number): string => {
  const negative = value < 0
  const digits = String(Math.abs(value)).padStart(decimals + 1, '0')
  const cut = digits.length - decimals
  return `${negative ? '-' : ''}${digits.slice(0, cut)}.${digits.slice(cut)}`
}

/** "0.4300" -> 4300. NaN when it is not a decimal with at most four significant decimals. */
export const parsePrice = (text: unknown): Price => parseScaled(text, PRICE_DECIMALS)
/** "-20.50" -> -2050. NaN when it is not a decimal with at most two significant decimals. */
export const parseQuantity = (text: unknown): Quantity => parseScaled(text, QUANTITY_DECIMALS)
/** "8.815000" -> 8815000. NaN when it is not a decimal with at most six significant decimals. */
export const parseMoney = (text: unknown): Money => parseScaled(text, MONEY_DECIMALS)

/** 4300 -> "0.4300", the form that order requests take. */
export const formatPrice = (price: Price): string => formatScaled(price, PRICE_DECIMALS)
/** -2050 -> "-20.50". */
export const formatQuantity = (quantity: Quantity): string =>
  formatScaled(quantity, QUANTITY_DECIMALS)
/** 8815000 -> "8.815000". */
export const formatMoney = (money: Money): string => formatScaled(money, MONEY_DECIMALS)

/** Money as cents for people and for the tape: 8815000 -> 881.5. */
export const moneyToCents = (money: Money): number => money / MONEY_CENT

/**
 * round(a * b / c), halves away from zero, exact for any safe integers (the product may pass
 * 2^53, so it is taken in BigInt). Used where money is split in proportion. c must not be 0.
 */
export const mulDivRound = (a: number, b: number, c: number): number => {
  const product = BigInt(a) * BigInt(b)
  const divisor = BigInt(c)
  const negative = product < 0n !== divisor < 0n
  const top = product < 0n ? -product : product
  const bottom = divisor < 0n ? -divisor : divisor
  const rounded = Number((top * 2n + bottom) / (bottom * 2n))
  return negative && rounded !== 0 ? -rounded : rounded
}
