// The two stores of this room, the object's storage and R2: what is used of them, names, gzip.
//
// The interfaces name only what is used, so that tests can stand in for both. A segment is one
// write-once object, because R2 cannot append:
// `tape/{ticker}/{yyyy}/{mm}/{dd}/{first}-{lo}.csv.gz`, where `first` is the sequence number of its
// first row and `lo` that row's time.

/** What the writer needs of the object's storage. Writes resolve to whether they were taken. */
export interface TapeStore {
  get<T>(key: string): T | undefined
  list<T>(prefix: string): [string, T][]
  put(key: string, value: unknown): Promise<boolean>
  delete(keys: string[]): Promise<boolean>
  confirmed(): Promise<boolean>
}

export interface StoredObject {
  readonly key: string
  readonly size: number
  readonly customMetadata?: Record<string, string> | undefined
}

export interface StoredList {
  readonly objects: readonly StoredObject[]
  readonly truncated: boolean
  readonly cursor?: string | undefined
}

/** The part of an R2 bucket that the tape uses. */
export interface TapeBucket {
  /** Resolves to null when an object of that key exists already. */
  put(
    key: string,
    body: ArrayBuffer,
    options: {
      onlyIf: { etagDoesNotMatch: string }
      httpMetadata: { contentType: string }
      customMetadata: Record<string, string>
    },
  ): Promise<unknown>
  get(key: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null>
  list(options: {
    prefix: string
    limit: number
    include: ['customMetadata']
    startAfter?: string
    cursor?: string
  }): Promise<StoredList>
}

/** One object of the tape in R2. Times are epoch ms of the first and last row. */
export interface Segment {
  readonly key: string
  readonly ticker: string
  readonly first: number
  readonly lo: number
  /** Infinity where the object does not say. */
  readonly hi: number
  /** null where the object does not say. */
  readonly rows: number | null
  readonly bytes: number
}

/** Objects of one list request, at most: the limit of R2. */
export const PAGE = 1000
export const TAPE_PREFIX = 'tape/'
const FIRST_DIGITS = 12
const SHAPE = /^tape\/([^/]+)\/\d{4}\/\d{2}\/\d{2}\/(\d+)-(\d+)\.csv\.gz$/

/** `yyyy/mm/dd` in UTC of an epoch-ms time. */
export const dayPath = (at: number): string =>
  new Date(at).toISOString().slice(0, 10).replaceAll('-', '/')

export const segmentKey = (ticker: string, first: number, lo: number): string =>
  `${TAPE_PREFIX}${ticker}/${dayPath(lo)}/${String(first).padStart(FIRST_DIGITS, '0')}-${lo}.csv.gz`

/** Reads a listed object as a segment; null for any other object of the bucket. */
export const readSegment = (object: StoredObject): Segment | null => {
  const parts = SHAPE.exec(object.key)
  if (parts === null) return null
  const hi = Number(object.customMetadata?.hi ?? Number.NaN)
  const rows = Number(object.customMetadata?.rows ?? Number.NaN)
  return {
    key: object.key,
    ticker: parts[1]!,
    first: Number(parts[2]),
    lo: Number(parts[3]),
    hi: Number.isFinite(hi) ? hi : Number.POSITIVE_INFINITY,
    rows: Number.isFinite(rows) ? rows : null,
    bytes: object.size,
  }
}

const through = async (
  part: string | ArrayBuffer,
  transform: CompressionStream | DecompressionStream,
): Promise<ArrayBuffer> => {
  const stream = new Blob([part]).stream().pipeThrough(transform)
  return await new Response(stream).arrayBuffer()
}

export const gzip = (text: string): Promise<ArrayBuffer> =>
  through(text, new CompressionStream('gzip'))

/** @throws TypeError when the bytes are not gzip. */
export const gunzip = async (bytes: ArrayBuffer): Promise<string> =>
  new TextDecoder().decode(await through(bytes, new DecompressionStream('gzip')))

/** An upload that has not ended by then is tried again: its name makes that safe. */
const UPLOAD_MS = 60_000

/**
 * Writes an object once, gzipped. Where the key exists, an earlier try wrote these same bytes.
 * @throws Error when R2 refuses or does not answer within a minute
 */
export const putOnce = async (
  bucket: Pick<TapeBucket, 'put'>,
  key: string,
  text: string,
  customMetadata: Record<string, string> = {},
): Promise<void> => {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const bytes = await gzip(text)
  const timer = setTimeout(() => reject(new Error('no answer within a minute')), UPLOAD_MS)
  const upload = bucket.put(key, bytes, {
    onlyIf: { etagDoesNotMatch: '*' },
    httpMetadata: { contentType: 'application/gzip' },
    customMetadata,
  })
  await Promise.race([upload, late]).finally(() => clearTimeout(timer))
}

/** Yields every object under a prefix in key order, with its metadata, page by page. */
export async function* listAll(
  bucket: Pick<TapeBucket, 'list'>,
  prefix: string,
  startAfter: string | null = null,
): AsyncGenerator<StoredObject> {
  let cursor: string | null = null
  do {
    const page: StoredList = await bucket.list({
      prefix,
      limit: PAGE,
      include: ['customMetadata'],
      ...(cursor !== null ? { cursor } : startAfter !== null ? { startAfter } : {}),
    })
    yield* page.objects
    cursor = page.truncated ? (page.cursor ?? null) : null
  } while (cursor !== null)
}
