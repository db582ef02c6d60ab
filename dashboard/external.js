// Prices elsewhere, in words: what a contract is worth there, how old that is, and what it may do here.
//
// No document here, only data in and text out, so that it runs under a test.

/** @import { ExternalStatus } from '../src/core/status.ts' */

/** @type {Readonly<Record<string, string>>} */
const SOURCES = {
  polymarket: 'Polymarket',
  'odds-api': 'The Odds API',
  draftkings: 'DraftKings',
}

/** @type {Readonly<Record<string, string>>} */
const STATES = {
  off: 'off',
  starting: 'starting',
  live: 'live',
  quiet: 'asleep',
  stale: 'too old',
  suspended: 'no price there',
  blocked: 'refused by the host',
  closed: 'closed there',
  error: 'not to be trusted',
}

/** Why a value that is live counts for nothing all the same. */
/** @type {Readonly<Record<string, string>>} */
const REASONS = {
  'basis-warming': 'learning the usual difference first (half an hour)',
  'basis-cap': 'the usual difference is too large to be one',
  shock: 'it has just jumped',
  disagree: 'two sources disagree',
  extreme: 'it is near 0 or 100',
  'kalshi-one-sided': 'our own book has one side only',
  'kalshi-wide': 'our own book is too wide',
  started: 'the game is starting or has started',
  closing: 'our market closes soon',
  mapping: 'the mapping does not hold',
  'no-source': 'no source is fresh',
  unreadable: 'a number is missing',
}

const signed = (/** @type {number} */ cents) =>
  `${cents > 0 ? '+' : cents < 0 ? '−' : ''}${Math.abs(cents).toFixed(2)} ¢`

const age = (/** @type {number} */ ms) =>
  ms < 1000 ? 'now' : ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`

/** @type {Readonly<Record<string, string>>} */
const PULLS = { none: '', both: 'both quotes', bid: 'the bid', ask: 'the ask' }

/**
 * The panel's heading, one sentence, and its facts as name, value and explanation.
 * @param {ExternalStatus} status
 * @param {number | null} fair our own fair value, cents
 * @returns {{ source: string, word: string, tone: 'good' | 'warn' | 'bad' | 'faint', sentence: string,
 *   facts: readonly (readonly [string, string, string])[] }}
 */
export const externalWords = (status, fair) => {
  const { state, reason, value_cents: value, age_ms: ms, pull, mode, licence } = status
  const word = STATES[state] ?? state
  const tone =
    pull !== 'none' || state === 'error' || state === 'blocked'
      ? 'bad'
      : state === 'live'
        ? 'good'
        : state === 'off' || state === 'starting'
          ? 'faint'
          : 'warn'
  const why = REASONS[reason] ?? reason
  const sentence =
    pull !== 'none'
      ? `A jump elsewhere has taken ${PULLS[pull]} away for a minute.`
      : why === ''
        ? mode === 'shadow'
          ? 'It is written down and moves nothing.'
          : licence === 0
            ? 'It has no licence and moves nothing.'
            : 'It moves the quotes within its licence.'
        : `It counts for nothing: ${why}.`
  const gap = value === null || fair === null ? null : value - fair
  return {
    source: SOURCES[status.source] ?? status.source,
    word,
    tone,
    sentence,
    facts: [
      [
        'value',
        value === null ? '–' : `${value.toFixed(2)} ¢`,
        'what a YES contract is worth there',
      ],
      ['age', ms === null ? '–' : age(ms), 'since the venue last proved that the value stands'],
      ['gap', gap === null ? '–' : signed(gap), 'that value less our own fair value'],
      [
        'would add',
        signed(status.skew_would_be),
        'what the first licence would add to our fair value',
      ],
      ['adds', signed(status.skew_cents), 'what is added to our fair value'],
      [
        'licence',
        licence === 0 ? 'none' : `${licence} ¢`,
        mode === 'shadow'
          ? 'in shadow nothing is moved, licence or not'
          : 'the most that it may add',
      ],
      [
        'mapping',
        status.verified === null ? 'being checked' : status.verified ? 'proved' : 'does not hold',
        status.failures.join('; ') || 'checked against both venues',
      ],
    ],
  }
}
