// Lists the lives of a maker whose journals lie in R2, and reads each as one text.
//
// A part is one write-once object, `journal/{ticker}/{yyyy}/{mm}/{dd}/{life}-{part}.jsonl.gz`:
// `life` is the epoch ms at which that engine began, the day is that of the life, and parts count
// from 0. A life can be replayed only from its first part on and without a hole, so what follows a
// missing part is left out, and a line that begins with # says so.

import { dayPath, gunzip, listAll, type StoredObject, type TapeBucket } from './store.ts'

const JOURNAL_PREFIX = 'journal/'
const SHAPE = /^(?:.*\/)?([^/]+)\/\d{4}\/\d{2}\/\d{2}\/(\d+)-(\d+)\.jsonl(?:\.gz)?$/

/** One object of a journal. */
export interface JournalPart {
  readonly key: string
  readonly ticker: string
  /** Epoch ms at which the engine began. */
  readonly life: number
  readonly part: number
  readonly bytes: number
}

/** One life of a maker, as far as its parts follow each other from the first on. */
export interface JournalLife {
  readonly ticker: string
  readonly life: number
  readonly parts: readonly JournalPart[]
  /** Bytes of these parts, compressed. */
  readonly bytes: number
  /** The first part that is missing although a later one is there; null where none is. */
  readonly missing: number | null
}

/** Reads the name of a part; null for anything else. Folders before the ticker are ignored. */
export const readPart = ({ key, size }: StoredObject): JournalPart | null => {
  const parts = SHAPE.exec(key)
  if (parts === null) return null
  return { key, ticker: parts[1]!, life: Number(parts[2]), part: Number(parts[3]), bytes: size }
}

/** Groups parts into lives, sorted by ticker and time. */
export const livesOf = (parts: readonly JournalPart[]): JournalLife[] => {
  const sorted = [...parts].sort(
    (a, b) =>
      (a.ticker < b.ticker ? -1 : a.ticker > b.ticker ? 1 : 0) ||
      a.life - b.life ||
      a.part - b.part,
  )
  const lives: JournalLife[] = []
  for (let start = 0; start < sorted.length; ) {
    const { ticker, life } = sorted[start]!
    let end = start
    while (sorted[end]?.ticker === ticker && sorted[end]?.life === life) end++
    const all = sorted.slice(start, end)
    const hole = all.findIndex(({ part }, index) => part !== index)
    const whole = hole < 0 ? all : all.slice(0, hole)
    const bytes = whole.reduce((sum, part) => sum + part.bytes, 0)
    lives.push({ ticker, life, parts: whole, bytes, missing: hole < 0 ? null : hole })
    start = end
  }
  return lives
}

/**
 * Lists the lives of one ticker that began in [from, to), epoch ms, oldest first. A life is listed
 * whole or not at all: one that began before `from` is not listed, although it may have gone on.
 * @throws whatever the bucket throws
 */
export const listLives = async (
  bucket: TapeBucket,
  ticker: string,
  range: { readonly from: number; readonly to: number },
): Promise<JournalLife[]> => {
  const { from, to } = range
  const prefix = `${JOURNAL_PREFIX}${ticker}/`
  const startAfter = from > 0 ? `${prefix}${dayPath(from)}/` : null
  const parts: JournalPart[] = []
  for await (const object of listAll(bucket, prefix, startAfter)) {
    const part = readPart(object)
    if (part === null || part.life < from) continue
    // Keys are in order of time: those of one ticker by day, those of one day by life.
    if (part.life >= to) break
    parts.push(part)
  }
  return livesOf(parts)
}

/** The line that ends a life whose next part is missing. */
export const brokenLine = ({ ticker, life }: JournalLife, missing: number): string =>
  `# ${ticker} ${life} ends here: part ${missing} is missing\n`

/**
 * Yields the text of lives, one after the other, part by part. A part that is gone by the time it
 * is read ends its life like one that was never there.
 * @throws when a part cannot be fetched or unpacked
 */
export async function* readJournal(
  bucket: Pick<TapeBucket, 'get'>,
  lives: readonly JournalLife[],
): AsyncGenerator<string> {
  for (const life of lives) {
    let missing = life.missing
    for (const { key, part } of life.parts) {
      const object = await bucket.get(key)
      if (object === null) {
        missing = part
        break
      }
      yield await gunzip(await object.arrayBuffer())
    }
    if (missing !== null) yield brokenLine(life, missing)
  }
}
