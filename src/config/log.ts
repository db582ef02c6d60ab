// Log lines as JSON, one per event, for `wrangler tail` and log stores alike.

import type { LogLevel } from '../core/vocabulary/events.ts'

export type Log = (
  level: LogLevel,
  event: string,
  detail: Readonly<Record<string, string | number | boolean | null>>,
) => void

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 }

/** A log that keeps quiet below `least`. Fire and forget: nothing waits for a line. */
export const jsonLog =
  (least: LogLevel): Log =>
  (level, event, detail) => {
    if (RANK[level] < RANK[least]) return
    const line = JSON.stringify({ level, event, ...detail })
    if (level === 'error') console.error(line)
    else if (level === 'warn') console.warn(line)
    else console.log(line)
  }
