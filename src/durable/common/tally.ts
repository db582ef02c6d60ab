// What one object has used, since it came to memory, of what the platform bills: `npm run cost`
// makes a month's bill of it.
//
// In: one call per use. Out: plain numbers. It must know no prices: docs/cost.md has them.

import type { TapeBucket } from '../../tape/store.ts'

export class Tally {
  /** Epoch ms. */
  readonly since: number
  /** Calls of other objects and of the worker, and alarms. */
  requests = 0
  rowsWritten = 0
  rowsRead = 0
  /** Operations of R2: writes and lists (class A), reads (class B), and bytes written. */
  objectsWritten = 0
  objectsRead = 0
  objectBytes = 0

  constructor(now: number) {
    this.since = now
  }

  /** The counts as one plain object, with what only the caller knows. */
  with(more: { readonly frames: number; readonly storedBytes: number }) {
    return { ...this, ...more }
  }
}

/** The bucket, with every operation counted. */
export const countedBucket = (bucket: TapeBucket, tally: Tally): TapeBucket => ({
  put(key, body, options) {
    tally.objectsWritten++
    tally.objectBytes += body.byteLength
    return bucket.put(key, body, options)
  },
  get(key) {
    tally.objectsRead++
    return bucket.get(key)
  },
  list(options) {
    tally.objectsWritten++
    return bucket.list(options)
  },
})
