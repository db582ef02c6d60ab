// The control API: lists every path with its handlers, and refuses requests that fit none.
//
// /health is open. Everything else, unknown paths included, must pass the guard first.

import { Hono } from 'hono'
import { type Env, VERSION } from '../config/env.ts'
import { messageOf } from '../core/vocabulary/outcome.ts'
import { audit, getAudit } from './access/audit.ts'
import { problemOf } from './access/config-problem.ts'
import { guard } from './access/guard.ts'
import { ApiError, problemResponse } from './answer.ts'
import { openWorker } from './bind.ts'
import type { AppTypes, Deps, Handler } from './deps.ts'
import { haltAll, resumeAll } from './desk/account.ts'
import { getAlerts, testAlerts } from './desk/alerts.ts'
import { getDesk, putDesk } from './desk/desk.ts'
import { getProbe, postProbe } from './desk/probe.ts'
import { getUsage } from './desk/usage.ts'
import { acknowledgeMapping, getCandidates, getLicences, postLicence } from './makers/external.ts'
import { flattenAll, flattenTicker } from './makers/flatten.ts'
import {
  deleteTicker,
  getTicker,
  listTickers,
  liveSocket,
  pauseTicker,
  putTicker,
  resumeTicker,
} from './makers/tickers.ts'
import { releaseTicker, setTickerState } from './makers/trading.ts'
import { getJournal, getLives } from './records/journal.ts'
import { getAccount, getReport } from './records/report.ts'
import { getSegments, getTape } from './records/tape.ts'

type Method = 'GET' | 'PUT' | 'POST' | 'DELETE'

/** GET /health: the worker answers; whether it can work is `ready`, and why not is `problem`. */
const getHealth: Handler = async (c) => {
  const config = await c.var.deps.config()
  const problem = await problemOf(c)
  return c.json({
    status: 'ok',
    version: VERSION,
    environment: config.ok ? config.config.environment : null,
    ready: problem === null,
    problem: problem?.public ?? null,
  })
}

/** Nobody may frame, sniff or keep what the API answers. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

const ROUTES: Readonly<Record<string, Partial<Record<Method, Handler>>>> = {
  '/tickers': { GET: listTickers },
  '/tickers/:ticker': { PUT: putTicker, GET: getTicker, DELETE: deleteTicker },
  '/tickers/:ticker/pause': { POST: pauseTicker },
  '/tickers/:ticker/resume': { POST: resumeTicker },
  '/tickers/:ticker/release': { POST: releaseTicker },
  '/tickers/:ticker/state': { POST: setTickerState },
  '/tickers/:ticker/flatten': { POST: flattenTicker },
  '/tickers/:ticker/live': { GET: liveSocket },
  '/tickers/:ticker/account': { GET: getAccount },
  '/tickers/:ticker/report': { GET: getReport },
  '/tickers/:ticker/alpha/candidates': { GET: getCandidates },
  '/tickers/:ticker/alpha/acknowledge': { POST: acknowledgeMapping },
  '/licence': { GET: getLicences, POST: postLicence },
  '/desk': { GET: getDesk, PUT: putDesk },
  '/flatten': { POST: flattenAll },
  '/halt': { POST: haltAll },
  '/resume': { POST: resumeAll },
  '/tape': { GET: getSegments },
  '/tape/:ticker': { GET: getTape },
  '/journal': { GET: getLives },
  '/journal/:ticker': { GET: getJournal },
  '/usage': { GET: getUsage },
  '/alerts': { GET: getAlerts },
  '/alerts/test': { POST: testAlerts },
  '/audit': { GET: getAudit },
  '/probe': { GET: getProbe, POST: postProbe },
}

/** The paths and methods of the API, for whoever wants to list them. */
export const routeTable = (): [method: string, path: string][] => [
  ['GET', '/health'],
  ...Object.entries(ROUTES).flatMap(([path, methods]) =>
    Object.keys(methods).map((method): [string, string] => [method, path]),
  ),
]

/**
 * The Hono app. `open` makes what the routes need from the bindings of one request; the default is
 * the real worker.
 */
export const createApp = (open: (env: Env) => Deps = openWorker): Hono<AppTypes> => {
  const app = new Hono<AppTypes>()
  app.use('*', async (c, next) => {
    c.set('deps', open(c.env))
    await next()
    // A socket's answer cannot be changed any more, and is no page.
    if (c.res.status === 101) return
    for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value)
  })
  const wrongMethod =
    (allowed: readonly string[]): Handler =>
    (c) => {
      c.header('allow', allowed.join(', '))
      const { method, path } = c.req
      throw new ApiError(
        405,
        'wrong-method',
        `${method} ${path} refused: wanted ${allowed.join(' or ')}`,
      )
    }
  app.get('/health', getHealth)
  app.all('/health', wrongMethod(['GET']))
  app.use('*', guard)
  app.use('*', audit)
  for (const [path, methods] of Object.entries(ROUTES)) {
    for (const [method, handler] of Object.entries(methods)) app.on(method, path, handler)
    app.all(path, wrongMethod(Object.keys(methods)))
  }
  app.notFound((c) =>
    problemResponse(c, {
      status: 404,
      code: 'not-found',
      message: `Nothing at ${c.req.path}: see the API reference for what there is`,
    }),
  )
  app.onError((error, c) => {
    if (error instanceof ApiError) return problemResponse(c, error.problem, error.extra)
    c.var.deps?.log('error', 'request-failed', { path: c.req.path, detail: messageOf(error) })
    return problemResponse(c, {
      status: 500,
      code: 'internal',
      message: 'The request failed inside the worker: its log says why',
    })
  })
  return app
}
