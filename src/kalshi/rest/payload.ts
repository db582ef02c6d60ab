// The kinds of value in Kalshi's REST answers, as schemas, and how a body is read by one.
//
// Only keys that we need are named: unknown keys never matter, and an unknown word is kept or
// becomes 'other'. Decimal strings become exact integers by core/vocabulary/units.ts, because a
// library would round them. Orders and fills are read by ../common/records.ts, which the hot
// decoder shares.

import * as v from 'valibot'
import { parseMoney, parseQuantity, type Quantity } from '../../core/vocabulary/units.ts'
import { asInstant, asObject, type Json, show } from '../common/fields.ts'

/** What `read` makes of a value; null and NaN say that it is not what was wanted. */
const kind = <T>(wanted: string, read: (value: unknown) => T | null): v.GenericSchema<unknown, T> =>
  v.pipe(
    v.unknown(),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const value = read(dataset.value)
      if (value !== null && !Number.isNaN(value)) return value
      addIssue({ expected: wanted })
      return NEVER
    }),
  )

/** What `read` makes of a value; text is the whole sentence that says what was wrong. */
export const ours = <T extends object>(
  read: (value: unknown) => T | string,
): v.GenericSchema<unknown, T> =>
  v.pipe(
    v.unknown(),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const value = read(dataset.value)
      if (typeof value !== 'string') return value
      addIssue({ message: value })
      return NEVER
    }),
  )

/** A row that a reader of ../common/records.ts fills in. */
export const record = <T extends object>(
  create: () => T,
  read: (raw: Json, into: T) => string,
): v.GenericSchema<unknown, T> =>
  ours((value) => {
    const raw = asObject(value)
    if (raw === null) return `found ${show(value)} among them, wanted an object`
    const item = create()
    return read(raw, item) || item
  })

export const text = kind('a text', (value) =>
  typeof value === 'string' && value !== '' ? value : null,
)
/** Text, '' where there is none. */
export const anyText = v.fallback(v.string(), '')
export const money = kind('dollars', parseMoney)
export const quantity = kind('a count', parseQuantity)
export const atLeastZero = (most: number) =>
  kind(`a number from 0 to ${most}`, (value) =>
    typeof value === 'number' && value >= 0 && value <= most ? value : null,
  )
export const positive = kind('a number above 0', (value) =>
  typeof value === 'number' && value > 0 ? value : null,
)
export const positiveQuantity = kind('a count above 0', (value): Quantity | null => {
  const read = parseQuantity(value)
  return read > 0 ? read : null
})
/** RFC 3339 text as epoch milliseconds. */
export const instant = kind('a time', asInstant)
/** A whole number from 0 on; 0 where there is none. */
export const wholeOrZero = v.nullish(v.pipe(v.number(), v.safeInteger(), v.minValue(0)), 0)

/** A list; an empty one may be written as null. */
export const list = <Row extends v.GenericSchema>(row: Row) =>
  v.pipe(
    v.nullable(v.array(row)),
    v.transform((rows) => rows ?? []),
  )

/** One page of a list. `cursor` is '' on the last page. */
export interface Page<T> {
  readonly items: T[]
  readonly cursor: string
}

/** A page of the list under `key`. A list with one unreadable row is unreadable as a whole. */
export const page = <T>(
  key: string,
  row: v.GenericSchema<unknown, T>,
  cursor: 'cursor' | 'next_cursor' = 'cursor',
): v.GenericSchema<unknown, Page<T>> =>
  v.pipe(
    v.object({ [key]: list(row), [cursor]: anyText }),
    v.transform((body) => ({ items: body[key] as T[], cursor: body[cursor] as string })),
  )

/** Reads a body by its schema, or says in one sentence where it found what, and what was wanted. */
export const reader =
  <Schema extends v.GenericSchema>(what: string, schema: Schema) =>
  (body: unknown): v.InferOutput<Schema> | string => {
    const read = v.safeParse(schema, body, { abortEarly: true })
    if (read.success) return read.output
    const [{ path, expected, message, input }] = read.issues
    const names = (path ?? []).map(({ key }) => key).filter((key) => typeof key === 'string')
    const at = [...new Set([what, ...names])].join(' ')
    return `${at}: ${expected === null ? message : `found ${show(input)}, wanted ${expected}`}`
  }

/** The value under the one key of a body that matters. */
export const under = <T>(
  key: string,
  value: v.GenericSchema<unknown, T>,
): v.GenericSchema<unknown, T> =>
  v.pipe(
    v.object({ [key]: value }),
    v.transform((body) => body[key] as T),
  )
