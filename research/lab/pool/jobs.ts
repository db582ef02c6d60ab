// What the lab can compute piece by piece: each piece by itself, in any order, on any thread.
//
// A piece is named by data alone, so that a worker can be told of it. Sessions are numbered and
// draw their own random numbers, so a piece is a range of them; put together in order, the pieces
// are what one thread would have found, to the last digit.

import { SETTINGS } from '../exact/setting.ts'
import { type Way, worthOf } from '../exact/table.ts'
import { type Experiment, experimentsOf, sweepOf } from '../results/experiments.ts'
import { SHARES, type Share } from '../results/shares.ts'
import { type Range, runSessions } from '../sessions/run.ts'
import type { Samples } from '../sessions/samples.ts'
import { PAPER, paperMaker } from '../worlds/paper.ts'
import { QUEUE_CASES, type Renewal, runQueue } from '../worlds/queue.ts'
import { paperWorld } from '../worlds/worlds.ts'

/** What is simulated; the indices are those of the lists in experiments.ts and queue.ts. */
type Subject =
  | { readonly of: 'paper'; readonly poisson: boolean }
  | { readonly of: 'experiment'; readonly world: string; readonly index: number }
  | { readonly of: 'sweep'; readonly world: string }
  | { readonly of: 'share'; readonly index: number }
  | { readonly of: 'queue'; readonly index: number; readonly renewal: Renewal }

export type Job =
  | { readonly kind: 'sessions'; readonly subject: Subject; readonly range: Range }
  | { readonly kind: 'exact'; readonly setting: number; readonly way: Way }

/** Samples of each maker, or a number. */
export type Found = readonly Samples[] | number

const rowsOf = (subject: Subject & { of: 'experiment' | 'share' }): Experiment | Share =>
  subject.of === 'share' ? SHARES[subject.index]! : experimentsOf(subject.world)[subject.index]!

const sessionsOf = (subject: Subject, range: Range): Samples[] => {
  switch (subject.of) {
    case 'paper':
      return runSessions(paperWorld(subject.poisson), PAPER.map(paperMaker), range)
    case 'experiment':
    case 'share': {
      const { world, rows } = rowsOf(subject)
      return runSessions(
        world,
        rows.map(({ spec }) => spec),
        range,
      )
    }
    case 'sweep': {
      const { world, lines } = sweepOf(subject.world)
      return runSessions(world, lines.flat(), range)
    }
    case 'queue':
      return runQueue(QUEUE_CASES[subject.index]!, range, subject.renewal)
  }
}

/** Computes one piece. */
export const perform = (job: Job): Found =>
  job.kind === 'exact'
    ? worthOf(SETTINGS[job.setting]!, job.way)
    : sessionsOf(job.subject, job.range)

/** Makers that a session of the subject is played by: what it costs, roughly. */
const makersOf = (subject: Subject): number => {
  switch (subject.of) {
    case 'paper':
      return PAPER.length / 36
    case 'experiment':
    case 'share':
      return rowsOf(subject).rows.length
    case 'sweep':
      return sweepOf(subject.world).lines.flat().length
    case 'queue':
      return 8
  }
}

/** Seconds of one core that a maker's session of two hours takes, and one exact solution. */
const SESSION_SECONDS = 0.0025
const EXACT_SECONDS = 5

/** About how many seconds of one core it takes: for the estimate of the time left. */
export const costOf = (job: Job): number =>
  job.kind === 'exact'
    ? EXACT_SECONDS
    : SESSION_SECONDS * makersOf(job.subject) * (job.range.to - job.range.from)

/** Pieces take about so many seconds each. */
const PIECE_SECONDS = 2

/** Cuts `paths` sessions of a subject into pieces. */
export const piecesOf = (subject: Subject, paths: number, seed: number): Job[] => {
  const seconds = SESSION_SECONDS * makersOf(subject) * paths
  const pieces = Math.min(paths, Math.max(1, Math.round(seconds / PIECE_SECONDS)))
  const cut = (i: number): number => Math.round((paths * i) / pieces)
  return Array.from({ length: pieces }, (_, i) => ({
    kind: 'sessions',
    subject,
    range: { from: cut(i), to: cut(i + 1), seed },
  }))
}
