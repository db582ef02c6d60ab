// What a person lets the maker do: the ticker's own state and the desk's, of which the stricter
// holds. Both are stored outside and come as events.

import type { TradingState } from '../../vocabulary/desk.ts'
import { strictest } from '../../vocabulary/desk.ts'
import type { ReducingCode } from '../../vocabulary/reason-codes.ts'
import type { Millis } from '../../vocabulary/units.ts'
import type { MakerState } from '../state.ts'

const deskState = ({ deskRoom }: MakerState): TradingState => deskRoom.terms?.state ?? 'active'

/** The stricter of the ticker's state and the desk's. */
export const tradingState = (state: MakerState): TradingState =>
  strictest(state.trading, deskState(state))

/** Why nothing may be shown; null where something may. */
export const haltedBy = (state: MakerState): 'ticker-halted' | 'desk-halted' | null => {
  if (state.trading === 'halted') return 'ticker-halted'
  return deskState(state) === 'halted' ? 'desk-halted' : null
}

/** Why only what reduces the position may be shown; null where all may. */
export const reducingBy = (state: MakerState): ReducingCode | null => {
  if (state.trading === 'reducing') return 'ticker-reducing'
  return deskState(state) === 'reducing' ? 'desk-reducing' : null
}

/** Applies what brings a new state; one that halts must be proven like any other halt. */
export const changeState = (state: MakerState, at: Millis, change: () => void): void => {
  const before = tradingState(state)
  change()
  const after = tradingState(state)
  if (before === after) return
  state.log(after === 'halted' ? 'warn' : 'info', 'trading-state', { before, after })
  if (after === 'halted') state.recovery.requireClean(at)
}
