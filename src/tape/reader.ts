// Reads a tape as one CSV: the segments in R2, then the tail that the maker has not yet written
// there.
//
// The two are read at different moments, so the tail comes first and the list after it: a row that
// is flushed in between is then in both, never in neither. Segments that begin at or after the
// tail's first row are skipped, which removes exactly those duplicates.

import { TAPE_HEADER } from '../core/record/tape.ts'
import type { Segment, TapeBucket } from './store.ts'
import { dayPath, gunzip, listAll, PAGE, readSegment, TAPE_PREFIX } from './store.ts'
import { filterLines, type TapeTail } from './writer.ts'

export interface SegmentPage {
  segments: Segment[]
  /** Pass it on for the next page; null on the last. */
  cursor: string | null
}

/**
 * Lists at most `limit` segments, of one ticker or of all, in key order (ticker, day, sequence).
 * @throws whatever the bucket throws
 */
export const listSegments = async (
  bucket: TapeBucket,
  options: { ticker?: string; limit: number; cursor?: string },
): Promise<SegmentPage> => {
  const prefix = options.ticker === undefined ? TAPE_PREFIX : `${TAPE_PREFIX}${options.ticker}/`
  const segments: Segment[] = []
  let cursor = options.cursor ?? null
  do {
    // A page may hold fewer than asked for, because metadata counts against its size.
    const page = await bucket.list({
      prefix,
      limit: Math.min(PAGE, options.limit - segments.length),
      include: ['customMetadata'],
      ...(cursor === null ? {} : { cursor }),
    })
    for (const object of page.objects) {
      const segment = readSegment(object)
      if (segment !== null) segments.push(segment)
    }
    cursor = page.truncated ? (page.cursor ?? null) : null
  } while (cursor !== null && segments.length < options.limit)
  return { segments, cursor }
}

/** Yields the segments of one ticker that may hold rows of [from, to), oldest first. */
async function* segmentsBetween(
  bucket: TapeBucket,
  ticker: string,
  from: number,
  to: number,
): AsyncGenerator<Segment> {
  const prefix = `${TAPE_PREFIX}${ticker}/`
  // Segments never span two UTC days, so earlier days need not be listed.
  const startAfter = from > 0 ? `${prefix}${dayPath(from)}/` : null
  let day: Segment[] = []
  let today = ''
  const sorted = (): Segment[] => day.sort((a, b) => a.lo - b.lo || a.first - b.first)
  for await (const object of listAll(bucket, prefix, startAfter)) {
    const segment = readSegment(object)
    if (segment === null) continue
    const path = dayPath(segment.lo)
    if (path !== today) {
      yield* sorted()
      day = []
      today = path
      if (segment.lo >= to) break
    }
    if (segment.lo < to && segment.hi >= from) day.push(segment)
  }
  yield* sorted()
}

/** True when the segment's rows are in the tail as well (or began after it). */
const isInTail = (segment: Segment, tail: TapeTail): boolean =>
  tail.firstSeq !== null &&
  tail.lo !== null &&
  segment.first >= tail.firstSeq &&
  // A ticker that was removed and added again counts from 1 again: its old segments are older.
  segment.lo >= tail.lo

/**
 * Yields one ticker's rows with from <= time < to (epoch ms) as CSV text with a header, in pieces.
 * @param tail taken from the maker before this call, for the same range; null without a maker
 * @throws when a segment cannot be fetched or unpacked, rather than leave a hole
 */
export async function* readTape(
  bucket: TapeBucket,
  ticker: string,
  range: { from: number; to: number },
  tail: TapeTail | null,
): AsyncGenerator<string> {
  const { from, to } = range
  yield `${TAPE_HEADER}\n`
  for await (const segment of segmentsBetween(bucket, ticker, from, to)) {
    if (tail !== null && isInTail(segment, tail)) continue
    const object = await bucket.get(segment.key)
    if (object === null) {
      throw new Error(`Tape could not be read: segment ${segment.key} was listed but is gone`)
    }
    const text = await gunzip(await object.arrayBuffer())
    const rows = text.slice(text.indexOf('\n') + 1)
    const kept = filterLines(rows, from, to)
    if (kept !== '') yield kept
  }
  if (tail !== null && tail.lines !== '') yield tail.lines
}

/** Turns pieces of text into a body that is read only as fast as the client takes it. */
export const streamText = (pieces: AsyncGenerator<string>): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await pieces.next()
        if (done) controller.close()
        else controller.enqueue(encoder.encode(value))
      } catch (error) {
        controller.error(error)
      }
    },
    async cancel() {
      await pieces.return(undefined)
    },
  })
}
