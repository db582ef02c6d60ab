// The contracts between makers, the worker and the objects of the feeds, and how each is reached.
//
// Apart from the classes, so that it can be used without loading them.

import type { Env } from '../config/env.ts'
import type { LicenceRecord } from '../signals/licence/review.ts'
import type { Mapping } from '../signals/mapping/mapping-config.ts'
import type { Proposals } from '../signals/matching/propose.ts'
import type { FeedName, Regime, SignalUpdate, SourceSet } from '../signals/signal/signal-update.ts'
import type { Answer } from './contracts.ts'

/**
 * RPC surface of the one object per feed. Every call names the feed: objects do not know theirs.
 */
export interface OracleRpc {
  /**
   * Looks at a ticker from now on, as one feed of a set; safe to repeat, and answers with what is
   * known now.
   */
  follow(feed: FeedName, set: SourceSet, ticker: string, mapping: Mapping): Promise<SignalUpdate>
  unfollow(feed: FeedName, ticker: string): Promise<void>
  /** A check outside this feed has failed; reported to the first feed of the set. */
  failed(set: SourceSet, ticker: string): Promise<void>
  candidates(feed: FeedName, ticker: string): Promise<Answer<Proposals>>
  licences(feed: FeedName): Promise<LicenceRecord[]>
  /**
   * Takes a look at the shadow log of a series; looks are counted. Said to the first feed of the
   * set.
   */
  judge(set: SourceSet, series: string, regime: Regime): Promise<Answer<LicenceRecord>>
}

/** What the feed's object asks of a maker. */
export interface ListenerRpc {
  /** False: not wanted, say no more. */
  external(update: SignalUpdate): Promise<boolean>
}

/** The feed's one object, created near the makers. */
export const oracleStub = (env: Pick<Env, 'ORACLE'>, feed: FeedName): OracleRpc =>
  env.ORACLE.get(env.ORACLE.idFromName(feed), { locationHint: 'enam' }) as unknown as OracleRpc

export const listenerStub = (env: Pick<Env, 'MAKER'>, ticker: string): ListenerRpc =>
  env.MAKER.get(env.MAKER.idFromName(ticker), { locationHint: 'enam' }) as unknown as ListenerRpc
