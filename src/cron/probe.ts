// The probe: can this account connect, place an order, learn its id, cancel it and see it canceled?
// Five steps, each with its time, on one contract at one cent that nobody will hit.
//
// The first step that fails ends the run. An order that exists, or may exist because the answer was
// lost, is looked for and canceled in every case. What could not be cleared up is reported, with
// the time at which the exchange itself ends the order.

import type { Config } from '../config/env.ts'
import type { Ack, OrderReport } from '../core/vocabulary/events.ts'
import type { Outcome } from '../core/vocabulary/outcome.ts'
import { messageOf } from '../core/vocabulary/outcome.ts'
import { formatQuantity, type Millis } from '../core/vocabulary/units.ts'
import type { ProbeResult, ProbeStep, Problem } from '../rpc/contracts.ts'

export interface ProbeDeps {
  readonly environment: string
  readonly ticker: string
  now(): Millis
  wait(ms: number): Promise<void>
  /** A client order id never used before, by this or any other program. */
  newId(): string
  /**
   * Dials, gets a reply over the socket, reads the market. Resolves to a remark; rejects if not.
   */
  connect(): Promise<string>
  /** Bids for one contract at $0.0100, post-only. */
  place(clientOrderId: string, expiresAt: Millis): Promise<Outcome<Ack>>
  cancel(orderId: string, clientOrderId: string): Promise<Outcome<Ack>>
  order(orderId: string): Promise<Outcome<OrderReport>>
  /** Our orders that rest in the market. */
  resting(): Promise<Outcome<OrderReport[]>>
}

const PROBE_STEPS = ['connect', 'place', 'order id', 'cancel', 'confirm'] as const

/** The exchange ends the order by itself after this, whatever happens to us. */
const PROBE_LIFETIME = 60_000
/** Reads lag behind writes by up to a second or so (seen: 360 ms after a cancel). */
export const CONFIRM_TRIES = 10
const CONFIRM_PAUSE = 300
export const TIDY_TRIES = 6
const TIDY_PAUSE = 500

/** Why no probe may run with this configuration; null when it may. */
export const refuseProbe = (
  config: Pick<Config, 'environment' | 'probeTicker' | 'probeOnProd'>,
): Problem | null => {
  if (config.probeTicker === null) {
    const message = 'Probe refused: PROBE_TICKER is not set'
    return { status: 409, code: 'no-probe-ticker', message }
  }
  if (config.environment === 'prod' && !config.probeOnProd) {
    const message = 'Probe refused: on prod it places a real order, wanted PROBE_ON_PROD=yes'
    return { status: 409, code: 'probe-on-prod', message }
  }
  return null
}

/** What ends a step; its message is the step's detail. */
class Failure extends Error {}

const fail = (detail: string): never => {
  throw new Failure(detail)
}

const describe = (outcome: Exclude<Outcome<unknown>, { kind: 'accepted' }>): string =>
  outcome.kind === 'rejected'
    ? `rejected with ${outcome.status} ${outcome.code}` +
      (outcome.detail === '' ? '' : ` (${outcome.detail})`)
    : `outcome unknown: ${outcome.detail}`

/** An order that exists or may exist. */
interface Exposed {
  readonly clientOrderId: string
  readonly expiresAt: Millis
  /** null while the exchange's id is not known. */
  orderId: string | null
}

/** Runs the five steps. Never rejects: whatever goes wrong is in the result. */
export const runProbe = async (deps: ProbeDeps): Promise<ProbeResult> => {
  const startedAt = deps.now()
  const steps: ProbeStep[] = []
  let going = true
  // In an object, because the steps change it from inside their closures.
  const held: { exposed: Exposed | null; orderId: string } = { exposed: null, orderId: '' }

  const step = async (
    name: (typeof PROBE_STEPS)[number],
    run: () => Promise<string>,
  ): Promise<void> => {
    if (!going) {
      steps.push({ name, ok: false, ms: 0, detail: 'not reached' })
      return
    }
    const from = deps.now()
    let detail: string
    try {
      detail = await run()
    } catch (error) {
      going = false
      detail = messageOf(error)
    }
    steps.push({ name, ok: going, ms: deps.now() - from, detail })
  }

  await step('connect', () => deps.connect())
  await step('place', async () => {
    const order: Exposed = {
      clientOrderId: deps.newId(),
      expiresAt: deps.now() + PROBE_LIFETIME,
      orderId: null,
    }
    // From here on an order may exist, even if the call below throws.
    held.exposed = order
    const outcome = await deps.place(order.clientOrderId, order.expiresAt)
    if (outcome.kind === 'accepted') {
      held.orderId = outcome.value.orderId
      if (held.orderId !== '') order.orderId = held.orderId
      return 'bid for 1 contract at $0.0100'
    }
    // A duplicate id means that this very order had arrived before.
    const arrived = outcome.kind === 'unknown' || outcome.code === 'order_already_exists'
    if (!arrived) held.exposed = null
    return fail(describe(outcome))
  })
  await step('order id', async () =>
    held.orderId === '' ? fail('the exchange took the order but gave no id') : held.orderId,
  )
  await step('cancel', async () => {
    const outcome = await deps.cancel(held.orderId, held.exposed?.clientOrderId ?? '')
    if (outcome.kind === 'accepted') {
      held.exposed = null
      return 'cancelled'
    }
    if (outcome.kind === 'rejected' && outcome.status === 404) {
      held.exposed = null
      return fail(`the order was gone before the cancel, it may have filled: ${describe(outcome)}`)
    }
    return fail(describe(outcome))
  })
  await step('confirm', () => confirm(deps, held.orderId))

  const leftover = held.exposed === null ? '' : await tidy(deps, held.exposed)
  if (leftover !== '') {
    const broken = steps.findLast((done) => done.detail !== 'not reached')
    if (broken !== undefined) broken.detail += `; ${leftover}`
  }
  const result = {
    at: new Date(startedAt).toISOString(),
    environment: deps.environment,
    ticker: deps.ticker,
    ok: steps.every((done) => done.ok),
    steps,
  }
  return { ...result, verdict: verdictOf(result) }
}

/** Reads the order until it is canceled. @throws Failure when it does not in time */
const confirm = async (deps: ProbeDeps, orderId: string): Promise<string> => {
  let last = 'nothing'
  for (let tries = 1; tries <= CONFIRM_TRIES; tries++) {
    if (tries > 1) await deps.wait(CONFIRM_PAUSE)
    const outcome = await deps.order(orderId)
    if (outcome.kind !== 'accepted') {
      last = describe(outcome)
      continue
    }
    const { status, filled } = outcome.value
    if (status === 'executed') fail('the order was filled before the cancel')
    if (status === 'canceled') {
      const part = filled > 0 ? `, after ${formatQuantity(filled)} contracts had filled` : ''
      return `canceled${part}, seen at read ${tries}`
    }
    last = `status ${status}`
  }
  return fail(`not seen canceled in ${CONFIRM_TRIES} tries, last found ${last}`)
}

/** Finds and cancels what may be left of the order. Returns what became of it; never rejects. */
const tidy = async (deps: ProbeDeps, exposed: Exposed): Promise<string> => {
  let found = exposed.orderId
  let lastAnswer = 'no answer'
  for (let tries = 1; tries <= TIDY_TRIES; tries++) {
    if (tries > 1) await deps.wait(TIDY_PAUSE)
    try {
      if (found === null) {
        const resting = await deps.resting()
        if (resting.kind !== 'accepted') {
          lastAnswer = describe(resting)
          continue
        }
        const ours = resting.value.find((order) => order.clientOrderId === exposed.clientOrderId)
        // It may only be missing because the read is behind the write, so ask again.
        if (ours === undefined) {
          lastAnswer = 'not listed'
          continue
        }
        found = ours.orderId
      }
      const outcome = await deps.cancel(found, exposed.clientOrderId)
      if (outcome.kind === 'accepted') return `the order ${found} was cancelled afterwards`
      if (outcome.kind === 'rejected' && outcome.status === 404) {
        return `the order ${found} was gone afterwards (it may have filled)`
      }
      lastAnswer = describe(outcome)
    } catch (error) {
      lastAnswer = messageOf(error)
    }
  }
  const until = new Date(exposed.expiresAt).toISOString()
  return lastAnswer === 'not listed'
    ? `no order ${exposed.clientOrderId} was found resting (one that comes late ends at ${until})`
    : `the order ${found ?? exposed.clientOrderId} may still rest until ${until}: ${lastAnswer}`
}

/** "Passed on demo ..." or "Failed on demo ... at step 2 of 5 (place): why". */
const verdictOf = (result: Omit<ProbeResult, 'verdict'>): string => {
  const { environment, ticker, steps } = result
  const broken = steps.findIndex((step) => !step.ok)
  if (broken < 0) {
    const total = steps.reduce((sum, step) => sum + step.ms, 0)
    const done = `${ticker} took, cancelled and confirmed an order in ${total} ms`
    return `Passed on ${environment}: ${done}.`
  }
  const { name, detail } = steps[broken]!
  const where = `at step ${broken + 1} of ${steps.length} (${name})`
  const why = detail.replace(/\.+$/, '')
  return `Failed on ${environment} with ${ticker} ${where}: ${why}.`
}
