// Records what persons do: each call that may change something becomes a line in R2.
//
// When, what, from where, what was before and what is now. The action comes first: a line that
// cannot be written, or not in time, is logged and reported, and stops nothing.

import type { MiddlewareHandler } from 'hono'
import * as v from 'valibot'
import { messageOf } from '../../core/vocabulary/outcome.ts'
import { type AuditLine, readAudit, writeAudit } from '../../tape/audit-store.ts'
import { reach } from '../answer.ts'
import type { AppTypes, Ctx, Handler } from '../deps.ts'
import { field, readQuery, SPAN, spanOf } from '../request.ts'
import { notingBefore } from './before.ts'

const WRITE_MS = 3_000
const LONGEST = 40_000
const MOST_LINES = 1_000
const DAY_MS = 86_400_000
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Of a maker's whole status only what a person can have changed. */
const summaryOf = (answer: unknown): unknown => {
  if (typeof answer !== 'object' || answer === null || !('parameters' in answer)) return answer
  const { phase, reason, parameters } = answer as Record<string, unknown>
  return { phase, reason, parameters }
}

/** A text as JSON where it is some, cut to a length that a line can hold. */
const shortened = (text: string): unknown => {
  if (text.length > LONGEST) return `${text.slice(0, LONGEST)}…`
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

const write = async (c: Ctx, line: AuditLine): Promise<void> => {
  const { deps } = c.var
  const late = deps.sleep(WRITE_MS).then(() => {
    throw new Error(`R2 did not answer within ${WRITE_MS} ms`)
  })
  try {
    await Promise.race([writeAudit(deps.tape, line), late])
  } catch (error) {
    const { at, method, path, from, status } = line
    deps.log('error', 'audit-lost', { at, method, path, from, status, detail: messageOf(error) })
    const lost = { code: 'audit-lost', reason: `${method} ${path}`, at: deps.now() } as const
    await deps.alerts.report('operator', [lost]).catch(() => undefined)
  }
}

/** Records every call that may change something. */
export const audit: MiddlewareHandler<AppTypes> = async (c, next) => {
  if (READING.has(c.req.method)) return next()
  const { deps } = c.var
  const { method, path } = c.req
  const at = new Date(deps.now()).toISOString()
  // A halt concerns all makers, and what they were is not the question then.
  if (path.startsWith('/tickers/')) {
    c.set(
      'deps',
      notingBefore(deps, (before) => c.set('before', before)),
    )
  }
  await next()
  const answer = await c.res.clone().text()
  await write(c, {
    ...{ at, method, path },
    from: c.req.header('cf-connecting-ip') ?? 'unknown',
    agent: (c.req.header('user-agent') ?? '').slice(0, 200),
    request: shortened(c.var.body ?? ''),
    status: c.res.status,
    old: (await c.var.before) ?? null,
    new: summaryOf(shortened(answer)),
  })
}

const QUERY = v.strictObject({
  ...SPAN,
  limit: field(
    v.optional(
      v.pipe(v.string(), v.transform(Number), v.integer(), v.minValue(1), v.maxValue(MOST_LINES)),
      '200',
    ),
    `a whole number from 1 to ${MOST_LINES}`,
  ),
})

/** GET /audit?from=&to=&limit=: the last day, unless the query says otherwise. */
export const getAudit: Handler = async (c) => {
  const { deps } = c.var
  const query = readQuery(c, QUERY)
  const to = query.to ?? deps.now() + 1
  const { from } = spanOf(query.from ?? to - DAY_MS, to, { days: 31 })
  const lines = readAudit(deps.tape, from, to, query.limit)
  return c.json({ lines: await reach('tape-unreachable', 'The audit could not be read', lines) })
}
