// Moves money inside an account: at once between subaccounts on one shard, and between shards with
// a delay where the knob says so. Also carries out the standing instruction that spreads the
// primary subaccount's free cash over the shards by percentages, every ten seconds.

import type { Millis, Money } from '../../../src/core/vocabulary/units.ts'
import type { Account } from './account.ts'
import type { Hub } from './hub.ts'
import { type Refusal, refuse } from './refusal.ts'

/** One cash balance: a subaccount on a shard. */
export interface Place {
  readonly subaccount: number
  readonly shard: number
}

export interface Transfer {
  readonly number: number
  readonly id: string
  readonly clientId: string
  readonly from: Place
  readonly to: Place
  readonly amount: Money
  readonly at: Millis
  status: 'pending' | 'complete'
}

export interface Allocation {
  readonly shard: number
  readonly percent: number
}

const REBALANCE_EVERY_MS = 10_000
/** Transfers are counted in ten-thousandths of a dollar. */
const GRAIN = 100

interface Ledger {
  readonly transfers: Transfer[]
  readonly clientIds: Set<string>
  allocations: readonly Allocation[]
  reservation: 'max' | 'sum'
  rebalancedAt: Millis
}

/** Reached as `exchange.treasury`. */
export class Treasury {
  readonly #hub: Hub
  readonly #ledgers = new Map<Account, Ledger>()
  #pending: { readonly account: Account; readonly transfer: Transfer; readonly due: Millis }[] = []

  constructor(hub: Hub) {
    this.#hub = hub
  }

  /** An account's transfers and its standing instruction. */
  ledger(account: Account): Ledger {
    let ledger = this.#ledgers.get(account)
    if (ledger === undefined) {
      ledger = {
        transfers: [],
        clientIds: new Set(),
        allocations: [],
        reservation: 'max',
        rebalancedAt: Number.NEGATIVE_INFINITY,
      }
      this.#ledgers.set(account, ledger)
    }
    return ledger
  }

  /** Money in transfers that are still pending. */
  get underWay(): Money {
    return this.#pending.reduce((sum, { transfer }) => sum + transfer.amount, 0)
  }

  /**
   * Moves `amount` (> 0). `clientId` may be used once; '' for none.
   * Refused when a subaccount or shard does not exist or free cash does not cover it.
   */
  transfer(
    account: Account,
    from: Place,
    to: Place,
    amount: Money,
    clientId = '',
  ): Transfer | Refusal {
    const id = this.#hub.nextId()
    const ledger = this.ledger(account)
    for (const { subaccount, shard } of [from, to]) {
      if (account.purses[subaccount] === undefined) {
        return refuse(404, 'user_not_found', `subaccount ${subaccount}`)
      }
      if (!this.#hub.shards.has(shard)) {
        return refuse(400, 'invalid_parameters', `no exchange shard ${shard}`)
      }
    }
    if (!(amount > 0)) return refuse(400, 'invalid_parameters', 'amount: wanted more than 0')
    if (from.subaccount === to.subaccount && from.shard === to.shard) {
      return refuse(400, 'invalid_parameters', 'source and destination are the same')
    }
    if (clientId !== '' && ledger.clientIds.has(clientId)) {
      return refuse(409, 'transfer_already_exists')
    }
    const source = account.purses[from.subaccount]!
    if (source.freeAt(from.shard) < amount) return refuse(400, 'insufficient_balance')
    if (clientId !== '') ledger.clientIds.add(clientId)
    const at = this.#hub.at
    const transfer: Transfer = {
      number: ledger.transfers.length + 1,
      id,
      clientId,
      from,
      to,
      amount,
      at,
      status: 'pending',
    }
    ledger.transfers.push(transfer)
    source.add(from.shard, -amount)
    const takes = from.shard === to.shard ? 0 : this.#hub.knobs.transferMs
    this.#pending.push({ account, transfer, due: at + takes })
    this.#arrive(at)
    if (transfer.status === 'pending') this.#announce(account)
    return transfer
  }

  /** Sets the standing instruction; percentages must sum to 100, an empty list ends it. */
  allocate(
    account: Account,
    allocations: readonly Allocation[],
    reservation: 'max' | 'sum',
  ): Refusal | null {
    const sum = allocations.reduce((total, { percent }) => total + percent, 0)
    const shards = new Set(allocations.map(({ shard }) => shard))
    if (allocations.length > 0 && sum !== 100) {
      return refuse(400, 'invalid_parameters', `percentages: found a sum of ${sum}, wanted 100`)
    }
    if (
      shards.size !== allocations.length ||
      allocations.some(({ shard, percent }) => percent < 0 || !this.#hub.shards.has(shard))
    ) {
      return refuse(400, 'invalid_parameters', 'allocations: wanted each shard once, 0 or more')
    }
    const ledger = this.ledger(account)
    ledger.allocations = allocations
    ledger.reservation = reservation
    return null
  }

  /** Completes transfers and carries out standing instructions that are due. */
  step(at: Millis): void {
    if (this.#pending.length > 0) this.#arrive(at)
    for (const [account, ledger] of this.#ledgers) {
      if (ledger.allocations.length === 0) continue
      if (at - ledger.rebalancedAt < REBALANCE_EVERY_MS) continue
      ledger.rebalancedAt = at
      this.#rebalance(account, ledger.allocations)
    }
  }

  #rebalance(account: Account, allocations: readonly Allocation[]): void {
    const purse = account.purses[0]!
    const shards = [...this.#hub.shards]
    const free = shards.map((shard) => Math.max(0, purse.freeAt(shard)))
    const pool = free.reduce((sum, money) => sum + money, 0)
    let given = 0
    shards.forEach((shard, index) => {
      purse.add(shard, -free[index]!)
    })
    allocations.forEach(({ shard, percent }, index) => {
      const last = index === allocations.length - 1
      const part = last ? pool - given : Math.floor(((pool / 100) * percent) / GRAIN) * GRAIN
      given += part
      purse.add(shard, part)
    })
    if (allocations.some(({ shard }) => purse.freeAt(shard) !== free[shards.indexOf(shard)])) {
      this.#announce(account)
    }
  }

  #arrive(at: Millis): void {
    const due = this.#pending.filter((one) => one.due <= at)
    if (due.length === 0) return
    this.#pending = this.#pending.filter((one) => one.due > at)
    for (const { account, transfer } of due) {
      account.purses[transfer.to.subaccount]!.add(transfer.to.shard, transfer.amount)
      transfer.status = 'complete'
      this.#announce(account)
    }
  }

  #announce(account: Account): void {
    this.#hub.emit({ kind: 'money', at: this.#hub.at, account })
  }
}
