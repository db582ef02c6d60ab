// What each witness of the book has said so far, for the status.

import type { Engine } from '../maker/engine.ts'
import { formatIso } from '../record/tape.ts'
import type { Millis } from '../vocabulary/units.ts'

/** What one witness has said. ISO times, null before the first. */
interface TestimonyStatus {
  agreed_at: string | null
  disagreed_at: string | null
  /** Statements against the book, confirmed or not. */
  disagreements: number
}

/** Who speaks for or against the book: see docs/api.md. */
export interface WitnessStatus {
  /** A proof against the book has not been made good yet. */
  doubted: boolean
  /** Proofs since the maker started. */
  proofs: number
  /** Since the book last changed, ms; null before the first snapshot. */
  silent_ms: number | null
  market_read: TestimonyStatus
  prints: TestimonyStatus
  refusals: TestimonyStatus
  own_orders: TestimonyStatus
  /** `differing`: levels of the whole book that differed in the last audit. */
  audit: TestimonyStatus & { differing: number | null }
}

interface Said {
  readonly agreedAt: Millis
  readonly disagreedAt: Millis
  readonly disagreements: number
}

const timeOf = (at: Millis): string | null => (at === 0 ? null : formatIso(at))

const testimony = ({ agreedAt, disagreedAt, disagreements }: Said): TestimonyStatus => ({
  agreed_at: timeOf(agreedAt),
  disagreed_at: timeOf(disagreedAt),
  disagreements,
})

/** @param at now, by our clock */
export const witnessStatus = ({ state, decider }: Engine, at: Millis): WitnessStatus => {
  const { reads, prints, refusals, ownOrders, audit, levels } = decider.witnesses
  return {
    doubted: state.trust.isDoubted,
    proofs: state.trust.proofs,
    silent_ms: levels.lastAt === 0 ? null : Math.max(0, at - levels.lastAt),
    market_read: testimony(reads.testimony),
    prints: testimony(prints.testimony),
    refusals: testimony(refusals.testimony),
    own_orders: testimony(ownOrders.testimony),
    audit: { ...testimony(audit.testimony), differing: audit.differing },
  }
}
