// A thread that plays seeds, taking the next one from a counter shared with the other threads,
// until there is none, the time is up or enough have failed.

import { parentPort, workerData } from 'node:worker_threads'
import { runSeed } from './run.ts'

export interface WorkerData {
  /** [0] the next seed to play, [1] failures so far. */
  readonly shared: SharedArrayBuffer
  /** One past the last seed. */
  readonly end: number
  readonly minutes: number
  /** performance.timeOrigin-based real time at which to stop, ms; Infinity for never. */
  readonly until: number
  readonly maxFailures: number
  readonly trace: boolean
}

const { shared, end, minutes, until, maxFailures, trace } = workerData as WorkerData
const state = new Int32Array(shared)

while (Date.now() < until && Atomics.load(state, 1) < maxFailures) {
  const seed = Atomics.add(state, 0, 1)
  if (seed >= end) break
  const report = await runSeed(seed, { minutes, trace })
  if (report.broken !== null) Atomics.add(state, 1, 1)
  parentPort!.postMessage(report)
}
parentPort!.close()
