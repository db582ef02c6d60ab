// Small readers of untrusted JSON from sources that promise nothing.
//
// In: anything. Out: the value wanted, or NaN, null or '', which the caller reports. Nothing here
// throws. Numbers arrive as strings or as numbers, optional ones as '', and a missing member is
// normal: so rows are read leniently, one member at a time, where a schema would refuse the whole
// row.

import { type Malformed, malformed } from './types.ts'

export type Json = Record<string, unknown>

/** The value as an object with named fields, or null. */
export const asObject = (value: unknown): Json | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null

/** The value as a list; empty when it is none. */
export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** The value as text; '' when it is none. */
export const asText = (value: unknown): string => (typeof value === 'string' ? value : '')

const DECIMAL = /^-?\d+(\.\d+)?$/

/**
 * A finite number, or a plain decimal string ("0.45", "-7"); NaN for anything else, '' included
 * (`Number('')` is 0, which is how an absent price becomes a price).
 */
export const asDecimal = (value: unknown): number => {
  if (typeof value === 'number') return Number.isFinite(value) ? value : Number.NaN
  if (typeof value !== 'string' || !DECIMAL.test(value)) return Number.NaN
  const number = Number(value)
  return Number.isFinite(number) ? number : Number.NaN
}

/** A list of strings, also when it is JSON inside a string; null for anything else. */
export const asStrings = (value: unknown): readonly string[] | null => {
  const list = typeof value === 'string' ? parseText(value) : value
  if (!Array.isArray(list)) return null
  return list.every((item) => typeof item === 'string') ? (list as string[]) : null
}

/** The JSON in a text; a `Malformed` value when there is none (an HTML page from a proxy, say). */
export const parseText = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return malformed(`Body: found ${show(text)}, wanted JSON`)
  }
}

/** True for the value that the readers of this folder return instead of throwing. */
export const isMalformed = (value: unknown): value is Malformed =>
  asObject(value)?.kind === 'malformed'

/** A value as it may stand in a message: short, whatever came. */
export const show = (value: unknown): string => {
  if (value === undefined) return 'nothing'
  let text: string
  try {
    text = typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? typeof value)
  } catch {
    text = typeof value
  }
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
