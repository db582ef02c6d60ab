// What the control API answers: JSON, and every error as {"error":{"code","message"}}.
//
// A handler that cannot go on throws ApiError; the app turns it into the answer. Codes are short
// and stable, messages are one sentence that names what was wrong.

import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { messageOf } from '../core/vocabulary/outcome.ts'
import type { Answer, Problem } from '../rpc/contracts.ts'
import type { Ctx } from './deps.ts'

export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly problem: Problem
  /** Further keys beside "error" in the body. */
  readonly extra: Readonly<Record<string, unknown>>

  constructor(
    status: number,
    code: string,
    message: string,
    extra: Readonly<Record<string, unknown>> = {},
  ) {
    super(message)
    this.problem = { status, code, message }
    this.extra = extra
  }
}

export const problemResponse = (
  c: Ctx,
  { status, code, message }: Problem,
  extra: Readonly<Record<string, unknown>> = {},
): Response => c.json({ error: { code, message }, ...extra }, status as ContentfulStatusCode)

/** An answer that crossed from an object, as a response: its value, or its problem. */
export const answerResponse = (c: Ctx, answer: Answer<object>): Response =>
  answer.ok ? c.json(answer.value) : problemResponse(c, answer.problem)

/** Awaits a call to another object; its failure becomes a 502 that says which call failed. */
export const reach = async <T>(code: string, action: string, call: Promise<T>): Promise<T> => {
  try {
    return await call
  } catch (error) {
    throw new ApiError(502, code, `${action}: ${messageOf(error)}`)
  }
}
