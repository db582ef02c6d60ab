// The faults of one source, on demand: it learns late, disagrees, falls silent, stops moving,
// refuses, or sends unreadable answers. Every fault is counted down or switched off, so that a
// drill can be written as a list of requests.

import type { Millis } from '../../../src/core/vocabulary/units.ts'

/** Half a text; a proxy's page; optional decimals as ''; ids without quotes; no event_type. */
export const FORMS = ['half', 'html', 'empty', 'numbers', 'no-type'] as const
export type Form = (typeof FORMS)[number]

export const PAGE =
  '<!DOCTYPE html><html><head><title>Attention Required!</title></head><body>blocked</body></html>'

/** A text corrupted in one way. */
export const corrupt = (text: string, form: Form): string => {
  switch (form) {
    case 'half':
      return text.slice(0, Math.floor(text.length / 2))
    case 'html':
      return PAGE
    case 'empty':
      return text.replace(
        /"(price|best_bid|best_ask|last_trade_price|mid)":("[^"]*"|-?[\d.]+)/g,
        '"$1":""',
      )
    case 'numbers':
      return text.replace(/"asset_id":"(\d+)"/g, '"asset_id":$1')
    case 'no-type':
      return text.replace(/"event_type":"[a-z_]+",/g, '')
  }
}

interface Counted<T> {
  readonly what: T
  times: number
}

export class Trouble {
  /** How late the venue learns the fair value. */
  lagMs: Millis = 0
  /** How late its socket frames arrive; they keep their timestamps. */
  delayMs: Millis = 0
  /** Open sockets send nothing, not even PONG; requests are never answered. */
  silent = false
  /** Alive, but no price moves; sportsbooks are not scraped. */
  stale = false
  #offset = 0
  readonly #offsets = new Map<string, number>()
  #corrupted: Counted<Form> | null = null
  #dials: Counted<number> | null = null
  #requests: Counted<number> | null = null

  /** What is added to the fair value of an event. */
  offset(slug: string): number {
    return this.#offsets.get(slug) ?? this.#offset
  }

  /** Sets the offset for one event, or for all (null). */
  disagree(slug: string | null, by: number): void {
    if (slug !== null) this.#offsets.set(slug, by)
    else {
      this.#offset = by
      this.#offsets.clear()
    }
  }

  /** Corrupts the next `times` frames or answers; 0 ends it. */
  malform(form: Form, times: number): void {
    this.#corrupted = { what: form, times }
  }

  /** The next `times` dials are refused with a status. */
  refuse(status: number, times: number): void {
    this.#dials = { what: status, times }
  }

  /** The next `times` requests fail with a status. */
  fail(status: number, times: number): void {
    this.#requests = { what: status, times }
  }

  meetText(): Form | null {
    return use(this.#corrupted)
  }

  meetDial(): number | null {
    return use(this.#dials)
  }

  meetRequest(): number | null {
    return use(this.#requests)
  }

  clear(): void {
    this.lagMs = 0
    this.delayMs = 0
    this.silent = false
    this.stale = false
    this.disagree(null, 0)
    this.#corrupted = null
    this.#dials = null
    this.#requests = null
  }

  /** The present settings, in the words of the operator API. */
  get state(): Readonly<Record<string, unknown>> {
    return {
      lag_ms: this.lagMs,
      delay_ms: this.delayMs,
      silent: this.silent,
      stale: this.stale,
      offset: this.#offset,
      offsets: Object.fromEntries(this.#offsets),
      malformed_left: this.#corrupted?.times ?? 0,
      refusals_left: this.#dials?.times ?? 0,
      failures_left: this.#requests?.times ?? 0,
    }
  }
}

const use = <T>(counted: Counted<T> | null): T | null => {
  if (counted === null || counted.times <= 0) return null
  counted.times--
  return counted.what
}
