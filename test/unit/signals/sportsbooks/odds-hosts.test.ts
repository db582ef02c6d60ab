// The two hosts of odds: what is asked for, and a sportsbook's own board as events like any other.

import { describe, expect, it } from 'vitest'
import { DRAFTKINGS_OFF } from '../../../../src/config/oracle-env.ts'
import { SourceClock } from '../../../../src/signals/common/clock.ts'
import { verifySource } from '../../../../src/signals/matching/verify.ts'
import { draftKings, theOddsApi } from '../../../../src/signals/sportsbooks/odds-hosts.ts'
import { oddsApiReading } from '../../../../src/signals/sportsbooks/odds-value.ts'
import { mappingOf, START } from '../../../helpers/virtual-signals.ts'

const board = (suspended = false) => {
  const selection = (id: string, label: string, outcomeType: string, trueOdds: number) => ({
    ...{ id, marketId: '1_1', label, trueOdds, outcomeType },
    displayOdds: { american: outcomeType === 'Away' ? '\u2212150' : '+130' },
  })
  const event = {
    ...{ id: '34', leagueId: '88808', name: 'DAL Cowboys @ NY Giants', status: 'NOT_STARTED' },
    startEventDate: '2026-12-13T18:00:00.0000000Z',
    participants: [
      { id: '1', name: 'NY Giants', venueRole: 'Home' },
      { id: '2', name: 'DAL Cowboys', venueRole: 'Away' },
    ],
  }
  const market = {
    ...{ id: '1_1', eventId: '34', leagueId: '88808', name: 'Moneyline' },
    marketType: { id: '1_0', betOfferTypeId: 2, name: 'Moneyline' },
  }
  return {
    leagues: [{ id: '88808', name: 'NFL', sportId: '3' }],
    events: [event],
    markets: [suspended ? { ...market, isSuspended: true } : market],
    selections: [
      selection('a', 'DAL Cowboys', 'Away', 1.66666667),
      selection('b', 'NY Giants', 'Home', 2.3),
    ],
  }
}

const COWBOYS = { market: 'h2h', outcome: 'Cowboys', outcomes: 2, side: 'same' } as const
const pick = { book: 'draftkings', ...COWBOYS }
const mapping = mappingOf({
  ticker: 'KXNFLGAME-26DEC13DALNYG-DAL',
  start: '2026-12-13T18:00:00Z',
  sources: [{ kind: 'oddsapi', sport: '88808', eventId: '34', ...pick }],
})

describe("DraftKings' own board", () => {
  const host = draftKings('')

  it('becomes an event that a mapping can be proved against', () => {
    const events = host.read(board())
    const kalshi = { open: true, floorStrike: null, rulesSha256: '' }
    const rows = { markets: [], descriptionSha256: '', events }
    expect(verifySource(mapping, 0, kalshi, rows, START).reasons).toEqual([])
  })

  it('gives a probability without the margin, from the exact odds', () => {
    const [event] = host.read(board())
    const reading = oddsApiReading(event!, pick, new SourceClock(), START, false)
    expect(reading.state).toBe('live')
    const [away, home] = [1 / 1.66666667, 1 / 2.3]
    expect(Math.abs(reading.value!.pYes - away / (away + home))).toBeLessThan(0.01)
    expect(reading.value!.confirmedAt).toBe(START)
  })

  it('that is suspended has no price', () => {
    const [event] = host.read(board(true))
    expect(oddsApiReading(event!, pick, new SourceClock(), START, false).state).toBe('suspended')
  })

  it('that is none is refused', () => {
    expect(() => host.read('<html>')).toThrow(/found/)
  })

  it('is off unless it was allowed, and says why', () => {
    expect(draftKings(DRAFTKINGS_OFF).off).toMatch(/against its terms as far as known/)
  })
})

describe('The Odds API', () => {
  it('is off without a key, and asks for all books at once with one', () => {
    expect(theOddsApi('https://x/v4', null).off).toBe('ODDS_API_KEY is not set')
    const url = theOddsApi('https://x/v4', 'k').oddsUrl('s', ['a', 'b'], ['h2h'])
    expect(url).toBe(
      'https://x/v4/sports/s/odds?apiKey=k&bookmakers=a,b&markets=h2h&oddsFormat=american&dateFormat=iso',
    )
  })
})
