// The probe's five steps, what it does with an order that may be left over, its verdict; and the
// cron.

import { describe, expect, it } from 'vitest'
import type { Config, Env } from '../../../src/config/env.ts'
import type { Ack, OrderReport } from '../../../src/core/vocabulary/events.ts'
import { accepted, type Outcome, rejected, unknown } from '../../../src/core/vocabulary/outcome.ts'
import type { CronDeps } from '../../../src/cron/bind.ts'
import { onCron, PROBE_CRON, WATCHDOG_CRON, wakeAll } from '../../../src/cron/on-cron.ts'
import {
  CONFIRM_TRIES,
  type ProbeDeps,
  refuseProbe,
  runProbe,
  TIDY_TRIES,
} from '../../../src/cron/probe.ts'
import { reportOf } from '../../helpers/core.ts'

const ACK: Ack = { orderId: 'o-1', filled: 0, remaining: 100, venueAt: 0 }
const ORDER = reportOf({
  ...{ orderId: 'o-1', clientOrderId: 'c-1', ticker: 'KXA', side: 'bid', price: 100 },
  ...{ status: 'resting', filled: 0, remaining: 100 },
})
const gone = rejected(404, 'not_found')
const busy = rejected(429, 'too_many_requests')
const silent = unknown('timed out')

/** A probe at an exchange that answers from these lists in turn, and repeats the last. */
const probed = async (answers: {
  place?: Outcome<Ack> | Error
  cancel?: Outcome<Ack>[]
  order?: Outcome<OrderReport>[]
  resting?: (Outcome<OrderReport[]> | Error)[]
  connect?: Error
}) => {
  const calls: string[] = []
  let at = 1_794_324_000_000
  const next = <T>(list: T[]): T => (list.length > 1 ? list.shift()! : list[0]!)
  const answer = async <T>(call: string, value: T | Error): Promise<T> => {
    calls.push(call)
    at += 7
    if (value instanceof Error) throw value
    return value
  }
  const cancels = answers.cancel ?? [accepted(ACK)]
  const orders = answers.order ?? [accepted({ ...ORDER, status: 'canceled' as const })]
  const restings = answers.resting ?? [accepted([])]
  const deps: ProbeDeps = {
    environment: 'demo',
    ticker: 'KXA',
    now: () => at,
    wait: async (ms) => {
      calls.push('wait')
      at += ms
    },
    newId: () => 'c-1',
    connect: () => answer('connect', answers.connect ?? 'open'),
    place: (id) => answer(`place ${id}`, answers.place ?? accepted(ACK)),
    cancel: (id) => answer(`cancel ${id}`, next(cancels)),
    order: (id) => answer(`order ${id}`, next(orders)),
    resting: () => answer('resting', next(restings)),
  }
  return { result: await runProbe(deps), calls }
}

const marks = (steps: readonly { ok: boolean; detail: string }[]): string =>
  steps.map((step) => (step.ok ? '+' : step.detail === 'not reached' ? '.' : '-')).join('')

describe('runProbe', () => {
  it('connects, places, gets an id, cancels and confirms, each with its time', async () => {
    const { result, calls } = await probed({})
    expect(calls).toEqual(['connect', 'place c-1', 'cancel o-1', 'order o-1'])
    expect(result).toMatchObject({ ok: true, environment: 'demo', ticker: 'KXA' })
    const times = result.steps.map(({ name, ms }) => `${name} ${ms}`)
    expect(times).toEqual(['connect 7', 'place 7', 'order id 0', 'cancel 7', 'confirm 7'])
    expect(result.verdict).toBe(
      'Passed on demo: KXA took, cancelled and confirmed an order in 28 ms.',
    )
  })

  it('reaches nothing after a connection that failed, and places nothing', async () => {
    const { result, calls } = await probed({
      connect: new Error('Dialing x refused: found HTTP 401'),
    })
    expect(marks(result.steps)).toBe('-....')
    expect(calls).toEqual(['connect'])
    expect(result.verdict).toBe(
      'Failed on demo with KXA at step 1 of 5 (connect): Dialing x refused: found HTTP 401.',
    )
  })

  it('looks for nothing after a rejection, because nothing exists', async () => {
    const { result, calls } = await probed({
      place: rejected(400, 'insufficient_balance', 'no cash'),
    })
    expect(marks(result.steps)).toBe('+-...')
    expect(calls).toEqual(['connect', 'place c-1'])
    expect(result.steps[1]!.detail).toBe('rejected with 400 insufficient_balance (no cash)')
  })

  it.each([
    ['the answer was lost', silent],
    ['the call threw', new Error('network gone')],
    ['the id was known already', rejected(409, 'order_already_exists')],
  ])('finds the order by its client id and cancels it when %s', async (_why, place) => {
    const resting = [accepted([]), accepted([{ ...ORDER, orderId: 'o-9' }])]
    const { result, calls } = await probed({ place, resting })
    expect(marks(result.steps)).toBe('+-...')
    expect(calls.slice(2)).toEqual(['resting', 'wait', 'resting', 'cancel o-9'])
    expect(result.steps[1]!.detail).toContain('the order o-9 was cancelled afterwards')
  })

  it('leaves the orders of others alone', async () => {
    const others = accepted([{ ...ORDER, orderId: 'o-7', clientOrderId: 'someone' }])
    const { result, calls } = await probed({ place: silent, resting: [others] })
    expect(calls.filter((call) => call.startsWith('cancel'))).toEqual([])
    expect(calls.filter((call) => call === 'resting')).toHaveLength(TIDY_TRIES)
    expect(result.steps[1]!.detail).toContain('no order c-1 was found resting')
  })

  it('cancels by client id when the exchange took the order without saying its id', async () => {
    const { result, calls } = await probed({
      place: accepted({ ...ACK, orderId: '' }),
      resting: [accepted([ORDER])],
    })
    expect(marks(result.steps)).toBe('++-..')
    expect(calls.at(-1)).toBe('cancel o-1')
  })

  it.each([
    ['refused', busy],
    ['lost', silent],
  ])('tries a cancel again that was %s', async (_why, first) => {
    const { result, calls } = await probed({ cancel: [first, busy, accepted(ACK)] })
    expect(marks(result.steps)).toBe('+++-.')
    expect(calls.filter((call) => call === 'cancel o-1')).toHaveLength(3)
    expect(result.steps[3]!.detail).toContain('the order o-1 was cancelled afterwards')
  })

  it('says until when an order may rest that it could not cancel', async () => {
    const { result } = await probed({ cancel: [silent] })
    expect(result.steps[3]!.detail).toMatch(
      /the order o-1 may still rest until 2026-11-10T.*: outcome unknown: timed out$/,
    )
    expect(result.verdict).toContain('may still rest until')
  })

  it('keeps looking when the list of orders fails meanwhile', async () => {
    const resting = [new Error('502'), silent, accepted([ORDER])]
    const { calls } = await probed({ place: silent, resting })
    expect(calls.at(-1)).toBe('cancel o-1')
  })

  it('reports an order that was gone before the cancel', async () => {
    const { result } = await probed({ cancel: [gone] })
    expect(marks(result.steps)).toBe('+++-.')
    expect(result.steps[3]!.detail).toContain('may have filled')
  })

  it('allows for reads that lag, up to a bound', async () => {
    const canceled = accepted({ ...ORDER, status: 'canceled' as const })
    const late = await probed({ order: [accepted(ORDER), silent, gone, canceled] })
    expect(late.result.steps[4]).toMatchObject({
      ok: true,
      detail: 'canceled, seen at read 4',
    })
    const { result, calls } = await probed({ order: [accepted(ORDER)] })
    expect(calls.filter((call) => call === 'order o-1')).toHaveLength(CONFIRM_TRIES)
    expect(result.steps[4]).toMatchObject({ ok: false })
    expect(result.steps[4]!.detail).toContain('last found status resting')
  })

  it('does not call a filled order confirmed', async () => {
    const { result } = await probed({ order: [accepted({ ...ORDER, status: 'executed' })] })
    expect(marks(result.steps)).toBe('++++-')
  })
})

describe('refuseProbe', () => {
  it.each([
    [{ environment: 'demo', probeTicker: null, probeOnProd: false }, 'no-probe-ticker'],
    [{ environment: 'prod', probeTicker: 'KXA', probeOnProd: false }, 'probe-on-prod'],
    [{ environment: 'prod', probeTicker: 'KXA', probeOnProd: true }, undefined],
    [{ environment: 'mock', probeTicker: 'KXA', probeOnProd: false }, undefined],
  ] as const)('%o -> %s', (config, code) => {
    expect(refuseProbe(config)?.code).toBe(code)
  })
})

describe('wakeAll', () => {
  it('wakes every maker, logs the one that fails, and never rejects', async () => {
    const woken: string[] = []
    const logged: string[] = []
    const log = (_level: string, event: string, detail: object) =>
      logged.push(`${event} ${JSON.stringify(detail)}`)
    const maker = (ticker: string) => ({
      wake: async () => {
        if (ticker === 'B') throw new Error('overloaded')
        woken.push(ticker)
      },
    })
    const registry = {
      list: async () => [{ ticker: 'A', addedAt: 0 }],
      add: async () => {},
      remove: async () => {},
    }
    const list = async () => ['A', 'B', 'C'].map((ticker) => ({ ticker, addedAt: 0 }))
    expect(await wakeAll({ desk: { list }, registry, maker, log })).toEqual({
      ...{ woken: 2, failed: 1 },
      unreachable: ['B'],
    })
    expect(woken).toEqual(['A', 'C'])
    expect(logged).toEqual(['watchdog-wake-failed {"ticker":"B","detail":"overloaded"}'])
    const broken = { list: () => Promise.reject(new Error('desk gone')) }
    // By the copy of the list: a dead desk does not put makers to sleep.
    expect(await wakeAll({ desk: broken, registry, maker, log })).toEqual({
      ...{ woken: 1, failed: 0 },
      unreachable: ['(desk)'],
    })
    const lost = { ...registry, list: broken.list }
    expect(await wakeAll({ desk: broken, registry: lost, maker, log })).toEqual({
      ...{ woken: 0, failed: 1 },
      unreachable: ['(desk)'],
    })
  })
})

describe('onCron', () => {
  const run = async (cron: string, change: Partial<CronDeps> = {}, probeTicker = 'KXA') => {
    const done: string[] = []
    const config = { environment: 'mock', probeTicker: probeTicker || null, probeOnProd: false }
    const deps: CronDeps = {
      desk: {
        list: async () => [{ ticker: 'A', addedAt: 0 }],
        getHalt: async () => ({ halted: false, since: 0 }),
      },
      registry: {
        list: async () => [{ ticker: 'A', addedAt: 0 }],
        add: async ({ ticker }) => void done.push(`copy ${ticker}`),
        remove: async (ticker) => void done.push(`copy without ${ticker}`),
      },
      maker: (ticker) => ({
        wake: async () => {
          done.push(`wake ${ticker}`)
        },
      }),
      alerts: {
        report: async (source, alerts) => {
          for (const { code, reason } of alerts) done.push(`alert ${source} ${code} ${reason}`)
        },
      },
      config: async () => ({ ok: true, config: config as Config }),
      probe: async () => {
        done.push('probe')
        return { ok: false, problem: { status: 409, code: 'x', message: 'x' } }
      },
      log: (_level, event) => done.push(`log ${event}`),
      ...change,
    }
    const work: Promise<unknown>[] = []
    const ctx = { waitUntil: (promise: Promise<unknown>) => work.push(promise) }
    onCron({ cron }, {} as Env, ctx, () => deps)
    await Promise.all(work)
    return done
  }

  it('wakes the makers each minute and probes each quarter of an hour', async () => {
    expect(await run(WATCHDOG_CRON)).toEqual(['wake A'])
    expect(await run(PROBE_CRON)).toEqual(['probe', 'log probe-refused'])
  })

  it('does not probe without a ticker, nor while the account is halted', async () => {
    expect(await run(PROBE_CRON, {}, '')).toEqual(['log probe-skipped'])
    const list = async () => [{ ticker: 'A', addedAt: 0 }]
    const desk = { list, getHalt: async () => ({ halted: true, since: 1 }) }
    expect(await run(PROBE_CRON, { desk })).toEqual(['log probe-skipped'])
  })

  it('repairs the copy of the list of tickers each quarter of an hour', async () => {
    const list = async () => [{ ticker: 'B', addedAt: 0 }]
    const desk = { list, getHalt: async () => ({ halted: true, since: 1 }) }
    const done = await run(PROBE_CRON, { desk })
    expect(done.slice(0, 3)).toEqual(['copy B', 'copy without A', 'log registry-repaired'])
  })

  it('starts nothing when the configuration is refused', async () => {
    const config = async () => ({ ok: false as const, message: 'KALSHI_KEY_ID is missing' })
    expect(await run(WATCHDOG_CRON, { config })).toEqual(['log cron-refused'])
  })

  it('logs a probe that crashes instead of failing the run', async () => {
    const probe = () => Promise.reject(new Error('boom'))
    expect(await run(PROBE_CRON, { probe })).toEqual(['log probe-crashed'])
  })
})
