// Prices elsewhere, in the real runtime: the maker's object, the feed's object and a venue of its
// own.

import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { restingOf } from '../helpers/guard.ts'
import { shadowGames } from '../helpers/shadow-games.ts'
import {
  questionMapping,
  SLUG,
  signalWorldForTests,
  untilExternal,
} from '../helpers/signal-world.ts'
import { steadyNow } from '../helpers/steady-clock.ts'
import { TICKER } from '../helpers/world.ts'

const SOURCE = { alpha_source: 'polymarket' }
const SECOND = 'KXMOCK-26DEC31-T60'

describe('a ticker that listens to Polymarket in shadow', () => {
  const closeAt = Date.now() + 30 * 86_400_000
  const signals = signalWorldForTests({
    mock: {
      crowd: { takersPerSecond: 1, volatility: 0 },
      markets: [TICKER, SECOND].map((ticker) => ({ ticker, closeAt })),
    },
  })
  const { world } = signals
  beforeAll(async () => {
    signals.oracles.oracles.fair(SLUG).follow(0.52, Date.now())
    await world.add({ strategy: SOURCE, alpha: await questionMapping(signals, TICKER) })
  })

  it('shows what the contract is worth elsewhere, with the mapping proved', async () => {
    const { external } = await untilExternal(
      world,
      ({ state, verified, value_cents }) =>
        state === 'live' && verified === true && Math.abs((value_cents ?? 0) - 52) < 1,
    )
    expect(external).toMatchObject({
      source: 'polymarket',
      mode: 'shadow',
      pull: 'none',
      licence: 0,
      failures: [],
    })
    expect(external?.age_ms).toBeLessThan(20_000)
  })

  it('moves its quotes by exactly nothing', async () => {
    const status = await untilExternal(
      world,
      ({ state }, { phase }) => state === 'live' && phase === 'quoting',
    )
    expect(status.external?.skew_cents).toBe(0)
    expect(status.explain?.bid.external).toBe(0)
    expect(status.explain?.ask.external).toBe(0)
    // Why it would not move them with a licence either: the basis has only begun to be learnt.
    expect(status.external?.reason).toBe('basis-warming')
  })

  it('shares one connection with every other ticker', async () => {
    await world.add({ strategy: SOURCE, alpha: await questionMapping(signals, SECOND) }, SECOND)
    await untilExternal(world, ({ state, verified }) => state === 'live' && verified === true)
    await world.watch(TICKER)
    const { channel } = signals.oracles.oracles
    expect([channel.connections, channel.subscriptions]).toEqual([1, 1])
  })

  it('pulls its quotes at a jump elsewhere, before its own book has moved', async () => {
    await world.quoting()
    const before = Number((await world.status()).book.mid)
    expect(restingOf(world.mock, TICKER)).toHaveLength(2)
    signals.oracles.oracles.fair(SLUG).shock(0.08, 10_000, Date.now())
    const began = steadyNow()
    const { external, book } = await untilExternal(world, ({ pull }) => pull !== 'none')
    // Eight cents elsewhere, and nobody here has noticed.
    expect(Math.abs(Number(book.mid) - before)).toBeLessThan(0.03)
    expect(external?.pull).toMatch(/ask|both/)
    await world.mock.until(() => restingOf(world.mock, TICKER).every(({ side }) => side === 'bid'))
    expect(steadyNow() - began).toBeLessThan(5_000)
    expect((await world.status()).silence.ask).toBe('shock')
    expect(external?.skew_cents).toBe(0)
    expect(external?.reason).toBe('shock')
  })

  it('takes a silent venue as worth nothing, and goes on quoting', async () => {
    signals.oracles.oracles.troubles.polymarket.silent = true
    const { external } = await untilExternal(
      world,
      ({ state, value_cents }) => state === 'stale' && value_cents === null,
    )
    expect(external).toMatchObject({ skew_cents: 0, skew_would_be: 0 })
    expect((await world.status()).phase).toBe('quoting')
  })

  it('comes back by itself when the venue does', async () => {
    signals.oracles.oracles.troubles.polymarket.silent = false
    await untilExternal(world, ({ state }) => state === 'live')
    signals.oracles.oracles.channel.drop()
    await untilExternal(world, ({ state }) => state !== 'live')
    await untilExternal(world, ({ state }) => state === 'live')
    expect(signals.oracles.oracles.channel.connections).toBe(1)
  })

  it('goes on quoting when the object that looks for it is killed, and is found again by it', async () => {
    const { channel } = signals.oracles.oracles
    const before = (await world.status()).counters.decisions ?? 0
    await world.killOracle('polymarket')
    const status = await world.until(
      ({ phase, counters }) => phase === 'quoting' && (counters.decisions ?? 0) > before,
    )
    expect(status.external?.skew_cents).toBe(0)
    await world.mock.until(() => restingOf(world.mock, TICKER).length > 0)
    // Its alarm or the maker's next word brings it back.
    await untilExternal(world, ({ state, age_ms }) => state === 'live' && age_ms !== null)
    await world.until(() => channel.connections === 1)
  })

  it('follows again after the whole runtime has died', async () => {
    await world.crash()
    await world.start()
    await world.api('GET', `/tickers/${TICKER}`)
    await world.watch(TICKER)
    const { external } = await untilExternal(world, ({ state }) => state === 'live')
    expect(external?.verified).toBe(true)
  })

  it('stops listening when its mapping is taken away', async () => {
    const { status, json } = await world.api('PUT', `/tickers/${TICKER}`, { alpha: null })
    expect(status).toBe(200)
    expect(json.external).toMatchObject({ state: 'off', reason: 'no mapping: PUT one as alpha' })
    const off = await world.api('PUT', `/tickers/${TICKER}`, { strategy: { alpha_source: 'none' } })
    expect(off.json.external).toBe(null)
  })
})

describe('a mapping that does not hold', () => {
  const signals = signalWorldForTests()
  const { world } = signals

  it('is refused by name where it cannot be read', async () => {
    const alpha = { sources: [{ kind: 'kalshi' }] }
    const { status, json } = await world.api('PUT', `/tickers/${TICKER}`, { alpha })
    expect(status).toBe(422)
    expect(JSON.stringify(json)).toContain('Refused alpha')
  })

  it('counts for nothing while the rules are not those that were read', async () => {
    const alpha = await questionMapping(signals, TICKER, { rulesSha256: '0'.repeat(64) })
    await world.add({ strategy: SOURCE, alpha })
    const { external } = await untilExternal(world, ({ verified }) => verified === false)
    expect(external?.state).toBe('error')
    expect(external?.failures.join()).toMatch(/M7: our venue's rules changed/)
    expect(external?.skew_would_be).toBe(0)
  })

  it('names no source of the feed, and says so', async () => {
    await world.api('PUT', `/tickers/${TICKER}`, { strategy: { alpha_source: 'odds-api' } })
    const { external } = await untilExternal(
      world,
      ({ source, verified }) => source === 'odds-api' && verified === false,
    )
    expect(external?.failures.join()).toMatch(/M2: the mapping names no source of odds-api/)
  })

  it('of DraftKings itself is refused with the reason', async () => {
    const { status, json } = await world.api('PUT', `/tickers/${TICKER}`, {
      strategy: { alpha_source: 'draftkings' },
    })
    expect(status).toBe(422)
    expect(JSON.stringify(json)).toContain('against its terms')
  })
})

describe('a licence', () => {
  const signals = signalWorldForTests()
  const { world } = signals

  it('is refused without evidence, and the refusal is kept', async () => {
    const { status, json } = await world.api('POST', '/licence', { series: 'KXMOCK' })
    expect(status).toBe(200)
    expect(json).toMatchObject({ level: 0, verdict: { licensed: false } })
    const kept = await world.api('GET', '/licence')
    expect(kept.json.licences).toEqual([expect.objectContaining({ series: 'KXMOCK', level: 0 })])
  })

  it('is granted by the shadow log in R2, reaches the maker at once, and is not judged twice', async () => {
    const alpha = await questionMapping(signals, TICKER)
    await world.add({ strategy: { ...SOURCE, alpha_mode: 'licensed' }, alpha })
    await untilExternal(world, ({ state, licence }) => state === 'live' && licence === 0)
    const log = shadowGames(60, 1, 'KXMOCK').join('\n')
    await world.put('shadow/KXMOCK-G0-A/2026/10/01/1.csv.gz', gzipSync(log))
    const { json } = await world.api('POST', '/licence', { ticker: TICKER })
    expect(json).toMatchObject({
      level: 1,
      looks_used: 0,
      verdict: { licensed: true, reasons: [], statistics: { clusters: 60 } },
    })
    const { external } = await untilExternal(world, ({ licence }) => licence === 1)
    // The basis is still being learnt, so not even a licence moves a quote.
    expect(external).toMatchObject({ mode: 'licensed', skew_cents: 0, reason: 'basis-warming' })
    const again = await world.api('POST', '/licence', { ticker: TICKER })
    expect(again.json).toMatchObject({
      level: 1,
      verdict: { reasons: ['no-observations', 'bound-includes-zero', 'beta-out-of-range'] },
    })
  })

  it('needs a series or a ticker', async () => {
    const { status, json } = await world.api('POST', '/licence', {})
    expect([status, JSON.stringify(json)]).toEqual([
      422,
      expect.stringContaining('wanted a ticker'),
    ])
  })

  it('comes with a shadow log that the maker writes to R2', async () => {
    await world.flushTape()
    const { json } = await world.api('GET', `/tickers/${TICKER}`)
    expect(json.external).toMatchObject({ source: 'polymarket' })
    expect(await world.objects('shadow/KXMOCK-26DEC31-T50/')).not.toEqual([])
  })
})
