// Reads operator input: fields of a JSON object, from a request to /admin or from a file. Each
// reader throws an OperatorError whose sentence says what is wrong. Nothing is guessed, and a value
// out of range is refused, not clamped.

/** The operator's request cannot be carried out; the text says why. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError'
}

export type Body = Readonly<Record<string, unknown>>

export const unreadable = (key: string, value: unknown, wanted: string): OperatorError =>
  new OperatorError(
    `Operator request failed: ${key} was ${JSON.stringify(value) ?? 'absent'}, wanted ${wanted}`,
  )

/** A string, which may be empty. */
export const textIn = (body: Body, key: string, fallback?: string): string => {
  const value = body[key] ?? fallback
  if (typeof value === 'string') return value
  throw unreadable(key, value, 'a text')
}

/** A string that is not empty. */
export const nameIn = (body: Body, key: string): string => {
  const value = textIn(body, key)
  if (value !== '') return value
  throw unreadable(key, value, 'a text')
}

/** A finite number from `least` to `most`, both included, or the fallback as it is. */
export const numberIn = (
  body: Body,
  key: string,
  fallback?: number,
  least = Number.NEGATIVE_INFINITY,
  most = Number.POSITIVE_INFINITY,
): number => {
  const value = body[key] ?? fallback
  const isFine = Number.isFinite(value) && (value as number) >= least && (value as number) <= most
  if (isFine || (value !== undefined && value === fallback)) return value as number
  throw unreadable(
    key,
    value,
    most === Number.POSITIVE_INFINITY ? 'a number' : `a number from ${least} to ${most}`,
  )
}

/** A whole number from `least` to `most`. */
export const countIn = (
  body: Body,
  key: string,
  fallback?: number,
  least = 0,
  most = Number.POSITIVE_INFINITY,
): number => {
  const value = numberIn(body, key, fallback, least, most)
  if (Number.isInteger(value)) return value
  throw unreadable(key, value, 'a whole number')
}

export const flagIn = (body: Body, key: string, fallback: boolean): boolean => {
  const value = body[key] ?? fallback
  if (typeof value === 'boolean') return value
  throw unreadable(key, value, 'true or false')
}

export const oneOf = <T extends string | number>(
  body: Body,
  key: string,
  of: readonly T[],
  fallback?: T,
): T => {
  const value = (body[key] ?? fallback) as T
  if (of.includes(value)) return value
  throw unreadable(key, value, of.join(' or '))
}

/** Refuses unknown members: a misspelt one would otherwise be ignored silently. */
export const onlyKeys = (body: Body, keys: readonly string[]): void => {
  const unknown = Object.keys(body).find((key) => !keys.includes(key))
  if (unknown !== undefined) {
    throw new OperatorError(
      `Operator request failed: found "${unknown}", wanted some of ${keys.join(', ')}`,
    )
  }
}
