// The kinds of environment variables, as schemas: text, one of a few words, the address of a host.
//
// A variable that is missing, empty or no text counts as ''. The message of each check is the end
// of a sentence that begins with the variable's name: "is "loud", wanted one of …".

import * as v from 'valibot'

export type Environment = 'mock' | 'demo' | 'prod'

const LONGEST_SHOWN = 24

/**
 * A wrong value as a message may show it: the log keeps messages, and what stands in the wrong
 * variable may be a secret. So only a short word is shown.
 */
export const shown = (found: string): string =>
  found.length <= LONGEST_SHOWN ? JSON.stringify(found) : `a text of ${found.length} characters`

/** What a message says was wanted, without what was found. */
export const wantedOf = (problem: string): string => {
  const at = problem.lastIndexOf(', wanted ')
  return at < 0 ? 'a value that can be used' : problem.slice(at + ', wanted '.length)
}

export const text = v.pipe(v.optional(v.fallback(v.string(), ''), ''), v.trim())

/** One of `words`, or `fallback` where the variable is empty. */
export const choice = <const Word extends string>(
  words: readonly Word[],
  fallback: Word,
  wanted = `one of ${words.join(', ')}`,
) =>
  v.pipe(
    text,
    v.transform((found) => (found === '' ? fallback : found)),
    v.picklist(words, ({ input }) => `is ${shown(String(input))}, wanted ${wanted}`),
  )

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Whether the address is on this machine. */
export const isLoopback = (address: string): boolean => LOOPBACK.has(new URL(address).hostname)

type Scheme = 'http' | 'ws'

const faultOf = (address: string, scheme: Scheme): string => {
  if (!URL.canParse(address)) {
    return `is ${shown(address)}, wanted a ${scheme}(s):// address`
  }
  const url = new URL(address)
  const isPlain = url.protocol === `${scheme}:`
  if (!isPlain && url.protocol !== `${scheme}s:`) {
    return `begins with ${shown(url.protocol)}, wanted ${scheme}:// or ${scheme}s://`
  }
  if (url.username !== '' || url.password !== '') {
    return 'holds a user name or password, wanted an address without credentials'
  }
  if (url.search !== '' || url.hash !== '') {
    return 'holds a query or a fragment, wanted an address that ends with its path'
  }
  if (isPlain && !isLoopback(address)) {
    const wanted = `${scheme}s:// (plain only to this machine)`
    return `is plain ${scheme} to ${shown(url.hostname)}, wanted ${wanted}`
  }
  return ''
}

/** An address without a slash at the end, encrypted unless on this machine; `real` where empty. */
export const address = (scheme: Scheme, real = '') =>
  v.pipe(
    text,
    v.check(
      (found) => found === '' || faultOf(found, scheme) === '',
      ({ input }) => faultOf(input, scheme),
    ),
    v.transform((found) => (found === '' ? real : found.replace(/\/+$/, ''))),
  )

/** The variables by their schema, or `problem`: which one is wrong, and what was wanted. */
export const readVariables = <Schema extends v.GenericSchema>(
  schema: Schema,
  env: unknown,
):
  | { readonly ok: true; readonly values: v.InferOutput<Schema> }
  | { readonly ok: false; readonly problem: string } => {
  const read = v.safeParse(schema, env, { abortEarly: true })
  if (read.success) return { ok: true, values: read.output }
  const [issue] = read.issues
  return { ok: false, problem: `${String(issue.path?.[0]?.key)} ${issue.message}` }
}
