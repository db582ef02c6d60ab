// What all makers together must not exceed: the keys of PUT /desk, as one schema.

import * as v from 'valibot'

const MOST = 10_000_000

const dollars = (value: number, min: number, about: string) =>
  v.pipe(
    v.pipe(v.number(), v.minValue(min), v.maxValue(MOST)),
    v.metadata({ default: value, min, max: MOST }),
    v.description(about),
  )

// biome-ignore format: a table, with one limit in each line or two
const ENTRIES = {
  max_daily_loss: dollars(100, 0.01,
    'Every maker halts when all together lose more in the UTC day'),
  max_event_dollars_at_risk: dollars(100, 0.01,
    'The worst outcome of one event over all of its tickers, orders included'),
  max_desk_dollars_at_risk: dollars(250, 0.01,
    'The sum of the worst outcomes of all events, orders included'),
  min_cash: dollars(0, 0,
    'Orders take the cash of a shard no lower; 0 leaves that to the exchange'),
}

/** Dollars. */
export type DeskLimits = { readonly [Key in keyof typeof ENTRIES]: number }

interface Spec {
  readonly default: number
  readonly min: number
  readonly max: number
  readonly about: string
}

export const DESK_LIMITS: Readonly<Record<keyof DeskLimits, Spec>> = Object.fromEntries(
  Object.entries(ENTRIES).map(([key, entry]) => [
    key,
    { ...(v.getMetadata(entry) as Omit<Spec, 'about'>), about: v.getDescription(entry) ?? '' },
  ]),
) as never

/** The schemas of the keys, each for a strict object of its own. */
export const DESK_LIMIT_ENTRIES = ENTRIES

export const defaultDeskLimits = (): DeskLimits =>
  Object.fromEntries(Object.entries(DESK_LIMITS).map(([key, spec]) => [key, spec.default])) as never
