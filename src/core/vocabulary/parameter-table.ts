// The parameters of a maker as one schema: each with its unit, default, range and one sentence.
//
// The schema is the source. The types Strategy and Limits follow from it, the two tables are read
// out of it, a refusal quotes it, and tests hold docs/api.md and docs/strategy.md to it.
// parameters.ts reads request bodies by it. Nothing here runs while quoting.

import * as v from 'valibot'
import { type Millis, type Price, parseScaled, type Quantity } from './units.ts'

/** An order that nobody renews or cancels rests no longer than this. */
export const LONGEST_TTL_SECONDS = 300
/** As many quotes as a side can have. */
export const MOST_LEVELS = 3

type Range<Bound> = { readonly min: Bound; readonly max: Bound }

/** One parameter's line of the table; `default`, `min` and `max` as a request body gives them. */
export type Spec = { readonly unit: string; readonly about: string } & (
  | ({ readonly kind: 'number' | 'whole'; readonly default: number } & Range<number>)
  | ({ readonly kind: 'optional'; readonly default: null } & Range<number>)
  | ({ readonly kind: 'contracts' | 'dollars'; readonly default: string } & Range<string>)
  | { readonly kind: 'choice'; readonly default: string; readonly of: readonly string[] }
  /** An ISO time, or null; and a list of at most `most` of them. */
  | { readonly kind: 'time'; readonly default: null }
  | { readonly kind: 'times'; readonly default: readonly string[]; readonly most: number }
)

/** The schema of one parameter: left out it is its default, and its metadata is its Spec. */
type Parameter<Value> = v.GenericSchema<unknown, Value>

const parameter = <Value>(values: Parameter<Value>, spec: Spec): Parameter<Value> =>
  v.pipe(
    v.optional(values, () => spec.default),
    v.description(spec.about),
    v.metadata(spec as never),
  )

const number = (
  value: number,
  min: number,
  max: number,
  unit: string,
  about: string,
): Parameter<number> => {
  const values = v.pipe(v.number(), v.minValue(min), v.maxValue(max))
  return parameter(values, { kind: 'number', default: value, min, max, unit, about })
}

const whole = (
  value: number,
  min: number,
  max: number,
  unit: string,
  about: string,
): Parameter<number> => {
  const values = v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max))
  return parameter(values, { kind: 'whole', default: value, min, max, unit, about })
}

const optional = (
  min: number,
  max: number,
  unit: string,
  about: string,
): Parameter<number | null> => {
  const values = v.nullable(v.pipe(v.number(), v.minValue(min), v.maxValue(max)))
  return parameter(values, { kind: 'optional', default: null, min, max, unit, about })
}

/** The first choice is the default. */
const choice = <const Choice extends string>(
  of: readonly [Choice, ...Choice[]],
  about: string,
): Parameter<Choice> =>
  parameter(v.picklist(of), { kind: 'choice', default: of[0], of, unit: '', about })

/** A number or a decimal string with at most so many decimals, as an integer of that scale. */
const scaled = (decimals: number, min: string, max: string): Parameter<number> =>
  v.pipe(
    v.union([v.string(), v.pipe(v.number(), v.finite(), v.transform(String))]),
    v.transform((text) => parseScaled(text, decimals)),
    v.minValue(parseScaled(min, decimals)),
    v.maxValue(parseScaled(max, decimals)),
  )

const contracts = (value: string, min: string, max: string, about: string): Parameter<Quantity> => {
  const range = { default: value, min, max } as const
  return parameter(scaled(2, min, max), { kind: 'contracts', ...range, unit: 'contracts', about })
}

const dollars = (value: string, about: string): Parameter<Price> => {
  const [min, max] = ['0.0001', '0.9999']
  const values = scaled(4, min, max)
  return parameter(values, { kind: 'dollars', default: value, min, max, unit: 'dollars', about })
}

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/

/** A time with its zone: without a zone it would mean another moment on another machine. */
const INSTANT = v.pipe(
  v.string(),
  v.regex(ISO),
  v.transform((text): Millis => Date.parse(text)),
  v.number(),
)

const time = (about: string): Parameter<Millis | null> =>
  parameter(v.nullable(INSTANT), { kind: 'time', default: null, unit: 'ISO time', about })

const times = (most: number, about: string): Parameter<readonly Millis[]> => {
  const values = v.pipe(
    v.array(INSTANT),
    v.maxLength(most),
    v.transform((list) => list.toSorted((a, b) => a - b)),
  )
  return parameter(values, { kind: 'times', default: [], most, unit: 'ISO times', about })
}

/** How to price and when to move. */
// biome-ignore format: a table, with one parameter in each line or two
export const STRATEGY = v.strictObject({
  preset: choice(['event-day', 'slow', 'live'],
    'What kind of market it is: sets the keys of the preset that the body leaves out'),
  model: choice(['full', 'linear'],
    'Quoting model: the one for contracts that settle at 0 or 1, or linear Avellaneda-Stoikov'),
  fair_value: choice(['micro', 'mid'], 'Micro-price (sizes and what followed them), or mid price'),
  size: contracts('10', '0.01', '100000', 'Contracts per quote'),
  levels: whole(1, 1, MOST_LEVELS, 'levels',
    'Quotes per side; the outer ones show 1 and 2 times the size'),
  gamma: optional(0, 10, '1/(cent x contract)',
    'Risk aversion: skew and width per contract held; null derives it from max_position'),
  k: number(0.7, 0.01, 100, '1/cent',
    'How fast fills thin out with distance; where the estimate starts'),
  arrival_rate: number(0.02, 0, 10, '1/s',
    'Full model: fills of one lot per second and side at the fair value; where the estimate starts',
  ),
  intensity: choice(['estimated', 'fixed'],
    'Full model: learn k and arrival_rate from trades, or keep them as given'),
  sigma: optional(0, 100, 'cents/sqrt(s)', 'Fixed volatility; null estimates it from the book'),
  horizon_seconds: number(300, 1, 31_536_000, 's',
    'Linear model: cap on T-t, the time over which inventory is unwound'),
  min_half_spread: optional(0, 49, 'cents',
    'Never quote closer than this to the reservation price; null is half a tick'),
  settlement_share: number(1, 0, 1, 'share',
    'Full model: how much of the variance left at the close is borne to settlement'),
  max_skew: number(10, 0, 49, 'cents', 'Full model: the most that inventory moves the quotes'),
  max_inventory_width: number(5, 0, 49, 'cents',
    'Full model: the most that inventory risk widens each side'),
  rounding: choice(['value', 'outward'],
    'Full model: the legal price worth most, or the next one outward; linear is always outward'),
  max_through: number(2, 0, 99, 'cents',
    'A bid is never above the fair value by more than this, nor an ask below it'),
  max_alpha: number(3, 0, 49, 'cents', 'The most that order flow and external signals add up to'),
  event_fair: choice(['on', 'off'],
    'Let the other markets of the event that we make correct the fair value and share the skew'),
  ofi_weight: number(0.25, 0, 5, 'ticks',
    'Fair value per unit of order-flow imbalance, at most half a tick; 0 ignores it'),
  ofi_levels: whole(1, 1, 5, 'levels', 'Book levels that order-flow imbalance counts'),
  max_markout: number(3, 0, 49, 'cents',
    'The most that losses after our own fills widen each side; 0 ignores them'),
  toxicity_weight: number(0.5, 0, 5, '',
    'How much one-sided trading widens both sides, per unit above 1.5; 0 ignores it'),
  size_skew: number(1.5, 0, 10, '',
    'Full model: how fast the side that adds to the position shrinks; 0 keeps its size'),
  placement: choice(['model', 'queue'],
    "Full model: the model's own price, or the best neighbour by expected value in the queue"),
  incentives: choice(['off', 'on'], 'Count what a liquidity programme pays when choosing a price'),
  debounce: choice(['break-even', 'ticks'],
    'Stay while the order clears break-even, or move beyond min_move_ticks or min_move_seconds'),
  stay_toward_ticks: number(0.5, 0, 1000, 'ticks',
    'break-even: a better price must be wanted by this much more than a tick'),
  dwell_seconds: number(1, 0, 3600, 's', 'break-even: and the order must have rested this long'),
  min_move_ticks: number(1, 0, 1000, 'ticks',
    'ticks: a quote moves at once only beyond this many ticks'),
  min_move_seconds: number(2, 0, 3600, 's', 'ticks: or when it has been wrong for this long'),
  refill_below: number(0.5, 0, 1, 'share of size',
    'A partly filled quote is topped up below this share'),
  stale_after_seconds: number(5, 0.1, 3600, 's', 'Silence after which all quotes are pulled'),
  stale_rule: choice(['link', 'ticks'], 'Silence of the connection, or of market data alone'),
  order_ttl_seconds: number(120, 10, LONGEST_TTL_SECONDS, 's', 'Every order expires by itself unless renewed'),
  reduce_only_seconds: number(300, 0, 86_400, 's',
    'Before the close or event: quote only what reduces the position'),
  stop_before_close_seconds: number(30, 0, 86_400, 's',
    'No quotes in the last seconds before the close or event'),
  exit: choice(['maker', 'taker'],
    'Full model, while only reducing before the close: wait for takers, or take a lot where that pays'),
  event_time: time(
    'When the outcome is decided, if that is before the close; null takes it from the market'),
  news_times: times(32, 'Scheduled releases: no quotes around them'),
  news_before_seconds: number(60, 0, 86_400, 's', 'No quotes this long before a release'),
  news_after_seconds: number(30, 0, 86_400, 's',
    'No quotes this long after a release; then twice the width, fading over five minutes'),
  jump_pause_seconds: number(10, 0, 3600, 's',
    'No quotes after a jump of the mid; then 1.5 times the width for a minute'),
  burst_pause_seconds: number(5, 0, 3600, 's',
    'A side filled twice in 2 s, or whole with the touch gone, pauses this long'),
  longshot_cents: number(5, 0, 50, 'cents',
    'No bid below this price and no ask above 100 less it, unless it reduces the position'),
  max_credible_spread: number(20, 0, 99, 'cents',
    'A wider book of others has no credible mid: nothing but reducing is quoted; 0 turns it off'),
  min_credible_depth: contracts('10', '0', '100000',
    'Contracts of others that both sides must show within 5 cents of the touch; 0 turns it off'),
  admission: choice(['advise', 'enforce'],
    'If quoting the market does not pay by arithmetic: say so, or stay out'),
  foreign_orders: choice(['cancel', 'leave'],
    'Orders on our ticker and subaccount that no maker has placed: cancel them, or leave them'),
  reconcile_seconds: number(60, 5, 3600, 's',
    'How often orders, fills and position are compared with the exchange'),
  verify_after_seconds: number(6, 0, 60, 's',
    'Silence of the book after which a market read must confirm it; 0 hears no witness at all'),
  audit_seconds: whole(60, 0, 3600, 's',
    'How often the whole book is compared with the exchange; 0 never'),
  exchange_status: choice(['on', 'off'],
    'Ask whether the exchange trades when requests hint that it does not, and pause while it does not'),
  order_group: choice(['on', 'off'],
    'Have the exchange cancel and refuse everything when far more trades than the limits allow'),
  flatten_on_brake: choice(['off', 'on'],
    'When a brake halts the maker: leave the position, or take it off by orders that take'),
  flatten_slippage: number(5, 0, 98, 'cents',
    'The most that flattening gives up against the best price, where no other limit is given'),
  journal: choice(['on', 'off'],
    'Keep every event and decision in R2, so that the run can be replayed exactly'),
  alpha_source: choice(
    ['none', 'polymarket', 'odds-api', 'draftkings',
      'polymarket+odds-api', 'polymarket+draftkings'],
    'Whose external prices the maker reads, by the mapping in alpha; two together are pooled'),
  alpha_mode: choice(['shadow', 'licensed'],
    'Record external prices, or let them move quotes by licence; a shock pulls quotes in both'),
})

/** What a maker must never exceed. */
// biome-ignore format: a table, with one parameter in each line or two
export const LIMITS = v.strictObject({
  max_order_size: contracts('10', '0.01', '100000', 'A larger order is refused before any call'),
  max_position: contracts('50', '0.01', '1000000',
    'Largest position either way, exposed orders counted'),
  max_dollars_at_risk: number(50, 0.01, 10_000_000, 'dollars',
    'Worst loss at settlement if every order of a side fills'),
  max_settlement_sd: number(40, 0.01, 10_000_000, 'dollars',
    'Full model: standard deviation at settlement of the largest position'),
  max_session_loss: number(25, 0.01, 10_000_000, 'dollars',
    'Halts when more is lost since a person started or released it'),
  max_drawdown: number(25, 0.01, 10_000_000, 'dollars',
    'Halts when equity falls further below its peak of the session'),
  max_orders_per_minute: whole(600, 10, 100_000, 'requests',
    'Halts when more orders are placed and amended in a minute'),
  max_reject_share: number(0.5, 0.05, 1, 'share',
    'Halts when more of the last 20 to 40 order requests within 5 minutes are refused; 1 never'),
  min_price: dollars('0.0100', 'No order below this YES price'),
  max_price: dollars('0.9900', 'No order above this YES price'),
})

export type Strategy = v.InferOutput<typeof STRATEGY>
export type Limits = v.InferOutput<typeof LIMITS>

type Table<Key extends string> = Readonly<Record<Key, Spec>>

const tableOf = <Key extends string>(entries: Readonly<Record<Key, v.GenericSchema>>): Table<Key> =>
  Object.fromEntries(
    Object.entries<v.GenericSchema>(entries).map(([key, entry]) => [key, v.getMetadata(entry)]),
  ) as unknown as Table<Key>

export const STRATEGY_TABLE = tableOf(STRATEGY.entries)
export const LIMITS_TABLE = tableOf(LIMITS.entries)

/**
 * Keys that a preset sets where the body does not. Each names the same keys, so that changing from
 * one to another leaves nothing of the first behind. Not measured per series: starting points.
 */
export const PRESETS: Readonly<Record<Strategy['preset'], Partial<Strategy>>> = {
  // The day of the event, before it begins: the defaults.
  'event-day': {
    ...{ k: 0.7, arrival_rate: 0.02, dwell_seconds: 1 },
    ...{ reduce_only_seconds: 300, jump_pause_seconds: 10 },
  },
  // A market that trades a few times an hour, its outcome weeks away.
  slow: {
    ...{ k: 0.5, arrival_rate: 0.005, dwell_seconds: 5 },
    ...{ reduce_only_seconds: 300, jump_pause_seconds: 10 },
  },
  // While it happens: takers every few seconds, and news that is over in seconds.
  live: {
    ...{ k: 0.7, arrival_rate: 0.1, dwell_seconds: 1 },
    ...{ reduce_only_seconds: 120, jump_pause_seconds: 5 },
  },
}
