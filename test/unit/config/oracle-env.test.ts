// Where prices elsewhere may be read: the real hosts, this machine only beside the mock exchange,
// and one sentence for each thing that can be wrong.

import { describe, expect, it } from 'vitest'
import { type OracleVariables, readOracles } from '../../../src/config/oracle-env.ts'
import type { Environment } from '../../../src/config/variables.ts'

const problem = (env: OracleVariables, environment: Environment = 'mock'): string => {
  const result = readOracles(env, environment)
  return result.ok ? '' : result.problem
}

describe('the addresses of other venues', () => {
  it('may be on this machine while the exchange is the mock', () => {
    const result = readOracles(
      {
        POLYMARKET_GAMMA_URL: 'http://127.0.0.1:9/gamma/',
        POLYMARKET_WS_URL: 'ws://localhost:9/ws/market',
      },
      'mock',
    )
    expect(result).toMatchObject({
      ok: true,
      oracles: {
        gammaUrl: 'http://127.0.0.1:9/gamma',
        polymarketWsUrl: 'ws://localhost:9/ws/market',
      },
    })
  })

  it.each<[OracleVariables, Environment, RegExp]>([
    [{ POLYMARKET_GAMMA_URL: 'http://127.0.0.1:9' }, 'demo', /GAMMA_URL points at this machine/],
    [{ POLYMARKET_WS_URL: 'wss://localhost:9/x' }, 'prod', /WS_URL points at this machine/],
    [{ ODDS_API_URL: 'http://odds.example/v4' }, 'mock', /ODDS_API_URL is plain http to/],
    [{ POLYMARKET_CLOB_URL: 'ftp://x' }, 'prod', /CLOB_URL begins with "ftp:"/],
    [{ POLYMARKET_CLOB_URL: 'nonsense' }, 'prod', /CLOB_URL is "nonsense", wanted a http\(s\):/],
    [{ ODDS_API_URL: 'https://x/v4?apiKey=1' }, 'prod', /holds a query/],
    [{ ODDS_API_URL: 'https://a:b@x/v4' }, 'prod', /holds a user name/],
    [{ ODDS_API_KEY: 'short' }, 'prod', /^ODDS_API_KEY has 5 characters/],
    [{ ALLOW_DRAFTKINGS: 'maybe' }, 'prod', /^ALLOW_DRAFTKINGS is "maybe", wanted yes or no$/],
  ])('are refused: %o on %s', (env, environment, sentence) => {
    expect(problem(env, environment)).toMatch(sentence)
  })

  it('never show the key', () => {
    const key = 'sécret-key-that-is-wrong'
    expect(problem({ ODDS_API_KEY: key })).not.toContain(key)
  })

  it('are good as they come, with DraftKings itself off', () => {
    expect(problem({}, 'prod')).toBe('')
    expect(readOracles({}, 'prod')).toMatchObject({ oracles: { allowDraftKings: false } })
  })
})
