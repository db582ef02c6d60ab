// Many settings tried on the same sessions: the best of them looks good by accident. How large its
// difference must be, in standard errors, before it is more than that.

import { studentLimit } from '../../../src/statistics/student.ts'

/** Chance of any false alarm that is put up with, over all settings that were tried. */
const FALSE_ALARM = 0.05
/** More settings than this are no longer a comparison but a search. */
const FEW = 3

/**
 * How large |t| must be when this many settings were tried on the same sessions, so that the best
 * of them is no accident: each may be wrong with 1 - 0.95^(1/tried) (Sidak 1967), or, without
 * supposing that they are independent, with 0.05/tried (Bonferroni).
 */
export const triedLimits = (
  tried: number,
  sessions: number,
): { readonly alone: number; readonly sidak: number; readonly bonferroni: number } => {
  const freedom = sessions - 1
  return {
    alone: studentLimit(FALSE_ALARM, freedom),
    sidak: studentLimit(1 - (1 - FALSE_ALARM) ** (1 / tried), freedom),
    bonferroni: studentLimit(FALSE_ALARM / tried, freedom),
  }
}

/** What whoever tries many settings has to know; null for three or fewer. */
export const triedText = (tried: number, sessions: number): string | null => {
  if (tried <= FEW) return null
  const found = `${tried} settings tried on the same ${sessions === 1 ? 'session' : 'sessions'}`
  if (sessions < 2) return `${found}: one session can tell none of them from chance.`
  const { alone, sidak, bonferroni } = triedLimits(tried, sessions)
  const wanted = `${sidak.toFixed(2)} (Sidak; Bonferroni ${bonferroni.toFixed(2)})`
  return `${found}: the best must differ with |t| of at least ${wanted}, not ${alone.toFixed(2)}, to be significant at 5 %.`
}
