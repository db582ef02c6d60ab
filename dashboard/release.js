// What a halted maker needs before it quotes again, and the question before it gets that.

import { reasonSentence } from './reasons.js'

/** Halted by a trading state: that is set back, not released. */
const BY_STATE = ['ticker-halted', 'desk-halted']

/**
 * Whether a release would do anything for this maker.
 * @param {{ phase: string, reason: string }} maker
 */
export const mayRelease = ({ phase, reason }) => phase === 'halted' && !BY_STATE.includes(reason)

/** @param {string} reason a code, or what a person wrote */
const because = (reason) => {
  const sentence = reasonSentence(reason)
  return sentence === reason ? `It was halted by a person: “${reason}”.` : sentence
}

const NEW_SESSION =
  'Released, it compares itself with the exchange, begins a new session for its losses and quotes again.'

/**
 * The question before one ticker is released.
 * @param {{ ticker: string, reason: string, state: string }} maker `state`: its trading state
 */
export const releaseQuestion = ({ ticker, reason, state }) => ({
  title: `Release ${ticker}?`,
  text: [
    because(reason),
    NEW_SESSION,
    ...(state === 'active' ? [] : [`Its state stays ${state}.`]),
  ].join(' '),
  yes: 'Release',
  // Without that it would halt again at once.
  mayWriteOff: reason === 'daily-loss',
})

/**
 * The question before everything is released.
 * @param {readonly { ticker: string, phase: string, reason: string }[]} makers
 */
export const releaseAllQuestion = (makers) => {
  const halted = makers.filter(mayRelease)
  return {
    title: 'Release all tickers?',
    text: [
      ...halted.map(({ ticker, reason }) => `${ticker}: ${because(reason)}`),
      'Every halted ticker compares itself with the exchange, begins a new session and quotes again.',
    ].join(' '),
    yes: 'Release all',
    mayWriteOff: halted.some(({ reason }) => reason === 'daily-loss'),
  }
}
