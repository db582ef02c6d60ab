// The contract of a feed: what every source of external prices can do, and what it needs.
//
// A feed holds the connection or the polling of one venue and answers at once from what it knows.
// Time, random numbers, timers and the network are injected, so that a feed runs under a test's
// clock.

import type { LogLevel } from '../../core/vocabulary/events.ts'
import type { Millis } from '../../core/vocabulary/units.ts'
import { isMalformed, parseText } from '../common/json.ts'
import type { MappedSource, Mapping } from '../mapping/mapping-config.ts'
import type { Proposals } from '../matching/propose.ts'
import type { ExternalRows } from '../matching/verify.ts'
import type { SourceReadings } from '../signal/ticker-signal.ts'

/** The part of a WebSocket that a feed uses. */
export interface WireSocket {
  send(text: string): void
  close(code?: number, reason?: string): void
  addEventListener(
    type: 'message' | 'close' | 'error',
    listener: (event: { readonly data?: unknown }) => void,
  ): void
}

/** One answer over HTTP; `body` is parsed JSON, or `Malformed` where it was none. */
export interface Fetched {
  readonly status: number
  readonly body: unknown
  header(name: string): string | null
}

/** A dial that was answered with something else than a socket; 0 where nothing answered. */
export class DialRefused extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

export interface FeedWorld {
  now(): Millis
  /** 0 <= x < 1. */
  random(): number
  setTimer(run: () => void, ms: Millis): unknown
  clearTimer(timer: unknown): void
  /** Rejects when nothing answers in time. */
  get(url: string): Promise<Fetched>
  /** @throws DialRefused */
  dial(url: string): Promise<WireSocket>
  /** Hex. */
  sha256(text: string): Promise<string>
  /** Plain data that survives the feed; undefined before it was kept. */
  kept(key: string): unknown
  keep(key: string, value: unknown): void
  log(
    level: LogLevel,
    event: string,
    detail: Readonly<Record<string, string | number | boolean | null>>,
  ): void
}

export interface ExternalFeed {
  /** The tickers to look at from now on, all of them. */
  follow(mappings: ReadonlyMap<string, Mapping>): void
  /** What the mapped sources of a ticker say now. */
  readings(mapping: Mapping, now: Millis): SourceReadings
  /** Of a mapping's sources, those that are this feed's. */
  owns(source: MappedSource): boolean
  /** What the venue lists now, for the checks of a mapping. Rejects when it cannot be read. */
  rows(mapping: Mapping, source: MappedSource): Promise<ExternalRows>
  /** What could be mapped to a ticker. Rejects when the venue cannot be read. */
  candidates(ticker: string): Promise<Proposals>
  /** Called each second: whatever is due. */
  check(at: Millis): void
  stop(): void
}

/** The body of an answer that was good, or an Error that says what was found. Names no address. */
export const bodyOf = ({ status, body }: Fetched, what: string): unknown => {
  if (status < 200 || status > 299) throw new Error(`${what}: found status ${status}, wanted 200`)
  if (isMalformed(body)) throw new Error(`${what}: ${body.detail}`)
  return body
}

/** An answer from what `fetch` gave; HTML becomes `Malformed`, never an exception. */
export const fetchedOf = (
  status: number,
  text: string,
  header: (name: string) => string | null,
): Fetched => ({ status, body: parseText(text), header })
