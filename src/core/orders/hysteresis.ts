// When a resting order may stay although a slightly different price is wanted.
//
// An order that moves goes to the back of the queue at its new price, and most of what a maker earns
// comes from not being there. So a quote that is wanted further away stays as long as the resting
// price still clears its costs, and one that is wanted closer moves only for more than a tick. The
// clock, and what must act at once (post-only, limits, guards), are the caller's business.

/** Far below any tick, far above the rounding error of a difference of two prices. */
const TOLERANCE = 1e-9

const stays = (closer: number, tick: number, away: number, toward: number): boolean =>
  closer >= -away - TOLERANCE && closer < tick + toward - TOLERANCE

/**
 * Whether a bid resting at `resting` may stay where `raw` (before rounding) is wanted:
 * resting - away <= raw < resting + tick + toward.
 * @param away how far below the order the wanted price may fall, >= 0; see `awayTolerance`
 * @param toward how far beyond the next tick it must rise before the order follows, >= 0
 * All in one unit, cents or Price. False where any of them is not a number.
 */
export const staysBid = (
  resting: number,
  raw: number,
  tick: number,
  away: number,
  toward: number,
): boolean => stays(raw - resting, tick, away, toward)

/** The mirror image for an ask: resting - tick - toward < raw <= resting + away. */
export const staysAsk = (
  resting: number,
  raw: number,
  tick: number,
  away: number,
  toward: number,
): boolean => stays(resting - raw, tick, away, toward)

/**
 * How far past a resting order the wanted price may move away from the market: for as long as the
 * order clears break-even, but at least a quarter of a tick, or noise would move it, and at most one.
 * @param half half-spread wanted on this side
 * @param breakEven half-spread at which a fill earns nothing: fee plus expected adverse move
 */
export const awayTolerance = (half: number, breakEven: number, tick: number): number =>
  Math.min(Math.max(half - breakEven, 0.25 * tick), tick)
