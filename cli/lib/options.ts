// Command lines: reads options, refuses what is out of range, prints the usage, and ends a program
// that fails with one sentence and exit code 2.

import { readFileSync } from 'node:fs'
import { type ParseArgsConfig, parseArgs } from 'node:util'

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

/** Prints one sentence and ends the program with 2. */
export const fail = (sentence: string): never => {
  console.error(sentence)
  process.exit(2)
}

/** For `promise.catch`: ends the program with the error's message behind `before`. */
export const failWith =
  (before = '') =>
  (error: unknown): never =>
    fail(`${before}${messageOf(error)}`)

/** `parseArgs`, but that an unknown option ends the program with a sentence. */
export const optionsOf = <T extends ParseArgsConfig>(
  config: T,
): ReturnType<typeof parseArgs<T>> => {
  try {
    return parseArgs(config)
  } catch (error) {
    return failWith()(error)
  }
}

const named =
  <K extends 'string' | 'boolean'>(type: K) =>
  <N extends string>(...names: N[]) =>
    Object.fromEntries(names.map((name) => [name, { type }])) as Record<N, { type: K }>

/** Options without a default: text, and flags. */
export const texts = named('string')
export const flags = named('boolean')

/** Prints the header of the program's own file, which is its usage, and ends it. */
export const showUsage = (url: string, code: number): never => {
  const text = readFileSync(new URL(url), 'utf8')
  console.log(text.slice(0, text.indexOf('\n\nimport')).replace(/^\/\/ ?/gm, ''))
  process.exit(code)
}

export const numberOf = (name: string, text: string, least: number, most: number): number => {
  const value = Number(text)
  if (text.trim() !== '' && value >= least && value <= most) return value
  const range = Math.abs(least) < Number.MAX_SAFE_INTEGER ? ` from ${least} to ${most}` : ''
  return fail(`Reading --${name} failed: found "${text}", wanted a number${range}`)
}

export const wholeOf = (name: string, text: string, least = 0): number => {
  const value = Number(text)
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value
  return fail(`Reading --${name} failed: found "${text}", wanted a whole number from ${least}`)
}

/** One of a list of words. */
export const oneOf = <T extends string>(name: string, text: string, known: readonly T[]): T =>
  known.find((word) => word === text) ??
  fail(`Reading --${name} failed: found "${text}", wanted one of ${known.join(', ')}`)

/**
 * Calls `close` on the first SIGINT or SIGTERM and ends with `code`; a second signal ends at once.
 */
export const closeOnSignal = (close: () => Promise<unknown>, code = 0): void => {
  let leaving = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (leaving) process.exit(1)
      leaving = true
      void close().then(() => process.exit(code))
    })
  }
}
