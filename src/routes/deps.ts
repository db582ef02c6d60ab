// What the routes need from outside, as one interface, so that they run in plain Node in tests.
// bind.ts binds it to the worker.

import type { Context } from 'hono'
import type { ConfigResult, Env } from '../config/env.ts'
import type { Log } from '../config/log.ts'
import type {
  AccountReading,
  AlertsRpc,
  Answer,
  DeskRpc,
  OracleRpc,
  ProbeResult,
} from '../rpc/contracts.ts'
import type { TickerRegistry } from '../rpc/registry.ts'
import type { MakerStub } from '../rpc/stubs.ts'
import type { FeedName } from '../signals/signal/signal-update.ts'
import type { TapeBucket } from '../tape/store.ts'

export interface Deps {
  /** The whole configuration, private key parsed, or the sentence that says what is wrong. */
  config(): Promise<ConfigResult>
  maker(ticker: string): MakerStub
  readonly desk: DeskRpc
  readonly alerts: AlertsRpc
  /** The second list of tickers, for when the desk does not answer. */
  readonly registry: TickerRegistry
  /** The object that reads one external feed. */
  oracle(feed: FeedName): OracleRpc
  readonly tape: TapeBucket
  probe(): Promise<Answer<ProbeResult>>
  /** Our account in one market, as the exchange states it. */
  account(ticker: string): Promise<Answer<AccountReading>>
  /** Has the exchange cancel every order of our subaccount. */
  cancelAll(): Promise<Answer<{ subaccount: number }>>
  /** Answers a WebSocket request with a socket that the maker has opened. */
  upgrade(socket: unknown, protocol: string | null): Response
  /** Epoch ms. */
  now(): number
  /** Resolves after so many ms; used for deadlines only. */
  sleep(ms: number): Promise<void>
  readonly log: Log
}

export type Access = 'all' | 'read'

export interface AppTypes {
  Bindings: Env
  Variables: {
    deps: Deps
    /** What the token of the request allows: 'all', or only to 'read'. */
    access: Access
    /** The text of the request's body, once it has been read. */
    body?: string
    /** What a maker was like before a change. */
    before?: Promise<unknown>
  }
}
export type Ctx = Context<AppTypes>
export type Handler = (c: Ctx) => Promise<Response> | Response
