// Made-up shadow logs: games whose price walks, and a skew that knows where to (or does not).

import { mulberry32 } from '../../src/alpha/licence-statistics.ts'
import { SHADOW_HEADER } from '../../src/alpha/shadow-log.ts'

const MINUTE = 60_000
const GAME_MINUTES = 120
const BEGIN = Date.parse('2026-06-01T12:00:00Z')

/**
 * Lines of so many games, header first; seed 11.
 * @param foresight 1: the skew is half of what comes; 0: it is noise of that size; -1: the wrong way
 */
export const shadowGames = (
  games: number,
  foresight: number,
  series = 'KXGAME',
  feed = 'polymarket',
): string[] => {
  const random = mulberry32(11)
  const noise = (): number => random() + random() + random() - 1.5
  const lines = [SHADOW_HEADER]
  for (let game = 0; game < games; game++) {
    const ticker = `${series}-G${game}-A`
    const mids: number[] = []
    let mid = 50
    for (let minute = 0; minute < GAME_MINUTES; minute++) {
      mid += 0.3 * noise()
      mids.push(mid)
    }
    for (let minute = 0; minute < GAME_MINUTES; minute++) {
      const now = mids[minute]!
      const later = mids[Math.min(minute + 31, GAME_MINUTES - 1)]!
      const alpha = foresight === 0 ? 0.5 * noise() : 0.5 * foresight * (later - now)
      const ts = new Date(BEGIN + game * 86_400_000 + minute * MINUTE).toISOString()
      lines.push(
        [ts, ticker, feed, `G${game}`, now.toFixed(3), '', '', now.toFixed(3), '0.5', '', '0']
          .concat(['0.1', alpha.toFixed(4), '0', '60', ''])
          .join(','),
      )
    }
  }
  return lines
}
