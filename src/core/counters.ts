// What a maker has counted since it started, shown by the status call: frames and decisions, orders by
// what became of them, and everything that went wrong.
//
// Totals only ever grow; a restart begins them again at zero.

/** Running totals, shown by the status call. */
export interface Counters {
  frames: number
  decisions: number
  placed: number
  amended: number
  renewed: number
  decreased: number
  canceled: number
  fills: number
  rejected: number
  unknown: number
  rate_limited: number
  refused_by_risk: number
  gaps: number
  malformed: number
  disconnects: number
  stale: number
  orphans: number
}

export const zeroCounters = (): Counters => ({
  frames: 0,
  decisions: 0,
  placed: 0,
  amended: 0,
  renewed: 0,
  decreased: 0,
  canceled: 0,
  fills: 0,
  rejected: 0,
  unknown: 0,
  rate_limited: 0,
  refused_by_risk: 0,
  gaps: 0,
  malformed: 0,
  disconnects: 0,
  stale: 0,
  orphans: 0,
})
