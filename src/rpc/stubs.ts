// The stubs of the objects: how the worker calls a maker, and makers a feed, without loading a
// class.
//
// Objects are created near the exchange and do not move later. The desk has a file of its own.

import type { Env } from '../config/env.ts'
import type { FeedName } from '../signals/signal/signal-update.ts'
import type { AlertsRpc, MakerRpc, OracleRpc } from './contracts.ts'

export type MakerStub = MakerRpc & { fetch(request: Request): Promise<Response> }

/** The maker of one ticker. */
export const makerStub = (env: Pick<Env, 'MAKER'>, ticker: string): MakerStub =>
  env.MAKER.get(env.MAKER.idFromName(ticker), { locationHint: 'enam' }) as unknown as MakerStub

/** The one object of a feed. */
export const oracleStub = (env: Pick<Env, 'ORACLE'>, feed: FeedName): OracleRpc =>
  env.ORACLE.get(env.ORACLE.idFromName(feed), { locationHint: 'enam' }) as unknown as OracleRpc

/** The one object that calls a person. */
export const alertsStub = (env: Pick<Env, 'ALERTS'>): AlertsRpc =>
  env.ALERTS.get(env.ALERTS.idFromName('alerts'), { locationHint: 'enam' }) as unknown as AlertsRpc
