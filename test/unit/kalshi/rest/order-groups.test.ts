// The calls about order groups: each names the subaccount and the shard of its group.

import { describe, expect, it } from 'vitest'
import { accepted, type Outcome, rejected } from '../../../../src/core/vocabulary/outcome.ts'
import { GroupCalls } from '../../../../src/kalshi/rest/order-groups.ts'

const GROUP = { id: 'og/1', exchangeIndex: 2 }

const calls = (answer: Outcome<unknown>) => {
  const sent: string[] = []
  const groups = new GroupCalls(7, (...request) => {
    sent.push(request.filter((part) => part !== null && part !== '').join(' '))
    return Promise.resolve(answer)
  })
  return { groups, sent }
}

describe('an order group', () => {
  it('is made on the shard of its market, and the answer is its id', async () => {
    const { groups, sent } = calls(accepted({ order_group_id: 'og-1', exchange_index: 2 }))
    expect(await groups.create(400, 2)).toEqual(accepted('og-1'))
    const body = '{"contracts_limit":400,"exchange_index":2,"subaccount":7}'
    expect(sent).toEqual([`POST /portfolio/order_groups/create ${body}`])
  })

  it('is read with its limit, which may lack', async () => {
    const row = { is_auto_cancel_enabled: true, orders: [], exchange_index: 2 }
    const full = calls(accepted({ ...row, contracts_limit_fp: '400.00' }))
    expect(await full.groups.get(GROUP)).toEqual(accepted({ limit: 400, flag: true }))
    expect(full.sent).toEqual(['GET /portfolio/order_groups/og%2F1 ?subaccount=7'])
    expect(await calls(accepted(row)).groups.get(GROUP)).toEqual(
      accepted({ limit: null, flag: true }),
    )
  })

  it('that cannot be read is unknown, and a refusal stays one', async () => {
    expect(await calls(accepted({})).groups.get(GROUP)).toMatchObject({ kind: 'unknown' })
    expect(await calls(accepted({})).groups.create(1, 0)).toMatchObject({ kind: 'unknown' })
    const refusal = rejected(403, 'forbidden')
    expect(await calls(refusal).groups.create(1, 0)).toEqual(refusal)
  })

  it('is reset, limited and removed where it lives', async () => {
    const { groups, sent } = calls(accepted({}))
    await groups.reset(GROUP)
    await groups.setLimit(GROUP, 600)
    await groups.remove(GROUP)
    const path = '/portfolio/order_groups/og%2F1'
    const where = '?subaccount=7&exchange_index=2'
    expect(sent).toEqual([
      `PUT ${path}/reset ${where} {}`,
      `PUT ${path}/limit ${where} {"contracts_limit":600}`,
      `DELETE ${path} ${where}`,
    ])
  })
})
