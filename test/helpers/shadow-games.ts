// Made-up shadow logs: games whose price walks, and a skew that knows where to (or does not). The
// external value is the one from which a gain of 0.1 makes that skew.

import { SHADOW_HEADER } from '../../src/signals/licence/shadow-log.ts'
import { mulberry32 } from '../../src/statistics/random.ts'

const MINUTE = 60_000
const GAME_MINUTES = 120
const GAIN = 0.1
const BEGIN = Date.parse('2026-06-01T12:00:00Z')

/**
 * Lines of so many games, header first; seed 11.
 * @param foresight 1: the skew is half of what comes; 0: it is noise of that size; -1: the wrong
 * way
 */
export const shadowGames = (
  games: number,
  foresight: number,
  series = 'KXGAME',
  set = 'polymarket',
  regime = 'before',
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
      const ahead = regime === 'play' ? 6 : 31
      const later = mids[Math.min(minute + ahead, GAME_MINUTES - 1)]!
      const alpha = foresight === 0 ? 0.5 * noise() : 0.5 * foresight * (later - now)
      const ts = new Date(BEGIN + game * 86_400_000 + minute * MINUTE).toISOString()
      const external = Math.min(Math.max((now + alpha / GAIN) / 100, 0.01), 0.99).toFixed(6)
      lines.push(
        [ts, ticker, set, `G${game}`, now.toFixed(3), '', '', now.toFixed(3), external, '', '0']
          .concat([String(GAIN), alpha.toFixed(4), '0', '1800', '', 'look', '', '', ''])
          .concat([String(GAIN), regime])
          .join(','),
      )
    }
  }
  return lines
}
