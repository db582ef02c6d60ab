// Every code that explains a phase, a missing quote or a price: one list for engine, page and
// runbook.
//
// The types below are derived from the lists, so code cannot set a reason that is not listed. The
// page (dashboard/reasons.js) has a sentence for each, the runbook says what to do; tests compare
// them.

import type { MarketStatus } from './market.ts'

/** What a maker is doing, in one word. Only a person can release a halted one. */
export const PHASES = [
  'idle',
  'recovering',
  'quoting',
  'paused',
  'dark',
  'blind',
  'halted',
] as const
export type Phase = (typeof PHASES)[number]

/** Before there is anything to recover, and while quoting. */
const RUN_REASONS = ['quoting', 'not-started', 'stopped', 'connecting', 'exchange-paused'] as const

/** Set for a pause or a halt by the maker's shell. A person may give any other text. */
const OPERATOR_CODES = [
  'operator',
  'account-halted',
  'desk-unreachable',
  'flattening',
  'flattened',
  'storage-failing',
  'invariant',
  'crash',
] as const
export type OperatorCode = (typeof OPERATOR_CODES)[number]

/** Why a maker has halted itself: latched until a person releases it. */
export const LOSS_BRAKES = ['session-loss', 'drawdown', 'daily-loss'] as const
export type LossBrake = (typeof LOSS_BRAKES)[number]
const LATCH_CODES = [
  'position-beyond-limit',
  'key-refused',
  ...LOSS_BRAKES,
  'order-rate',
  'reject-share',
  'order-group-triggered',
] as const
export type LatchCode = (typeof LATCH_CODES)[number]
export const isLatchCode = (text: string): text is LatchCode =>
  (LATCH_CODES as readonly string[]).includes(text)

/** Free text of a person who paused or halted the maker, or one of the codes above. */
export type OperatorReason = string & { readonly __operator: true }

/** A person has set the ticker or the desk to show nothing, or only what reduces the position. */
const STATE_CODES = ['ticker-halted', 'desk-halted'] as const
const REDUCING_CODES = ['ticker-reducing', 'desk-reducing'] as const
export type ReducingCode = (typeof REDUCING_CODES)[number]

/** What a recovery still waits for. */
const RECOVERY_STEPS = [
  'reading-market',
  'clearing-orders',
  'reading-fills',
  'checking-position',
] as const
export type RecoveryStep = (typeof RECOVERY_STEPS)[number]

/** Why the maker cannot know what is true of its own orders, fills and position. */
const BLIND_REASONS = [
  'no-reconcile',
  'requests-failing',
  'key-refused',
  'private-channels',
] as const
export type BlindReason = (typeof BLIND_REASONS)[number]

/** Why the market takes no quotes; each status but 'active' has a code of its own. */
const MARKET_REASONS = [
  'market-not-binary',
  'market-past-close',
  'market-initialized',
  'market-inactive',
  'market-closed',
  'market-determined',
  'market-disputed',
  'market-amended',
  'market-finalized',
  'market-other',
  'market-settled-scalar',
] as const satisfies readonly (
  | `market-${Exclude<MarketStatus, 'active'>}`
  | 'market-not-binary'
  | 'market-past-close'
  | 'market-settled-scalar'
)[]

/** Why the book is dark. */
const BOOK_REASONS = [
  'no-snapshot',
  'bad-snapshot',
  'bad-price',
  'negative-level',
  'crossed',
  'gap',
  'bad-sequence',
  'malformed-frame',
  'subscription-ended',
  'contradicted',
  'link-down',
] as const
export type BookReason = (typeof BOOK_REASONS)[number]

/** Why the calendar pauses the maker, or lets it only reduce. */
export const CALENDAR_REASONS = ['near-close', 'news', 'jump', 'near-certain'] as const
export type CalendarReason = (typeof CALENDAR_REASONS)[number] | ''

/** Why the maker pauses itself for the sake of profit. */
export const PROFIT_REASONS = ['adverse-fills', 'market-not-credible', 'not-worth-it'] as const

/** Why the model or the sizing leaves a side out. */
export const SIDE_REASONS = [
  'one-sided-book',
  'not-ready',
  'outside-grid',
  'longshot',
  'price-band',
  'shock',
  'burst',
  'size-skew',
  'settlement-risk',
  'taker-exit',
] as const

/** Why the risk review refuses an order. */
export const REFUSAL_CODES = [
  'fat-finger',
  'position-limit',
  'risk-limit',
  'price-band',
  'off-grid',
  'would-cross',
  'own-cross',
  'two-orders',
  'foreign-order',
  'event-risk',
  'desk-risk',
  'cash',
  'beyond-limit',
  'not-reducing',
] as const
export type RefusalCode = (typeof REFUSAL_CODES)[number]

/** Why an order that is wanted does not rest yet. */
const ORDER_REASONS = ['budget', 'rate-limited', 'replacing', 'unknown-order', 'waiting'] as const

/**
 * After 'rejected:', beside the exchange's own codes: what it did to an order that it had taken.
 */
const KILL_CODES = ['killed-on-arrival', 'canceled-by-exchange', 'expiry-not-kept'] as const
export type KillCode = (typeof KILL_CODES)[number]

/** Why the maker is in its phase. */
export type PhaseReason =
  | (typeof RUN_REASONS)[number]
  | OperatorReason
  | 'desk-unreachable'
  | (typeof STATE_CODES)[number]
  | RecoveryStep
  | BlindReason
  | (typeof MARKET_REASONS)[number]
  | BookReason
  | 'stale'
  | 'lagging'
  | CalendarReason
  | (typeof PROFIT_REASONS)[number]

/** Why a side shows no quote: its own reason, or that of the phase. */
export type SilenceReason =
  | PhaseReason
  | (typeof SIDE_REASONS)[number]
  | RefusalCode
  | ReducingCode
  | (typeof ORDER_REASONS)[number]
  | `rejected:${string}`

/** Every fixed code above. */
export const REASON_CODES: readonly string[] = [
  ...new Set<string>([
    ...RUN_REASONS,
    ...OPERATOR_CODES,
    ...LATCH_CODES,
    ...STATE_CODES,
    ...REDUCING_CODES,
    ...RECOVERY_STEPS,
    ...BLIND_REASONS,
    ...MARKET_REASONS,
    ...BOOK_REASONS,
    'stale',
    'lagging',
    ...CALENDAR_REASONS,
    ...PROFIT_REASONS,
    ...SIDE_REASONS,
    ...REFUSAL_CODES,
    ...ORDER_REASONS,
    'rejected',
    ...KILL_CODES,
  ]),
]

/** How a price was chosen among its neighbours; 'none' where no price nearby passes. */
export const PLACE_REASONS = ['model', 'join', 'improve', 'step-back', 'stay', 'none'] as const
export type PlaceReason = (typeof PLACE_REASONS)[number]
