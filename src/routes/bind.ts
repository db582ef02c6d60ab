// The routes bound to the worker: its objects, its bucket, its clock.

import { type Env, loadConfig, readConfig } from '../config/env.ts'
import { jsonLog } from '../config/log.ts'
import { accountNow, cancelAllNow, probeNow } from '../cron/bind.ts'
import { deskStub } from '../rpc/desk-stub.ts'
import { registryOf } from '../rpc/registry.ts'
import { alertsStub, makerStub, oracleStub } from '../rpc/stubs.ts'
import type { Deps } from './deps.ts'

/** What the routes need, from the bindings of one request. Touches nothing until used. */
export const openWorker = (env: Env): Deps => {
  const config = readConfig(env)
  return {
    config: () => loadConfig(env),
    maker: (ticker) => makerStub(env, ticker),
    get desk() {
      return deskStub(env)
    },
    get alerts() {
      return alertsStub(env)
    },
    oracle: (feed) => oracleStub(env, feed),
    registry: registryOf(env),
    tape: env.TAPE,
    probe: () => probeNow(env),
    account: (ticker) => accountNow(env, ticker),
    cancelAll: () => cancelAllNow(env),
    upgrade(socket, protocol) {
      // `webSocket` is the runtime's own extension of ResponseInit.
      const init = {
        status: 101,
        webSocket: socket,
        headers: protocol === null ? undefined : { 'sec-websocket-protocol': protocol },
      }
      return new Response(null, init as ResponseInit)
    },
    now: Date.now,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    log: jsonLog(config.ok ? config.config.logLevel : 'info'),
  }
}
