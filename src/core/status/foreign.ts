// The orders that are left alone, as the status shows them.

import { exposureOf } from '../orders/exposure.ts'
import { foreignOrders } from '../orders/foreign.ts'
import type { Order, Orders } from '../orders/orders.ts'
import { formatPrice, formatQuantity, type Side } from '../vocabulary/units.ts'
import type { ForeignStatus } from './status.ts'

const contractsOf = (side: Side, orders: readonly Order[]): string => {
  const all = orders.filter((order) => order.side === side)
  return formatQuantity(all.reduce((sum, order) => sum + exposureOf(order), 0))
}

export const foreignStatus = ({ live }: Orders): ForeignStatus => {
  const all = [...foreignOrders(live)]
  return {
    count: all.length,
    bid: contractsOf('bid', all),
    ask: contractsOf('ask', all),
    orders: all.map(({ orderId, side, price, remaining }) => ({
      ...{ order_id: orderId, side, price: formatPrice(price) },
      quantity: formatQuantity(remaining),
    })),
  }
}
