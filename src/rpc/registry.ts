// The second list of tickers: one small object per ticker in the bucket, so that a dead desk cannot
// hide a maker from whoever wants to stop it.
//
// The desk's list decides; this one is read when the desk does not answer, and by the halt, which
// goes by both. A key of its own per ticker, because two writers of one list could lose an entry.

import type { Env } from '../config/env.ts'
import type { RegisteredTicker } from './contracts.ts'

export interface TickerRegistry {
  list(): Promise<RegisteredTicker[]>
  add(entry: RegisteredTicker): Promise<void>
  remove(ticker: string): Promise<void>
}

const PREFIX = 'registry/'
/** Keys per page of a list: more than an account's write budget carries makers. */
const PAGE = 1000

export const registryOf = ({ TAPE }: Pick<Env, 'TAPE'>): TickerRegistry => ({
  async list() {
    const known: RegisteredTicker[] = []
    let cursor: string | undefined
    do {
      const page = await TAPE.list({
        ...{ prefix: PREFIX, limit: PAGE, include: ['customMetadata'] },
        ...(cursor === undefined ? {} : { cursor }),
      })
      for (const { key, customMetadata } of page.objects) {
        const addedAt = Number(customMetadata?.addedAt ?? 0)
        known.push({ ticker: key.slice(PREFIX.length), addedAt })
      }
      cursor = page.truncated ? page.cursor : undefined
    } while (cursor !== undefined)
    return known
  },
  async add({ ticker, addedAt }) {
    await TAPE.put(PREFIX + ticker, '', { customMetadata: { addedAt: String(addedAt) } })
  },
  async remove(ticker) {
    await TAPE.delete(PREFIX + ticker)
  },
})

/** Makes the second list equal to the desk's. Returns how many entries were wrong. */
export const repairRegistry = async (
  registry: TickerRegistry,
  desk: readonly RegisteredTicker[],
): Promise<number> => {
  const copy = await registry.list()
  const names = (list: readonly RegisteredTicker[]) => new Set(list.map(({ ticker }) => ticker))
  const [wanted, found] = [names(desk), names(copy)]
  const missing = desk.filter(({ ticker }) => !found.has(ticker))
  const stale = copy.filter(({ ticker }) => !wanted.has(ticker))
  for (const entry of missing) await registry.add(entry)
  for (const { ticker } of stale) await registry.remove(ticker)
  return missing.length + stale.length
}
