// The stub by which everyone else calls the desk, usable without loading the desk's class.
//
// itty-durable carries arguments as JSON in a header, and turns any property read on its stub into
// a remote call, `then` included: awaiting the stub itself would call a method of that name. Hence
// this plain object with exactly the desk's methods, and texts cut down to what headers allow.

import { proxyDurable } from 'itty-durable/proxy-durable.js'
import type { Env } from '../config/env.ts'
import type { DeskRpc, ProbeResult } from './contracts.ts'

const NAME = 'desk'
const DETAIL_LENGTH = 400

const headerSafe = (text: string): string =>
  text.replace(/[^\x20-\x7e]+/g, '?').slice(0, DETAIL_LENGTH)

const probeSafe = (result: ProbeResult): ProbeResult => ({
  ...result,
  verdict: headerSafe(result.verdict),
  steps: result.steps.map((step) => ({ ...step, detail: headerSafe(step.detail) })),
})

/** The account's one desk. Calls reject when the object cannot be reached or fails. */
export const deskStub = (env: Pick<Env, 'DESK'>): DeskRpc => {
  const { DESK } = env
  // Created near the exchange, like the makers that call it; objects do not move later.
  const near = {
    idFromName: (name: string) => DESK.idFromName(name),
    get: (id: ReturnType<typeof DESK.idFromName>) => DESK.get(id, { locationHint: 'enam' }),
  }
  const remote = proxyDurable(near, { name: 'DESK', parse: true }).get(NAME) as DeskRpc
  return {
    list: () => remote.list(),
    room: (ticker) => remote.room(ticker),
    add: (ticker, at) => remote.add(ticker, at),
    remove: (ticker) => remote.remove(ticker),
    setHalt: (on, at) => remote.setHalt(on, at),
    getHalt: () => remote.getHalt(),
    lease: (ticker, at, budget, report) => remote.lease(ticker, at, budget, report),
    borrowReads: (tokens, at) => remote.borrowReads(tokens, at),
    common: (key, maxAge) => remote.common(key, maxAge),
    offer: (key, reading, value) => remote.offer(key, reading, value),
    forget: (key) => remote.forget(key),
    syncClock: (offset) => remote.syncClock(offset),
    release: (ticker) => remote.release(ticker),
    risk: (at) => remote.risk(at),
    setRisk: (change, at) => remote.setRisk(change, at),
    saveProbe: (result) => remote.saveProbe(probeSafe(result)),
    lastProbe: () => remote.lastProbe(),
    usage: () => remote.usage(),
  }
}
