// The contracts between the worker and its objects, so that routes and cron need not import the
// objects themselves. Errors cross as values, because classes do not survive RPC.

import type { Alert } from '../alerts/alert-book.ts'
import type { ExchangeAccount } from '../core/ledger/exchange-account.ts'
import type { FlattenAnswer, MakerStatus } from '../core/status/status.ts'
import type { ByAnswer, DeskTerms, RiskReport, TradingState } from '../core/vocabulary/desk.ts'
import type { DeskLimits } from '../core/vocabulary/desk-limits.ts'
import type { Lease } from '../core/vocabulary/events.ts'
import type { HourFactors, HoursReport } from '../core/vocabulary/hours.ts'
import type { Market } from '../core/vocabulary/market.ts'
import type { Parameters } from '../core/vocabulary/parameters.ts'
import type { SiblingsView } from '../core/vocabulary/siblings.ts'
import type { LicenceRecord } from '../signals/licence/review.ts'
import type { Mapping } from '../signals/mapping/mapping-config.ts'
import type { Proposals } from '../signals/matching/propose.ts'
import type { FeedName, Regime, SignalUpdate, SourceSet } from '../signals/signal/signal-update.ts'
import type { TapeTail } from '../tape/writer.ts'

/** An error for the caller of the control API: HTTP status, short code, one sentence. */
export interface Problem {
  status: number
  code: string
  message: string
}
export type Answer<T> = { ok: true; value: T } | { ok: false; problem: Problem }

export const good = <T>(value: T): Answer<T> => ({ ok: true, value })
export const bad = (status: number, code: string, message: string): Answer<never> => ({
  ok: false,
  problem: { status, code, message },
})

/**
 * What one object has used of what the platform bills, since it came to memory: calls and alarms,
 * frames of its outgoing socket, rows of storage, operations of R2. Plain JSON.
 */
export interface Usage {
  /** Epoch ms. */
  since: number
  requests: number
  frames: number
  rowsWritten: number
  rowsRead: number
  objectsWritten: number
  objectsRead: number
  objectBytes: number
  /** Bytes in storage now. */
  storedBytes: number
}

/** How far flattening may go: to a price, or so far from the best; null: as the strategy says. */
export interface FlattenRequest {
  /** Price units. */
  limit_price: number | null
  max_slippage_cents: number | null
  dry_run: boolean
}

/** RPC surface of the object that makes one market. */
export interface MakerRpc {
  /** Adds the maker or changes its parameters at once. Refuses a ticker that the exchange lacks. */
  configure(ticker: string, body: unknown): Promise<Answer<MakerStatus>>
  status(): Promise<Answer<MakerStatus>>
  pause(): Promise<Answer<MakerStatus>>
  resume(): Promise<Answer<MakerStatus>>
  /** Cancel all and latch until `release`, which is refused before `holdUntil` (epoch ms). */
  halt(reason: string, holdUntil?: number): Promise<Answer<MakerStatus>>
  /** Takes the position off with orders that take, or says what that would cost. */
  flatten(request: FlattenRequest): Promise<Answer<FlattenAnswer>>
  release(): Promise<Answer<MakerStatus>>
  /** What a person lets this ticker do. */
  setState(state: TradingState): Promise<Answer<MakerStatus>>
  /** Asks the desk for its terms at once, because they have changed. */
  renew(): Promise<void>
  /** Cancels, verifies that nothing rests, disconnects and forgets. The tape stays. */
  /** With how many orders were left alone that are not ours. */
  remove(): Promise<Answer<{ removed: true; foreignOrders: number }>>
  /** The second watchdog: makes sure that a registered maker is alive. */
  wake(): Promise<void>
  /** Tape rows not yet in R2 with from <= at < to, as CSV lines without a header. */
  tapeTail(from: number, to: number): Promise<TapeTail>
  /** Writes buffered rows to R2 now; returns how many rows are still unwritten. */
  flushTape(): Promise<number>
  /** An external signal from a feed's object; false when it is not wanted. */
  external(update: SignalUpdate): Promise<boolean>
  /** The operator stands by a mapping that was distrusted. */
  acknowledge(): Promise<Answer<{ acknowledged: true }>>
  usage(): Promise<Usage>
}

/**
 * RPC surface of the one object per feed. Every call names the feed: objects do not know theirs.
 */
export interface OracleRpc {
  /** Follows a ticker as one feed of a set. Safe to repeat; answers with what is known now. */
  follow(feed: FeedName, set: SourceSet, ticker: string, mapping: Mapping): Promise<SignalUpdate>
  unfollow(feed: FeedName, ticker: string): Promise<void>
  /** A check outside this feed has failed; reported to the first feed of the set. */
  failed(set: SourceSet, ticker: string): Promise<void>
  candidates(feed: FeedName, ticker: string): Promise<Answer<Proposals>>
  licences(feed: FeedName): Promise<LicenceRecord[]>
  /** Judges the shadow log of a series; looks are counted. Asked of the first feed of the set. */
  judge(set: SourceSet, series: string, regime: Regime): Promise<Answer<LicenceRecord>>
  /** null where nothing is followed: such an object sleeps, and costs nothing. */
  usage(): Promise<Usage | null>
}

/** A way by which alerts leave, and whether it works. Times are ISO, null before the first. */
interface ChannelHealth {
  readonly name: string
  readonly last_ok: string | null
  readonly last_error: string | null
  readonly error: string | null
  /** False from a failed delivery until one succeeds. */
  readonly alive: boolean
}

export interface AlertsView {
  readonly open: readonly { source: string; code: string; reason: string; since: string }[]
  /** Newest first. */
  readonly recent: readonly { at: string; source: string; code: string; text: string }[]
  readonly channels: readonly ChannelHealth[]
  readonly waiting: number
  readonly dropped: number
}

/** RPC surface of the one object that calls a person. */
export interface AlertsRpc {
  /** All that a source finds wrong now; safe to repeat. */
  report(source: string, alerts: Alert[]): Promise<void>
  /** Sends a test message now; the channels afterwards. */
  test(): Promise<AlertsView>
  view(): Promise<AlertsView>
  usage(): Promise<Usage>
}

/** Tokens per second, and tokens. */
export interface Bucket {
  refill: number
  capacity: number
}

/** The account's budget, as /account/limits gives it. */
export interface AccountBudget {
  read: Bucket
  write: Bucket
  cost: Lease['cost']
}

/** Whether every maker of the account must stand still, and since when (epoch ms; 0: never). */
export interface AccountHalt {
  halted: boolean
  since: number
}

/** What a maker tells the desk each time it renews its lease. Plain JSON; fields are only added. */
export interface MakerReport {
  /** What to add to our clock to get the exchange's, ms; null while no correction was needed. */
  clockOffset: number | null
  /** What its ticker may lose, has gained and can use; null before the market has been read. */
  risk: RiskReport | null
  /** Its exchange and account, so that one's limits do not count as another's. */
  account?: string
  /** How much its mid has moved in each hour; absent where nothing was seen. */
  hours?: HoursReport
}

/** What a person may change about the whole desk; a key left out keeps its value. */
export interface DeskChange {
  state?: TradingState
  limits?: Partial<DeskLimits>
  /** Writes off what was lost in this UTC day. */
  resetDay?: boolean
}

/** The desk's limits and how much of them is used. Money in millionths of a dollar. */
export interface DeskView {
  state: TradingState
  limits: DeskLimits
  /** The UTC day, counted from 1970, and what was gained in it. */
  day: number
  dayGain: number
  /** The worst outcomes of all events, summed: of what is held, and of what has been granted. */
  atRisk: number
  assumed: number
  events: { event: string; atRisk: number }[]
  tickers: ({ ticker: string; at: number; most: ByAnswer } & RiskReport)[]
}

export interface LeaseGrant {
  write: Lease
  read: Bucket
  /** Epoch ms after which the grant is void; ask again before. */
  until: number
  /** True while other makers still hold more than their new share: ask again soon. */
  partial: boolean
  /** The account's halt, as it was when the grant was made. */
  halt: AccountHalt
  /** What the desk lets this maker do; null for a maker that has reported nothing yet. */
  risk: DeskTerms | null
  /** The newest clock offset that any maker has reported, ms; null where none was. */
  clockOffset: number | null
  /** The other markets of its event; null where no maker is in one, absent in older desks. */
  siblings?: SiblingsView | null
  /** What was learnt of the hours of its series; null for nothing, absent in older desks. */
  hours?: HourFactors | null
  /** It is this maker's turn to read the account's limits, for all; absent in older desks. */
  readLimits?: boolean
}

/** What the desk says of a value that makers share. */
export type CommonAnswer =
  /** `age`: ms since its reading began. */
  | { state: 'known'; value: unknown; age: number }
  /** Another maker is reading it: ask again in a moment. */
  | { state: 'wait' }
  /** The one who asks shall read it, and offer it under this name. */
  | { state: 'yours'; reading: number }

export interface ProbeStep {
  name: string
  ok: boolean
  ms: number
  detail: string
}
export interface ProbeResult {
  at: string
  environment: string
  ticker: string
  ok: boolean
  steps: ProbeStep[]
  /** What was added to our clock, ms; null where it was not found wrong; absent in older ones. */
  clock_offset_ms?: number | null
  /** One sentence for a person. */
  verdict: string
}

/** What the exchange says of one market: our account there, and the market's terms. */
export interface AccountReading {
  account: ExchangeAccount
  market: Market
}

export interface RegisteredTicker {
  ticker: string
  addedAt: number
}

/** What the account-wide object does (reached through itty-durable, so JSON in and out). */
export interface DeskRpc {
  list(): Promise<RegisteredTicker[]>
  /**
   * Whether the account's write budget carries one more ticker, and if so, keeps a place for it
   * until it is added. `taken` counts the others: registered, or on their way like this one.
   */
  room(ticker: string): Promise<{ taken: number; most: number; isFree: boolean }>
  add(ticker: string, at: number): Promise<RegisteredTicker[]>
  remove(ticker: string): Promise<RegisteredTicker[]>
  /** The account-wide halt latch; survives restarts. */
  setHalt(on: boolean, at: number): Promise<AccountHalt>
  getHalt(): Promise<AccountHalt>
  /** `budget` is what the maker read from the exchange, or null to use the last known one. */
  lease(
    ticker: string,
    at: number,
    budget: AccountBudget | null,
    report: MakerReport,
  ): Promise<LeaseGrant>
  /**
   * Borrows read tokens beyond a lease: for bursts. Resolves to the wait until they may be used.
   */
  borrowReads(tokens: number, at: number): Promise<{ waitMs: number }>
  /** A value that all makers share, if it is at most `maxAge` ms old. Small plain JSON. */
  common(key: string, maxAge: number): Promise<CommonAnswer>
  /** What was read for all; null where it could not be read. */
  offer(key: string, reading: number, value: unknown): Promise<{ kept: boolean }>
  /** A shared value has changed at the exchange. */
  forget(key: string): Promise<{ forgotten: true }>
  /** Reports a clock offset that was measured (null: none), and returns the newest one, ms. */
  syncClock(offset: number | null): Promise<{ offset: number | null }>
  release(ticker: string): Promise<{ released: true }>
  /** The limits of the whole desk and their use, at epoch ms. */
  risk(at: number): Promise<DeskView>
  setRisk(change: DeskChange, at: number): Promise<DeskView>
  saveProbe(result: ProbeResult): Promise<ProbeResult>
  lastProbe(): Promise<{ result: ProbeResult | null }>
  usage(): Promise<Usage>
}

/** What a maker stores about itself. */
export interface StoredMaker {
  ticker: string
  parameters: Parameters
  /** The external sources of this ticker; absent or null where there are none. */
  alpha?: Mapping | null
  /** A person wants no quotes for now. Kept through a halt, so that it holds again after it. */
  paused: boolean
  /** What a person lets it do; absent in what older ones stored: active. */
  state?: TradingState
  /** Latched until a person releases it. */
  halted: boolean
  /** No release before then, epoch ms: the exchange may still cancel what is newly placed. */
  heldUntil?: number
  /** Why it is paused; absent for a person's pause. */
  pauseReason?: string
  /** Why it is halted: a reason code, or the text of a person; absent in what older ones stored. */
  haltReason?: string
  /** A removal has begun and is not proven finished. */
  leaving: boolean
}
