// A deployment pulls the quotes first, and brings back only what it has paused itself.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { deployed, makersToPause, pullQuotes, resumeMakers } from '../../../cli/lib/quiet-deploy.ts'

const TARGET = { url: 'https://kmm.example', token: 'a-token-of-some-length' }
const QUOTE = { price: '0.4900', quantity: '10.00' }

interface Row {
  ticker: string
  phase: string
  quotes: { bid: unknown; ask: unknown } | null
}

let rows: Row[] = []
let calls: string[] = []
/** How often the list is read before a paused maker's quotes are gone. */
let slowness = 0
let refused = new Set<string>()
let health: object = {}
const noWait = async (): Promise<void> => undefined

const json = (value: unknown, status = 200) => new Response(JSON.stringify(value), { status })

beforeEach(() => {
  rows = [
    { ticker: 'A', phase: 'quoting', quotes: { bid: QUOTE, ask: QUOTE } },
    { ticker: 'B', phase: 'paused', quotes: { bid: null, ask: null } },
    { ticker: 'C', phase: 'halted', quotes: { bid: null, ask: null } },
    { ticker: 'D', phase: 'dark', quotes: { bid: null, ask: QUOTE } },
  ]
  calls = []
  slowness = 1
  refused = new Set()
  let reads = 0
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    const path = url.slice(TARGET.url.length)
    expect(new Headers(init.headers).get('authorization')).toBe(`Bearer ${TARGET.token}`)
    if (path === '/health') return json(health)
    if (path === '/tickers') {
      if (calls.length > 0 && ++reads > slowness) {
        rows = rows.map((row) => ({ ...row, quotes: { bid: null, ask: null } }))
      }
      return json({ tickers: rows })
    }
    calls.push(`${init.method} ${path}`)
    return refused.has(path) ? json({ error: { code: 'halted' } }, 409) : json({})
  })
})
afterEach(() => vi.unstubAllGlobals())

describe('a quiet deployment', () => {
  it('pauses what quotes or may begin to, and not what a person has stopped', async () => {
    expect(await makersToPause(TARGET)).toEqual(['A', 'D'])
  })

  it('waits until no quote is left', async () => {
    slowness = 3
    expect(await pullQuotes(TARGET, ['A', 'D'], noWait)).toEqual([])
    expect(calls).toEqual(['POST /tickers/A/pause', 'POST /tickers/D/pause'])
  })

  it('names the makers whose quotes stay, and one that does not answer', async () => {
    slowness = 1_000
    rows[3]!.quotes = null
    expect(await pullQuotes(TARGET, ['A', 'D'], noWait)).toEqual(['A', 'D'])
  })

  it('names the makers that refuse to resume', async () => {
    refused.add('/tickers/D/resume')
    expect(await resumeMakers(TARGET, ['A', 'D'])).toEqual(['D'])
    expect(calls).toEqual(['POST /tickers/A/resume', 'POST /tickers/D/resume'])
  })

  it('is over when the worker answers as the new version and can work', async () => {
    health = { version: '0.4.0', ready: true }
    expect(await deployed(TARGET, '0.4.0', noWait)).toBe(true)
    expect(await deployed(TARGET, '0.5.0', noWait)).toBe(false)
    health = { version: '0.4.0', ready: false }
    expect(await deployed(TARGET, '0.4.0', noWait)).toBe(false)
  })
})
