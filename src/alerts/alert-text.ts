// Alerts as lines that a person reads on a phone.

import type { Message } from './alert-book.ts'
import { kindOf } from './alert-codes.ts'

const spanOf = (ms: number): string => {
  const seconds = Math.round(ms / 1000)
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
}

/** "KXA halted itself (max-session-loss). What to do." or "KXA over: … after 5 min". */
export const lineOf = ({ source, code, reason, over, lasted }: Message): string => {
  const { title, cure } = kindOf(code)
  const why = reason === '' || reason === code ? '' : ` (${reason})`
  return over
    ? `${source}: over after ${spanOf(lasted)}: ${title}${why}`
    : `${source}: ${title}${why}. ${cure}`
}

/** Lines as one text of at most `most` characters, newest kept; says how many were left out. */
export const textOf = (messages: readonly Message[], most: number): string => {
  const lines = messages.map(lineOf)
  let from = 0
  const whole = (): string => {
    const left = from === 0 ? '' : `… and ${from} earlier\n`
    return `${left}${lines.slice(from).join('\n')}`
  }
  while (from < lines.length - 1 && whole().length > most) from++
  return whole().slice(0, most)
}
