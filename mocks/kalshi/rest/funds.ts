// REST calls about money: balances by shard and by subaccount, new subaccounts, transfers between
// them and between shards, and the standing allocation. A balance is what an order can use: cash
// less what resting orders lock.

import { MONEY_CENT, type Money, PRICE_ONE } from '../../../src/core/vocabulary/units.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { type Answer, nested, refuse } from '../exchange/refusal.ts'
import type { Place, Transfer } from '../exchange/treasury.ts'
import {
  accept,
  type Call,
  caller,
  Fields,
  invalid,
  limitIn,
  page,
  Refused,
  subaccountIn,
  wholeAccount,
  wholeIn,
} from '../protocol/call.ts'
import { dollars4, type Row, seconds } from '../protocol/rows.ts'
import type { Funds, ReadModel } from './read-model.ts'

/** A ten-thousandth of a dollar, in which transfers between shards are counted. */
const CENTICENT = 100
const MOST = 1_000

const free = (funds: readonly Funds[]): Money =>
  funds.reduce((sum, { cash, locked }) => sum + cash - locked, 0)

export class FundCalls {
  readonly #exchange: Exchange
  readonly #reads: ReadModel

  constructor(exchange: Exchange, reads: ReadModel) {
    this.#exchange = exchange
    this.#reads = reads
  }

  balance = (call: Call): Answer => {
    const subaccount = subaccountIn(call, 0)
    const shard = wholeIn(call.query, 'exchange_index') ?? -1
    const funds = this.#reads
      .view(caller(call))
      .funds()
      .filter((one) => one.subaccount === subaccount && (shard < 0 || one.shard === shard))
    const available = free(funds)
    const breakdown = funds.map((one) => ({
      balance: dollars4(one.cash - one.locked),
      exchange_index: one.shard,
    }))
    const body = {
      balance: Math.trunc(available / MONEY_CENT),
      balance_breakdown:
        breakdown.length > 0
          ? breakdown
          : [{ balance: '0.0000', exchange_index: Math.max(0, shard) }],
      balance_dollars: dollars4(available),
      portfolio_value: Math.trunc(this.#worth(call, subaccount, shard) / MONEY_CENT),
      updated_ts: seconds(this.#exchange.now()),
    }
    return { status: 200, body }
  }

  balances = (call: Call): Answer => {
    const locked = call.key?.subaccount ?? null
    const subaccount_balances = this.#reads
      .view(caller(call))
      .funds()
      .filter((one) => locked === null || one.subaccount === locked)
      .map((one) => ({
        balance: dollars4(one.cash - one.locked),
        exchange_index: one.shard,
        subaccount_number: one.subaccount,
        updated_ts: seconds(this.#exchange.now()),
      }))
    return { status: 200, body: { subaccount_balances } }
  }

  createSubaccount = (call: Call): Answer => {
    const purse = wholeAccount(call).addSubaccount()
    if (purse === null) return nested(refuse(400, 'invalid_parameters', 'no more than 64'))
    purse.add(0, 0)
    return { status: 201, body: { subaccount_number: purse.number } }
  }

  netting = (call: Call): Answer => {
    const netting_configs = caller(call).purses.flatMap((purse) =>
      [...this.#exchange.shards].sort().map((exchange_index) => ({
        enabled: purse.netting,
        exchange_index,
        subaccount_number: purse.number,
      })),
    )
    return { status: 200, body: { netting_configs } }
  }

  setNetting = (call: Call): Answer => {
    const fields = new Fields(call.body, 'UpdateSubaccountNettingRequest')
    const purse = wholeAccount(call).purses[fields.whole('subaccount_number') ?? -1]
    if (purse === undefined) return nested(refuse(404, 'user_not_found'))
    purse.netting = fields.flag('enabled')
    return { status: 200, body: {} }
  }

  transferCash = (call: Call): Answer => {
    const fields = new Fields(call.body, 'ApplySubaccountTransferRequest')
    const clientId = fields.text('client_transfer_id')
    if (clientId === '') throw invalid('client_transfer_id is required')
    const shard = fields.whole('exchange_index') ?? 0
    const from: Place = { subaccount: fields.whole('from_subaccount') ?? -1, shard }
    const to: Place = { subaccount: fields.whole('to_subaccount') ?? -1, shard }
    const amount = (fields.whole('amount_cents') ?? 0) * MONEY_CENT
    const transfer = this.#transfer(call, from, to, amount, clientId)
    return { status: 200, body: { transfer_id: transfer.id } }
  }

  subaccountTransfers = (call: Call): Answer =>
    this.#history(
      call,
      (transfer) => transfer.from.shard === transfer.to.shard,
      (transfer) => ({
        amount_cents: Math.trunc(transfer.amount / MONEY_CENT),
        created_ts: seconds(transfer.at),
        exchange_index: transfer.from.shard,
        from_subaccount: transfer.from.subaccount,
        to_subaccount: transfer.to.subaccount,
        transfer_id: transfer.id,
        transfer_type: 'cash',
      }),
    )

  transferShards = (call: Call): Answer => {
    const fields = new Fields(call.body, 'IntraExchangeInstanceTransferRequest')
    const lanes = ['event_contract', 'margined'] as const
    const source = fields.choice('source', lanes)
    const destination = fields.choice('destination', lanes)
    if (source === 'margined' || destination === 'margined') {
      return nested(refuse(400, 'invalid_parameters', 'there is no margined exchange here'))
    }
    const from: Place = {
      subaccount: fields.whole('source_subaccount') ?? 0,
      shard: fields.whole('source_exchange_shard') ?? 0,
    }
    const to: Place = {
      subaccount: fields.whole('destination_subaccount') ?? 0,
      shard: fields.whole('destination_exchange_shard') ?? 0,
    }
    const amount = (fields.whole('amount') ?? 0) * CENTICENT
    const transfer = this.#transfer(call, from, to, amount, '')
    return { status: 200, body: { transfer_id: transfer.id } }
  }

  shardTransfers = (call: Call): Answer =>
    this.#history(call, (transfer) => transfer.from.shard !== transfer.to.shard, shardRow)

  shardTransfer = (call: Call): Answer => {
    const { transfers } = this.#exchange.treasury.ledger(caller(call))
    const transfer = transfers.find(({ id }) => id === call.params[0])
    if (transfer === undefined) return nested(refuse(404, 'not_found'))
    return { status: 200, body: { transfer: shardRow(transfer) } }
  }

  allocation = (call: Call): Answer => {
    const { allocations, reservation } = this.#exchange.treasury.ledger(caller(call))
    const body = {
      allocations: allocations.map(({ shard, percent }) => ({ exchange_index: shard, percent })),
      resting_margin_reservation: reservation,
    }
    return { status: 200, body }
  }

  setAllocation = (call: Call): Answer => {
    const fields = new Fields(call.body, 'SetTargetBalanceAllocationRequest')
    const list = fields.raw('allocations')
    if (!Array.isArray(list)) throw invalid('allocations: wanted a list')
    const allocations = list.map((item) => {
      const one = new Fields(item, 'TargetBalanceAllocationInput')
      return { shard: one.whole('exchange_index') ?? -1, percent: one.whole('percent') ?? -1 }
    })
    const reservation = fields.has('resting_margin_reservation')
      ? fields.choice('resting_margin_reservation', ['max', 'sum'])
      : 'max'
    const account = wholeAccount(call)
    const refused = this.#exchange.treasury.allocate(account, allocations, reservation)
    if (refused !== null) throw new Refused(nested(refused))
    return this.allocation(call)
  }

  #transfer(call: Call, from: Place, to: Place, amount: Money, clientId: string): Transfer {
    const account = wholeAccount(call)
    const { treasury } = this.#exchange
    return accept(treasury.transfer(account, from, to, amount, clientId))
  }

  #history(call: Call, which: (one: Transfer) => boolean, write: (one: Transfer) => Row): Answer {
    const { transfers } = this.#exchange.treasury.ledger(caller(call))
    const { query } = call
    const shown = page(transfers.filter(which).reverse(), limitIn(query, MOST), query.get('cursor'))
    return { status: 200, body: { cursor: shown.cursor, transfers: shown.rows.map(write) } }
  }

  /** Positions at the price for which the book would take them now. */
  #worth(call: Call, subaccount: number, shard: number): Money {
    let sum = 0
    for (const holding of caller(call).holdings()) {
      if (holding.subaccount !== subaccount || (shard >= 0 && holding.shard !== shard)) continue
      const { book } = this.#exchange.listing(holding.ticker)
      const bid = Math.max(0, book.best('bid'))
      const ask = book.best('ask')
      sum +=
        holding.position > 0
          ? holding.position * bid
          : -holding.position * (PRICE_ONE - (ask < 0 ? PRICE_ONE : ask))
    }
    return sum
  }
}

const shardRow = (transfer: Transfer): Row => ({
  amount: dollars4(transfer.amount),
  created_ts: seconds(transfer.at),
  destination: 'event_contract',
  destination_exchange_shard: transfer.to.shard,
  source: 'event_contract',
  source_exchange_shard: transfer.from.shard,
  status: transfer.status,
  transfer_id: transfer.id,
})
