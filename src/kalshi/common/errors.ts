// Reads error answers. Kalshi has four shapes of error body, and a proxy may send HTML or nothing
// in its place, so this reads what it can and never throws; a schema could only refuse.
//
// 1 {"error":{"code","message","details"}}   2 {"code","message","details"}
// 3 {"msg"}                                  4 {"error":"too many requests"}

import { asObject, asText, type Json } from './fields.ts'

interface ErrorText {
  /** The exchange's code. Codes may embed ids ("user_not_found:_<uuid>"): compare by prefix. */
  readonly code: string
  /** For people: message and details, shortened. */
  readonly detail: string
}

const MAX_DETAIL = 300

/** Reads an error body of any shape. Without a code of its own it is "http_<status>". */
export const readError = (status: number, bodyText: string): ErrorText => {
  // A bare string is only known from rate limiting (429), where others get the code below.
  const fallback = status === 429 ? 'too_many_requests' : `http_${status}`
  let body: Json | null
  try {
    body = asObject(JSON.parse(bodyText))
  } catch {
    body = null
  }
  if (body === null) return { code: fallback, detail: clip(bodyText.trim()) }
  return readErrorItem(body.error ?? body, fallback)
}

/** Reads the error of one item of a batch answer (shape 2), or the inside of shape 1. */
export const readErrorItem = (value: unknown, fallback: string): ErrorText => {
  if (typeof value === 'string') return { code: fallback, detail: clip(value) }
  const raw = asObject(value)
  if (raw === null) return { code: fallback, detail: '' }
  const code = asText(raw.code) || fallback
  const parts = [asText(raw.message) || asText(raw.msg), asText(raw.details)]
  const detail = parts.filter((part) => part !== '' && part !== code).join(': ')
  return { code, detail: clip(detail) }
}

const clip = (text: string): string =>
  text.length > MAX_DETAIL ? `${text.slice(0, MAX_DETAIL - 3)}...` : text

/** An error as one short line. */
export const describe = (error: unknown): string => {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return text.length > 200 ? `${text.slice(0, 197)}...` : text
}
