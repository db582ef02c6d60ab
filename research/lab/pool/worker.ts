// A thread of the lab: performs one piece after another.

import { parentPort } from 'node:worker_threads'
import type { Samples } from '../sessions/samples.ts'
import { type Job, perform } from './jobs.ts'

/** A piece that a worker is given, and what it answers. */
export interface Task {
  readonly id: number
  readonly job: Job
}
export interface Answer {
  readonly id: number
  /** A number, or samples without their methods, which do not cross to another thread. */
  readonly found: number | readonly Parts[]
}
type Parts = Pick<Samples, 'name' | 'count' | 'columns'>

parentPort?.on('message', ({ id, job }: Task) => {
  const found = perform(job)
  const parts =
    typeof found === 'number'
      ? found
      : found.map(({ name, count, columns }): Parts => ({ name, count, columns }))
  parentPort?.postMessage({ id, found: parts } satisfies Answer)
})
