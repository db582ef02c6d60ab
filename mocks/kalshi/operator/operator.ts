// Carries out what an operator requests of a running exchange, over HTTP or from a scenario file:
// faults, scenarios, market actions, pauses, trades, deposits, and the knobs for uncertain
// behaviour.

import { DOLLAR, formatQuantity, parseQuantity } from '../../../src/core/vocabulary/units.ts'
import {
  type Body,
  countIn,
  flagIn,
  numberIn,
  OperatorError,
  textIn,
} from '../../common/operator-input.ts'
import type { Gatekeeper } from '../access/auth.ts'
import { isTier, type TokenBuckets } from '../access/token-buckets.ts'
import type { Crowd } from '../crowd/crowd.ts'
import { runScenario } from '../crowd/scenarios.ts'
import type { Account } from '../exchange/account.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { isRefusal } from '../exchange/refusal.ts'
import type { Faults } from '../faults/faults.ts'
import type { Feed } from '../feed/feed.ts'
import type { ReadModel } from '../rest/read-model.ts'
import { FaultSwitch } from './faults.ts'
import { choiceIn, priceIn } from './input.ts'
import { moveMarket, tickerIn } from './markets.ts'

export interface OperatorParts {
  readonly exchange: Exchange
  readonly faults: Faults
  readonly reads: ReadModel
  readonly crowds: readonly Crowd[]
  readonly feed: Feed
  readonly gate: Gatekeeper
  readonly buckets: TokenBuckets
  /** The tested account. */
  readonly account: Account
  /** The clock of the crowds: the machine's, even when the exchange's is wrong. */
  readonly clock: () => number
}

/** The names of the operator's requests. */
export const ACTS = [
  'fault',
  'scenario',
  'market',
  'exchange',
  'trade',
  'deposit',
  'knobs',
  'groups',
] as const
export type ActName = (typeof ACTS)[number]

export class Operator {
  readonly #parts: OperatorParts
  readonly #faults: FaultSwitch

  constructor(parts: OperatorParts) {
    this.#parts = parts
    this.#faults = new FaultSwitch(parts)
  }

  /** Carries out a request; returns the answer's body. @throws Error saying what is wrong. */
  act(name: ActName, body: Body): Record<string, unknown> {
    const { exchange } = this.#parts
    switch (name) {
      case 'fault':
        this.#faults.turn(textIn(body, 'fault'), body)
        break
      case 'scenario':
        this.#scenario(body)
        break
      case 'market':
        moveMarket(exchange, body)
        break
      case 'exchange':
        this.#exchange(body)
        break
      case 'trade':
        return this.#trade(body)
      case 'deposit':
        this.#deposit(body)
        break
      case 'knobs':
        this.#knobs(body)
        break
      case 'groups':
        this.#groups(body)
    }
    return { ok: true }
  }

  #scenario(body: Body): void {
    const { crowds, clock } = this.#parts
    const name = textIn(body, 'scenario')
    if (crowds.length === 0) throw new OperatorError('Scenario failed: there is no crowd to direct')
    for (const crowd of crowds) runScenario(name, crowd, clock())
  }

  #exchange(body: Body): void {
    const { pauses } = this.#parts.exchange
    const action = choiceIn(body, 'action', ['pause', 'resume', 'stop', 'start'])
    if (action === 'stop' || action === 'start') pauses.exchange(action === 'stop')
    else if (body.shard === undefined) pauses.trading(action === 'pause')
    else pauses.shard(countIn(body, 'shard'), action === 'pause')
  }

  #trade(body: Body): Record<string, unknown> {
    const { exchange } = this.#parts
    const side = choiceIn(body, 'side', ['bid', 'ask'])
    const count = parseQuantity(textIn(body, 'count'))
    const price = priceIn(body, 'price', side === 'bid' ? '0.9900' : '0.0100')
    const order = exchange.place(exchange.stranger('operator'), {
      ticker: tickerIn(exchange, body),
      side,
      price,
      quantity: count,
      timeInForce: 'immediate_or_cancel',
    })
    if (isRefusal(order)) {
      throw new OperatorError(`Trade failed: ${order.code} ${order.details ?? ''}`)
    }
    return { ok: true, filled: formatQuantity(order.filled) }
  }

  #deposit(body: Body): void {
    const { account, exchange } = this.#parts
    const subaccount = countIn(body, 'subaccount', 0)
    const shard = countIn(body, 'shard', 0)
    if (account.purses[subaccount] === undefined || !exchange.shards.has(shard)) {
      throw new OperatorError(`Deposit failed: no subaccount ${subaccount} or shard ${shard}`)
    }
    account.deposit(Math.round(numberIn(body, 'dollars') * DOLLAR), shard, subaccount)
    exchange.at = exchange.now()
    exchange.emit({ kind: 'money', at: exchange.at, account })
  }

  /** All order groups of the tested account, or the one that is named. */
  #groups(body: Body): void {
    const { account, exchange } = this.#parts
    const action = choiceIn(body, 'action', ['trigger', 'reset', 'delete'])
    const id = textIn(body, 'id', '')
    const groups = exchange.groups.of(account).filter((group) => id === '' || group.id === id)
    if (groups.length === 0)
      throw new OperatorError(`Groups failed: no order group ${id}`.trimEnd())
    exchange.at = exchange.now()
    for (const group of groups) exchange.groups[action](group)
  }

  #knobs(body: Body): void {
    const { exchange, feed, gate, buckets } = this.#parts
    const { knobs } = exchange
    const set: Record<string, () => void> = {
      post_only_cross: () => {
        knobs.postOnlyCross = choiceIn(body, 'post_only_cross', [
          'reject',
          'accept-cancel',
        ] as const)
      },
      group_trips: () => {
        knobs.groupTrips = choiceIn(body, 'group_trips', ['reach', 'exceed'] as const)
      },
      cancel_all_shadow_ms: () => {
        knobs.cancelAllShadowMs = numberIn(body, 'cancel_all_shadow_ms')
      },
      max_open_orders: () => {
        knobs.maxOpenOrders = countIn(body, 'max_open_orders')
      },
      thursday_pause: () => {
        knobs.thursdayPause = flagIn(body, 'thursday_pause', false)
      },
      transfer_ms: () => {
        knobs.transferMs = numberIn(body, 'transfer_ms')
      },
      auto_settle: () => {
        knobs.autoSettle = flagIn(body, 'auto_settle', false)
      },
      new_market_hidden_ms: () => {
        knobs.newMarketHiddenMs = numberIn(body, 'new_market_hidden_ms')
      },
      commands_per_second: () => {
        feed.limits.commandsPerSecond = countIn(body, 'commands_per_second')
      },
      markets_per_subscription: () => {
        feed.limits.marketsPerSubscription = countIn(body, 'markets_per_subscription')
      },
      markets_per_session: () => {
        feed.limits.marketsPerSession = countIn(body, 'markets_per_session')
      },
      connections_per_account: () => {
        feed.limits.connectionsPerAccount = countIn(body, 'connections_per_account')
      },
      region_attested: () => {
        const attested = flagIn(body, 'region_attested', true)
        gate.regionExpiresAt = attested ? Number.POSITIVE_INFINITY : null
      },
      tier: () => {
        const tier = textIn(body, 'tier')
        if (!isTier(tier)) throw new OperatorError(`Knobs failed: "${tier}" is not a tier`)
        buckets.tier = tier
      },
    }
    const names = Object.keys(body).filter((name) => name !== 'at_s' && name !== 'knobs')
    const unknown = names.find((name) => !Object.hasOwn(set, name))
    if (unknown !== undefined) {
      throw new OperatorError(
        `Knobs failed: found "${unknown}", wanted some of ${Object.keys(set).join(', ')}`,
      )
    }
    for (const name of names) set[name]!()
  }
}
