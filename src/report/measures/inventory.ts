// What was held, for how long: every moment counts by its length, not by how often it was written
// down.

import { CONTRACT, type Millis, type Quantity, signOf } from '../../core/vocabulary/units.ts'
import type { ReportInput } from '../sources/input.ts'

interface Bin {
  /** Contracts from (inclusive) and to (exclusive). */
  readonly from: number
  readonly to: number
  /** Share of the time, 0..1. */
  readonly share: number
}

/** Contracts; means and deviation weighted by time. */
export interface Inventory {
  readonly mean: number
  readonly meanAbsolute: number
  readonly deviation: number
  readonly largest: number
  readonly final: number
  readonly bins: readonly Bin[]
}

/** A stretch of time with one position. */
interface Stretch {
  readonly position: Quantity
  readonly ms: number
}

const stretchesOf = (
  { fills, opening }: Pick<ReportInput, 'fills' | 'opening'>,
  from: Millis,
  to: Millis,
): Stretch[] => {
  const out: Stretch[] = []
  let position = opening
  let at = from
  for (const fill of fills) {
    const until = Math.min(Math.max(fill.at, at), to)
    if (until > at) out.push({ position, ms: until - at })
    at = Math.max(at, until)
    position += signOf(fill.side) * fill.quantity
  }
  if (to > at) out.push({ position, ms: to - at })
  return out
}

/** Steps of 1, 2 or 5 times a power of ten that need at most `most` bins. */
const binWidth = (span: number, most: number): number => {
  const rough = Math.max(span / most, 1)
  const power = 10 ** Math.floor(Math.log10(rough))
  return [1, 2, 5, 10].map((n) => n * power).find((width) => width >= rough - 1e-9)!
}

/** The largest position that was ever held, by size, and the last one. */
export const heldOf = ({ fills, opening }: Pick<ReportInput, 'fills' | 'opening'>) => {
  let [position, largest] = [opening, Math.abs(opening)]
  for (const { side, quantity } of fills) {
    position += signOf(side) * quantity
    largest = Math.max(largest, Math.abs(position))
  }
  return { position, largest }
}

export const inventoryOf = (
  input: Pick<ReportInput, 'fills' | 'opening'>,
  from: Millis,
  to: Millis,
): Inventory => {
  const stretches = stretchesOf(input, from, to)
  const total = stretches.reduce((sum, { ms }) => sum + ms, 0)
  let [sum, absolute, squares] = [0, 0, 0]
  for (const { position, ms } of stretches) {
    const held = position / CONTRACT
    sum += held * ms
    absolute += Math.abs(held) * ms
    squares += held * held * ms
  }
  const mean = total > 0 ? sum / total : 0
  const { position: final, largest } = heldOf(input)
  return {
    mean,
    meanAbsolute: total > 0 ? absolute / total : 0,
    deviation: total > 0 ? Math.sqrt(Math.max(0, squares / total - mean * mean)) : 0,
    largest: largest / CONTRACT,
    final: final / CONTRACT,
    bins: binsOf(stretches, total),
  }
}

const binsOf = (stretches: readonly Stretch[], total: number): Bin[] => {
  if (total === 0) return []
  const held = stretches.map(({ position }) => position / CONTRACT)
  const [lowest, highest] = [Math.min(...held), Math.max(...held)]
  const width = binWidth(highest - lowest + 1, 24)
  // Centred on zero, so that flat has a bin of its own.
  const indexOf = (contracts: number): number => Math.floor(contracts / width + 0.5)
  const first = indexOf(lowest)
  const shares = new Array<number>(indexOf(highest) - first + 1).fill(0)
  for (const { position, ms } of stretches) {
    shares[indexOf(position / CONTRACT) - first]! += ms / total
  }
  return shares.map((share, i) => ({
    from: (first + i - 0.5) * width,
    to: (first + i + 0.5) * width,
    share,
  }))
}
