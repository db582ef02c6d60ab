// The stub by which the worker calls the maker of one ticker, usable without loading the maker's
// class.

import type { Env } from '../config/env.ts'
import type { MakerRpc } from './contracts.ts'

export type MakerStub = MakerRpc & { fetch(request: Request): Promise<Response> }

/** The maker of one ticker. Created near the exchange; objects do not move later. */
export const makerStub = (env: Pick<Env, 'MAKER'>, ticker: string): MakerStub =>
  env.MAKER.get(env.MAKER.idFromName(ticker), { locationHint: 'enam' }) as unknown as MakerStub
