// The shadow log in R2: write-once objects, `shadow/{ticker}/{yyyy}/{mm}/{dd}/{lo}.csv.gz`, where
// `lo` is the time of the first row.
//
// A ticker begins with its series, so one listing finds all that a licence is judged by.

import { readShadow, SHADOW_HEADER, type ShadowLine } from '../signals/licence/shadow-log.ts'
import { dayPath, gunzip, gzip, type TapeBucket } from './store.ts'

const PREFIX = 'shadow/'
const PAGE = 1000

/** Writes lines whose first row is of `lo` (epoch ms). Resolves when R2 has them. */
export const writeShadow = async (
  bucket: TapeBucket,
  ticker: string,
  lo: number,
  lines: readonly string[],
): Promise<void> => {
  const key = `${PREFIX}${ticker}/${dayPath(lo)}/${lo}.csv.gz`
  // null means that the key exists: an earlier try whose answer was lost wrote these same rows.
  await bucket.put(key, await gzip(`${SHADOW_HEADER}\n${lines.join('\n')}\n`), {
    onlyIf: { etagDoesNotMatch: '*' },
    httpMetadata: { contentType: 'application/gzip' },
    customMetadata: { ticker, lo: String(lo), rows: String(lines.length) },
  })
}

/** Every row of a series' tickers, and the sentences about lines that could not be read. */
export const readSeries = async (
  bucket: TapeBucket,
  series: string,
): Promise<{ rows: ShadowLine[]; faults: string[] }> => {
  const rows: ShadowLine[] = []
  const faults: string[] = []
  let cursor: string | undefined
  do {
    const page = await bucket.list({
      prefix: `${PREFIX}${series}-`,
      limit: PAGE,
      include: ['customMetadata'],
      ...(cursor === undefined ? {} : { cursor }),
    })
    for (const { key } of page.objects) {
      const object = await bucket.get(key)
      if (object === null) throw new Error(`Shadow log ${key} is listed but cannot be read`)
      const text = readShadow(await gunzip(await object.arrayBuffer()))
      for (const row of text.rows) rows.push(row)
      faults.push(...text.faults)
    }
    cursor = page.truncated ? page.cursor : undefined
  } while (cursor !== undefined)
  return { rows, faults }
}
