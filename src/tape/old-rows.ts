// Takes over what makers before version 0.4 kept of the tape in SQL tables, once, when the object
// comes to memory: nothing waits for it there.

import type { TapeStore } from './store.ts'
import type { StoredBlock } from './writer.ts'

/** The part of `ctx.storage.sql` that is used. */
export interface OldSql {
  exec(query: string): { toArray(): Record<string, unknown>[] }
}

/** Moves the rows of the old tables under the keys of the writer. */
export const takeOldRows = (sql: OldSql, store: TapeStore): void => {
  const tables = sql
    .exec("SELECT name FROM sqlite_master WHERE name IN ('tape_rows', 'tape_meta')")
    .toArray()
  if (tables.length < 2) return
  const rows = sql.exec('SELECT seq, lo, hi, n, size, body FROM tape_rows ORDER BY seq').toArray()
  for (const row of rows as unknown as StoredBlock[]) {
    void store.put(`tape/${String(row.seq).padStart(12, '0')}`, row)
  }
  const meta = new Map(
    sql
      .exec('SELECT key, value FROM tape_meta')
      .toArray()
      .map(({ key, value }) => [String(key), String(value)]),
  )
  const batch = meta.get('batch')
  const next = Number(meta.get('next') ?? 1)
  void store.put('tape-state', { next, batch: batch === undefined ? null : JSON.parse(batch) })
  sql.exec('DROP TABLE tape_rows')
  sql.exec('DROP TABLE tape_meta')
}
