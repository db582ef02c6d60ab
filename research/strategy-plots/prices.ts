// Figures of what decides about price: the fair value, the model and its numbers, costs and bounds.

import { uncappedReservation } from '../../src/core/pricing/full-model.ts'
import type { Quoter } from '../../src/core/pricing/quoter.ts'
import { feePerContractCents } from '../../src/core/vocabulary/fees.ts'
import { CONTRACT, PRICE_CENT } from '../../src/core/vocabulary/units.ts'
import { byRatio, curve, evenly, type Figure, type Line, steps } from './figure.ts'
import { type Given, halfOf, MAKER_FEE, NOW, priceOf, quoterOf, rawOf, skewOf } from './stand.ts'

/** A taker fee of 0.07 x P x (1 - P) dollars, as most series have. */
const TAKER_FEE = 70_000
const HELD = evenly(-50, 50, 50)
const TIMES = [
  [60, '1 min'],
  [600, '10 min'],
  [3600, '1 h'],
  [86_400, '1 day'],
  [2_592_000, '30 days'],
] as const

/** A bid and an ask, one line: the bid from the right to the left, and the ask back. */
const pair = (name: string, given: (held: number) => Given): Line => ({
  name,
  points: [
    ...HELD.map((held) => [held, rawOf('ask', given(held))] as const),
    [0, Number.NaN] as const,
    ...HELD.map((held) => [held, rawOf('bid', given(held))] as const),
  ],
})

/** A stronger aversion than usual, so that the bounds on it are met: one contract a quote. */
const WARY = { gamma: 0.2, size: CONTRACT } as const

/** Takers that go further past the touch than the default k says: k is 0.3, by even quantiles. */
const farTakers = (quoter: Quoter, count: number): void => {
  for (let i = 1; i <= count; i++) {
    const share = (i * 0.618_033_988_749_895) % 1
    const beyond = Math.floor(Math.log(1 - share) / -0.3)
    const taker = i % 2 === 0 ? 'bid' : 'ask'
    quoter.estimators.intensity.onTrade(taker, 0.5 + beyond, 0.5, 1, NOW - 1000 * (count - i))
  }
}

/** The best bid less the fee of a taker, against what half of a lot of ten is worth to hold. */
const takingGain = (given: Given & { position: number; bid: number }): number => {
  const { input, pricing } = quoterOf(given)
  const held = uncappedReservation(given.position - 5, input, pricing)
  return given.bid - feePerContractCents(TAKER_FEE, given.bid) - held
}

const markout = (loss: number) => (quoter: Quoter) => {
  const side = { averages: [0, -loss, 0], matured: [9, 9, 9], edge: 1, fills: 9 } as const
  const copy = () => ({ ...side, averages: [...side.averages], matured: [...side.matured] })
  quoter.estimators.markouts.restore({ bid: copy() as never, ask: copy() as never })
}

const buyers = (contracts: number) => (quoter: Quoter) => {
  for (let i = 0; i < contracts / 5; i++) quoter.estimators.toxicity.onTrade('bid', 5)
}

/** Another outcome of the event at that mid, of which so many contracts are held. */
const besides = (mid: number, held = 0): Pick<Given, 'learn'> => ({
  learn: ({ event }) => {
    const [bid, ask] = [(mid - 1) * PRICE_CENT, (mid + 1) * PRICE_CENT]
    const other = { ticker: 'other', at: NOW, bid, ask, position: held * CONTRACT }
    event.hear({ others: [other], low: null, high: null }, NOW)
  },
})

const flowOf = (added: number, price: number, strategy: Given['strategy']): number =>
  quoterOf({
    ...(strategy === undefined ? {} : { strategy }),
    learn: (_quoter, book, refresh) => {
      book.delta('bid', price * PRICE_CENT, added * CONTRACT)
      refresh()
    },
  }).reasons.bid.flow

export const PRICES: Readonly<Record<string, () => Figure>> = {
  preset: () => ({
    title: 'preset: bid and ask against inventory',
    x: 'contracts held',
    y: 'price before rounding, c',
    lines: (
      [
        ['event-day', 0.7, 0.02],
        ['slow', 0.5, 0.005],
        ['live', 0.7, 0.1],
      ] as const
    ).map(([name, k, arrival_rate]) =>
      pair(name, (position) => ({ position, strategy: { k, arrival_rate, sigma: 0.05 } })),
    ),
  }),
  model: () => ({
    title: 'model: shift by 10 contracts, by time left',
    x: 'time to the close',
    y: 'shift of both prices, c',
    logX: true,
    xNames: TIMES,
    range: [-6, 0.3],
    lines: [
      curve('full', byRatio(30, 2_592_000, 90), (left) =>
        skewOf({ left, position: 10, strategy: { gamma: 0.005, sigma: 0.05 } }),
      ),
      ...(
        [
          ['linear, horizon 300 s', 300],
          ['linear, horizon 1 day', 86_400],
        ] as const
      ).map(([name, horizon_seconds]) =>
        curve(name, byRatio(30, 2_592_000, 90), (left) =>
          skewOf({
            left,
            position: 10,
            strategy: { model: 'linear', gamma: 0.005, sigma: 0.05, horizon_seconds },
          }),
        ),
      ),
    ],
  }),
  fair_value: () => ({
    title: 'fair_value: where the book leans',
    x: 'share of the size at the touch that is bids',
    y: 'fair value, c',
    lines: (['micro', 'mid'] as const).map((fair_value) =>
      curve(
        fair_value,
        evenly(0.02, 0.98, 48),
        (share) =>
          quoterOf({
            bid: 49,
            ask: 51,
            bidSize: Math.round(share * 1000),
            askSize: Math.round((1 - share) * 1000),
            strategy: { fair_value },
          }).input.fair,
      ),
    ),
  }),
  gamma: () => ({
    title: 'gamma: bid and ask against inventory',
    x: 'contracts held',
    y: 'price before rounding, c',
    lines: [0.002, 0.02, 0.1].map((gamma) =>
      pair(`gamma ${gamma}`, (position) => ({ position, strategy: { gamma } })),
    ),
  }),
  k: () => ({
    title: 'k: the half-spread',
    x: 'k, 1/cent',
    y: 'half-spread, c',
    logX: true,
    xNames: [0.1, 0.2, 0.5, 1, 2, 5].map((k) => [k, String(k)] as const),
    lines: [0.0005, 0.02].map((gamma) =>
      curve(`gamma ${gamma}`, byRatio(0.1, 5, 60), (k) => halfOf({ strategy: { k, gamma } })),
    ),
  }),
  arrival_rate: () => ({
    title: 'arrival_rate: shift by 30 contracts held',
    x: 'arrival_rate, fills per second and side',
    y: 'shift of both prices, c',
    logX: true,
    lines: [0.005, 0.02].map((gamma) =>
      curve(`gamma ${gamma}`, byRatio(0.001, 1, 60), (arrival_rate) =>
        skewOf({ position: 30, strategy: { arrival_rate, gamma } }),
      ),
    ),
  }),
  intensity: () => ({
    title: 'intensity: takers reach further than k says',
    x: 'aggressive orders seen',
    y: 'half-spread, c',
    lines: (['estimated', 'fixed'] as const).map((intensity) =>
      curve(intensity, evenly(0, 120, 60), (count) =>
        halfOf({
          strategy: { intensity, gamma: 0.02 },
          learn: (quoter) => farTakers(quoter, count),
        }),
      ),
    ),
  }),
  sigma: () => ({
    title: 'sigma: width, and shift by 30 contracts held',
    x: 'sigma, cents per root second',
    y: 'c',
    logX: true,
    xNames: [0.01, 0.03, 0.1, 0.3, 1].map((sigma) => [sigma, String(sigma)] as const),
    lines: [
      curve('half-spread', byRatio(0.01, 1, 60), (sigma) =>
        halfOf({ strategy: { sigma, gamma: 0.02 } }),
      ),
      curve('shift, its size', byRatio(0.01, 1, 60), (sigma) =>
        Math.abs(skewOf({ position: 30, strategy: { sigma, gamma: 0.02 } })),
      ),
    ],
  }),
  horizon_seconds: () => ({
    title: 'horizon_seconds: linear model, 10 contracts',
    x: 'time to the close',
    y: 'shift of both prices, c',
    logX: true,
    xNames: TIMES,
    lines: [60, 300, 1800].map((horizon_seconds) =>
      curve(`${horizon_seconds} s`, byRatio(10, 86_400, 80), (left) =>
        skewOf({
          left,
          position: 10,
          strategy: { model: 'linear', gamma: 0.02, sigma: 0.05, horizon_seconds },
        }),
      ),
    ),
  }),
  min_half_spread: () => ({
    title: 'min_half_spread: the floor under the width',
    x: 'k, 1/cent',
    y: 'half-spread, c',
    logX: true,
    xNames: [0.2, 0.5, 1, 2, 5].map((k) => [k, String(k)] as const),
    lines: [
      curve('null (half a tick)', byRatio(0.2, 5, 60), (k) =>
        halfOf({ strategy: { k, gamma: 0.002 } }),
      ),
      curve('1', byRatio(0.2, 5, 60), (k) =>
        halfOf({ strategy: { k, gamma: 0.002, min_half_spread: 1 } }),
      ),
      curve('2', byRatio(0.2, 5, 60), (k) =>
        halfOf({ strategy: { k, gamma: 0.002, min_half_spread: 2 } }),
      ),
    ],
  }),
  settlement_share: () => ({
    title: 'settlement_share: shift by 10 contracts held',
    x: 'time to the close',
    y: 'shift of both prices, c',
    logX: true,
    xNames: TIMES,
    lines: [1, 0.1, 0].map((settlement_share) =>
      curve(String(settlement_share), byRatio(5, 86_400, 90), (left) =>
        skewOf({ left, position: 10, strategy: { settlement_share, gamma: 0.02, sigma: 0.05 } }),
      ),
    ),
  }),
  exit: () => ({
    title: 'exit: by how much taking beats holding',
    x: 'time to the close',
    y: 'cents a contract, for 10 of those held',
    logX: true,
    xNames: TIMES.slice(0, 2),
    lines: [
      ...[10, 20, 50].map((position) =>
        curve(`${position} held`, byRatio(30, 600, 60), (left) =>
          takingGain({ left, position, bid: 49, ask: 51, strategy: { sigma: 0.5 } }),
        ),
      ),
      curve('taken above', [30, 600], () => 0, true),
    ],
  }),
  max_skew: () => ({
    title: 'max_skew: size 1, gamma 0.2',
    x: 'contracts held',
    y: 'shift of both prices, c',
    lines: [10, 4, 2].map((max_skew) =>
      curve(`max_skew ${max_skew}`, HELD, (position) =>
        skewOf({ position, strategy: { ...WARY, max_skew } }),
      ),
    ),
  }),
  max_inventory_width: () => ({
    title: 'max_inventory_width: the last minutes',
    x: 'time to the close',
    y: 'half-spread, c',
    logX: true,
    xNames: [[10, '10 s'], ...TIMES],
    lines: [10, 5, 1].map((max_inventory_width) =>
      curve(`max ${max_inventory_width}`, byRatio(5, 3600, 90), (left) =>
        halfOf({ left, strategy: { max_inventory_width, gamma: 0.02, sigma: 0.05 } }),
      ),
    ),
  }),
  rounding: () => ({
    title: 'rounding: a bid while the fair value moves',
    x: 'fair value, c',
    y: 'bid shown, c',
    lines: [
      ...(['value', 'outward'] as const).map((rounding) =>
        steps(rounding, evenly(50, 53, 150), (fair) =>
          priceOf('bid', { external: fair - 50, strategy: { rounding } }),
        ),
      ),
      curve('wanted', [50, 53], (fair) => rawOf('bid', { external: fair - 50 }), true),
    ],
  }),
  max_through: () => ({
    title: 'max_through: the ask of a long maker',
    x: 'contracts held',
    y: 'ask shown, c',
    lines: [
      ...[99, 2, 0].map((max_through) =>
        steps(`max_through ${max_through}`, evenly(0, 50, 100), (position) =>
          priceOf('ask', { position, bid: 40, ask: 60, strategy: { ...WARY, max_through } }),
        ),
      ),
      curve('fair', [0, 50], () => 50, true),
    ],
  }),
  max_alpha: () => ({
    title: 'max_alpha: a signal from outside',
    x: 'signal, c',
    y: 'bid before rounding, c',
    lines: [3, 1, 0].map((max_alpha) =>
      curve(`max_alpha ${max_alpha}`, evenly(-6, 6, 60), (external) =>
        rawOf('bid', { external, strategy: { max_alpha } }),
      ),
    ),
  }),
  event_fair: () => ({
    title: 'event_fair: ours at 40 c, and another outcome',
    x: 'mid of the other outcome, c',
    y: 'bid before rounding, c',
    lines: [
      curve('on', evenly(20, 95, 75), (mid) => rawOf('bid', { bid: 30, ask: 50, ...besides(mid) })),
      curve('on, 30 of the other held', evenly(20, 95, 75), (mid) =>
        rawOf('bid', { bid: 30, ask: 50, ...besides(mid, 30) }),
      ),
      curve('off', evenly(20, 95, 75), () => rawOf('bid', { bid: 30, ask: 50 }), true),
    ],
  }),
  ofi_weight: () => ({
    title: 'ofi_weight: contracts join the bid of 100',
    x: 'contracts added to the best bid',
    y: 'added to the fair value, c',
    lines: [0.1, 0.25, 1].map((ofi_weight) =>
      curve(`weight ${ofi_weight}`, evenly(0, 400, 50), (added) =>
        flowOf(added, 45, { ofi_weight }),
      ),
    ),
  }),
  ofi_levels: () => ({
    title: 'ofi_levels: contracts join a cent behind',
    x: 'contracts added a cent behind the best bid',
    y: 'added to the fair value, c',
    lines: [1, 2, 5].map((ofi_levels) =>
      curve(`${ofi_levels} level${ofi_levels > 1 ? 's' : ''}`, evenly(0, 400, 50), (added) =>
        flowOf(added, 44, { ofi_levels }),
      ),
    ),
  }),
  max_markout: () => ({
    title: 'max_markout: what fills have cost',
    x: 'average loss 30 s after our fills, c',
    y: 'half-spread, c',
    lines: [
      ...[3, 1, 0].map((max_markout) =>
        curve(`max ${max_markout}`, evenly(0, 5, 50), (loss) =>
          halfOf({ strategy: { max_markout }, learn: markout(loss) }),
        ),
      ),
      curve('max 3, with a fee', evenly(0, 5, 50), (loss) =>
        halfOf({ fee: MAKER_FEE, strategy: { max_markout: 3 }, learn: markout(loss) }),
      ),
    ],
  }),
  toxicity_weight: () => ({
    title: 'toxicity_weight: nothing but small buys',
    x: 'contracts bought in a row, 5 at a time',
    y: 'half-spread, c',
    lines: [0.5, 1, 0].map((toxicity_weight) =>
      steps(`weight ${toxicity_weight}`, evenly(0, 1000, 100), (contracts) =>
        halfOf({ strategy: { toxicity_weight }, learn: buyers(contracts) }),
      ),
    ),
  }),
}
