// Odds in two spellings, and the five ways of taking the margin out, against published numbers.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromAmerican, impliedOf, logit, sigmoid } from '../../../../src/signals/common/odds.ts'
import { type DevigMethod, devig, fairOdds } from '../../../../src/signals/sportsbooks/devig.ts'

const SEED = 20_261_124

describe('odds', () => {
  it('turn from American to decimal and to an implied probability', () => {
    const golden: [string | number, number, number][] = [
      [-100_000, 1.001, 0.999001],
      [-10_000, 1.01, 0.99009901],
      [-850, 1.11764706, 0.89473684],
      [-305, 1.32786885, 0.75308642],
      [-150, 1.66666667, 0.6],
      [-118, 1.84745763, 0.5412844],
      [-110, 1.90909091, 0.52380952],
      [-102, 1.98039216, 0.5049505],
      [-101, 1.99009901, 0.50248756],
      [-100, 2, 0.5],
      ['+100', 2, 0.5],
      ['+101', 2.01, 0.49751244],
      ['+245', 3.45, 0.28985507],
      [575, 6.75, 0.14814815],
      ['+10000', 101, 0.00990099],
    ]
    for (const [american, decimal, implied] of golden) {
      expect(fromAmerican(american)).toBeCloseTo(decimal, 8)
      expect(impliedOf(fromAmerican(american))).toBeCloseTo(implied, 8)
    }
  })

  it('know every kind of minus and every word for even', () => {
    for (const minus of ['\u2212', '\u2010', '\u2013', '\u2014', '\uFE63', '\uFF0D', '-']) {
      expect(fromAmerican(`${minus}305`)).toBeCloseTo(1.32786885, 8)
    }
    for (const word of ['EVEN', 'ev', 'EVS', 'pk', ' +100 ']) expect(fromAmerican(word)).toBe(2)
  })

  it('refuse what is no price', () => {
    for (const bad of ['', '+', '99', '-99', '0', '1e3', 'abc', '1.5.2', Number.NaN]) {
      expect(fromAmerican(bad)).toBeNaN()
    }
    for (const bad of [1, 0.5, 0, -2, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(impliedOf(bad)).toBeNaN()
    }
  })
})

/** Odds, their sum B, then the probabilities by each method and the parameters k, z and c. */
interface Golden {
  readonly odds: number[]
  readonly book: number
  readonly wanted: readonly (readonly [DevigMethod, number[], parameter: number | undefined])[]
}
const METHODS: DevigMethod[] = ['multiplicative', 'additive', 'power', 'shin', 'odds-ratio']

const golden = (
  odds: number[],
  [book, k, z, c]: readonly number[],
  byMethod: readonly number[][],
): Golden => ({
  odds,
  book: book!,
  wanted: METHODS.map((method, i) => [method, byMethod[i]!, [undefined, undefined, k, z, c][i]]),
})
/** Of two outcomes: the first one's probability; by Shin it is the additive one. */
const two = (odds: number[], parameters: number[], firsts: readonly number[]): Golden => {
  const [multiplicative, additive, power, ratio] = firsts.map((p) => [p, 1 - p])
  return golden(odds, parameters, [multiplicative!, additive!, power!, additive!, ratio!])
}
/** Of three outcomes: three probabilities for each method, one after the other. */
const three = (odds: number[], parameters: number[], flat: readonly number[]): Golden =>
  golden(
    odds,
    parameters,
    METHODS.map((_, i) => flat.slice(3 * i, 3 * i + 3)),
  )

const am = (...odds: number[]): number[] => odds.map(fromAmerican)

// Odds; B, k, z and c; probabilities by the multiplicative, additive, power, (Shin,) ratio method.
const GOLDEN: Readonly<Record<string, Golden>> = {
  A: two(am(-110, -110), [1.04761905, 1.07194256, 0.04761905, 1.1], [0.5, 0.5, 0.5, 0.5]),
  B: two(
    [2.2, 1.78],
    [1.01634321, 1.02415155, 0.01634627, 1.03362279],
    [0.44723618, 0.44637385, 0.44597168, 0.44635936],
  ),
  C: two(
    am(-305, 245),
    [1.04294149, 1.07758611, 0.04342454, 1.11574995],
    [0.72207926, 0.73161567, 0.73669833, 0.73216108],
  ),
  D: two(
    am(-850, 575),
    [1.04288499, 1.12211785, 0.04510585, 1.21583752],
    [0.85794393, 0.87329435, 0.88266612, 0.87486025],
  ),
  E: two(
    [1.11, 7.5],
    [1.03423423, 1.10175975, 0.03585927, 1.18262479],
    [0.87108014, 0.88378378, 0.89138427, 0.88488627],
  ),
  F: two(
    [1.5, 2.74],
    [1.03163017, 1.05050957, 0.03172729, 1.07211253],
    [0.64622642, 0.65085158, 0.65315228, 0.65101782],
  ),
  G: three(
    [2.7, 2.3, 4.4],
    [1.03242571, 1.03091324, 0.01623644, 1.05116913],
    [
      0.35873804, 0.42112726, 0.2201347, 0.3595618, 0.42397404, 0.21646416, 0.3591711, 0.42373075,
      0.21709815, 0.35934392, 0.42324385, 0.21741223, 0.35881036, 0.42256142, 0.21862822,
    ],
  ),
  H: three(
    [2.6, 2.4, 4.3],
    [1.03384019, 1.03213695, 0.01694251, 1.05317379],
    [
      0.37202596, 0.40302812, 0.22494593, 0.37333532, 0.4053866, 0.22127808, 0.3729844, 0.40510717,
      0.22190843, 0.37299406, 0.40477941, 0.22222653, 0.37242865, 0.4041313, 0.22344004,
    ],
  ),
  I: three(
    [1.25, 6.5, 11],
    [1.04475524, 1.06904712, 0.02309725, 1.12885177],
    [
      0.76572959, 0.14725569, 0.08701473, 0.78508159, 0.13892774, 0.07599068, 0.78776853,
      0.13519397, 0.0770375, 0.78014231, 0.14092029, 0.07893741, 0.77990166, 0.13872156, 0.08137678,
    ],
  ),
  J: three(
    [2.5, 3.2, 2.95],
    [1.05148305, 1.04814324, 0.02574962, 1.07974815],
    [
      0.38041507, 0.29719927, 0.32238565, 0.38283898, 0.29533898, 0.32182203, 0.38273825,
      0.29548161, 0.32178013, 0.38221182, 0.2958223, 0.32196588, 0.38173443, 0.29625715, 0.32200842,
    ],
  ),
}

describe('de-vig', () => {
  // Eight decimals are given, so half a unit of the eighth is all there is to be off.
  const near = (got: number, wanted: number): void =>
    expect(Math.abs(got - wanted)).toBeLessThanOrEqual(1e-8)

  it.each(Object.entries(GOLDEN))(
    'gives the known numbers of case %s by all methods',
    (_, each) => {
      const q = each.odds.map(impliedOf)
      expect(q.reduce((a, b) => a + b)).toBeCloseTo(each.book, 8)
      for (const [method, wanted, parameter] of each.wanted) {
        const got = devig(q, method)
        got.p.forEach((p, i) => {
          near(p, wanted[i]!)
        })
        if (parameter !== undefined) near(got.parameter, parameter)
      }
    },
  )

  it('by power gives what real boards say', () => {
    const cases: [number[], number][] = [
      [am(270, -340), 0.24318638],
      [am(-102, -118), 0.48142451],
      [am(-108, -112), 0.49535934],
      [[2.91, 1.49], 0.33512119],
      [[2.02, 1.91], 0.48562261],
      [[2.21, 1.77], 0.44330671],
      [[3.35, 1.39], 0.28773928],
    ]
    for (const [decimals, first] of cases) {
      const { p } = devig(decimals.map(impliedOf), 'power')
      near(p[0]!, first)
      near(p[1]!, 1 - first)
    }
  })

  const book = fc
    .array(fc.double({ min: 0.05, max: 1, noNaN: true }), { minLength: 2, maxLength: 5 })
    .chain((shares) =>
      fc.double({ min: 1.0001, max: 1.12, noNaN: true }).map((total) => {
        const sum = shares.reduce((a, b) => a + b)
        return shares.map((share) => (share / sum) * total)
      }),
    )
    .filter((q) => q.every((value) => value < 0.97))

  it('sums to one, keeps the order of the odds, and follows a permutation', () => {
    fc.assert(
      fc.property(book, fc.constantFrom(...METHODS), (q, method) => {
        const { p } = devig(q, method)
        expect(Math.abs(p.reduce((a, b) => a + b) - 1)).toBeLessThan(1e-9)
        const reversed = devig([...q].reverse(), method).p
        p.forEach((value, i) => {
          expect(reversed[p.length - 1 - i]).toBeCloseTo(value, 10)
        })
        for (let i = 1; i < q.length; i++) {
          if (q[i]! > q[i - 1]! + 1e-9) expect(p[i]).toBeGreaterThan(p[i - 1]!)
        }
      }),
      { seed: SEED },
    )
  })

  it('is the same by Shin and by the additive method when there are two outcomes', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 0.9, noNaN: true }),
        fc.double({ min: 1.001, max: 1.1, noNaN: true }),
        (share, total) => {
          const q = [share * total, (1 - share) * total].map((value) => Math.min(value, 0.99))
          const shin = devig(q, 'shin').p[0]!
          expect(Math.abs(shin - devig(q, 'additive').p[0]!)).toBeLessThan(1e-12)
        },
      ),
      { seed: SEED },
    )
  })

  it('is continuous where the margin goes to nothing', () => {
    for (const method of METHODS) {
      for (const q of [
        [0.7, 0.3 + 1e-9],
        [0.5, 0.3, 0.2 + 1e-9],
      ]) {
        devig(q, method).p.forEach((p, i) => {
          expect(Math.abs(p - q[i]!)).toBeLessThan(2e-9)
        })
      }
    }
  })
})

describe('fair odds', () => {
  const fault = (odds: number[], outcomes = odds.length): string => {
    const got = fairOdds(odds, outcomes, 0)
    return got.kind === 'refused' ? got.fault : 'fair'
  }

  it('name every reason for which there are none', () => {
    expect(
      [
        [1.9, 1.9],
        [2.4, 2.4, 2.4],
      ].map((odds) => fault(odds)),
    ).toEqual(['fair', 'fair'])
    expect([fault([1.9, 1.9], 3), fault([1.9])]).toEqual(['outcome-count', 'outcome-count'])
    const unreadable = [fault([1.9, Number.NaN]), fault([1.9, 1])]
    expect(unreadable).toEqual(['odds-unreadable', 'odds-unreadable'])
    expect(fault([1.004, 150])).toBe('outcome-extreme')
    expect([fault([2, 2]), fault([2.1, 2.1])]).toEqual(['book-below-one', 'book-below-one'])
    expect([fault([1.7, 1.7]), fault([2.2, 2.2, 2.2])]).toEqual(['book-too-wide', 'book-too-wide'])
    // A book of 1.147 with a favourite of 0.86.
    expect(fault([1.02, 6])).toBe('methods-disagree')
  })

  it('take power for two outcomes and Shin for three, and keep how far methods differ', () => {
    const pair = fairOdds([2.2, 1.78], 2, 0)
    const triple = fairOdds([2.7, 2.3, 4.4], 3, 1)
    if (pair.kind !== 'fair' || triple.kind !== 'fair') throw new Error('Fair odds refused')
    expect(pair.p[0]).toBeCloseTo(0.44597168, 8)
    // Power against Shin; and against the odds ratio.
    expect(pair.methodSpreadCents).toBeCloseTo(100 * (0.44637385 - 0.44597168), 5)
    expect(triple.p[1]).toBeCloseTo(0.42324385, 8)
    expect(triple.methodSpreadCents).toBeCloseTo(100 * (0.42373075 - 0.42256142), 5)
  })

  /** Implied probabilities of a two-way book whose odds-ratio answer is `p`. */
  const quoted = (p: number, book: number): number[] => {
    let [low, high] = [0, 5]
    const at = (shift: number) => [p, 1 - p].map((value) => sigmoid(logit(value) + shift))
    for (let i = 0; i < 100; i++) {
      const middle = (low + high) / 2
      if (at(middle)[0]! + at(middle)[1]! < book) low = middle
      else high = middle
    }
    return at(low)
  }
  const spreadOf = (q: number[], methods: DevigMethod[]): number => {
    const all = methods.map((method) => devig(q, method).p[0]!)
    return 100 * (Math.max(...all) - Math.min(...all))
  }

  it.each([
    [1.03, 0.73],
    [1.045, 0.655],
    [1.06, 0.62],
  ])(
    'are given for favourites under a book of %d, of which the rule before refused those from %d on',
    (book, refusedFrom) => {
      const before: DevigMethod[] = ['multiplicative', 'additive', 'power', 'shin']
      for (let p = 0.5; p < 0.951; p += 0.005) {
        const q = quoted(p, book)
        expect(spreadOf(q, before) > 1).toBe(p > refusedFrom - 0.0025)
        const fair = fairOdds(
          q.map((value) => 1 / value),
          2,
          0,
        )
        expect(fair.kind).toBe('fair')
        // And are what each of the three says, give or take what is said of it.
        if (fair.kind !== 'fair') continue
        expect(Math.abs(fair.p[0]! - p)).toBeLessThanOrEqual(fair.methodSpreadCents / 100 + 1e-9)
      }
    },
  )
})

it('log-odds and probability undo each other', () => {
  for (const p of [0.02, 0.3, 0.5, 0.98]) expect(sigmoid(logit(p))).toBeCloseTo(p, 14)
})
