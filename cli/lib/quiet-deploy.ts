// Pulls the quotes of a running worker before a deployment, and brings them back afterwards, by the
// control API alone.

export interface Target {
  readonly url: string
  readonly token: string
}

interface Row {
  readonly ticker: string
  readonly phase: string
  readonly quotes: { readonly bid: unknown; readonly ask: unknown } | null
}

const TRIES = 30
const EVERY_MS = 1_000

const ask = async <T>({ url, token }: Target, method: string, path: string): Promise<T> => {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
  })
  const text = await answer.text()
  if (answer.ok) return JSON.parse(text) as T
  throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 300)}`)
}

const listMakers = async (target: Target): Promise<readonly Row[]> =>
  (await ask<{ tickers: Row[] }>(target, 'GET', '/tickers')).tickers

/** The makers that quote or may begin to; those that a person has stopped stay as they are. */
export const makersToPause = async (target: Target): Promise<string[]> =>
  (await listMakers(target))
    .filter(({ phase }) => phase !== 'paused' && phase !== 'halted')
    .map(({ ticker }) => ticker)

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Pauses the makers, and waits until none shows a quote; returns those that still do. */
export const pullQuotes = async (
  target: Target,
  makers: readonly string[],
  pause = wait,
): Promise<string[]> => {
  await Promise.all(makers.map((ticker) => ask(target, 'POST', `/tickers/${ticker}/pause`)))
  let left = [...makers]
  for (let tries = 0; tries < TRIES && left.length > 0; tries++) {
    const rows = await listMakers(target)
    left = left.filter((ticker) => {
      const quotes = rows.find((row) => row.ticker === ticker)?.quotes
      return quotes === undefined || quotes === null || quotes.bid !== null || quotes.ask !== null
    })
    if (left.length > 0) await pause(EVERY_MS)
  }
  return left
}

/** Waits until the worker answers as this version; false when it does not. */
export const deployed = async (target: Target, version: string, pause = wait): Promise<boolean> => {
  for (let tries = 0; tries < TRIES; tries++) {
    const health = await ask<{ version: string; ready: boolean }>(target, 'GET', '/health').catch(
      () => null,
    )
    if (health?.version === version && health.ready) return true
    await pause(EVERY_MS)
  }
  return false
}

/** Resumes the makers; returns those that refused. */
export const resumeMakers = async (
  target: Target,
  makers: readonly string[],
): Promise<string[]> => {
  const failed: string[] = []
  for (const ticker of makers) {
    await ask(target, 'POST', `/tickers/${ticker}/resume`).catch(() => failed.push(ticker))
  }
  return failed
}
