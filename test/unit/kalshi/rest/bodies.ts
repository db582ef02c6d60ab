// Rows as the exchange lists them over REST, for the tests of the readers and of the client.

export const orderRow = (id = 'o-1', more: object = {}) => ({
  order_id: id,
  ticker: 'KXA',
  book_side: 'bid',
  status: 'resting',
  yes_price_dollars: '0.0100',
  fill_count_fp: '0.00',
  remaining_count_fp: '1.00',
  ...more,
})

export const fillRow = (id: string, millis: number, more: object = {}) => ({
  trade_id: id,
  order_id: 'o-1',
  ticker: 'KXA',
  book_side: 'bid',
  yes_price_dollars: '0.0100',
  count_fp: '1.00',
  fee_cost: '0.0000',
  created_time: new Date(millis).toISOString(),
  ...more,
})
