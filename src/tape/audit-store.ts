// What persons have done, one object of R2 for each action: R2 cannot append.
//
// `audit/{yyyy}/{mm}/{dd}/{ISO time}-{random}.json.gz`, so that a listing is in order of time.

import { dayPath, gunzip, listAll, putOnce, type TapeBucket } from './store.ts'

const PREFIX = 'audit/'
const DAY_MS = 86_400_000

/** One action: when, what, from where, what was before and what is now. */
export interface AuditLine {
  /** ISO time. */
  readonly at: string
  readonly method: string
  readonly path: string
  /** The caller's address as Cloudflare gives it, or 'unknown'. */
  readonly from: string
  readonly agent: string
  readonly request: unknown
  readonly status: number
  readonly old: unknown
  readonly new: unknown
}

/** @throws whatever the bucket throws */
export const writeAudit = async (
  bucket: Pick<TapeBucket, 'put'>,
  line: AuditLine,
): Promise<void> => {
  const name = `${line.at}-${crypto.randomUUID().slice(0, 8)}`
  const key = `${PREFIX}${dayPath(Date.parse(line.at))}/${name}.json.gz`
  await putOnce(bucket, key, `${JSON.stringify(line)}\n`)
}

/** The lines with from <= at < to (epoch ms), oldest first, at most `most` of them. */
export const readAudit = async (
  bucket: Pick<TapeBucket, 'get' | 'list'>,
  from: number,
  to: number,
  most: number,
): Promise<AuditLine[]> => {
  const lines: AuditLine[] = []
  for (let day = Math.floor(from / DAY_MS) * DAY_MS; day < to; day += DAY_MS) {
    for await (const { key } of listAll(bucket, `${PREFIX}${dayPath(day)}/`)) {
      const object = await bucket.get(key)
      if (object === null) continue
      const line = JSON.parse(await gunzip(await object.arrayBuffer())) as AuditLine
      const at = Date.parse(line.at)
      if (at >= from && at < to) lines.push(line)
      if (lines.length >= most) return lines
    }
  }
  return lines
}
