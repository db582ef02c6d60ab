// Explains the external signal: the external price, the cents that it adds to our fair value, or
// why it adds none. Data in, text out; no document.
//
// The facts stand in the order of the sum: the gap to our own fair value, less the usual gap, times
// the share that we would adopt, is what would be added; adding it also needs a licence. An older
// worker does not send everything: what is missing is shown as unknown.

/** @import { ExternalStatus } from '../src/core/status/status.ts' */

import { fixed } from './view.js'

/** @typedef {'gap_cents' | 'basis' | 'gain' | 'learned_gain' | 'sources'} Later */
/** @typedef {Omit<ExternalStatus, Later> & Partial<Pick<ExternalStatus, Later>>} Sent */
/** @typedef {'good' | 'warn' | 'bad' | 'faint'} Tone */
/**
 * `under` is the small line below the value, `note` explains both.
 * @typedef {{
 *   name: string, value: string, under: string, note: string, tone: Tone | 'strong' | '',
 * }} Fact
 */
/**
 * @typedef {{
 *   id: string, name: string, value: string, age: string, word: string, tone: Tone, why: string,
 * }} SourceRow
 */

const ABSENT = '–'

/** What the worker needs before a usual gap counts as learnt. */
const LOOKS = 8
const MINUTES = 30

/** @type {Readonly<Record<string, string>>} */
const SOURCES = {
  polymarket: 'Polymarket',
  'odds-api': 'The Odds API',
  oddsapi: 'The Odds API',
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

/** Why a live value does not count. */
/** @type {Readonly<Record<string, string>>} */
const REASONS = {
  'basis-warming': 'learning the usual gap',
  'basis-cap': 'the usual gap is too large to be one',
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

/** @type {Readonly<Record<string, string>>} */
const PULLS = {
  none: '',
  both: 'both quotes are',
  bid: 'the bid is',
  ask: 'the ask is',
}

/** @typedef {number | null | undefined} Maybe */

const numberOf = (/** @type {Maybe} */ value) => value ?? Number.NaN

const price = (/** @type {Maybe} */ cents) => {
  const text = fixed(numberOf(cents), 2)
  return text === ABSENT ? text : `${text} ¢`
}

const signed = (/** @type {Maybe} */ cents, places = 2) => {
  const text = fixed(numberOf(cents), places, { sign: true })
  return text === ABSENT ? text : `${text} ¢`
}

/** A skew is often smaller than two places can show; it must not look like zero. */
const skew = (/** @type {number} */ cents) => signed(cents, Math.abs(cents) < 0.01 && cents ? 4 : 2)

const age = (/** @type {Maybe} */ ms) =>
  ms === null || ms === undefined
    ? ''
    : ms < 1000
      ? 'just now'
      : ms < 120_000
        ? `${Math.round(ms / 1000)} s ago`
        : `${Math.round(ms / 60_000)} min ago`

/**
 * 'polymarket+odds-api' and 'oddsapi:draftkings' in plain words; an unknown name stays.
 * @param {string} source
 */
export const sourceName = (source) =>
  source
    .split('+')
    .map((each) => {
      const [head = '', ...rest] = each.split(':')
      const known = SOURCES[head] ?? head
      if (rest.length === 0) return known
      const part = rest.join(':')
      return head === 'oddsapi' ? `${SOURCES[part] ?? part} via ${known}` : `${known} ${part}`
    })
    .join(' + ')

/**
 * @param {string} state
 * @returns {Tone}
 */
const toneOf = (state) =>
  state === 'error' || state === 'blocked'
    ? 'bad'
    : state === 'live'
      ? 'good'
      : state === 'off' || state === 'starting'
        ? 'faint'
        : 'warn'

/**
 * How far the usual gap is learnt; null when it is, or when the worker does not send that.
 * @param {ExternalStatus['basis'] | undefined} basis
 */
const progress = (basis) =>
  basis === undefined || basis.ready
    ? null
    : {
        looks: Math.min(basis.observations, LOOKS),
        minutes: Math.min(Math.floor(basis.seconds / 60), MINUTES),
      }

/** @param {Sent} status */
const learning = ({ basis }) => {
  const sofar = progress(basis)
  return sofar === null
    ? 'learning the usual gap'
    : `learning the usual gap: ${sofar.looks} of ${LOOKS} looks, ${sofar.minutes} of ${MINUTES} min`
}

/** @param {Sent} status */
const sentenceOf = (status) => {
  const { state, reason, pull, mode, licence, verified, failures } = status
  if (pull !== 'none') return `An external price has jumped: ${PULLS[pull]} pulled for a minute.`
  if (reason === 'basis-warming') {
    return `It would add ${skew(status.skew_would_be)} so far, ${learning(status)}.`
  }
  // The failures themselves are shown below.
  if (state === 'error' && verified === false && failures.length > 0) {
    return `It counts for nothing: ${REASONS.mapping}.`
  }
  if (reason !== '') return `It counts for nothing: ${REASONS[reason] ?? reason}.`
  if (mode === 'shadow') return 'It is recorded and moves nothing.'
  return licence === 0
    ? 'It has no licence and moves nothing.'
    : 'It moves the quotes within its licence.'
}

/** @param {Sent} status */
const usualGap = ({ basis, reason }) => {
  const sofar = progress(basis)
  if (basis === undefined) return ''
  if (reason === 'basis-cap') return 'too large to be one'
  return sofar === null
    ? 'learnt'
    : `${sofar.looks}/${LOOKS} looks, ${sofar.minutes}/${MINUTES} min`
}

/**
 * @param {Sent} status
 * @returns {readonly Fact[]}
 */
const factsOf = (status) => {
  const { value_cents: value, gap_cents: gap, basis, mode, licence, reason, verified } = status
  const usual = basis?.cents
  const beyond = basis?.ready ? numberOf(gap) - numberOf(usual) : null
  const gain = value === null ? null : status.gain
  const share = fixed(100 * numberOf(gain), 2)
  return [
    {
      name: 'value',
      value: price(value),
      under: value === null ? '' : age(status.age_ms),
      note: 'What a YES contract is worth there, and how long ago that was last confirmed',
      tone: '',
    },
    {
      name: 'gap',
      value: signed(gap),
      under: Number.isFinite(numberOf(gap))
        ? `to our ${price(numberOf(value) - numberOf(gap))}`
        : '',
      note: 'That value less our own fair value before any signal',
      tone: '',
    },
    {
      name: 'usual gap',
      value: signed(usual),
      under: usualGap(status),
      note:
        'The lasting part of the gap, half-life one day, which is no signal; ' +
        `learnt after ${LOOKS} looks over ${MINUTES} minutes`,
      tone: basis?.ready ? '' : 'faint',
    },
    {
      name: 'beyond it',
      value: signed(beyond),
      under: 'gap less usual gap',
      note: 'What is left of the gap when the usual one is taken off: the signal',
      tone: '',
    },
    {
      name: 'share taken',
      value: share === ABSENT ? share : `${share} %`,
      under:
        share === ABSENT ? '' : (status.learned_gain ?? null) === null ? 'by formula' : 'learnt',
      note: 'The share of the signal that our fair value would adopt while we hold the position',
      tone: '',
    },
    {
      name: 'would add',
      value: skew(status.skew_would_be),
      under:
        reason === ''
          ? 'with a first licence'
          : reason === 'basis-warming'
            ? 'still learning'
            : 'held at zero',
      note:
        'What the first licence, 1 cent, would add to our fair value; ' +
        'half of it from one source alone',
      tone: '',
    },
    {
      name: 'adds',
      value: skew(status.skew_cents),
      under:
        mode === 'shadow' ? 'in shadow' : licence === 0 ? 'no licence' : `licence: ${licence} ¢`,
      note:
        mode === 'shadow'
          ? 'In shadow nothing is added, licence or not'
          : 'What is added to our fair value; the licence is the most that it may be',
      tone: status.skew_cents === 0 ? '' : 'strong',
    },
    {
      name: 'mapping',
      value:
        verified === null
          ? status.state === 'off'
            ? ABSENT
            : 'being checked'
          : verified
            ? 'proved'
            : 'does not hold',
      under: verified === null ? '' : verified ? 'at both venues' : 'see below',
      note: status.failures.join('; ') || 'Whether both venues mean the same outcome',
      tone: verified === false ? 'bad' : '',
    },
  ]
}

/**
 * A row for each source where there is more than one.
 * @param {Sent} status
 * @returns {readonly SourceRow[]}
 */
const rowsOf = ({ sources }) =>
  sources === undefined || sources.length < 2
    ? []
    : sources.map(({ source, state, reason, value_cents, age_ms }) => ({
        id: source,
        name: sourceName(source),
        value: price(value_cents),
        age: age(age_ms),
        word: STATES[state] ?? state,
        tone: toneOf(state),
        why: REASONS[reason] ?? reason,
      }))

/**
 * The panel: whose prices, what they may do, one sentence, the facts, and a row per source.
 * @param {Sent} status
 */
export const externalWords = (status) => {
  const { state, mode, licence, pull } = status
  return {
    source: sourceName(status.source),
    standing:
      mode === 'shadow'
        ? `in shadow${licence === 0 ? '' : ', licence unused'}`
        : licence === 0
          ? 'without a licence'
          : `licence ${licence} ¢`,
    word: STATES[state] ?? state,
    tone: pull === 'none' ? toneOf(state) : 'bad',
    sentence: sentenceOf(status),
    facts: factsOf(status),
    rows: rowsOf(status),
  }
}
