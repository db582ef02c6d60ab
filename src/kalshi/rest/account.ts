// Reads all that the exchange knows of us in one market: balance, position, fills, settlements and
// the market's own terms.
//
// Fills are read last, so that none is missing which the position already contains. While quotes
// are out, a fill may still happen between two of the reads; the next reading then has it in both.

import type { ExchangeAccount } from '../../core/ledger/exchange-account.ts'
import type { Market } from '../../core/vocabulary/market.ts'
import type { Outcome } from '../../core/vocabulary/outcome.ts'
import type { KalshiRest } from './rest.ts'

export interface AccountReading {
  account: ExchangeAccount
  market: Market
}

/** Why the reading failed: the status and code that the control API answers with. */
interface AccountProblem {
  readonly status: 404 | 502
  readonly code: 'unknown-ticker' | 'exchange'
  /** Which read failed, and why. */
  readonly message: string
}

export const readAccount = async (
  rest: Pick<KalshiRest, 'cash' | 'position' | 'fills' | 'settlement' | 'market'>,
  ticker: string,
  at: number,
): Promise<AccountReading | AccountProblem> => {
  const market = await rest.market(ticker)
  if (market.kind === 'rejected' && market.status === 404) {
    const message = `Reading the account failed: the exchange does not know ${ticker}`
    return { status: 404, code: 'unknown-ticker', message }
  }
  if (market.kind !== 'accepted') return failure('market', market)
  const [balance, settlements] = await Promise.all([rest.cash(), rest.settlement(ticker)])
  if (balance.kind !== 'accepted') return failure('balance', balance)
  if (settlements.kind !== 'accepted') return failure('settlements', settlements)
  const position = await rest.position(ticker)
  if (position.kind !== 'accepted') return failure('position', position)
  const fills = await rest.fills(ticker, 0)
  if (fills.kind !== 'accepted') return failure('fills', fills)
  return {
    account: {
      at,
      balance: balance.value.total,
      position: position.value,
      fills: fills.value,
      settlements: settlements.value,
    },
    market: market.value,
  }
}

const failure = (
  what: string,
  outcome: Exclude<Outcome<unknown>, { kind: 'accepted' }>,
): AccountProblem => {
  const found =
    outcome.kind === 'rejected'
      ? `found ${outcome.status} ${outcome.code} ${outcome.detail}`.trimEnd()
      : outcome.detail
  return { status: 502, code: 'exchange', message: `Reading ${what} failed: ${found}` }
}
