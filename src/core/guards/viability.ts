// Judges whether a market is worth quoting at all.
//
// In: the touch, fees, adverse moves, the flow of takers and our own fills so far. Out: yes or no,
// every reason against it, and the expected income an hour. A round trip earns the distance between
// bid and ask and pays two fees and two adverse moves, at the best of three distances: the touch, a
// tick inside it, the model's own. Runs every ten seconds, and knows no orders and no position.

export type VerdictCode =
  | 'market-not-tradable'
  | 'market-not-credible'
  | 'one-sided-book'
  | 'too-late'
  | 'no-flow'
  | 'one-sided-flow'
  | 'spread-below-cost'
  | 'adverse-markout'

/** What is known of a market. Prices and costs in cents, rates per second. */
export interface ViabilityInput {
  /** Open, binary, and nothing forbids quoting. */
  readonly tradable: boolean
  /** The book of others says what a contract is worth. */
  readonly credible: boolean
  /** Best prices of others: 0 and 100 where there is none. */
  readonly bid: number
  readonly ask: number
  readonly tick: number
  /** f: maker fee per contract at these prices. */
  readonly fee: number
  /** AS: expected adverse move after a fill of our bid, and of our ask, >= 0. */
  readonly adverseBid: number
  readonly adverseAsk: number
  /** A: fills per second of one lot at distance 0, of our bid (by sellers) and of our ask. */
  readonly arrivalsBid: number
  readonly arrivalsAsk: number
  /** Decay of fills with distance, 1/cent. */
  readonly k: number
  /** h: half-spread that the model asks for, > 0. */
  readonly half: number
  /** Aggressive orders per second as they were seen: sellers (reach bids) and buyers. */
  readonly sellers: number
  readonly buyers: number
  /** How many were seen, both sides, and for how long, seconds. */
  readonly orders: number
  readonly watched: number
  /** Contracts per quote. */
  readonly lot: number
  /** Seconds to the outcome, and how many of them are for reducing only. */
  readonly secondsLeft: number
  readonly reduceOnlySeconds: number
  /** Whether our own fills lose by more than chance (block-results.ts). */
  readonly ownLosing: boolean
  /** Their average edge when made, and gain (loss if negative) after 300 s. */
  readonly ownEdge: number
  readonly ownMarkout: number
}

interface VerdictNumbers {
  /** Of the touch; null where a side is missing. */
  readonly spreadCents: number | null
  /** Of a round trip: two fees, two adverse moves, and both. */
  readonly feesCents: number
  readonly adverseCents: number
  readonly costCents: number
  /** The narrowest spread on the grid that leaves something. */
  readonly breakEvenSpread: number
  /** Fills per hour, both sides; null where a side of the book is missing. */
  readonly fillsPerHour: number | null
  readonly arrivalsBid: number
  readonly arrivalsAsk: number
  /** Of the aggressive orders, 0..1; null where there were none. */
  readonly shareBuys: number | null
  readonly hoursLeft: number
  readonly ownEdge: number
  readonly ownMarkout: number
}

export interface ViabilityVerdict {
  readonly ok: boolean
  /** Every reason against it; empty when ok. */
  readonly reasons: readonly VerdictCode[]
  /** Cents per hour at the best price; negative at the least bad one. Null without two sides. */
  readonly expectedPerHour: number | null
  readonly numbers: VerdictNumbers
}

/** Fewer fills than one in two hours, both sides: a lot would be held and not traded. */
const LEAST_FILLS_PER_HOUR = 0.5
/** The least share of the aggressive orders that buys, and sells, must have; from 20 orders on. */
const LEAST_SHARE = 0.1
const ENOUGH_ORDERS = 20
/** This long without 20 orders says as much about their rate as 20 orders do. */
const ENOUGH_SECONDS = 1800

/** A difference this small, in ticks, cents or shares, is a rounding error. */
const TOLERANCE = 1e-9

/** The expected result of quoting both sides at one distance from the mid. */
interface Prospect {
  readonly fillsPerHour: number
  readonly perHour: number
  /** Average of the sides by how often they fill; plain where neither does. */
  readonly perFill: number
}

const prospectAt = (distance: number, input: ViabilityInput): Prospect => {
  const reach = Math.exp(-input.k * distance)
  // Nobody is filled more often than takers come; but a few takers are no reliable bound.
  const known = input.orders >= ENOUGH_ORDERS || input.watched >= ENOUGH_SECONDS
  const bid = Math.min(input.arrivalsBid * reach, known ? input.sellers : Number.POSITIVE_INFINITY)
  const ask = Math.min(input.arrivalsAsk * reach, known ? input.buyers : Number.POSITIVE_INFINITY)
  const onBid = distance - input.fee - input.adverseBid
  const onAsk = distance - input.fee - input.adverseAsk
  const perSecond = bid * onBid + ask * onAsk
  const fills = bid + ask
  return {
    fillsPerHour: 3600 * fills,
    perHour: 3600 * perSecond * input.lot,
    perFill: fills > 0 ? perSecond / fills : (onBid + onAsk) / 2,
  }
}

/** Distances from the mid to choose from: the touch, a tick inside it, the model's own. */
const distancesOf = ({ half, tick }: ViabilityInput, spread: number): number[] => {
  const touch = spread / 2
  const found = [touch]
  if (spread > 2 * tick * (1 + TOLERANCE)) found.push(touch - tick)
  // Inside the touch only prices of the grid exist, rounded outward; beyond it rounding is
  // negligible.
  const inside = Math.max(Math.floor((touch - half) / tick + TOLERANCE), 0)
  found.push(half < touch ? touch - inside * tick : half)
  return found
}

interface Best {
  readonly fillsPerHour: number
  readonly perHour: number
  readonly pays: boolean
}

/** Most income, and most fills, among the prices that pay; among all of them where none does. */
const bestOf = (input: ViabilityInput, spread: number): Best => {
  const all = distancesOf(input, spread).map((distance) => prospectAt(distance, input))
  const paying = all.filter((prospect) => prospect.perFill > TOLERANCE)
  const choice = paying.length > 0 ? paying : all
  return {
    fillsPerHour: Math.max(...choice.map((prospect) => prospect.fillsPerHour)),
    perHour: Math.max(...choice.map((prospect) => prospect.perHour)),
    pays: paying.length > 0 && !all.some((prospect) => Number.isNaN(prospect.perHour)),
  }
}

const numbersOf = (input: ViabilityInput, spread: number | null, best: Best | null) => {
  const feesCents = 2 * input.fee
  const adverseCents = input.adverseBid + input.adverseAsk
  const costCents = feesCents + adverseCents
  const takers = input.sellers + input.buyers
  return {
    spreadCents: spread,
    feesCents,
    adverseCents,
    costCents,
    breakEvenSpread: (Math.floor(costCents / input.tick + TOLERANCE) + 1) * input.tick,
    fillsPerHour: best === null ? null : best.fillsPerHour,
    arrivalsBid: input.arrivalsBid,
    arrivalsAsk: input.arrivalsAsk,
    shareBuys: takers > 0 ? input.buyers / takers : null,
    hoursLeft: Math.max(input.secondsLeft, 0) / 3600,
    ownEdge: input.ownEdge,
    ownMarkout: input.ownMarkout,
  } satisfies VerdictNumbers
}

/**
 * The verdict, with every reason against the market and not only the first. A value that is not a
 * number is a reason against it. Fills by lambda(d) = A exp(-k d), Avellaneda and Stoikov
 * (2008), at most as often as takers come; income is fills x (distance - fee - adverse move) x lot.
 * - market-not-tradable: not tradable, or bid and ask crossed or locked
 * - market-not-credible: the book is too wide or too thin to say what a contract is worth
 * - one-sided-book: no bid or no ask
 * - too-late: only the time for reducing is left
 * - no-flow: fewer than 0.5 fills an hour at the prices that pay
 * - one-sided-flow: of 20 or more aggressive orders, buys or sells are less than a tenth
 * - spread-below-cost: nothing is left of a fill at the touch, a tick inside it, or the model's h
 * - adverse-markout: our own fills lose by more than chance
 */
export const assessViability = (input: ViabilityInput): ViabilityVerdict => {
  const twoSided = input.bid > 0 && input.ask < 100
  const spread = twoSided ? input.ask - input.bid : null
  const open = spread !== null && spread > 0
  const best = open ? bestOf(input, spread) : null
  const numbers = numbersOf(input, spread, best)
  const { shareBuys } = numbers
  const reasons: VerdictCode[] = []
  if (!input.tradable || (spread !== null && !open)) reasons.push('market-not-tradable')
  if (open && !input.credible) reasons.push('market-not-credible')
  if (!twoSided) reasons.push('one-sided-book')
  if (!(input.secondsLeft > input.reduceOnlySeconds)) reasons.push('too-late')
  if (best !== null && !(best.fillsPerHour >= LEAST_FILLS_PER_HOUR)) reasons.push('no-flow')
  if (input.orders >= ENOUGH_ORDERS && shareBuys !== null) {
    if (!(Math.min(shareBuys, 1 - shareBuys) >= LEAST_SHARE - TOLERANCE))
      reasons.push('one-sided-flow')
  }
  if (best !== null && !best.pays) reasons.push('spread-below-cost')
  if (input.ownLosing) reasons.push('adverse-markout')
  // Without a credible mid nothing is known of what a fill would earn.
  const expectedPerHour = best === null || !input.credible ? null : best.perHour
  return { ok: reasons.length === 0, reasons, expectedPerHour, numbers }
}

const cents = (value: number | null): string => (value === null ? 'no' : `${value.toFixed(2)} c`)
const percent = (share: number | null): string => `${Math.round(100 * (share ?? 0))} %`

const SENTENCES: Readonly<Record<VerdictCode, (numbers: VerdictNumbers) => string>> = {
  'market-not-tradable': () => 'the market is not open to quotes',
  'market-not-credible': ({ spreadCents }) =>
    `a book ${cents(spreadCents)} wide, or with next to nothing near the touch, has no fair value`,
  'one-sided-book': () => 'the book lacks a bid or an ask',
  'too-late': ({ hoursLeft }) =>
    `${(hoursLeft * 60).toFixed(1)} minutes are left, which are for reducing only`,
  'no-flow': ({ fillsPerHour }) =>
    `${(fillsPerHour ?? 0).toFixed(2)} fills an hour are expected` +
    ` and ${LEAST_FILLS_PER_HOUR} wanted`,
  'one-sided-flow': ({ shareBuys }) => `${percent(shareBuys)} of the aggressive orders are buys`,
  'spread-below-cost': ({ spreadCents, feesCents, adverseCents }) =>
    `the spread of ${cents(spreadCents)} does not pay for fees of ${cents(feesCents)}` +
    ` and adverse selection of ${cents(adverseCents)} a round trip`,
  'adverse-markout': ({ ownEdge, ownMarkout }) =>
    `our fills were made with an edge of ${cents(ownEdge)} and lost ${cents(-ownMarkout)} after it`,
}

/** The verdict as one plain sentence with its numbers, without a full stop. */
export const describeViability = ({
  ok,
  reasons,
  expectedPerHour,
  numbers,
}: ViabilityVerdict): string => {
  if (!ok) return `No: ${reasons.map((code) => SENTENCES[code](numbers)).join('; ')}`
  return (
    `Yes: the spread of ${cents(numbers.spreadCents)}` +
    ` against costs of ${cents(numbers.costCents)} a round trip,` +
    ` with ${(numbers.fillsPerHour ?? 0).toFixed(1)} fills an hour,` +
    ` leaves ${cents(expectedPerHour)} an hour`
  )
}
