// What a fill was worth some time later: gain per contract, s x (mid then - price paid), in cents.
//
// At 0 s it is the edge the fill was made with; what is gone after 5 s or 5 minutes went to those
// who knew better. At 30 s it is what is usually called the realized spread. Means are over
// contracts, of all fills and of groups of them, each with an interval that says how far to believe
// it.

import { type Millis, type Quantity, signOf } from '../../core/vocabulary/units.ts'
import {
  FINE_PER_PRICE,
  FINE_PRICE_CENT,
  type FinePrice,
  type ReportInput,
} from '../sources/input.ts'
import { blockInterval, blockLength, type Interval } from './bootstrap.ts'
import { heldOf } from './inventory.ts'
import type { Walk } from './split.ts'

/** Seconds after a fill. */
const HORIZONS = [1, 5, 30, 60, 300] as const

interface Markout {
  /** Seconds; 0 is the moment of the fill. */
  readonly after: number | 'settlement'
  /** Gain per contract in cents; null where no fill has a price that much later. */
  readonly cents: number | null
  readonly fills: number
  readonly contracts: number
  /** 90 %; null for few fills, and for the settlement, which is one draw for all of them. */
  readonly interval: Interval | null
}

export interface MarkoutGroup {
  readonly by: 'all' | 'side' | 'position' | 'time to close'
  readonly name: string
  readonly fills: number
  readonly markouts: readonly Markout[]
}

const CLOSE_BUCKETS: readonly [most: number, name: string][] = [
  [15 * 60, 'under 15 min'],
  [3600, '15 to 60 min'],
  [6 * 3600, '1 to 6 h'],
  [24 * 3600, '6 to 24 h'],
  [Number.POSITIVE_INFINITY, 'over a day'],
]

/** What a fill did to the position that was held before it. */
export const positionBucket = (before: Quantity, signed: Quantity, largest: Quantity): string => {
  if (before === 0) return 'from flat'
  if (Math.sign(before) !== Math.sign(signed)) return 'reduces'
  return Math.abs(before) * 2 <= largest ? 'adds to a small one' : 'adds to a large one'
}

const closeBucket = (at: Millis, closeAt: Millis): string =>
  CLOSE_BUCKETS.find(([most]) => (closeAt - at) / 1000 <= most)![1]

interface Tagged {
  readonly index: number
  readonly quantity: Quantity
  readonly tags: readonly (readonly [MarkoutGroup['by'], string])[]
}

/** Markouts of all fills and of each group, in a fixed order; groups without fills are left out. */
export const markoutsOf = (input: ReportInput, { fillMids, mids }: Walk): MarkoutGroup[] => {
  const { fills, market } = input
  if (fills.length === 0) return []
  const span = (fills.at(-1)!.at - fills[0]!.at) / 1000
  const paid: FinePrice | null =
    market === null || market.result === null ? null : market.result === 'yes' ? 1_000_000 : 0

  const { largest } = heldOf(input)
  let position = input.opening
  const tagged = fills.map(({ at, side, quantity }, index): Tagged => {
    const signed = signOf(side) * quantity
    const held = positionBucket(position, signed, largest)
    position += signed
    const close = market === null ? 'not known' : closeBucket(at, market.closeAt)
    return {
      index,
      quantity,
      tags: [
        ['all', 'all fills'],
        ['side', side === 'bid' ? 'bought' : 'sold'],
        ['position', held],
        ['time to close', close],
      ],
    }
  })

  /** Cents per contract gained by a fill at a horizon; null where no price is known. */
  const gain = (index: number, after: Markout['after']): number | null => {
    const { at, side, price } = fills[index]!
    const then =
      after === 'settlement' ? paid : after === 0 ? fillMids[index]! : mids.at(at + after * 1000)
    if (then === null) return null
    return (signOf(side) * (then - price * FINE_PER_PRICE)) / FINE_PRICE_CENT
  }
  const markout = (members: readonly Tagged[], after: Markout['after']): Markout => {
    const values: number[] = []
    const weights: number[] = []
    for (const { index, quantity } of members) {
      const value = gain(index, after)
      if (value === null) continue
      values.push(value)
      weights.push(quantity)
    }
    const weight = weights.reduce((sum, each) => sum + each, 0)
    const sum = values.reduce((total, value, i) => total + value * weights[i]!, 0)
    const block = after === 'settlement' ? 1 : blockLength(values.length, span, after)
    return {
      after,
      cents: weight > 0 ? sum / weight : null,
      fills: values.length,
      contracts: weight / 100,
      interval: after === 'settlement' ? null : blockInterval(values, weights, { block }),
    }
  }
  const group = (by: MarkoutGroup['by'], name: string): MarkoutGroup | null => {
    const members = tagged.filter(({ tags }) => tags.some(([b, n]) => b === by && n === name))
    if (members.length === 0) return null
    const markouts = ([0, ...HORIZONS, 'settlement'] as const).map((after) =>
      markout(members, after),
    )
    return { by, name, fills: members.length, markouts }
  }
  return [
    group('all', 'all fills'),
    group('side', 'bought'),
    group('side', 'sold'),
    ...['from flat', 'reduces', 'adds to a small one', 'adds to a large one'].map((name) =>
      group('position', name),
    ),
    ...[...CLOSE_BUCKETS].reverse().map(([, name]) => group('time to close', name)),
    group('time to close', 'not known'),
  ].filter((each) => each !== null)
}
