// What must hold at the exchange at every moment, whatever the maker believes: at most one order a
// side, never crossed with each other, none too large, and no way to fill beyond the position
// limit.
//
// Looked at after everything that happens there, once the whole of it has happened.

import type { MockKalshi } from '../../mocks/kalshi/server.ts'
import {
  formatPrice,
  formatQuantity,
  type Price,
  parseQuantity,
  type Quantity,
  type Side,
} from '../../src/core/vocabulary/units.ts'

export interface GuardLimits {
  /** Contracts, as in the body of PUT. */
  readonly max_order_size: number
  readonly max_position: number
}

interface Resting {
  readonly side: Side
  readonly price: Price
  readonly remaining: Quantity
}

export interface Guard {
  /** Each broken rule, once, in the order of happening. */
  readonly broken: readonly string[]
  /** How often the rules have been looked at. */
  readonly looks: number
  stop(): void
}

/** Orders of the tested account that rest in one market. */
export const restingOf = (mock: MockKalshi, ticker: string): Resting[] => [
  ...mock.account.holding(ticker).resting,
]

const contracts = (count: number): Quantity => parseQuantity(count.toFixed(2))

const tell = (resting: readonly Resting[]): string =>
  resting
    .map(({ side, price, remaining }) => {
      return `${side} ${formatQuantity(remaining)} at ${formatPrice(price)}`
    })
    .join(', ')

/** The rules that the account breaks now, as sentences. */
const brokenRules = (mock: MockKalshi, ticker: string, limits: GuardLimits): string[] => {
  const { position } = mock.account.holding(ticker)
  const resting = restingOf(mock, ticker)
  const bids = resting.filter(({ side }) => side === 'bid')
  const asks = resting.filter(({ side }) => side === 'ask')
  const sum = (orders: readonly Resting[]): Quantity =>
    orders.reduce((total, { remaining }) => total + remaining, 0)
  const broken: string[] = []
  const found = `position ${formatQuantity(position)} with ${tell(resting)}`
  if (bids.length > 1 || asks.length > 1) broken.push(`Two orders on one side: ${found}`)
  const highest = Math.max(...bids.map(({ price }) => price))
  const lowest = Math.min(...asks.map(({ price }) => price))
  if (highest >= lowest) broken.push(`Own orders crossed: ${found}`)
  if (resting.some(({ remaining }) => remaining > contracts(limits.max_order_size))) {
    broken.push(`Order too large: ${found}`)
  }
  const most = contracts(limits.max_position)
  if (position + sum(bids) > most || sum(asks) - position > most) {
    broken.push(`Position limit within reach: ${found}`)
  }
  return broken
}

/** Watches the rules from now on. */
export const watchRules = (mock: MockKalshi, ticker: string, limits: GuardLimits): Guard => {
  const broken = new Set<string>()
  let looks = 0
  let scheduled = false
  const stop = mock.exchange.on((fact) => {
    if (scheduled || !('listing' in fact) || fact.listing.ticker !== ticker) return
    scheduled = true
    queueMicrotask(() => {
      scheduled = false
      looks++
      for (const sentence of brokenRules(mock, ticker, limits)) broken.add(sentence)
    })
  })
  return {
    get broken() {
      return [...broken]
    },
    get looks() {
      return looks
    },
    stop,
  }
}
