// The recordings that hold a mid through time, each kind read into paths of the mid.
//
// A kind that is absent, or that says nothing about moves of seconds, is passed over with a word.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { LINEAR_CENT, PriceGrid, type PriceRange } from '../../../src/core/vocabulary/market.ts'
import { type Millis, PRICE_CENT, PRICE_ONE } from '../../../src/core/vocabulary/units.ts'
import { textOf } from '../../recordings/files.ts'
import { parseRecording } from '../../recordings/recording.ts'
import { type Order, Path, type Stretch } from '../data.ts'
import { readFrames } from '../read-frames.ts'
import { readTrades } from '../read-trades.ts'

/** One market's mid through time. */
export interface MidPath {
  readonly ticker: string
  /** When the outcome is expected, and whether that is a real event time or the latest close. */
  readonly expectedAt: Millis
  readonly eventTimeKnown: boolean
  readonly stretches: readonly Stretch[]
  /** Contracts traded, in the order of time; empty where the recording has no trades. */
  readonly orders: readonly Order[]
}

export interface Kind {
  readonly name: string
  readonly paths: readonly MidPath[]
  /** Why the kind is passed over; null where it is not. */
  readonly skipped: string | null
}

/** A book this wide has no mid that a maker would believe (parameter max_credible_spread). */
const MOST_SPREAD = 20
const HOUR: Millis = 3_600_000
const DAY = 24 * HOUR
/** The end of the final of the tournament. */
const FINAL = Date.parse('2026-07-19T22:00:00Z')
/** A recorder of several markets that is silent for so long has stopped, not the markets. */
const SILENT: Millis = 600_000
/** Tenths of a cent at every price. */
const TENTHS: readonly PriceRange[] = [{ start: 0, end: PRICE_ONE, step: 10 }]
/** Polls come every 3 to 4 s. */
const POLL_HOLE: Millis = 15_000

const filesOf = (folder: string, ending: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith(ending))
        .sort()
        .map((name) => join(folder, name))
    : []

const bitcoin = (file: string): MidPath[] => {
  const { closeAt } = parseRecording(textOf(file), file)
  return readFrames(file, textOf(file)).map(({ ticker, stretches, orders }) => {
    const close = closeAt.get(ticker)
    return {
      ticker,
      expectedAt: close ?? 0,
      eventTimeKnown: close !== undefined,
      stretches,
      orders,
    }
  })
}

const baseball = (file: string): MidPath[] =>
  readFrames(file, textOf(file)).map(({ ticker, stretches, orders }) => {
    const expectedAt = (stretches.at(-1)?.to ?? 0) + DAY
    return { ticker, expectedAt, eventTimeKnown: false, stretches, orders }
  })

/** Adds a touch in cents to a path, or loses the mid where there is none to believe. */
const look = (path: Path, grid: PriceGrid, at: Millis, bid: number, ask: number): void => {
  if (!(bid > 0 && ask < 100 && bid < ask && ask - bid <= MOST_SPREAD)) {
    path.lose(at)
    return
  }
  const mid = (bid + ask) / 2
  path.mid(at, mid, grid.tickAt(mid * PRICE_CENT) / PRICE_CENT)
}

interface CentsFrame {
  readonly recv_ns: number
  readonly frame: {
    readonly msg?: {
      readonly market_ticker: string
      readonly yes?: readonly (readonly [number, number])[]
      readonly no?: readonly (readonly [number, number])[]
      readonly price?: number
      readonly delta?: number
      readonly side?: 'yes' | 'no'
    }
  }
}

const bestOf = (levels: ReadonlyMap<number, number>): number => Math.max(0, ...levels.keys())

/** Frames of 2023, with whole cents. The index settled at 16:00 in New York, then 20:00 UTC. */
const index = (file: string): MidPath[] => {
  const path = new Path()
  const grid = new PriceGrid(LINEAR_CENT)
  const book = { yes: new Map<number, number>(), no: new Map<number, number>() }
  let ticker = ''
  let at = 0
  for (const line of textOf(file).split('\n')) {
    const { recv_ns, frame } = line === '' ? NO_FRAME : (JSON.parse(line) as CentsFrame)
    if (frame.msg === undefined) continue
    const { msg } = frame
    at = Math.floor(recv_ns / 1e6)
    ticker = msg.market_ticker
    if (msg.price === undefined) {
      book.yes = new Map(msg.yes)
      book.no = new Map(msg.no)
    } else {
      const levels = book[msg.side ?? 'yes']
      const size = (levels.get(msg.price) ?? 0) + (msg.delta ?? 0)
      if (size > 0) levels.set(msg.price, size)
      else levels.delete(msg.price)
    }
    look(path, grid, at, bestOf(book.yes), 100 - bestOf(book.no))
  }
  path.lose(at)
  const expectedAt = new Date(at).setUTCHours(20, 0, 0, 0)
  return [{ ticker, expectedAt, eventTimeKnown: true, stretches: path.stretches, orders: [] }]
}
const NO_FRAME: CentsFrame = { recv_ns: 0, frame: {} }

const pathsOf = (
  tracks: ReadonlyMap<string, Path>,
  closeOf: (ticker: string) => Millis,
): MidPath[] =>
  [...tracks].map(([ticker, { stretches }]) => ({
    ticker,
    expectedAt: closeOf(ticker),
    eventTimeKnown: false,
    stretches,
    orders: [],
  }))

/** Midnight UTC at the end of the day that a ticker such as KXHIGHNY-25DEC14-B34.5 names. */
const dayAfter = (ticker: string): Millis => {
  const [, year, month, day] = /-(\d\d)([A-Z]{3})(\d\d)-/.exec(ticker) ?? []
  return Date.parse(`${day} ${month} 20${year} UTC`) + DAY
}

const trackOf = (tracks: Map<string, Path>, ticker: string): Path => {
  const known = tracks.get(ticker) ?? new Path()
  tracks.set(ticker, known)
  return known
}

/** Columns: timestamp without a zone, ticker, best YES bid, best NO bid, and two implied asks. */
const weather = (file: string): MidPath[] => {
  const tracks = new Map<string, Path>()
  const grid = new PriceGrid(LINEAR_CENT)
  let last = 0
  for (const line of textOf(file).split('\n').slice(1)) {
    const [time = '', ticker = '', yes, no] = line.split(',')
    if (ticker === '') continue
    const at = Math.floor(Date.parse(`${time}Z`))
    if (at - last > SILENT) for (const path of tracks.values()) path.lose(last)
    last = at
    look(trackOf(tracks, ticker), grid, at, Number(yes), 100 - Number(no))
  }
  for (const path of tracks.values()) path.lose(last)
  // The recorder's clock is three hours behind New York's, where the day ends.
  return pathsOf(tracks, (ticker) => dayAfter(ticker) - 3 * HOUR)
}

interface Poll {
  readonly ts: Millis
  readonly ticker: string
  readonly yes_bid: number | null
  readonly yes_ask: number | null
}

const polls = (file: string): MidPath[] => {
  const tracks = new Map<string, Path>()
  const grid = new PriceGrid(TENTHS)
  let last = 0
  for (const line of textOf(file).split('\n')) {
    if (line === '') continue
    const { ts, ticker, yes_bid, yes_ask } = JSON.parse(line) as Poll
    if (ts - last > POLL_HOLE) for (const path of tracks.values()) path.lose(last)
    last = ts
    // Values carry binary residue: 10.299999999999997 is 10.3.
    const cents = (value: number | null, missing: number): number =>
      value === null ? missing : Math.round(10 * value) / 10
    look(trackOf(tracks, ticker), grid, ts, cents(yes_bid, 0), cents(yes_ask, 100))
  }
  for (const path of tracks.values()) path.lose(last)
  return pathsOf(tracks, () => FINAL)
}

/** There is no book: the mid is taken half way between the last price bought at and sold at. */
const traded = (file: string): MidPath[] =>
  readTrades(file, textOf(file)).map(({ ticker, orders }) => {
    const path = new Path()
    const last = { bid: Number.NaN, ask: Number.NaN }
    for (const { at, taker, deepest, tick } of orders) {
      last[taker] = deepest
      const mid = (last.bid + last.ask) / 2
      if (Number.isNaN(mid)) continue
      path.mid(at, mid, tick)
    }
    const end = orders.at(-1)?.at ?? 0
    path.lose(end)
    const { stretches } = path
    // The day ends between 04:59 and 06:59 UTC, by the city.
    const expectedAt = dayAfter(ticker) + 5 * HOUR
    return { ticker, expectedAt, eventTimeKnown: false, stretches, orders }
  })

interface Source {
  readonly name: string
  readonly folder: string
  readonly ending: string
  readonly read: (file: string) => MidPath[]
  readonly unusable?: string
}

const SOURCES: readonly Source[] = [
  { name: 'Bitcoin, 15 minutes', folder: 'ws-kxbtc15m', ending: '.frames.jsonl.gz', read: bitcoin },
  {
    name: 'S&P 500 range, one day',
    folder: 'ws-spx-cents-2023',
    ending: '.frames.jsonl.gz',
    read: index,
  },
  { name: 'weather, books', folder: 'bbo-weather-2025', ending: '.csv.gz', read: weather },
  { name: 'weather, trades', folder: 'trades-weather', ending: '.trades.json.gz', read: traded },
  { name: 'football winner', folder: 'bbo-worldcup-2026', ending: '.jsonl.gz', read: polls },
  { name: 'baseball', folder: 'ws-sports-multi', ending: '.frames.jsonl.gz', read: baseball },
  {
    name: 'crypto ladder',
    folder: 'rest-depth-2026',
    ending: 'crypto-ladder-bbo-2026-07-11.jsonl.gz',
    read: () => [],
    unusable: 'captures half an hour apart, of events an hour long, say nothing of moves of 300 s',
  },
]

/** Every kind of recording below `root`, one after the other. */
export function* kindsIn(root: string): Generator<Kind> {
  for (const { name, folder, ending, read, unusable } of SOURCES) {
    const files = filesOf(join(root, folder), ending)
    const skipped = files.length === 0 ? `absent: no ${folder}/*${ending}` : (unusable ?? null)
    yield { name, skipped, paths: skipped === null ? files.flatMap(read) : [] }
  }
}
