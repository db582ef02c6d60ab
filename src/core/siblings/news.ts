// Which view of the siblings is worth a step of the engine: one in which something has changed, or
// that keeps alive what would soon be too old.

import type { SiblingsView } from '../vocabulary/siblings.ts'
import type { Millis } from '../vocabulary/units.ts'

/** What has not changed is told again after this: well before it would be too old to count. */
export const RETOLD_MS = 20_000

type Told = { readonly at: Millis } & Readonly<Record<string, unknown>>

const partsOf = ({ others, low, high }: SiblingsView): (Told | null)[] =>
  [...others, low, high] as unknown as (Told | null)[]

const isNewer = (now: Told | null, before: Told | null | undefined): boolean => {
  if (now === null || before == null) return now !== (before ?? null)
  const { at: told, ...rest } = before
  const { at, ...same } = now
  return at >= told + RETOLD_MS || at < told || JSON.stringify(rest) !== JSON.stringify(same)
}

/** @param before what the engine was told last; null where it was told nothing */
export const isNews = (before: SiblingsView | null, now: SiblingsView): boolean => {
  const parts = partsOf(now)
  if (before === null) return parts.some((part) => part !== null)
  const known = partsOf(before)
  return known.length !== parts.length || parts.some((part, at) => isNewer(part, known[at]))
}
