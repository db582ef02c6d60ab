// Reads what an operator asks for: fields of a JSON object, each with the sentence that says what
// is wrong with it. Used for the operator's door and for the file of events; nothing is guessed,
// and what is out of range is refused, not bent.

/** What the operator asked for cannot be done; the text says why. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError'
}

export type Body = Readonly<Record<string, unknown>>

const unreadable = (key: string, value: unknown, wanted: string): OperatorError =>
  new OperatorError(
    `Operator request failed: ${key} was ${JSON.stringify(value) ?? 'absent'}, wanted ${wanted}`,
  )

export const textIn = (body: Body, key: string, fallback?: string): string => {
  const value = body[key] ?? fallback
  if (typeof value === 'string' && value !== '') return value
  throw unreadable(key, value, 'a text')
}

/** A number within `least` and `most`, both included. */
export const numberIn = (
  body: Body,
  key: string,
  least: number,
  most: number,
  fallback?: number,
): number => {
  const value = body[key] ?? fallback
  if (typeof value === 'number' && value >= least && value <= most) return value
  throw unreadable(key, value, `a number from ${least} to ${most}`)
}

/** A whole number within `least` and `most`. */
export const countIn = (
  body: Body,
  key: string,
  least: number,
  most: number,
  fallback?: number,
): number => {
  const value = numberIn(body, key, least, most, fallback)
  if (Number.isInteger(value)) return value
  throw unreadable(key, value, 'a whole number')
}

export const flagIn = (body: Body, key: string, fallback: boolean): boolean => {
  const value = body[key] ?? fallback
  if (typeof value === 'boolean') return value
  throw unreadable(key, value, 'true or false')
}

export const oneOf = <T extends string>(
  body: Body,
  key: string,
  of: readonly T[],
  fallback?: T,
): T => {
  const value = (body[key] ?? fallback) as T
  if (of.includes(value)) return value
  throw unreadable(key, value, of.join(' or '))
}

/** Refuses members that nobody reads: a misspelt knob would otherwise do nothing, silently. */
export const onlyKeys = (body: Body, keys: readonly string[]): void => {
  const unknown = Object.keys(body).find((key) => !keys.includes(key))
  if (unknown !== undefined) {
    throw new OperatorError(
      `Operator request failed: found "${unknown}", wanted some of ${keys.join(', ')}`,
    )
  }
}
