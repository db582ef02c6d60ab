// Reads journals from files, folders of parts or a running worker, as one stream of lines.
//
// Parts are named as they are in R2 ({life}-{part}.jsonl.gz) and sorted by that name. What follows
// a missing part is left out, and a line says so. A file with any other name is read as it is.

import { createReadStream, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { brokenLine, type JournalPart, livesOf } from '../../src/tape/journal-reader.ts'
import { filesIn } from './files.ts'
import { isRecorded } from './recording.ts'

interface JournalOptions {
  readonly ticker?: string | undefined
  /** The control token; CONTROL_TOKEN of the environment where it is left out. */
  readonly token?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

const PART = /^(\d+)-(\d{6})\.jsonl(\.gz)?$/
const JOURNAL = /\.jsonl(\.gz)?$/

export const isAddress = (source: string): boolean => /^https?:\/\//.test(source)

/** Text in pieces as lines without their newlines. */
async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  // Not by node:readline, for which more than a newline ends a line.
  let rest = ''
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}

const piecesOf = (path: string): Readable => {
  const raw = createReadStream(path)
  if (!path.endsWith('.gz')) return raw.setEncoding('utf8')
  const text = createGunzip()
  raw.on('error', (error) => text.destroy(error))
  return raw.pipe(text).setEncoding('utf8')
}

/** Whether a file or folder holds journals; a recorded session says when each line was received. */
export const isJournal = async (path: string): Promise<boolean> => {
  if (statSync(path).isDirectory()) return true
  const pieces = piecesOf(path)
  for await (const line of linesOf(pieces)) {
    pieces.destroy()
    return !isRecorded(line)
  }
  return false
}

async function* fromFiles(paths: readonly string[]): AsyncGenerator<string> {
  const files = paths.flatMap((path) => filesIn(path, JOURNAL))
  if (files.length === 0) {
    throw new Error(`Reading ${paths.join(', ')} failed: found no .jsonl and no .jsonl.gz`)
  }
  const parts: JournalPart[] = []
  const others: string[] = []
  for (const key of files) {
    const name = PART.exec(basename(key))
    if (name === null) others.push(key)
    // Two tickers may have begun in the same moment: the folder tells them apart.
    else {
      const [life, part] = [Number(name[1]), Number(name[2])]
      parts.push({ key, ticker: dirname(key), life, part, bytes: 0 })
    }
  }
  for (const life of livesOf(parts)) {
    for (const { key } of life.parts) yield* linesOf(piecesOf(key))
    if (life.missing !== null) yield brokenLine(life, life.missing).trimEnd()
  }
  for (const path of others) yield* linesOf(piecesOf(path))
}

async function* fromWorker(address: string, options: JournalOptions): AsyncGenerator<string> {
  const { ticker } = options
  const token = options.token ?? process.env.CONTROL_TOKEN
  if (ticker === undefined) throw new Error(`Reading ${address} failed: wanted --ticker`)
  if (token === undefined) {
    throw new Error(`Reading ${address} failed: wanted --token or CONTROL_TOKEN`)
  }
  const url = new URL(`${address.replace(/\/+$/, '')}/journal/${encodeURIComponent(ticker)}`)
  for (const key of ['from', 'to'] as const) {
    const value = options[key]
    if (value !== undefined) url.searchParams.set(key, value)
  }
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
  if (!answer.ok) {
    throw new Error(`Reading the journal failed: found ${answer.status} ${await answer.text()}`)
  }
  if (answer.body === null) return
  yield* linesOf(Readable.fromWeb(answer.body as never).setEncoding('utf8'))
}

/**
 * The lines of all journals of the sources, in order.
 * @throws Error that says what was found and what was wanted
 */
export const journalLines = (
  sources: readonly string[],
  options: JournalOptions = {},
): AsyncGenerator<string> => {
  const [first = ''] = sources
  if (!isAddress(first)) return fromFiles(sources)
  if (sources.length === 1) return fromWorker(first, options)
  throw new Error(`Reading ${first} failed: found ${sources.length} sources, wanted one address`)
}
