// A tape of our own, nine columns of CSV: it has a mid and no trades, so only sigma comes from it.
//
// A maker writes at least one row a second while it quotes. Where rows are further apart nothing is
// known in between, and the next mid is not a move of the last one.

import { parseRow, TAPE_HEADER } from '../../src/core/record/tape.ts'
import { PriceGrid } from '../../src/core/vocabulary/market.ts'
import { type Millis, PRICE_CENT } from '../../src/core/vocabulary/units.ts'
import { gridOf } from '../recordings/recording.ts'
import { type MarketData, Path } from './data.ts'

/** The most that may lie between two rows, where one a second is written. */
const APART: Millis = 5000

/**
 * Every ticker of a tape. Headers may come again, as they do where tapes are joined.
 * @throws Error naming the file and the line
 */
export const readTape = (file: string, text: string): MarketData[] => {
  const tracks = new Map<string, { path: Path; grid: PriceGrid; last: Millis }>()
  let number = 0
  for (const raw of text.split('\n')) {
    number++
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw
    if (line === '' || line === TAPE_HEADER) continue
    const row = parseRow(line)
    if (typeof row === 'string') throw new Error(`Reading ${file} failed at line ${number}: ${row}`)
    const { ticker, at, mid } = row
    let track = tracks.get(ticker)
    if (track === undefined) {
      track = { path: new Path(), grid: new PriceGrid(gridOf(ticker)), last: at }
      tracks.set(ticker, track)
    }
    const { path, grid, last } = track
    if (mid === null || at - last > APART) path.lose(last)
    if (mid !== null) path.mid(at, mid, grid.tickAt(mid * PRICE_CENT) / PRICE_CENT)
    track.last = Math.max(last, at)
  }
  return [...tracks].map(([ticker, { path, last }]) => {
    path.lose(last)
    return {
      ticker,
      files: [file],
      kinds: ['tape'],
      stretches: path.stretches,
      orders: [],
      notes: ['a tape has a mid and no trades: only sigma comes from it'],
    }
  })
}
