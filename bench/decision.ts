// One full decision, from a changed best price to targets and plans, with its explanation.
//
// The whole decision runs, as live: an engine with two resting orders, timed per step. Tops change
// every time, by sizes and now and then by a tick, and the orders answer for themselves at once.
// The full and the linear model take turns, several rounds, and the ratio is taken round by round.

import { median } from 'simple-statistics'
import type { Engine } from '../src/core/maker/engine.ts'
import type { Effect, Event } from '../src/core/vocabulary/events.ts'
import { accepted, invariant } from '../src/core/vocabulary/outcome.ts'
import type { Strategy } from '../src/core/vocabulary/parameters.ts'
import { defaultParameters } from '../src/core/vocabulary/parameters.ts'
import { mulberry32 } from '../src/statistics/random.ts'
import { quotingEngine, T0, TICKER } from '../test/helpers/core.ts'

const DECISIONS = 50_000
const ROUNDS = 5
const WARM = 20_000

export interface Run {
  /** Nanoseconds of each step that ended in a decision and sent nothing, sorted. */
  readonly quiet: Float64Array
  /** And of all of them. */
  readonly all: Float64Array
  readonly sent: number
}

/** How a timed step is made, and what follows it outside the time. */
export interface Turn {
  step(engine: Engine, event: Event): readonly Effect[]
  after(): void
}

export const PLAIN: Turn = { step: (engine, event) => engine.step(event), after: () => undefined }

/** Nobody answers questions here, and the book is invented: nothing may go dark or blind for it. */
const UNWATCHED: Partial<Strategy> = {
  ...{ reconcile_seconds: 3600, verify_after_seconds: 0, audit_seconds: 0 },
  ...{ max_credible_spread: 0, min_credible_depth: 0 },
}

const farFromClose = (strategy: Partial<Strategy>): Engine => {
  const closeAt = T0 + 30 * 86_400_000
  return quotingEngine(undefined, {
    market: { closeAt, expectedAt: closeAt },
    strategy: { ...defaultParameters().strategy, ...UNWATCHED, ...strategy },
  })
}

export const run = (strategy: Partial<Strategy>, decisions: number, turn = PLAIN): Run => {
  const engine = farFromClose(strategy)
  const next = mulberry32(8089)
  const { execution, feed } = engine.state
  const sid = feed.bookSid
  let at = T0 + 1000
  let seq = 2
  let sent = 0
  const answer = (effects: readonly Effect[]): void => {
    for (const effect of [...effects]) {
      if (effect.type !== 'send') continue
      sent++
      const { kind, clientOrderId } = effect.intent
      const order = execution.orders.byClient(clientOrderId)
      if (order === undefined) continue
      const orderId = order.orderId || `x-${clientOrderId}`
      const remaining = kind === 'cancel' ? order.remaining : order.next.remaining
      const filled = kind === 'place' ? 0 : null
      const outcome = accepted({ orderId, filled, remaining, venueAt: at })
      answer(engine.step({ type: 'reply', at, kind, clientOrderId, outcome }))
    }
  }
  for (const order of [...execution.orders.live]) {
    const { clientOrderId, remaining } = order
    const outcome = accepted({ orderId: `x-${clientOrderId}`, filled: 0, remaining, venueAt: at })
    answer(engine.step({ type: 'reply', at, kind: 'place', clientOrderId, outcome }))
  }
  const delta = (side: 'bid' | 'ask', price: number, change: number): Event => ({
    ...{ type: 'delta', at, sid, seq: seq++, ticker: TICKER, side, price, delta: change },
    ...{ clientOrderId: '', venueAt: at },
  })
  const quiet = new Float64Array(decisions)
  const all = new Float64Array(decisions)
  let quietCount = 0
  let count = 0
  let bid = 4400
  let ask = 4600
  const sizes = { bid: 5000, ask: 5000 }
  const timed = (event: Event): void => {
    const before = execution.counters.decisions
    const started = process.hrtime.bigint()
    const effects = turn.step(engine, event)
    const took = Number(process.hrtime.bigint() - started)
    if (execution.counters.decisions > before && count < decisions) {
      all[count++] = took
      if (!effects.some(({ type }) => type === 'send')) quiet[quietCount++] = took
    }
    answer(effects)
    turn.after()
  }
  for (let turns = 0; count < decisions; turns++) {
    invariant(turns <= 20 * decisions, `the maker quotes, found ${engine.decider.reason}`)
    at += 20 + Math.floor(next() * 200)
    const draw = next()
    if (draw < 0.02) {
      // A tick up or down: the new level first, then the old one goes.
      const step = bid >= 6000 || (bid > 3000 && next() < 0.5) ? -100 : 100
      const [first, second] = step > 0 ? (['ask', 'bid'] as const) : (['bid', 'ask'] as const)
      for (const side of [first, second]) {
        const from = side === 'bid' ? bid : ask
        timed(delta(side, from + step, 5000))
        timed(delta(side, from, -sizes[side]))
        sizes[side] = 5000
      }
      bid += step
      ask += step
    } else {
      const side = draw < 0.51 ? 'bid' : 'ask'
      const wanted = 1000 + Math.floor(next() * 9000)
      if (wanted === sizes[side]) continue
      timed(delta(side, side === 'bid' ? bid : ask, wanted - sizes[side]))
      sizes[side] = wanted
    }
    if (draw > 0.99) {
      const taker = next() < 0.5 ? 'bid' : 'ask'
      const price = taker === 'bid' ? ask : bid
      const trade: Event = {
        ...{ type: 'trade', at, sid: 2, seq: 0, ticker: TICKER, tradeId: `t${seq}`, price },
        ...{ quantity: 500, taker, venueAt: at },
      }
      answer(engine.step(trade))
    }
  }
  return { quiet: quiet.subarray(0, quietCount).sort(), all: all.sort(), sent }
}

export const at = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!

export const benchDecision = (): void => {
  const models = {
    full: {},
    linear: { model: 'linear', fair_value: 'mid', ofi_weight: 0 },
    'full, 3 levels, placed by queue value': { levels: 3, placement: 'queue' },
  } as const satisfies Record<string, Partial<Strategy>>
  const names = Object.keys(models) as (keyof typeof models)[]
  for (const name of names) run(models[name], WARM)
  const found = new Map(names.map((name) => [name, [] as Run[]]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) found.get(name)!.push(run(models[name], DECISIONS))
  }
  const p50 = (name: keyof typeof models): number[] =>
    found.get(name)!.map(({ all }) => at(all, 0.5))
  const linear = p50('linear')
  const ratios = p50('full').map((value, round) => value / linear[round]!)
  console.log(
    `decision: full model ${median(ratios).toFixed(2)} x linear (${ratios.map((r) => r.toFixed(2)).join(' ')})`,
  )
  for (const name of names) {
    const runs = found.get(name)!
    const of = (pick: (run: Run) => number): string => median(runs.map(pick)).toFixed(0)
    const calmest = Math.min(...runs.map(({ all }) => at(all, 0.99))).toFixed(0)
    console.log(
      `  ${name}: p50 ${of(({ all }) => at(all, 0.5))} ns, p99 ${of(({ all }) => at(all, 0.99))} ns` +
        ` (of the calmest round ${calmest} ns);` +
        ` those that send nothing p50 ${of(({ quiet }) => at(quiet, 0.5))} ns,` +
        ` p99 ${of(({ quiet }) => at(quiet, 0.99))} ns` +
        ` (${ROUNDS} x ${DECISIONS} decisions, ${of(({ sent }) => sent)} requests each)`,
    )
  }
}
