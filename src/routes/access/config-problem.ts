// What is wrong with the worker's configuration, as far as the worker alone can tell.

import { publicRefusal } from '../../config/env.ts'
import type { Ctx } from '../deps.ts'

export interface ConfigProblem {
  /** For whoever holds a token. */
  readonly message: string
  /** For everybody: without the value of any variable. */
  readonly public: string
}

const MOCK_DEPLOYED =
  'Configuration refused: KALSHI_ENV is mock on a deployed worker, wanted demo or prod: ' +
  'deploy with npm run deploy -- demo, or prod'

/** The problem, or null where the worker can work. */
export const problemOf = async (c: Ctx): Promise<ConfigProblem | null> => {
  const config = await c.var.deps.config()
  if (!config.ok) return { ...config, public: publicRefusal(config.message) }
  // Cloudflare's edge gives every request a ray; a worker on this machine sees none.
  const isDeployed = c.req.header('cf-ray') !== undefined
  if (config.config.environment !== 'mock' || !isDeployed) return null
  return { message: MOCK_DEPLOYED, public: MOCK_DEPLOYED }
}
