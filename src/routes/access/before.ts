// Notes what a maker was like before a person changes it, for the audit.

import type { MakerStub } from '../../rpc/stubs.ts'
import type { Deps } from '../deps.ts'

const READ_MS = 1_000

/** Calls that change nothing. */
const READING: ReadonlySet<string> = new Set(['status', 'fetch', 'tapeTail', 'flushTape'])

const stateOf = async (maker: MakerStub): Promise<unknown> => {
  const answer = await maker.status()
  if (!answer.ok) return null
  const { phase, reason, parameters } = answer.value
  return { phase, reason, parameters }
}

/**
 * The same dependencies, but that the first call that changes a maker asks for its state before
 * that. Nobody waits for the answer: an object answers calls in their order.
 * @param noted given the state, null where it cannot be read in time
 */
export const notingBefore = (deps: Deps, noted: (before: Promise<unknown>) => void): Deps => {
  let isNoted = false
  const note = (maker: MakerStub): void => {
    if (isNoted) return
    isNoted = true
    const late = deps.sleep(READ_MS).then(() => null)
    noted(Promise.race([stateOf(maker), late]).catch(() => null))
  }
  const watched = (ticker: string): MakerStub => {
    const maker = deps.maker(ticker)
    return new Proxy(maker, {
      get: (_, name) => {
        if (name === 'then') return undefined
        const method = String(name) as 'status'
        return (...given: unknown[]) => {
          if (!READING.has(method)) note(maker)
          return maker[method](...(given as []))
        }
      },
    })
  }
  return Object.create(deps, { maker: { value: watched } }) as Deps
}
