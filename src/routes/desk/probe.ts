// The probe over HTTP: the last result, and a run now.

import { ApiError, answerResponse, reach } from '../answer.ts'
import type { Handler } from '../deps.ts'
import { NO_KEYS, readBody } from '../request.ts'

/** GET /probe */
export const getProbe: Handler = async (c) => {
  const last = await reach(
    'desk-unreachable',
    'The last probe could not be read',
    c.var.deps.desk.lastProbe(),
  )
  if (last.result !== null) return c.json(last.result)
  throw new ApiError(404, 'no-probe', 'No probe has run yet: run one with POST /probe')
}

/** POST /probe: 200 also when the probe found something broken; see "ok" in the body. */
export const postProbe: Handler = async (c) => {
  await readBody(c, NO_KEYS)
  return answerResponse(c, await c.var.deps.probe())
}
