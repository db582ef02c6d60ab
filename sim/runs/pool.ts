// Seeds on all cores: one thread each, which take the next seed when they are through with theirs.

import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Report } from './run.ts'
import { Tally } from './tally.ts'
import type { WorkerData } from './worker.ts'

export interface PoolOptions {
  readonly from: number
  readonly seeds: number
  /** Virtual minutes of storm. */
  readonly minutes: number
  readonly threads?: number
  /** Real milliseconds after which no further seed is begun. */
  readonly forMs?: number
  readonly maxFailures?: number
  /** Hash every decision of each seed. */
  readonly trace?: boolean
  readonly onReport?: (report: Report, tally: Tally) => void
}

/** Plays seeds `from` to `from + seeds - 1`. */
export const playSeeds = async (options: PoolOptions): Promise<Tally> => {
  const { from, seeds, minutes, onReport } = options
  const shared = new SharedArrayBuffer(8)
  new Int32Array(shared)[0] = from
  const workerData: WorkerData = {
    shared,
    end: from + seeds,
    minutes,
    until: options.forMs === undefined ? Number.POSITIVE_INFINITY : Date.now() + options.forMs,
    maxFailures: options.maxFailures ?? 20,
    trace: options.trace === true,
  }
  const tally = new Tally()
  const threads = Math.min(seeds, options.threads ?? availableParallelism())
  await Promise.all(
    Array.from({ length: threads }, () => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData })
      return new Promise<void>((resolve, reject) => {
        worker.on('message', (report: Report) => {
          tally.add(report)
          onReport?.(report, tally)
        })
        worker.once('error', reject)
        worker.once('exit', () => resolve())
      })
    }),
  )
  tally.failures.sort((a, b) => a.seed - b.seed)
  return tally
}
