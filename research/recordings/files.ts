// Files as text: unpacked where they are gzipped, and a folder as the files in it.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/** The text of a file, unpacked where its name ends in .gz. */
export const textOf = (file: string): string => {
  const bytes = readFileSync(file)
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
}

/**
 * A file as it is; a folder as the files in it, at any depth, whose names match, sorted.
 * @throws Error when there is no such file or folder
 */
export const filesIn = (path: string, wanted: RegExp): string[] => {
  if (!existsSync(path)) throw new Error(`Reading ${path} failed: found no such file or folder`)
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => wanted.test(name))
    .map((name) => join(path, name))
    .sort()
}
