// A month's bill at Cloudflare from what the objects of a running worker have used.
//
// Prices and allowances of Workers Paid as published in 2026 (check yours): an allowance is of the
// whole account, once a month. A month has 30 days. An object that holds an outgoing socket is
// billed for every second; the desk holds none and may hibernate, so its time costs nothing.

import type { Usage } from '../../src/rpc/contracts.ts'

const MONTH_S = 30 * 86_400
const GB = 1e9
/** Memory that every object is billed for, GB. */
const MEMORY_GB = 0.128
/** Frames that count as one request. Not stated for outgoing sockets: an upper bound. */
const FRAMES_PER_REQUEST = 20
const PLAN = 5
/** The watchdog calls the desk twice and each maker once, a minute. */
const WATCHDOG_DESK = 2

/** Dollars per unit beyond what is included each month. */
const PRICES = {
  duration: { name: 'duration (GB-s)', included: 400_000, price: 12.5e-6 },
  requests: { name: 'requests', included: 1e6, price: 0.15e-6 },
  rowsWritten: { name: 'rows written', included: 50e6, price: 1e-6 },
  rowsRead: { name: 'rows read', included: 25e9, price: 0.001e-6 },
  stored: { name: 'object storage (GB)', included: 5, price: 0.2 },
  classA: { name: 'R2 class A', included: 1e6, price: 4.5e-6 },
  classB: { name: 'R2 class B', included: 10e6, price: 0.36e-6 },
  kept: { name: 'R2 storage (GB)', included: 10, price: 0.015 },
  logs: { name: 'log lines', included: 20e6, price: 0.6e-6 },
} as const
type Item = keyof typeof PRICES

/** What one maker uses in a second, its share of the desk included. */
export type Rates = Readonly<
  Record<
    | 'requests'
    | 'frames'
    | 'rowsWritten'
    | 'rowsRead'
    | 'objectsWritten'
    | 'objectsRead'
    | 'objectBytes'
    | 'logs',
    number
  >
> & { readonly storedBytes: number }

export interface BillLine {
  readonly name: string
  readonly amount: number
  readonly included: number
  readonly dollars: number
}

/**
 * What makers used a second between two readings, on average.
 * @param seconds between `before` and `after`
 * @param logLines that the worker wrote in that time
 */
export const ratesOf = (
  before: readonly Usage[],
  after: readonly Usage[],
  makers: number,
  { seconds, logLines }: { readonly seconds: number; readonly logLines: number },
): Rates => {
  const total = (all: readonly Usage[], of: keyof Usage): number =>
    all.reduce((sum, usage) => sum + usage[of], 0)
  const rate = (of: keyof Usage): number =>
    (total(after, of) - total(before, of)) / makers / seconds
  return {
    requests: rate('requests'),
    frames: rate('frames'),
    rowsWritten: rate('rowsWritten'),
    rowsRead: rate('rowsRead'),
    objectsWritten: rate('objectsWritten'),
    objectsRead: rate('objectsRead'),
    objectBytes: rate('objectBytes'),
    logs: logLines / makers / seconds,
    storedBytes: total(after, 'storedBytes') / makers,
  }
}

/**
 * The bill of a month with `makers` makers, and `oracles` objects that read external prices.
 * @param keptDays days after which the bucket's lifecycle rules delete objects
 */
export const billOf = (
  rates: Rates,
  makers: number,
  { oracles = 0, keptDays = 30 } = {},
): { readonly lines: readonly BillLine[]; readonly total: number } => {
  const month = (perSecond: number): number => perSecond * makers * MONTH_S
  const minutes = MONTH_S / 60
  const amounts: Readonly<Record<Item, number>> = {
    duration: (makers + oracles) * MONTH_S * MEMORY_GB,
    requests:
      month(rates.requests) +
      month(rates.frames) / FRAMES_PER_REQUEST +
      (makers + WATCHDOG_DESK) * minutes,
    rowsWritten: month(rates.rowsWritten),
    rowsRead: month(rates.rowsRead),
    stored: (rates.storedBytes * makers) / GB,
    classA: month(rates.objectsWritten),
    classB: month(rates.objectsRead),
    kept: (rates.objectBytes * makers * keptDays * 86_400) / GB,
    logs: month(rates.logs),
  }
  const lines = (Object.keys(PRICES) as Item[]).map((item): BillLine => {
    const { name, included, price } = PRICES[item]
    const amount = amounts[item]
    return { name, amount, included, dollars: Math.max(0, amount - included) * price }
  })
  return { lines, total: lines.reduce((sum, { dollars }) => sum + dollars, PLAN) }
}
