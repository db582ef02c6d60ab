// Figures of how much is shown and where the quotes of a side stand: sizes, limits, ladder,
// placement.

import { assessViability } from '../../src/core/guards/viability.ts'
import { incentiveValue } from '../../src/core/placement/incentive.ts'
import { choosePrice, emptyPriceChoice } from '../../src/core/placement/queue-value.ts'
import { capsOf } from '../../src/core/sizing/sizing.ts'
import { LINEAR_CENT, PriceGrid } from '../../src/core/vocabulary/market.ts'
import { CONTRACT, PRICE_CENT } from '../../src/core/vocabulary/units.ts'
import { curve, evenly, type Figure, type Line, type Point, steps } from './figure.ts'
import { type Given, halfOf, NOW, priceOf, shownOf, sizeOf, skewOf } from './stand.ts'

const HELD = evenly(-60, 60, 120)
const FAIR = evenly(1, 99, 98)

/** Stems: a quote of each level at its price, as high as its size. */
const stems = (name: string, given: Given): Line => {
  const { bid, ask } = shownOf(given)
  const points = [...bid, ...ask].flatMap(({ price, size }): Point[] => [
    [price, 0],
    [price, size],
    [price, Number.NaN],
  ])
  return { name, points: [[42, Number.NaN], ...points, [56, Number.NaN]] }
}

const ladderOf = (levels: number, position = 0): Given => ({
  position,
  strategy: { levels, gamma: 0.02, sigma: 0.1 },
  limits: { max_order_size: 20 * CONTRACT, max_position: 100 * CONTRACT },
})

const capAt = (fair: number, dollarsAtRisk: number, settlementSd: number): number => {
  const caps = { long: 0, short: 0 }
  capsOf(fair / 100, { maxPosition: 500, dollarsAtRisk, settlementSd }, caps)
  return caps.long
}

/**
 * Where a bid would stand in a slow book of 45 to 49 c whose fair value is 47, where the model
 * wants 44. A reservation price of 47 leaves an edge at 46, one of 46.2 too little.
 */
const placeAt = (queued: number, reservationCents: number, rewardPerDay: number): number => {
  const out = emptyPriceChoice()
  const levels = { prices: [4500, 4400], sizes: [queued * CONTRACT, 20 * CONTRACT], count: 2 }
  const programme = {
    startAt: NOW,
    endAt: NOW + 86_400_000,
    rewardDollars: rewardPerDay,
    discount: 0.5,
    targetQuantity: 500,
  }
  choosePrice(
    {
      side: 'bid',
      grid: new PriceGrid(LINEAR_CENT),
      target: 4400,
      bestBid: 4500,
      bestAsk: 4900,
      fairCents: 47,
      reservationCents,
      cost: 0.3,
      maxThrough: 2,
      arrivals: 0.005,
      takers: 0.005,
      k: 0.7,
      meanTrade: 10,
      theta: 0.001,
      nu: 0.002,
      levels,
      current: 0,
      currentAhead: 0,
      mayImprove: true,
      incentiveAt:
        rewardPerDay === 0
          ? null
          : (price) =>
              incentiveValue(programme, NOW, 10, Math.max(0, (4500 - price) / PRICE_CENT), 100) /
              10,
    },
    out,
  )
  // Where no price is worth anything, the model's own stands.
  return (out.price === 0 ? 4400 : out.price) / PRICE_CENT
}

/** Cents an hour of a market whose takers come 20 times an hour and side. */
const incomeOf = (spread: number, fee: number, adverse: number): number =>
  assessViability({
    tradable: true,
    credible: true,
    bid: 50 - spread / 2,
    ask: 50 + spread / 2,
    tick: 1,
    fee,
    adverseBid: adverse,
    adverseAsk: adverse,
    arrivalsBid: 0.02,
    arrivalsAsk: 0.02,
    k: 0.7,
    half: 0.5,
    sellers: 20 / 3600,
    buyers: 20 / 3600,
    orders: 100,
    watched: 9000,
    lot: 10,
    secondsLeft: 86_400,
    reduceOnlySeconds: 300,
    ownLosing: false,
    ownEdge: 0,
    ownMarkout: 0,
  }).expectedPerHour ?? Number.NaN

export const SIZES: Readonly<Record<string, () => Figure>> = {
  size: () => ({
    title: 'size: one fill, max_position 50',
    x: 'size, contracts',
    y: 'c',
    lines: [
      curve('half-spread', evenly(1, 50, 49), (size) =>
        halfOf({ strategy: { size: size * CONTRACT } }),
      ),
      curve('shift by one fill', evenly(1, 50, 49), (size) =>
        Math.abs(skewOf({ position: size, strategy: { size: size * CONTRACT } })),
      ),
      curve('the same, gamma 0.02', evenly(1, 50, 49), (size) =>
        Math.abs(skewOf({ position: size, strategy: { size: size * CONTRACT, gamma: 0.02 } })),
      ),
    ],
  }),
  levels: () => ({
    title: 'levels 3, size 10: flat',
    x: 'price, c',
    y: 'contracts shown',
    range: [0, 22],
    lines: [stems('each stem is a quote', ladderOf(3))],
  }),
  'levels-long': () => ({
    title: 'levels 3, size 10: long 40 of at most 80',
    x: 'price, c',
    y: 'contracts shown',
    range: [0, 22],
    lines: [stems('each stem is a quote', ladderOf(3, 40))],
  }),
  max_order_size: () => ({
    title: 'max_order_size: three levels, size 10',
    x: 'max_order_size, contracts',
    y: 'contracts shown',
    range: [0, 24],
    lines: [2, 1, 0].map((level) =>
      steps(
        ['innermost', 'second', 'third'][level]!,
        evenly(10, 30, 20),
        (most) =>
          shownOf({
            strategy: { levels: 3 },
            limits: { max_order_size: most * CONTRACT, max_position: 100 * CONTRACT },
          }).bid[level]?.size ?? 0,
      ),
    ),
  }),
  size_skew: () => ({
    title: 'size_skew: the bid of a long maker',
    x: 'contracts held',
    y: 'contracts in the bid',
    lines: [0, 1.5, 4].map((size_skew) =>
      steps(String(size_skew), HELD, (position) =>
        sizeOf('bid', { position, strategy: { size_skew } }),
      ),
    ),
  }),
  max_position: () => ({
    title: 'max_position: sizes against inventory',
    x: 'contracts held',
    y: 'contracts shown',
    lines: (
      [
        ['bid, 50', 'bid', 50],
        ['bid, 20', 'bid', 20],
        ['ask, 50', 'ask', 50],
      ] as const
    ).map(([name, side, most]) =>
      steps(name, HELD, (position) =>
        sizeOf(side, { position, limits: { max_position: most * CONTRACT } }),
      ),
    ),
  }),
  'max_position-gamma': () => ({
    title: 'max_position: shift, gamma being derived',
    x: 'contracts held',
    y: 'shift of both prices, c',
    lines: [50, 200, 1000].map((most) =>
      curve(String(most), evenly(-50, 50, 50), (position) =>
        skewOf({ position, limits: { max_position: most * CONTRACT } }),
      ),
    ),
  }),
  max_dollars_at_risk: () => ({
    title: 'max_dollars_at_risk: the largest long position',
    x: 'fair value, c',
    y: 'contracts',
    lines: [20, 50, 200].map((dollars) =>
      curve(`$${dollars}`, FAIR, (fair) => capAt(fair, dollars, 10_000)),
    ),
  }),
  max_settlement_sd: () => ({
    title: 'max_settlement_sd: the largest long position',
    x: 'fair value, c',
    y: 'contracts',
    lines: [20, 40, 100].map((sd) => curve(`$${sd}`, FAIR, (fair) => capAt(fair, 10_000, sd))),
  }),
  price_band: () => ({
    title: 'min_price 0.20, max_price 0.80',
    x: 'fair value, c',
    y: 'price shown, c',
    lines: (['bid', 'ask'] as const).map((side) =>
      steps(side, evenly(6, 94, 88), (fair) =>
        priceOf(side, {
          bid: fair - 5,
          ask: fair + 5,
          limits: { min_price: 2000, max_price: 8000 },
        }),
      ),
    ),
  }),
  longshot_cents: () => ({
    title: 'longshot_cents 10, flat: which side is shown',
    x: 'fair value, c',
    y: 'contracts shown',
    range: [0, 12],
    lines: (['bid', 'ask'] as const).map((side) =>
      steps(side, evenly(4, 96, 92), (fair) =>
        sizeOf(side, { bid: fair - 3, ask: fair + 3, strategy: { longshot_cents: 10 } }),
      ),
    ),
  }),
  placement: () => ({
    title: 'placement queue: join, better or leave it',
    x: 'contracts that rest at the best bid of 45',
    y: 'price of our bid, c',
    range: [43.5, 46.5],
    yNames: [44, 45, 46].map((price) => [price, String(price)] as const),
    lines: [
      steps('reservation 47 c', evenly(0, 300, 150), (queued) => placeAt(queued, 47, 0)),
      steps('46.2 c', evenly(0, 300, 150), (queued) => placeAt(queued, 46.2, 0)),
      curve('placement model', [0, 300], () => 44, true),
    ],
  }),
  incentives: () => ({
    title: 'incentives: a pool that pays for the best price',
    x: 'dollars a day in the pool',
    y: 'price of our bid, c',
    range: [43.5, 46.5],
    yNames: [44, 45, 46].map((price) => [price, String(price)] as const),
    lines: [
      steps('on', evenly(0, 300, 150), (dollars) => placeAt(300, 46.2, dollars)),
      steps('off', evenly(0, 300, 150), () => placeAt(300, 46.2, 0)),
    ],
  }),
  admission: () => ({
    title: 'admission: what a market promises',
    x: 'spread, c',
    y: 'c per hour, size 10',
    lines: [
      curve('no costs', evenly(1, 8, 7), (spread) => incomeOf(spread, 0, 0)),
      curve('maker fee', evenly(1, 8, 7), (spread) => incomeOf(spread, 0.4375, 0)),
      curve('and fills that cost 1 c', evenly(1, 8, 7), (spread) => incomeOf(spread, 0.4375, 1)),
      curve('zero', [1, 8], () => 0, true),
    ],
  }),
}
