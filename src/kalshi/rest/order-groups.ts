// The calls about order groups: the exchange's own fuse, which cancels and refuses the orders of a
// group once so many contracts have traded within 15 seconds.
//
// A group lives on one shard and in one subaccount, and every call names both.

import * as v from 'valibot'
import { accepted, type Outcome, unknown } from '../../core/vocabulary/outcome.ts'
import { CONTRACT } from '../../core/vocabulary/units.ts'
import { query } from '../common/requests.ts'
import { quantity, reader, text } from './payload.ts'

const PATH = '/portfolio/order_groups'

/** An order group as the exchange shows it. */
export interface GroupReport {
  /** Contracts matched within 15 s; null where not given. */
  readonly limit: number | null
  /** is_auto_cancel_enabled: that it turns when the group trips is not documented (2026-11). */
  readonly flag: boolean
}

/** Which group, and where it lives. */
export interface GroupRef {
  readonly id: string
  readonly exchangeIndex: number
}

type Call = (
  method: string,
  path: string,
  search: string,
  body: string | null,
) => Promise<Outcome<unknown>>

const readCreated = reader('order group', v.object({ order_group_id: text }))
const readGroup = reader(
  'order group',
  v.pipe(
    v.object({ contracts_limit_fp: v.nullish(quantity), is_auto_cancel_enabled: v.boolean() }),
    v.transform(
      ({ contracts_limit_fp: limit, is_auto_cancel_enabled: flag }): GroupReport => ({
        limit: limit == null ? null : limit / CONTRACT,
        flag,
      }),
    ),
  ),
)

export class GroupCalls {
  readonly #subaccount: number
  readonly #call: Call

  constructor(subaccount: number, call: Call) {
    this.#subaccount = subaccount
    this.#call = call
  }

  /** Creates a group; the answer is its id. @param limit whole contracts, 1 to 1,000,000 */
  async create(limit: number, exchangeIndex: number): Promise<Outcome<string>> {
    const terms = { contracts_limit: limit, exchange_index: exchangeIndex }
    const body = JSON.stringify({ ...terms, subaccount: this.#subaccount })
    const made = read(await this.#call('POST', `${PATH}/create`, '', body), readCreated)
    return made.kind === 'accepted' ? accepted(made.value.order_group_id) : made
  }

  async get({ id }: GroupRef): Promise<Outcome<GroupReport>> {
    const search = query({ subaccount: this.#subaccount })
    return read(await this.#call('GET', pathOf(id), search, null), readGroup)
  }

  /** Has it take orders again after it has tripped. */
  reset(group: GroupRef): Promise<Outcome<unknown>> {
    return this.#call('PUT', `${pathOf(group.id)}/reset`, this.#where(group), '{}')
  }

  setLimit(group: GroupRef, limit: number): Promise<Outcome<unknown>> {
    const body = JSON.stringify({ contracts_limit: limit })
    return this.#call('PUT', `${pathOf(group.id)}/limit`, this.#where(group), body)
  }

  /** Ends a group, which cancels its orders. */
  remove(group: GroupRef): Promise<Outcome<unknown>> {
    return this.#call('DELETE', pathOf(group.id), this.#where(group), null)
  }

  #where({ exchangeIndex }: GroupRef): string {
    return query({ subaccount: this.#subaccount, exchange_index: exchangeIndex })
  }
}

const pathOf = (id: string): string => `${PATH}/${encodeURIComponent(id)}`

const read = <T extends object>(
  answer: Outcome<unknown>,
  readBody: (body: unknown) => T | string,
): Outcome<T> => {
  if (answer.kind !== 'accepted') return answer
  const value = readBody(answer.value)
  return typeof value === 'string' ? unknown(`Unreadable answer: ${value}`) : accepted(value)
}
