// Short ways to state many numbers at once, so that a table of them fits a line or two.

import { expect } from 'vitest'

/** These values to so many decimals, to be spread into what `toMatchObject` is given. */
export const close = (decimals: number, values: Readonly<Record<string, number>>) =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, expect.closeTo(value, decimals)]),
  )

/** Checks what a function answers to each number: number → answer. */
export const answers = (
  of: (given: number) => unknown,
  table: Readonly<Record<string, unknown>>,
): void => {
  const got = Object.keys(table).map((given) => [given, of(Number(given))])
  expect(Object.fromEntries(got)).toEqual(table)
}
