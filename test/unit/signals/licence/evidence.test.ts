// What a judge is shown besides skill: fills, results and the gain, each against numbers worked by
// hand, and whole cases in made-up games of which the truth is known.

import { describe, expect, it } from 'vitest'
import { levelAt } from '../../../../src/signals/common/licence-state.ts'
import {
  gather,
  LEAST_FILLS,
  LEAST_PAIRS,
  learnedGain,
  markoutComparison,
  scoredGames,
} from '../../../../src/signals/licence/evidence.ts'
import {
  afterReview,
  type LicenceRecord,
  newRecord,
  verdictOf,
} from '../../../../src/signals/licence/review.ts'
import type {
  FillLine,
  LookLine,
  ResultLine,
  ShadowLine,
} from '../../../../src/signals/licence/shadow-log.ts'
import { mulberry32 } from '../../../../src/statistics/random.ts'

const MINUTE = 60_000
const DAY = 86_400_000
const T0 = Date.parse('2026-06-01T12:00:00Z')
const SET = 'polymarket+odds-api'

const common = (game: number, at: number, team = 'A') => {
  const ticker = `KXGAME-G${game}-${team}`
  return { at, ticker, set: SET, cluster: `G${game}`, regime: 'before' } as const
}
const look = (game: number, at: number, mid: number, more: Partial<LookLine> = {}): LookLine => ({
  ...{ event: 'look', ...common(game, at), kalshiMid: mid, pExt: mid / 100, fair: mid },
  ...{ alpha: Number.NaN, basis: 0, formula: 0.05, horizonSeconds: 120 },
  ...more,
})
const fill = (game: number, at: number, more: Partial<FillLine> = {}): FillLine => ({
  ...{ event: 'fill', ...common(game, at), side: 'bid', price: 50, contracts: 1, alpha: 0.5 },
  ...more,
})
const result = (game: number, at: number, yes: boolean, team = 'A'): ResultLine => ({
  ...{ event: 'result', ...common(game, at, team), yes },
})

/** A row for each game: markout of its pushed fills and of the others, contracts of the pushed. */
type FillTable = readonly (readonly [pushed: number, other: number, contracts: number])[]

/** Six fills a side in each game; half of them under a skew upward, half under one downward. */
const fillRows = (table: FillTable, each = 6): ShadowLine[] => {
  const rows: ShadowLine[] = []
  for (const [game, [pushed, other, contracts]] of table.entries()) {
    for (let i = 0; i < 2 * each; i++) {
      const at = T0 + game * DAY + i * 20 * MINUTE
      const isPushed = i < each
      const alpha = i % 2 === 0 ? 0.4 : -0.4
      const side = alpha > 0 === isPushed ? 'bid' : 'ask'
      const gained = isPushed ? pushed : other
      const price = side === 'bid' ? 50 - gained : 50 + gained
      rows.push(fill(game, at, { side, price, alpha, contracts: isPushed ? contracts : 1 }))
      rows.push(look(game, at + 5 * MINUTE, 50))
    }
  }
  return rows
}

const EVEN: FillTable = [
  [-1, 0, 1],
  [-2, 1, 1],
  [0, 1, 1],
  [-1, -1, 1],
  [-1, -1, 1],
]

describe('markouts', () => {
  it('are the table worked by hand', () => {
    // Means -1 and 0. Influences (0, -2, 0, 1, 1)/5, so that t = -1 / sqrt(5/4 x 6/25).
    const { pushed, other, comparison } = markoutComparison(fillRows(EVEN))
    expect([pushed, other]).toEqual([30, 30])
    expect(comparison?.difference).toBeCloseTo(-1, 10)
    expect(comparison?.t).toBeCloseTo(-1 / Math.sqrt(0.3), 10)
  })

  it('are weighted by contracts', () => {
    // Pushed: mean (-1 - 2 + 0 - 1 + 2 x 5)/6 = 1; influences (-2, -3, -1, -2, 8)/6.
    const table = EVEN.map((row, game) => (game === 4 ? ([5, -1, 2] as const) : row))
    const { comparison } = markoutComparison(fillRows(table))
    const influences = [-2 / 6, -3 / 6 - 1 / 5, -1 / 6 - 1 / 5, -2 / 6 + 1 / 5, 8 / 6 + 1 / 5]
    const squares = influences.reduce((sum, e) => sum + e * e, 0)
    expect(comparison?.difference).toBeCloseTo(1, 10)
    expect(comparison?.t).toBeCloseTo(1 / Math.sqrt((5 / 4) * squares), 10)
    expect(comparison?.t).toBeCloseTo(0.507637, 5)
  })

  it('take the first look from five minutes on, and none after fifteen', () => {
    const marked = (...minutes: number[]): number => {
      const looks = minutes.map((minute) => look(0, T0 + minute * MINUTE, 50))
      return markoutComparison([fill(0, T0), ...looks]).pushed
    }
    expect([marked(4.99), marked(5), marked(15), marked(15.01)]).toEqual([0, 1, 1, 0])
    // Of a later look the mid does not count: it would say +40.
    const rows = fillRows(EVEN)
    const late = rows.filter((row) => row.event === 'fill').map(({ at }) => at + 6 * MINUTE)
    const later = late.map((at, i) => look(Math.floor(i / 12), at, 90))
    expect(markoutComparison([...later, ...rows])).toEqual(markoutComparison(rows))
  })

  it('leave out fills without a skew, and fills of a ticker that nobody looked at', () => {
    const looks = [look(0, T0 + 5 * MINUTE, 50)]
    const none = { pushed: 0, other: 0, comparison: null }
    expect(markoutComparison([fill(0, T0, { alpha: 0 }), ...looks])).toEqual(none)
    expect(markoutComparison([fill(1, T0), ...looks]).pushed).toBe(0)
    expect(markoutComparison([fill(0, T0, { side: 'ask' }), ...looks]).other).toBe(1)
    expect(markoutComparison([fill(0, T0, { side: 'ask', alpha: -1 }), ...looks]).pushed).toBe(1)
  })

  it('say nothing below thirty fills a side or five games, and know the last sixty games only', () => {
    const few = { pushed: 25, other: 25, comparison: null }
    expect(markoutComparison(fillRows(EVEN, 5))).toEqual(few)
    const fourGames = markoutComparison(fillRows(EVEN.slice(0, 4), 8))
    expect(fourGames).toEqual({ pushed: 32, other: 32, comparison: null })
    const before: FillTable = Array.from({ length: 9 }, () => [-9, 9, 1])
    const after: FillTable = Array.from({ length: 60 }, (_, i) => [i % 2, 0, 1])
    const { pushed, comparison } = markoutComparison(fillRows([...before, ...after], 2))
    expect(pushed).toBe(120)
    expect(comparison?.difference).toBeCloseTo(0.5, 10)
  })
})

describe('games with a result', () => {
  const decision = (game: number, minute: number, mid: number, alpha: number, team = 'A') => {
    const at = T0 + minute * MINUTE
    return { ...look(game, at, mid, { alpha }), ...common(game, at, team) }
  }

  it('are scored at the last decision before it', () => {
    const rows = [
      decision(0, 0, 40, 0.9),
      decision(0, 10, 44, 0.5),
      look(0, T0 + 20 * MINUTE, 80),
      decision(0, 200, 99, 1),
      result(0, T0 + 180 * MINUTE, true),
    ]
    expect(scoredGames(rows)).toEqual([{ yes: true, mid: 0.44, forecast: 0.445 }])
  })

  it('count once, by the first ticker by name that has both, whatever the order of rows', () => {
    const rows = [
      decision(0, 0, 70, 0.2, 'C'),
      decision(0, 0, 30, -0.2, 'B'),
      result(0, T0 + DAY, true, 'C'),
      result(0, T0 + DAY, false, 'B'),
      result(0, T0 + DAY, false, 'A'),
    ]
    const wanted = [{ yes: false, mid: 0.3, forecast: 0.298 }]
    expect(scoredGames(rows)).toEqual(wanted)
    expect(scoredGames([...rows].reverse())).toEqual(wanted)
  })

  it('without a decision or without a result are none; a corrected result holds', () => {
    expect(scoredGames([decision(0, 0, 50, 0)])).toEqual([])
    expect(scoredGames([look(0, T0, 50), result(0, T0 + DAY, true)])).toEqual([])
    const corrected = [result(0, T0 + DAY + 1, false), result(0, T0 + DAY, true)]
    expect(scoredGames([decision(0, 0, 50, 0), ...corrected])[0]?.yes).toBe(false)
  })

  it('are held inside 0 and 1', () => {
    const rows = [decision(0, 0, 0.5, -0.9), result(0, T0 + DAY, true)]
    expect(scoredGames(rows)).toEqual([{ yes: true, mid: 0.005, forecast: 0.001 }])
  })
})

describe('the learned gain', () => {
  const x = [2, -1, 3, 0.5, -2.5, 1]
  const d = [0.5, 0, 1, -0.5, -1, 0.5]

  /** Each pair: a decision, an entry a minute later, and an exit two minutes after that. */
  const pairRows = (games: number, pairs = 6, exitAfter = 2): LookLine[] =>
    Array.from({ length: games * pairs }, (_, i) => {
      const game = Math.floor(i / pairs)
      const n = i % pairs
      const at = T0 + game * DAY + n * 60 * MINUTE
      const pExt = (50 + 0.5 + x[n % 6]!) / 100
      return [
        look(game, at, 30, { pExt, fair: 50, basis: 0.5, alpha: 0.1 }),
        look(game, at + MINUTE, 60),
        look(game, at + (1 + exitAfter) * MINUTE, 60 + d[n % 6]!),
      ]
    }).flat()

  it('from rows is the worked sum, drawn to the formula’s gain', () => {
    // Per game sum x d = 6.75 and sum x^2 = 21.5, as in the worked case of the regression.
    const got = learnedGain(pairRows(35))
    expect(got).toMatchObject({ pairs: 210, games: 35 })
    expect(got.gain).toBeCloseTo((35 * 6.75 + 200 * 0.05) / (35 * 21.5 + 200), 9)
  })

  it('is measured over each decision’s own holding time', () => {
    const at = (horizonSeconds: number, exitAfter: number): number =>
      learnedGain(pairRows(35, 6, exitAfter).map((row) => ({ ...row, horizonSeconds }))).pairs
    expect([at(120, 2), at(121, 2), at(120, 12), at(120, 12.1)]).toEqual([210, 0, 210, 0])
    expect([at(900, 30), at(900, 30.1)]).toEqual([210, 0])
    // Ten seconds are the least: an exit one second after the entry is none.
    expect([at(1, 10 / 60), at(1, 9 / 60)]).toEqual([210, 0])
  })

  it('leaves out what it cannot know', () => {
    const without = (change: Partial<LookLine>): number =>
      learnedGain(pairRows(35).map((row) => ({ ...row, ...change }))).pairs
    for (const unknown of ['pExt', 'basis', 'formula', 'horizonSeconds', 'alpha']) {
      expect([unknown, without({ [unknown]: Number.NaN })]).toEqual([unknown, 0])
    }
  })

  it('is none below two hundred pairs or thirty games', () => {
    expect(learnedGain(pairRows(33))).toEqual({ pairs: LEAST_PAIRS - 2, games: 33, gain: null })
    expect(learnedGain(pairRows(29, 12))).toEqual({ pairs: 348, games: 29, gain: null })
    expect(learnedGain([])).toEqual({ pairs: 0, games: 0, gain: null })
  })
})

/** Our venue closes this share of an external gap in a minute, and 26 percent in half an hour. */
const CLOSING = 0.01
const TRUE_GAIN = (1 - CLOSING) * (1 - (1 - CLOSING) ** 30)
const FORMULA = 0.15
const GAME_MINUTES = 240

/**
 * Games, seeded: an external price walks, ours follows it (or, without skill, walks by itself while
 * the other one wanders about it), and a decision is made each minute with a holding time of half
 * an hour. `scored`: with results as likely as the external price says, or the opposite of that.
 */
const games = (count: number, skill: boolean, seed: number, scored: '' | 'true' | 'false' = '') => {
  const random = mulberry32(seed)
  const noise = (): number => random() + random() + random() - 1.5
  const rows: ShadowLine[] = []
  for (let game = 0; game < count; game++) {
    let external = 50 + 40 * (random() - 0.5)
    let mid = external
    for (let minute = 0; minute < GAME_MINUTES; minute++) {
      const at = T0 + game * DAY + minute * MINUTE
      const x = external - mid
      const said = { pExt: external / 100, alpha: FORMULA * x, formula: FORMULA }
      rows.push(look(game, at, mid, { ...said, horizonSeconds: 1800 }))
      if (skill) {
        mid += CLOSING * x + 0.1 * noise()
        external += 0.6 * noise()
      } else {
        mid += 0.4 * noise()
        external = mid + 0.99 * x + 0.6 * noise()
      }
    }
    if (scored === '') continue
    // Against us: our skew was up, and the answer is no.
    const up = external > mid
    const yes = scored === 'true' ? random() < external / 100 : !up
    rows.push(result(game, T0 + game * DAY + 400 * MINUTE, yes))
  }
  return rows
}

const JUDGED_AT = T0 + 1000 * DAY
const fresh = newRecord(SET, 'KXGAME')
const held: LicenceRecord = {
  ...fresh,
  state: { ...fresh.state, level: 1, grantedAt: T0, gain: 0.2 },
}

describe('a whole case', () => {
  const skilled = games(70, true, 3)

  it('of true skill is granted, and what it learns is near the truth', () => {
    const verdict = verdictOf(fresh, skilled)
    expect(verdict).toMatchObject({ licensed: true, reasons: [], look: 0 })
    const after = afterReview(fresh, verdict, JUDGED_AT)
    expect(levelAt(after.state, JUDGED_AT, 9e15)).toBe(1)
    expect(Math.abs(after.state.gain! - TRUE_GAIN)).toBeLessThan(0.05)
    expect(Math.abs(after.state.gain! - FORMULA)).toBeGreaterThan(0.05)
    expect(after.evidence).toEqual(gather(skilled).evidence)
    expect(after.evidence).toMatchObject({ gain: after.state.gain, games: 0, scoreGain: null })
    expect(after.verdict).not.toHaveProperty('evidence')
    // It is stored and sent.
    expect(structuredClone(after)).toEqual(after)
  })

  it('of no skill is refused, and nothing of its gain is kept', () => {
    const rows = games(70, false, 3)
    const verdict = verdictOf(fresh, rows)
    expect(verdict.licensed).toBe(false)
    expect(verdict.evidence.gain).toBeLessThan(0.05)
    expect(afterReview(fresh, verdict, JUDGED_AT).state).toMatchObject({ level: 0, gain: null })
  })

  it('keeps what was learned while a new window has too little, and takes it when it has enough', () => {
    const early = verdictOf(held, games(10, true, 5))
    expect(early).toMatchObject({ revoke: false, evidence: { gain: null } })
    expect(afterReview(held, early, JUDGED_AT).state).toMatchObject({ level: 1, gain: 0.2 })
    const enough = verdictOf(held, games(40, true, 5))
    expect(enough).toMatchObject({ licensed: false, revoke: false })
    expect(afterReview(held, enough, JUDGED_AT).state.gain).toBe(enough.evidence.gain)
  })

  it('is judged by looks alone: fills and results are no observations', () => {
    const verdict = verdictOf(fresh, skilled)
    const more = [...skilled, ...fillRows(EVEN), result(0, T0 + DAY, true)]
    const sameLooks = more.filter((row) => row.event !== 'look' || skilled.includes(row))
    expect(verdictOf(fresh, sameLooks).statistics).toEqual(verdict.statistics)
  })

  it('ends a licence whose pushed fills fare worse, however good its skill', () => {
    const harm: FillTable = Array.from({ length: 10 }, (_, i) => [-0.5 - (i % 3) / 10, 0.2, 1])
    const verdict = verdictOf(held, [...skilled, ...fillRows(harm)])
    expect(verdict.reasons).toContain('markout-worse')
    expect(verdict.evidence).toMatchObject({ fillsPushed: 60, fillsOther: 60 })
    expect(verdict.evidence.markoutDifference).toBeLessThan(-0.3)
    expect(verdict.evidence.markoutT).toBeLessThan(-2)
    const after = afterReview(held, verdict, JUDGED_AT)
    expect(after.state).toMatchObject({ level: 0, ended: 'markout-worse', gain: null })
    expect(after.from).toBe(JUDGED_AT)
    // The same fills with their sides exchanged are no harm.
    const good: FillTable = harm.map(([pushed, other]) => [other, pushed, 1])
    expect(verdictOf(held, [...skilled, ...fillRows(good)]).revoke).toBe(false)
  })

  it('is refused, and ends a licence, when results score its forecasts below our venue’s', () => {
    const against = games(70, true, 3, 'false')
    const refused = verdictOf(fresh, against)
    expect(refused).toMatchObject({ licensed: false, revoke: true, reasons: ['scores-veto'] })
    expect(refused.evidence.games).toBe(70)
    expect(refused.evidence.scoreUpper95).toBeLessThan(0)
    expect(afterReview(fresh, refused, JUDGED_AT).state).toMatchObject({ level: 0, gain: null })
    const ended = afterReview(held, verdictOf(held, against), JUDGED_AT)
    expect(ended.state).toMatchObject({ level: 0, ended: 'scores-veto', gain: null })
    // Results that bear it out, or only chance, stand in nobody's way.
    expect(verdictOf(fresh, games(70, true, 3, 'true')).licensed).toBe(true)
  })

  it('counts its own set, series and window only', () => {
    const rows = [...fillRows(EVEN), ...games(3, true, 1, 'true')]
    const shown = (record: LicenceRecord) => verdictOf(record, rows).evidence
    expect(shown(fresh)).toMatchObject({ fillsPushed: LEAST_FILLS, games: 3 })
    const nothing = { fillsPushed: 0, fillsOther: 0, games: 0, gainPairs: 0 }
    expect(shown(newRecord('polymarket', 'KXGAME'))).toMatchObject(nothing)
    expect(shown(newRecord(SET, 'KXGAM'))).toMatchObject(nothing)
    expect(shown({ ...fresh, from: JUDGED_AT })).toMatchObject(nothing)
  })
})
